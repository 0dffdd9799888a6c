"""Laws of time: windows nest, calendars over the same days agree, and years that hand over count once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

import pytest

from resolvers.plan.question import Question, Span
from resolvers.semantics.calendar import Calendar, Period, Window, period_at, window
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.model import Model
from resolvers.semantics.spreading import Profile, Spreading
from tests.laws.asking import law
from tests.world import System, ask, entity, model

pytestmark = pytest.mark.slow
FIRST: Final = date(2025, 1, 1)
MEASURES: Final = ("budget", "actual")
HOME: Final = "HOME"


def calendar(rng: Random, id_: str, years: tuple[tuple[int, date, date], ...]) -> Calendar:
    """Years cut into periods anywhere: months, 4-4-5, thirteen periods, one long one; some have adjustment
    periods."""
    periods: list[Period] = []
    for year, first, last in years:
        days = (last - first).days + 1
        cuts = sorted(rng.sample(range(1, days), rng.choice((0, 3, 11, 12))))
        starts = [first, *(first + timedelta(cut) for cut in cuts)]
        ends = [*(start - timedelta(1) for start in starts[1:]), last]
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
            periods.append(Period(f"{year}-P{number:02d}", year, number, start, end, ""))
        for extra in range(1, rng.randint(1, 3)):
            number = len(starts) + extra
            periods.append(Period(f"{year}-P{number:02d}", year, number, last, last, "", adjustment=True))
    return Calendar(id_, tuple(periods))


def years(rng: Random) -> tuple[tuple[int, date, date], ...]:
    """Two fiscal years of fifty-two or fifty-three weeks, or of about a year."""
    ends = []
    for _ in range(2):
        length = rng.choice((364, 371, 365, 366))
        ends.append((ends[-1] if ends else FIRST - timedelta(1)) + timedelta(length))
    return (2025, FIRST, ends[0]), (2026, ends[0] + timedelta(1), ends[1])


def books(rng: Random, home: Calendar, count: int) -> System:
    """Budgets and journal lines in periods of the home calendar, most of them dated within their period."""
    rows: dict[str, list[dict[str, Any]]] = {"budget-entries": [], "journal-lines": []}
    for index in range(count):
        for collection, found in rows.items():
            period = rng.choice(home.periods)
            day = period.start + timedelta(rng.randint(0, (period.end - period.start).days))
            row: dict[str, Any] = {
                "legal_entity": "ONE",
                "id": f"{collection}-{index}",
                "number": f"{collection}-{index}",
                "account": rng.choice(("6100", "1500")),
                "cost_center": "C1",
                "amount": str(Decimal(rng.randint(-99_999, 999_999)).scaleb(-2)),
            }
            if collection == "budget-entries":
                row |= {"type": "ORIGINAL", "scenario": "BUDGET", "version": "APPROVED"}
                annual = rng.random() < 0.3
                row |= {"fiscal_year": str(period.fiscal_year)} if annual else {"period": period.id}
            else:
                row |= {"period": period.id, "date": day.isoformat()}
                if rng.random() < 0.2:
                    row.pop(rng.choice(("period", "date")))
            found.append(row)
    return System("own", rows)


def scene(seed: int, size: int, *others: str) -> tuple[Random, Model, System]:
    rng = Random(seed)
    span = years(rng)
    calendars = {id_: calendar(rng, id_, span) for id_ in (HOME, *others)}
    own = books(rng, calendars[HOME], size * 8)
    of = model(
        own,
        calendars=calendars,
        calendar=HOME,
        legal_entities={"ONE": replace(entity(), calendar=HOME)},
        spreading=(Spreading(rng.choice((Profile.EVEN, Profile.NONE))),),
        today=date(2026, 3, 1),
    )
    return rng, of, own


def figures(of: Model, own: System, **parts: Any) -> tuple[Any, ...]:
    asked = Question(frozenset(MEASURES), **parts)
    found = ask(of, own, question=asked).totals.row(0, named=True)
    return tuple(found[name] for name in MEASURES)


@law(12)
def test_any_two_calendars_over_the_same_days_give_the_same_year(seed: int, size: int) -> None:
    """Whatever fits into no period of the other calendar is inside its year all the same."""
    _, of, own = scene(seed, size, "A", "B")
    for year in (2025, 2026):
        own_year, *others = (
            figures(of, own, span=Span(fiscal_year=year), calendar=name) for name in (HOME, "A", "B")
        )
        assert others == [own_year, own_year]


@law(12)
def test_the_periods_of_a_year_add_up_to_it(seed: int, size: int) -> None:
    """Cells by period, what fits nowhere among them, are the total."""
    rng, of, own = scene(seed, size, "A")
    span = Span(fiscal_year=rng.choice((2025, 2026)))
    asked = Question(frozenset(MEASURES), (Dimension.PERIOD,), span=span, calendar=rng.choice((HOME, "A")))
    got = ask(of, own, question=asked)
    total = got.totals.row(0, named=True)
    assert {name: sum(got.rows[name], Decimal(0)) for name in MEASURES} == {n: total[n] for n in MEASURES}


@law(12)
def test_windows_nest(seed: int, size: int) -> None:
    """PTD ⊆ QTD ⊆ YTD ⊆ ITD, each the sum of its periods; YTD through a year's last period is the year."""
    rng, of, own = scene(seed, size)
    home = of.calendars[HOME]
    of = replace(of, spreading=(Spreading(),))
    through = rng.choice(home.periods)
    asked = Question(
        frozenset(MEASURES), (Dimension.PERIOD,), span=Span(window=Window.ITD, through="2026-P01")
    )
    last = home.periods[-1].id
    everything = ask(of, own, question=replace(asked, span=Span(window=Window.ITD, through=last)))
    cells = {row["period"]: row for row in everything.rows.iter_rows(named=True)}
    before: frozenset[str] = frozenset()
    for kind in (Window.PTD, Window.QTD, Window.YTD, Window.ITD):
        held = frozenset(period.id for period in window(home, kind, through))
        assert before <= held
        before = held
        sums = tuple(sum((cells[id_][m] for id_ in held & cells.keys()), Decimal(0)) for m in MEASURES)
        assert figures(of, own, span=Span(window=kind, through=through.id)) == sums
    end = [period for period in home.periods if period.fiscal_year == through.fiscal_year][-1]
    assert figures(of, own, span=Span(window=Window.YTD, through=end.id)) == figures(
        of, own, span=Span(fiscal_year=through.fiscal_year)
    )


