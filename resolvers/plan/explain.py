"""The plan in words: who is asked what, what is left to do here, and what it costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from resolvers.plan.execute import Outcome
from resolvers.plan.plan import KeySet, Node, Plan
from sources.spi.facts import Fact
from sources.spi.scan import Op, Predicate

MOST_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class ScanReport:
    source: str
    fact: Fact
    entity: str | None
    pushed: tuple[str, ...]
    residual: tuple[str, ...]
    estimated_calls: int | None
    actual_calls: int | None


@dataclass(frozen=True, slots=True)
class PlanReport:
    """`cost` is the number of upstream calls: made, or known before any is made."""

    waves: tuple[tuple[ScanReport, ...], ...]
    cost: int


def explained(plan: Plan, outcomes: Iterable[Outcome] = ()) -> PlanReport:
    """The plan's scans, with the calls they took once it has run."""
    calls = {_identity(o.node): (o.batch.calls if o.batch is not None else 0) for o in outcomes}
    waves = tuple(tuple(_report(node, calls.get(_identity(node))) for node in wave) for wave in plan.waves)
    reports = [report for wave in waves for report in wave]
    cost = sum(r.estimated_calls or 0 if r.actual_calls is None else r.actual_calls for r in reports)
    return PlanReport(waves, cost)


_Identity = tuple[str, Fact, str | None, KeySet | None, tuple[str, ...], tuple[Predicate, ...]]


def _identity(node: Node) -> _Identity:
    """What tells the scans of a plan apart; keys are known only when it runs."""
    return node.source, node.fact, node.key_column, node.keys_from, node.entities, node.scan.where


def _report(node: Node, calls: int | None) -> ScanReport:
    accepted = node.accepted
    if accepted is None:
        return ScanReport(node.source, node.fact, None, (), (str(node.refusal),), None, calls)
    pushed = [text(predicate) for predicate in accepted.pushed]
    if node.keys_from is not None:
        pushed.append(f"{node.key_column} in ({node.keys_from.value})")
    if accepted.scan.group_by is not None:
        pushed.append(f"group by {', '.join(accepted.scan.group_by)}")
    residual = [text(predicate) for predicate in (*accepted.residual, *node.kept)]
    if accepted.as_of is not None:
        residual.append(f"{accepted.as_of} <= {node.scan.as_of}")
    estimated = None if node.keys_from is not None else accepted.calls
    return ScanReport(
        node.source, node.fact, accepted.entity, tuple(pushed), tuple(residual), estimated, calls
    )


def text(predicate: Predicate) -> str:
    """A predicate as a person writes it: ``cost_center in (C110, C120)``, ``date >= 2026-01-01``."""
    values = [str(value) for value in predicate.values]
    if predicate.op is Op.IN:
        more = len(values) - MOST_SHOWN
        shown = values if more <= 0 else [*values[:MOST_SHOWN], f"… {more} more"]
        return f"{predicate.column} in ({', '.join(shown)})"
    return f"{predicate.column} {'>=' if predicate.op is Op.GE else '<='} {values[0]}"
