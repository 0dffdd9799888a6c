"""What could not be had, and which figures that leaves unknown. A missing source is never zero."""

from collections.abc import Iterable
from dataclasses import dataclass

from resolvers.plan.execute import Outcome
from resolvers.plan.plan import Plan
from resolvers.plan.planner import Planner
from resolvers.plan.table import Gaps
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.entities import LegalEntity, Policy
from resolvers.semantics.measures import APART, MEASURES, Measure, Stage
from resolvers.semantics.model import Model
from sources.spi.facts import Fact


@dataclass(frozen=True, slots=True)
class Lost:
    """A stage that is unknown because of a source; `source` None: no source is configured for it."""

    stage: Stage
    source: str | None


def gaps(
    plan: Plan,
    outcomes: Iterable[Outcome],
    needs_receipts: frozenset[str],
    planner: Planner,
    model: Model,
) -> tuple[Gaps, tuple[Lost, ...]]:
    """The entities each base measure is unknown for, and why. A measure whose own fact an entity does not use
    is zero there, whatever else is missing."""
    lost: dict[tuple[Fact, str], str | None] = {}
    for fact, entities in plan.unprovided.items():
        lost |= {
            (fact, entity): None
            for entity in entities
            if fact is not Fact.RECEIPT or entity in needs_receipts
        }
    for outcome in outcomes:
        if outcome.error is not None:
            lost |= {(outcome.node.fact, entity): outcome.node.source for entity in outcome.node.entities}
    missing: dict[str, frozenset[str]] = {}
    reasons: dict[Lost, None] = {}
    for name in plan.bound.needed:
        if name in APART:
            continue
        measure = MEASURES[name]
        hit = {
            (fact, entity): source
            for (fact, entity), source in lost.items()
            if _stands_on(measure, fact, model.legal_entities[entity], plan.bound.policies.get(entity))
        }
        if hit and measure.stage is not None:
            missing[name] = frozenset(entity for _, entity in hit)
            reasons |= {Lost(measure.stage, source): None for source in hit.values()}
    grouped = _without(plan, plan.bound.question.group_by, planner, model)
    return Gaps(missing, grouped, _without(plan, plan.bound.members, planner, model)), tuple(reasons)


def _stands_on(measure: Measure, fact: Fact, entity: LegalEntity, policy: Policy | None) -> bool:
    """Whether an entity's figure is unknown without the fact. What is in flight stands on receipts where the
    ledger books them. An entity that is only consolidated with has no policy here."""
    booked = measure.stage is Stage.INVOICE and fact is Fact.RECEIPT and policy and policy.grni_in_ledger
    return (
        bool(fact in measure.needs or fact in measure.also or booked)
        and measure.needs[0] not in entity.unused
    )


def _without(
    plan: Plan, dimensions: Iterable[Dimension], planner: Planner, model: Model
) -> dict[str, frozenset[str]]:
    """Entities whose source never carries one of the dimensions: a budget has no supplier."""
    asked = [d.column for d in dimensions if d not in (Dimension.LEGAL_ENTITY, Dimension.PERIOD)]
    absent: dict[str, frozenset[str]] = {}
    for name in plan.bound.base if asked else ():
        own = MEASURES[name].needs[0]
        waiting = {e for e in plan.bound.entities if own not in model.legal_entities[e].unused}
        for provision in model.provisions:
            if own in provision.facts and (served := waiting & provision.entities.keys()):
                waiting -= served
                if not planner.carries(provision.source, own).issuperset(asked):
                    absent[name] = absent.get(name, frozenset()) | served
    return absent
