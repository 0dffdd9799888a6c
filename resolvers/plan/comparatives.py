"""What budget and actual are compared with: forecast, outlook, and the year before.

Another version of the plan and the ledger of another year are questions of their own, read beside the main
one and at the same time. Their parts are then written under the measures they are here, in the periods of the
question, and go the way of all others: scope, translation at the rates of the question's year, cells.

    main      actual of 2026-P01 to 2026-P06        → actual, and closed_actual up to the day asked about
    forecast  budget entries FORECAST 6+6           → forecast, and forecast_to_go from then on
    prior     actual of 2025-P01 to 2025-P06        → prior_year_actual of 2026-P01 to 2026-P06
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.execute import Collected
from resolvers.plan.missing import Lost, gaps
from resolvers.plan.plan import Node, Plan
from resolvers.plan.planner import Planner
from resolvers.plan.table import Gaps
from resolvers.semantics.calendar import PERIOD_MISSING, year_before
from resolvers.semantics.measures import FORECASTS, MEASURES, STAGES
from resolvers.semantics.model import Model
from resolvers.semantics.placement import ASIDE, of_year
from sources.spi.errors import ScenarioUnsupported
from sources.spi.facts import Fact
from sources.spi.source import Source

PRIOR: Final = "prior_year_actual"
FORECAST: Final = "forecast"
_COPIES: Final = {"closed_actual": ("actual", True), "forecast_to_go": (FORECAST, False)}
"""Measures that are another one's parts of closed periods, or of all others."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A question beside the main one: `bound` is what is read, `measures` what of the main question it is
    for."""

    bound: Bound
    measures: tuple[str, ...]

    @property
    def fact(self) -> Fact:
        return Fact.LEDGER if PRIOR in self.measures else Fact.BUDGET


@dataclass(frozen=True, slots=True)
class Compared:
    """What the main question wants of readings; `notes` say why there is none for a measure."""

    readings: tuple[Reading, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def compared(bound: Bound, model: Model) -> Compared:
    """The readings that the question's measures take."""
    found = Compared()
    wanted = tuple(name for name in FORECASTS if name in bound.needed)
    if wanted:
        found = _and(found, _forecast(bound, model, wanted))
    if PRIOR in bound.needed:
        found = _and(found, _prior(bound))
    return found


def _and(one: Compared, other: Compared) -> Compared:
    return Compared(
        (*one.readings, *other.readings), (*one.unknown, *other.unknown), (*one.notes, *other.notes)
    )


def _forecast(bound: Bound, model: Model, wanted: tuple[str, ...]) -> Compared:
    plan = _plan(bound, model)
    if plan is None:
        note = "forecast: none is configured; give `forecast` a scenario and a version"
        return Compared(unknown=wanted, notes=(note,))
    scenario, version = plan
    question = replace(bound.question, scenario=scenario, version=version, breaks=False)
    base = MEASURES["budget"].of
    return Compared((Reading(replace(bound, question=question, base=base, needed=base), wanted),))


def _prior(bound: Bound) -> Compared:
    years = {period.fiscal_year for period in bound.calendar.periods}
    lacking = sorted({period.fiscal_year - 1 for period in bound.periods} - years)
    if lacking:
        named = ", ".join(str(year) for year in lacking)
        note = f"priorYearActual: calendar {bound.calendar.id} has no fiscal year {named}"
        return Compared(unknown=(PRIOR,), notes=(note,))
    earlier = year_before(bound.calendar, bound.periods)
    periods = tuple(period for period in bound.calendar.periods if period.id in earlier)
    if not periods:
        return Compared()
    question = replace(bound.question, breaks=False)
    sub = replace(bound, question=question, base=("actual",), needed=("actual",), periods=periods)
    return Compared((Reading(sub, (PRIOR,)),))


def planned(reading: Reading, planner: Planner, sources: Mapping[str, Source], *, documents: bool) -> Plan:
    """How it is read. A source that does not tell its plans apart would give its budget for a forecast."""
    plan = planner.plan(reading.bound, documents=documents)
    if PRIOR in reading.measures:
        return plan
    waves = tuple(tuple(_telling(node, sources[node.source]) for node in wave) for wave in plan.waves)
    return replace(plan, waves=waves)


