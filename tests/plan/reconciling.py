"""`reconcile` asked of the documents a text draws, and what came back as a test wants to read it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from resolvers.plan.question import Span
from resolvers.plan.reconcile.answer import Line, Reconciliation
from resolvers.plan.reconcile.check import check
from resolvers.plan.reconcile.question import Asked, Kind
from resolvers.semantics.dimensions import AccountClass, Dimension, Member
from resolvers.semantics.entities import LegalEntity, Policy
from resolvers.semantics.model import Model
from sources.spi.context import Context
from tests.world import ACCOUNTS, System, documents, model, using

YEAR = Span(fiscal_year=2026)
SHEET = {
    id_: Member(id_, name, kind=AccountClass.BALANCE_SHEET)
    for id_, name in (("2150", "Received not invoiced"), ("1400", "Prepaid"))
}


def company(*systems: System, policy: Policy | None = None, **changes: Any) -> Model:
    """`tests.world.model` with two more accounts; ONE keeps its books as `policy` says."""
    members = {**model().members, Dimension.ACCOUNT: {**ACCOUNTS, **SHEET}}
    world = model(*systems, members=members, **changes)
    one = replace(world.legal_entities["ONE"], policy=policy or Policy())
    entities: Mapping[str, LegalEntity] = {**world.legal_entities, "ONE": one}
    return replace(world, legal_entities=entities)


def reconcile(
    kind: Kind,
    text: str | None,
    policy: Policy | None = None,
    world: dict[str, Any] | None = None,
    **asked: Any,
) -> Reconciliation:
    """The documents of a text in one system, reconciled."""
    own = System("own", documents(text or ""))
    return reconciled(kind, own, world=company(own, policy=policy, **(world or {})), **asked)


def reconciled(kind: Kind, *systems: System, world: Model, span: Span = YEAR, **asked: Any) -> Reconciliation:
    question = Asked(kind, span=span, **asked)
    return using(world, *systems, do=lambda ready: check(ready, question, Context.within(30)))


def line(found: Reconciliation, entity: str = "ONE", account: str | None = None) -> Line:
    (own,) = [each for each in found.lines if (each.legal_entity, each.account) == (entity, account)]
    return own


def sides(own: Line) -> tuple[str | None, ...]:
    """left, right, residual and status, as written."""
    figures = (own.left, own.right, own.residual, own.status)
    return tuple(None if figure is None else str(figure) for figure in figures)


def items(own: Line) -> list[tuple[str, str, list[str | None]]]:
    """Reason, amount and the numbers of the documents."""
    return [
        (each.reason.value, str(each.amount), [d["number"] for d in each.documents]) for each in own.items
    ]