@law(20)
def test_quarters_are_the_year(seed: int, size: int) -> None:
    """The quarters of any calendar follow each other and leave nothing out; every day is in one period."""
    rng = Random(seed)
    home = calendar(rng, HOME, years(rng))
    for year in (2025, 2026):
        own = [period for period in home.periods if period.fiscal_year == year]
        quarters = {tuple(p.id for p in window(home, Window.QTD, period)) for period in own}
        whole = [quarter for quarter in quarters if not any(set(quarter) < set(other) for other in quarters)]
        assert sorted(id_ for quarter in whole for id_ in quarter) == sorted(period.id for period in own)
    day = home.periods[0].start + timedelta(days=seed % 700 % (size * 100))
    holding = [p for p in home.periods if not p.adjustment and p.start <= day <= p.end]
    assert [period_at(home, day)] == holding


@law(12)
def test_what_one_year_hands_to_the_next_counts_once(seed: int, size: int) -> None:
    """Carry-forward: what leaves one year enters the next. Over both years it nets to nothing, and a window
    over both has the budget once."""
    rng, of, own = scene(seed, size)
    home = of.calendars[HOME]
    last, first = (
        [p for p in home.periods if p.fiscal_year == 2025 and not p.adjustment][-1].id,
        "2026-P01",
    )
    entries = [
        {
            "legal_entity": "ONE",
            "id": f"CF{index}-{period}",
            "number": f"CF{index}",
            "type": "CARRY_FORWARD",
            "account": "6100",
            "cost_center": "C1",
            "period": period,
            "scenario": "BUDGET",
            "version": "APPROVED",
            "amount": str(sign * amount),
        }
        for index, amount in enumerate(rng.randint(1, 9999) for _ in range(size))
        for period, sign in ((last, -1), (first, 1))
    ]
    carried = System(
        "own", {**own.collections, "budget-entries": [*own.collections["budget-entries"], *entries]}
    )
    both = Span(first="2025-P01", last=home.periods[-1].id)
    asked = Question(frozenset(("carry_forward",)), span=both)
    assert ask(of, carried, question=asked).totals.row(0, named=True)["carry_forward"] == 0
    assert figures(of, carried, span=both) == figures(of, own, span=both)
    moved = [figures(of, carried, span=Span(fiscal_year=y))[0] for y in (2025, 2026)]
    plain = [figures(of, own, span=Span(fiscal_year=y))[0] for y in (2025, 2026)]
    total = sum(Decimal(entry["amount"]) for entry in entries if entry["period"] == first)
    assert moved == [plain[0] - total, plain[1] + total]
