"""What comes of a check: a verdict for each line and each node, and how far the systems could be read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from resolvers.plan.answer import Answer, SourceReport, State
from resolvers.plan.funds.place import Placed
from resolvers.plan.funds.reading import Found
from resolvers.semantics.currency import exponent
from resolvers.semantics.funds import Figures, FundsControl, Node, Step, Verdict, Weighing, rounded, worst
from sources.spi.errors import SourceError

OVER: Final = (Verdict.EXCEEDS, Verdict.EXCEEDS_WITHIN_TOLERANCE)


@dataclass(frozen=True, slots=True)
class NodeResult:
    """`below` are the lines of other nodes that consume this one's budget too; they come first."""

    node: Node
    fiscal_year: int
    control: FundsControl
    figures: Figures
    weighing: Weighing
    tolerance: Decimal
    below: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        return self.weighing.verdict

    @property
    def blocking(self) -> bool:
        return self.control.blocks(self.verdict)

    @property
    def tipped_by(self) -> str | None:
        """The first line that exceeds."""
        return next((step.id for step in self.weighing.own if step.verdict in OVER), None)


@dataclass(frozen=True, slots=True)
class LineResult:
    """A line, what was found for its group, the node that controls it and its turn there. Without a budget,
    or where it is not known which one, there is neither node nor step."""

    placed: Placed
    found: Found
    node: NodeResult | None
    step: Step | None

    @property
    def verdict(self) -> Verdict:
        demand = self.placed.demand
        if demand.amount is None:
            return Verdict.UNKNOWN
        if self.step is not None:
            return self.step.verdict
        return Verdict.NO_BUDGET if demand.id in self.found.nodes else Verdict.UNKNOWN

    @property
    def blocking(self) -> bool:
        return self.placed.control.blocks(self.verdict)

    @property
    def amount(self) -> Decimal | None:
        """As its node counts it; without one, rounded by itself."""
        if self.step is not None:
            return self.step.amount
        amount = self.placed.demand.amount
        return None if amount is None else rounded(amount, exponent(self.placed.group.currency))


@dataclass(frozen=True, slots=True)
class FundsAnswer:
    """Lines in the order they were asked; `found` is what was found for their groups."""

    lines: tuple[LineResult, ...]
    nodes: tuple[NodeResult, ...]
    found: tuple[Found, ...]

    @property
    def verdict(self) -> Verdict:
        return worst((*(line.verdict for line in self.lines), *(node.verdict for node in self.nodes)))

    @property
    def blocking(self) -> bool:
        return any(line.blocking for line in self.lines) or any(node.blocking for node in self.nodes)

    @property
    def answers(self) -> tuple[Answer, ...]:
        return tuple(answer for found in self.found for answer in found.answers)

    @property
    def sources(self) -> tuple[SourceReport, ...]:
        return merged(report for answer in self.answers for report in answer.sources)

    @property
    def errors(self) -> tuple[SourceError, ...]:
        """What could not be read, of the figures first."""
        failed = [report.error for report in self.sources if report.error is not None]
        return (*failed, *(error for found in self.found for error in found.errors))

    @property
    def restricted(self) -> bool:
        return any(found.restricted for found in self.found)

    @property
    def rates_missing(self) -> tuple[str, ...]:
        rates = {str(rate) for answer in self.answers for rate in answer.rates_missing}
        own = (line.placed.rate_missing for line in self.lines)
        return tuple(sorted(rates | {str(rate) for rate in own if rate is not None}))

    @property
    def partial(self) -> bool:
        """Whether anything is unknown."""
        lost = any(answer.missing for answer in self.answers)
        unknown = any(line.verdict is Verdict.UNKNOWN for line in self.lines)
        failed = any(report.state is State.FAILED for report in self.sources)
        unread = failed or any(found.errors for found in self.found)
        return unread or bool(self.rates_missing) or lost or unknown


_STATES: Final = (State.LIVE, State.CACHED, State.STALE, State.FAILED)
"""From best to worst."""


def merged(reports: Iterable[SourceReport]) -> tuple[SourceReport, ...]:
    """One report per source over several questions: its oldest times, its worst state and why."""
    found: dict[str, SourceReport] = {}
    for report in reports:
        before = found.setdefault(report.name, report)
        said = max(before, report, key=lambda each: _STATES.index(each.state))
        found[report.name] = replace(
            said,
            data_as_of=min(filter(None, (before.data_as_of, report.data_as_of)), default=None),
            fetched_at=min(filter(None, (before.fetched_at, report.fetched_at)), default=None),
            within_max_age=before.within_max_age and report.within_max_age,
        )
    return tuple(found[name] for name in sorted(found))