def _telling(node: Node, source: Source) -> Node:
    if source.facts[node.fact].columns & {"scenario", "version"}:
        return node
    return replace(node, accepted=None, refusal=ScenarioUnsupported(source.name, node.fact))


def labelled(flow: pl.DataFrame, reading: Reading, bound: Bound) -> pl.DataFrame:
    """The parts of a reading as the main question's: `flow` are budget parts or ledger parts, in the periods
    they were read in."""
    if PRIOR in reading.measures:
        return flow.with_columns(measure=pl.lit(PRIOR), period=_a_year_on(bound))
    return flow.with_columns(measure=pl.lit(FORECAST))


def originals(bound: Bound) -> frozenset[str]:
    """The measures that parts are made of: what is needed, and what is needed a second time."""
    return frozenset(bound.needed) | {_COPIES[name][0] for name in _COPIES if name in bound.needed}


def with_copies(parts: pl.DataFrame, bound: Bound, model: Model) -> pl.DataFrame:
    """`parts` with those of closed periods (of actual) and of open ones (of the forecast) once more, under
    the measures the outlook is the sum of."""
    closed = pl.col("period").is_in(_closed(bound, model))
    copied = [
        parts.filter((pl.col("measure") == of) & (closed if past else ~closed)).with_columns(
            measure=pl.lit(name)
        )
        for name, (of, past) in _COPIES.items()
        if name in bound.needed
    ]
    return pl.concat([parts.filter(pl.col("measure").is_in(bound.needed)), *copied]) if copied else parts


def versions(bound: Bound, model: Model) -> dict[str, str]:
    """The version of the plan that each measure's budget entries are of."""
    plan = _plan(bound, model)
    named = dict.fromkeys(MEASURES["budget"].of, bound.question.version)
    return named if plan is None else {**named, FORECAST: plan[1]}


def _plan(bound: Bound, model: Model) -> tuple[str, str] | None:
    """Scenario and version of the forecast, as the question says or as configured."""
    asked, known = bound.question.forecast, model.forecast
    scenario, version = (mine if mine is not None else its for mine, its in zip(asked, known, strict=True))
    return None if scenario is None or version is None else (scenario, version)


def _closed(bound: Bound, model: Model) -> list[str]:
    """The periods that ended before the day asked about."""
    day = bound.as_of or model.today
    return [period.id for period in bound.calendar.periods if period.end < day]


def _a_year_on(bound: Bound) -> pl.Expr:
    """Each period of the year before as the one it is compared with."""
    moved = dict(year_before(bound.calendar, bound.periods))
    years = {period.fiscal_year for period in bound.periods}
    moved |= {of_year(PERIOD_MISSING, year - 1): of_year(PERIOD_MISSING, year) for year in years}
    moved |= {PERIOD_MISSING: PERIOD_MISSING}
    return pl.col("period").replace_strict(
        list(moved), list(moved.values()), default=ASIDE, return_dtype=pl.String
    )


def with_gaps(
    known: Gaps,
    lost: tuple[Lost, ...],
    asked: Compared,
    read: Iterable[tuple[Reading, Plan, Collected]],
    planner: Planner,
    model: Model,
) -> tuple[Gaps, tuple[Lost, ...]]:
    """What is not known of the main question and of its readings."""
    missing = {**known.missing, **dict.fromkeys(asked.unknown, frozenset(model.legal_entities))}
    reasons = dict.fromkeys((*lost, *_unconfigured(asked)))
    for reading, plan, collected in read:
        found, why = gaps(plan, collected.outcomes, frozenset(), planner, model)
        untold = frozenset().union(*found.missing.values())
        if untold:
            missing |= dict.fromkeys(reading.measures, untold)
            stages = dict.fromkeys(STAGES[name] for name in reading.measures)
            reasons |= dict.fromkeys(Lost(stage, each.source) for stage in stages for each in why)
    return replace(known, missing=missing), tuple(reasons)


def _unconfigured(asked: Compared) -> Iterator[Lost]:
    for name in asked.unknown:
        if name in FORECASTS:
            yield Lost(STAGES[name], None)
