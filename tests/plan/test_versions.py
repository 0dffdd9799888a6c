"""Annual budgets through the whole engine, the budget as it was known, and what it is compared with."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import pytest

from resolvers.plan.errors import QuestionError
from resolvers.plan.missing import Lost
from resolvers.plan.question import Question, Span
from resolvers.semantics.calendar import Window
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.measures import Stage
from resolvers.semantics.model import Rate
from resolvers.semantics.spreading import Profile, Spreading
from sources.spi.context import Context
from sources.spi.facts import Fact
from tests.plan.doubles import Failing, Narrow, without
from tests.plan.scenes import question
from tests.world import System, ask, calendar, documents, model, table, using

CENTER: Final = Dimension.COST_CENTER
PERIOD: Final = Dimension.PERIOD
JUNE: Final = Span(window=Window.YTD, through="2026-P06")

ANNUAL: Final = System(
    "own",
    documents(
        """
        budget-entries
        number  period    fiscal_year  date        cost_center  amount
        B1      -         2026         2025-11-01  C1           1200
        B2      2026-P01  2026         2025-11-01  C1           7
        B3      -         2025         2025-11-01  C2           100
        """
    ),
)


def test_part_of_a_year_takes_part_of_an_annual_budget() -> None:
    """1,200 is 600 by June; what states a period is not spread. Its date is the day it was decided on."""
    asked = question("budget", by=(CENTER,), span=JUNE)
    assert table(ask(model(ANNUAL), ANNUAL, question=asked).rows, "budget") == {"C1": "607.00"}
    whole = replace(asked, span=Span(first="2025-P01", last="2026-P12"))
    got = ask(model(ANNUAL), ANNUAL, question=whole)
    assert table(got.rows, "budget") == {"C1": "1207.00", "C2": "100.00"}


def test_unspread_budgets_stay_in_unassigned_and_part_of_their_year_says_so() -> None:
    unspread = model(ANNUAL, spreading=(Spreading(Profile.NONE),))
    asked = question("budget", by=(PERIOD,), span=Span(fiscal_year=2026))
    got = ask(unspread, ANNUAL, question=asked)
    assert table(got.rows, "budget") == {"2026-P01": "7.00", "UNASSIGNED": "1200.00"}
    part = ask(unspread, ANNUAL, question=replace(asked, span=JUNE))
    assert table(part.rows, "budget") == {"2026-P01": "7.00"}
    (note,) = part.notes
    assert note.startswith("budget: annual amounts that no profile spreads")


def test_annual_budgets_are_translated_at_the_rate_of_their_year() -> None:
    rates = tuple(Rate("USD", "EUR", year, Decimal(rate)) for year, rate in ((2025, 2), (2026, 3)))
    unspread = model(ANNUAL, spreading=(Spreading(Profile.NONE),), rates=rates)
    got = ask(unspread, ANNUAL, question=question("budget", currency="EUR"))
    assert table(got.totals, "budget") == {"*": "3821.00"}


def test_a_spread_budget_is_translated_once() -> None:
    """100 at 1.0825 is 108.25: 9.02 a month, and the odd cent in the first. Translated month by month, 8.34
    four times and 8.33 eight times, it would come to 4 × 9.03 + 8 × 9.02 = 108.28."""
    hundred = System("own", {"budget-entries": [ANNUAL.collections["budget-entries"][2]]})
    rates = (Rate("USD", "EUR", 2025, Decimal("1.0825")),)
    asked = question("budget", by=(PERIOD,), currency="EUR", span=Span(fiscal_year=2025))
    got = ask(model(hundred, rates=rates), hundred, question=asked)
    assert table(got.totals, "budget") == {"*": "108.25"}
    assert sorted(table(got.rows, "budget").values()) == ["9.02"] * 11 + ["9.03"]


def test_drill_down_lists_the_shares_of_an_entry() -> None:
    asked = question("budget", by=(PERIOD,), span=Span(window=Window.QTD, through="2026-P02"))
    found = using(model(ANNUAL), ANNUAL, do=lambda engine: engine.documents(asked, Context.within(30)))
    shown = found.parts.select("period", "number", "amount").sort("period", "number").rows()
    assert [(p, n, str(a.quantize(1))) for p, n, a in shown] == [
        ("2026-P01", "B1", "100"),
        ("2026-P01", "B2", "7"),
        ("2026-P02", "B1", "100"),
    ]


KNOWN: Final = System(
    "own",
    documents(
        """
        budget-entries
        number  approved_at                superseded_at         amount
        B1      2025-12-01T09:00:00Z       2026-02-10T12:00:00Z  1000
        B2      2026-02-10T13:00:00+01:00  -                     1200
        B3      2026-04-01T00:00:00Z       -                     50
        B4      -                          -                     3
        """
    ),
)


@pytest.mark.parametrize(
    ("known_at", "budget"),
    [
        (None, "1253.00"),
        (datetime(2025, 11, 30, tzinfo=UTC), "3.00"),
        (datetime(2026, 2, 10, 11, 59, tzinfo=UTC), "1003.00"),
        (datetime(2026, 2, 10, 12, 0, tzinfo=UTC), "1203.00"),
        (datetime(2026, 6, 1, tzinfo=UTC), "1253.00"),
    ],
)
def test_the_budget_as_it_was_known(known_at: datetime | None, budget: str) -> None:
    """B2 stands for B1 from ten February at noon, UTC; B3 came in April; of B4 nobody wrote down when."""
    for documents_ in (False, True):
        asked = question("budget", known_at=known_at)
        if documents_:
            found = using(model(KNOWN), KNOWN, do=lambda e, q=asked: e.documents(q, Context.within(30)))
            assert str(found.parts["amount"].sum().quantize(1)) == budget.removesuffix(".00")
        else:
            assert table(ask(model(KNOWN), KNOWN, question=asked).totals, "budget") == {"*": budget}


def test_who_cannot_say_when_refuses() -> None:
    """Never the budget of today for that of another day."""
    timeless = replace(
        KNOWN, name="plan", around=lambda source: Narrow(source, Fact.BUDGET, without("approved_at"))
    )
    asked = question("budget", "actual", known_at=datetime(2026, 1, 1, tzinfo=UTC))
    got = ask(model(timeless), timeless, question=asked)
    assert table(got.totals, "budget", "actual") == {"*": (None, "0.00")}
    assert got.missing == (Lost(Stage.BUDGET, "plan"),)
    (report,) = (source for source in got.sources if source.error is not None)
    assert report.error is not None
    assert report.error.code == "KNOWN_AT_UNSUPPORTED"
    assert str(report.error).startswith("plan: does not say when entries of BUDGET were approved")


@pytest.mark.parametrize(
    ("known_at", "said"),
    [
        (datetime(2026, 7, 1, tzinfo=UTC), "in the future"),
        (datetime(2026, 6, 1, tzinfo=UTC).replace(tzinfo=None), "has no offset"),
    ],
)
def test_what_cannot_be_known(known_at: datetime, said: str) -> None:
    with pytest.raises(QuestionError, match=said) as error:
        ask(model(KNOWN), KNOWN, question=question("budget", known_at=known_at))
    assert error.value.code == "BAD_INPUT"


COMPARED: Final = System(
    "own",
    documents(
        """
        budget-entries
        number  scenario  version  period    cost_center  amount
        B1      BUDGET    APPROVED 2026-P06  C1           100
        F1      FORECAST  6+6      2026-P05  C1           10
        F2      FORECAST  6+6      2026-P06  C1           20
        F3      FORECAST  6+6      2026-P07  C2           40
        F4      FORECAST  3+9      2026-P07  C1           5

        journal-lines
        number  period    date        cost_center  amount
        J1      2026-P05  2026-05-05  C1           1000
        J2      2026-P06  2026-06-05  C1           2000
        J3      2025-P05  2025-05-05  C1           700
        J4      2025-P07  2025-07-05  C2           80
        """
    ),
)
COMPARATIVES: Final = ("forecast", "closed_actual", "forecast_to_go", "outlook", "prior_year_actual")


def of(*systems: System, **changes: Any) -> Any:
    return model(*systems, **{"forecast": ("FORECAST", "6+6"), **changes})


def compared(*measures: str, by: tuple[Dimension, ...] = (CENTER,), **parts: Any) -> Question:
    return question(*(measures or COMPARATIVES), by=by, **{"span": Span(fiscal_year=2026), **parts})


def test_forecast_outlook_and_the_year_before() -> None:
    """On 30 June May is closed and June is not: C1 has 1,000 of actual and 20 to go, in May forecast 10 no
    longer counts. C2 has nothing but a forecast for July and a year before."""
    got = ask(of(COMPARED), COMPARED, question=compared())
    assert table(got.rows, *COMPARATIVES) == {
        "C1": ("30.00", "1000.00", "20.00", "1020.00", "700.00"),
        "C2": ("40.00", "0.00", "40.00", "40.00", "80.00"),
    }
    assert table(got.totals, *COMPARATIVES) == {"*": ("70.00", "1000.00", "60.00", "1060.00", "780.00")}
    assert got.notes == ()


def test_they_lie_in_the_periods_of_the_question() -> None:
    got = ask(
        of(COMPARED), COMPARED, question=compared("budget", "outlook", "prior_year_actual", by=(PERIOD,))
    )
    assert table(got.rows, "budget", "outlook", "prior_year_actual") == {
        "2026-P05": ("0.00", "1000.00", "700.00"),
        "2026-P06": ("100.00", "20.00", "0.00"),
        "2026-P07": ("0.00", "40.00", "80.00"),
    }


def test_they_leave_budget_and_actual_alone() -> None:
    plain = ask(of(COMPARED), COMPARED, question=compared("budget", "actual"))
    beside = ask(of(COMPARED), COMPARED, question=compared("budget", "actual", *COMPARATIVES))
    assert table(plain.totals, "budget", "actual") == {"*": ("100.00", "3000.00")}
    assert table(beside.totals, "budget", "actual") == {"*": ("100.00", "3000.00")}


def test_as_of_an_earlier_day_less_is_closed() -> None:
    """On 20 May, May is open: its forecast counts, its actual does not."""
    got = ask(of(COMPARED), COMPARED, question=compared(as_of=date(2026, 5, 20)))
    assert table(got.totals, "closed_actual", "forecast_to_go", "outlook") == {
        "*": ("0.00", "70.00", "70.00")
    }


def test_a_question_may_name_another_forecast() -> None:
    asked = compared("forecast", forecast=(None, "3+9"))
    assert table(ask(of(COMPARED), COMPARED, question=asked).totals, "forecast") == {"*": "5.00"}


def test_without_a_forecast_it_is_unknown_and_nothing_else_is() -> None:
    got = ask(of(COMPARED, forecast=(None, None)), COMPARED, question=compared())
    assert table(got.totals, *COMPARATIVES) == {"*": (None, "1000.00", None, None, "780.00")}
    assert got.notes == ("forecast: none is configured; give `forecast` a scenario and a version",)
    assert Lost(Stage.FORECAST, None) in got.missing


def test_without_a_year_before_it_is_unknown() -> None:
    got = ask(of(COMPARED), COMPARED, question=compared(span=Span(fiscal_year=2025)))
    assert table(got.totals, "prior_year_actual") == {"*": None}
    assert got.notes == ("priorYearActual: calendar G has no fiscal year 2024",)


def test_a_period_the_year_before_did_not_have_compares_with_nothing() -> None:
    """A closing period that only this year has."""
    years = calendar(adjustment=True)
    short = replace(years, periods=tuple(p for p in years.periods if p.id != "2025-P13"))
    asked = compared("prior_year_actual", span=Span(window=Window.PTD, through="2026-P13"))
    got = ask(of(COMPARED, calendars={"G": short}), COMPARED, question=asked)
    assert table(got.totals, "prior_year_actual") == {"*": "0.00"}


def test_the_year_before_is_translated_like_the_year_it_is_compared_with() -> None:
    """At constant rates: 780 dollars at the rate of 2026."""
    rates = tuple(Rate("USD", "EUR", year, Decimal(rate)) for year, rate in ((2025, 2), (2026, 3)))
    got = ask(of(COMPARED, rates=rates), COMPARED, question=compared(currency="EUR"))
    assert table(got.totals, "prior_year_actual", "forecast") == {"*": ("2340.00", "210.00")}


def test_a_lost_source_takes_its_comparatives_along() -> None:
    broken = replace(COMPARED, around=lambda source: Failing(source, Fact.BUDGET))
    got = ask(of(broken), broken, question=compared())
    assert table(got.totals, *COMPARATIVES) == {"*": (None, "1000.00", None, None, "780.00")}
    assert set(got.missing) == {Lost(Stage.FORECAST, "own"), Lost(Stage.OUTLOOK, "own")}


def test_a_plan_without_scenarios_has_no_forecast() -> None:
    """It would give its budget for one."""
    only = without("scenario", "version")
    blind = replace(COMPARED, around=lambda source: Narrow(source, Fact.BUDGET, only))
    got = ask(of(blind), blind, question=compared("forecast"))
    assert table(got.totals, "forecast") == {"*": None}
    (report,) = (source for source in got.sources if source.error is not None)
    assert report.error is not None
    assert report.error.code == "SCENARIO_UNSUPPORTED"


def test_they_are_drilled_down() -> None:
    asked = compared()
    found = using(of(COMPARED), COMPARED, do=lambda engine: engine.documents(asked, Context.within(30)))
    shown = found.parts.filter(found.parts["measure"].is_in(COMPARATIVES))
    assert sorted(shown.select("measure", "number", "period").rows()) == [
        ("closed_actual", "J1", "2026-P05"),
        ("forecast", "F1", "2026-P05"),
        ("forecast", "F2", "2026-P06"),
        ("forecast", "F3", "2026-P07"),
        ("forecast_to_go", "F2", "2026-P06"),
        ("forecast_to_go", "F3", "2026-P07"),
        ("prior_year_actual", "J3", "2026-P05"),
        ("prior_year_actual", "J4", "2026-P07"),
    ]


def test_the_plan_shows_their_scans_before_anybody_is_called() -> None:
    asked = compared("actual", "forecast", "prior_year_actual")
    report = using(of(COMPARED), COMPARED, do=_explained(asked))
    (wave,) = report.waves
    assert sorted(scan.fact for scan in wave) == [Fact.BUDGET, Fact.LEDGER, Fact.LEDGER]


def _explained(asked: Question) -> Any:
    async def explained(engine: Any) -> Any:
        return engine.explain(asked)

    return explained
