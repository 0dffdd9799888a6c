"""How a listing or a trace would be read, without calling anyone."""

from collections.abc import Callable, Iterable
from functools import partial

from resolvers.plan.explain import PlanReport, ScanReport, text
from resolvers.plan.finding import Finder
from resolvers.plan.gathering import Gathering
from resolvers.plan.listing import Listing, sought
from resolvers.plan.members import FACTS, accepted
from resolvers.plan.trace import Beginning, provided
from resolvers.semantics.dimensions import Dimension
from sources.spi.context import Context
from sources.spi.errors import SourceError
from sources.spi.facts import Fact
from sources.spi.scan import Accepted
from sources.spi.source import Source


def listing_plan(listing: Listing, finder: Finder, ctx: Context) -> PlanReport:
    """The scans of a listing; its second wave looks up what the first has found. Raises QuestionError."""
    work = Gathering(finder, sought(listing, finder.model), ctx)
    fact = listing.fact
    first: list[ScanReport] = []
    second: list[ScanReport] = []
    for source, entities in work.served(fact, work.asked.entities):
        direct, behind = work.roads(source)
        if direct:
            first.append(_report(source, fact, partial(work.accepted, source, entities)))
        if behind:
            for other, those in work.served(Fact.ORDER, entities):
                first.append(_report(other, Fact.ORDER, partial(work.orders, other, those)))
            second.append(_keyed(source, fact, "po in (numbers of the orders found)"))
    return PlanReport(tuple(tuple(wave) for wave in (first, second) if wave), _cost(first))


def trace_plan(start: Beginning, finder: Finder) -> PlanReport:
    """The one look-up of a trace that is known beforehand. Raises QuestionError."""
    source, facts = provided(start, finder)
    scan = _keyed(source, facts[0], f"number in ({start.number})")
    return PlanReport(((scan,),), 0)


def members_plan(dimension: Dimension, sources: Iterable[Source]) -> PlanReport:
    """The scans that tell the members of a dimension, where they live in systems."""
    scans = [_report(each, FACTS[dimension], partial(accepted, dimension, each)) for each in sources]
    return PlanReport((tuple(scans),) if scans else (), _cost(scans))


def _report(source: Source, fact: Fact, accept: Callable[[], Accepted]) -> ScanReport:
    try:
        accepted = accept()
    except SourceError as refusal:
        return ScanReport(source.name, fact, None, (), (str(refusal),), None, None)
    pushed = tuple(text(predicate) for predicate in accepted.pushed)
    residual = tuple(text(predicate) for predicate in accepted.residual)
    return ScanReport(source.name, fact, accepted.entity, pushed, residual, accepted.calls, None)


def _keyed(source: Source, fact: Fact, key: str) -> ScanReport:
    return ScanReport(source.name, fact, None, (key,), (), None, None)


def _cost(scans: list[ScanReport]) -> int:
    return sum(scan.estimated_calls or 0 for scan in scans)
