"""Whose period is it: other calendars, adjustment periods, document dates, and what fits nowhere.

The quarters of 4-4-5 weeks used here: 2026-P01 from 28 December 2025 to 24 January, P02 to 21 February, P03
to 28 March, P04 to 25 April. No month holds one of them whole.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import pytest

from resolvers.plan.answer import Answer
from resolvers.plan.errors import QuestionError
from resolvers.plan.missing import Lost
from resolvers.plan.question import Question, Span
from resolvers.semantics.breaks import BreakCode
from resolvers.semantics.calendar import DateBasis, PeriodMap, Window
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.measures import Stage
from resolvers.semantics.model import Model, Rate
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.scan import Guarantee, Op
from tests.plan.doubles import Narrow, without
from tests.plan.scenes import planned, question
from tests.world import System, ask, calendar, documents, entity, model, table, using, weeks

PERIOD: Final = Dimension.PERIOD
WEEKLY: Final = System(
    "own",
    documents(
        """
        budget-entries
        number  period    date        amount
        B1      2026-P01  2025-10-01  1000
        B2      2026-P02  2025-10-01  1400

        journal-lines
        number  period    date        amount
        J1      2026-P02  2026-02-02  30
        J2      2026-P02  2026-01-27  4
        J3      2026-P02  -           5
        J4      -         2026-01-31  6
        """
    ),
)


def world(*systems: System, maps: tuple[PeriodMap, ...] = (), **changes: Any) -> Model:
    """ONE keeps its books in weeks, the group in months."""
    home = replace(weeks(), maps=maps)
    entities = {"ONE": replace(entity(), calendar="WEEKS")}
    given = {"calendars": {"G": calendar(), "WEEKS": home}, "legal_entities": entities, **changes}
    return model(*systems, **given)


def by_period(asked: Question, of: Model, *systems: System) -> dict[str, Any]:
    (measure,) = asked.measures
    return table(ask(of, *systems, question=asked).rows, measure)


def year(*measures: str, **parts: Any) -> Question:
    return question(*measures, by=(PERIOD,), **{"span": Span(fiscal_year=2026), **parts})


def test_an_entity_in_its_own_calendar() -> None:
    """Every period as it is stated; the line without one by its date, 31 January: P02."""
    got = by_period(year("actual", calendar="WEEKS"), world(WEEKLY), WEEKLY)
    assert got == {"2026-P02": "45.00"}


def test_periods_of_another_calendar_that_fit_nowhere_are_inside_the_totals() -> None:
    """J1 and J2 have days within their period, and go by them; J3 has none, P02 lies in two months."""
    got = by_period(year("actual"), world(WEEKLY), WEEKLY)
    assert got == {"2026-P01": "10.00", "2026-P02": "30.00", "PERIOD_MISSING": "5.00"}


@pytest.mark.parametrize(
    ("through", "budget"), [("2025-P12", "1000.00"), ("2026-P01", "2400.00"), ("2026-P03", "0.00")]
)
def test_what_fits_nowhere_is_in_every_window_its_days_touch(through: str, budget: str) -> None:
    """B1 is of 28 December to 24 January, B2 of 25 January to 21 February; the day a budget was decided on
    says nothing about its period."""
    asked = question("budget", span=Span(window=Window.PTD, through=through))
    assert table(ask(world(WEEKLY), WEEKLY, question=asked).totals, "budget") == {"*": budget}


def test_it_is_a_break_all_the_same() -> None:
    asked = question("budget", breaks=True, span=Span(fiscal_year=2026))
    found = ask(world(WEEKLY), WEEKLY, question=asked).breaks
    missing = [str(b.amount) for b in found if b.code is BreakCode.PERIOD_MISSING]
    assert missing == ["2400.00", "5.00"]


def test_a_period_map_places_what_states_a_period() -> None:
    """P01 → January, P02 → February, whatever the dates; the line without a period still goes by its date."""
    maps = (PeriodMap("G", (("2026-P01", "2026-P01"), ("2026-P02", "2026-P02"))),)
    got = by_period(year("actual"), world(WEEKLY, maps=maps), WEEKLY)
    assert got == {"2026-P01": "6.00", "2026-P02": "39.00"}
    assert by_period(year("budget"), world(WEEKLY, maps=maps), WEEKLY) == {
        "2026-P01": "1000.00",
        "2026-P02": "1400.00",
    }


def test_it_is_translated_at_the_rate_of_the_year_its_days_are_of() -> None:
    """B2 lies in January and February 2026, at 0.5; B1 begins in 2025 and could be of either year."""
    rates = (Rate("USD", "EUR", 2026, Decimal("0.5")), Rate("USD", "EUR", 2025, Decimal("0.8")))
    asked = question("budget", currency="EUR", span=Span(window=Window.PTD, through="2026-P02"))
    assert table(ask(world(WEEKLY, rates=rates), WEEKLY, question=asked).totals, "budget") == {"*": "700.00"}
    both = replace(asked, span=Span(fiscal_year=2026))
    got = ask(world(WEEKLY, rates=rates), WEEKLY, question=both)
    assert table(got.totals, "budget") == {"*": None}
    assert len(got.rates_missing) == 1


def test_drill_down_goes_the_same_way() -> None:
    """Read in sums or line by line: each line in the same period."""
    asked = year("actual")
    found = using(world(WEEKLY), WEEKLY, do=lambda engine: engine.documents(asked, Context.within(30))).parts
    assert sorted(found.select("number", "period").rows()) == [
        ("J1", "2026-P02"),
        ("J2", "2026-P01"),
        ("J3", "PERIOD_MISSING"),
        ("J4", "2026-P01"),
    ]


def test_a_source_that_filters_by_period_is_asked_for_those_that_fit_nowhere() -> None:
    """The months of February touch the weeks P02 and P03."""
    filtering = replace(WEEKLY, around=lambda source: Narrow(source, Fact.LEDGER, _filtering))
    asked = question("actual", span=Span(window=Window.PTD, through="2026-P02"))
    (node,) = planned(asked, world(filtering), filtering).nodes
    (periods,) = (p.values for p in node.scan.where if p.column == "period")
    assert periods == ("2026-P02", "2026-P03")
    assert "date" in (node.scan.group_by or ())


def _filtering(able: Any) -> Any:
    return replace(able, filters={**able.filters, ("period", Op.IN): Guarantee.SUPERSET})


def test_an_unknown_calendar() -> None:
    with pytest.raises(QuestionError, match="calendar: 'UK' is not one of its 2 members") as error:
        ask(world(WEEKLY), WEEKLY, question=question("budget", calendar="UK"))
    assert error.value.code == "UNKNOWN_MEMBER"


CLOSING: Final = System(
    "own",
    documents(
        """
        journal-lines
        number  period    date        amount
        J1      2026-P12  2026-12-15  100
        J2      2026-P13  2026-12-31  30
        J3      -         2026-12-31  7
        """
    ),
)
YEARS: Final = calendar(adjustment=True)


@pytest.mark.parametrize(
    ("adjustments", "cells"),
    [(True, {"2026-P12": "107.00", "2026-P13": "30.00"}), (False, {"2026-P12": "107.00"})],
)
def test_adjustment_periods(adjustments: bool, cells: dict[str, str]) -> None:
    """The line without a period goes to December, although December's closing period has the same day."""
    of = model(CLOSING, calendars={"G": YEARS})
    assert by_period(year("actual", adjustments=adjustments), of, CLOSING) == cells


@pytest.mark.parametrize(("adjustments", "december"), [(True, "137.00"), (False, "107.00")])
def test_adjustments_of_another_calendar_are_left_out_with_the_question_s(
    adjustments: bool,
    december: str,
) -> None:
    """The group has no closing period: the entity's lies in its December, or nowhere."""
    calendars = {"G": calendar(), "OWN": replace(YEARS, id="OWN")}
    entities = {"ONE": replace(entity(), calendar="OWN")}
    of = model(CLOSING, calendars=calendars, legal_entities=entities)
    assert by_period(year("actual", adjustments=adjustments), of, CLOSING) == {"2026-P12": december}


def test_a_window_of_nothing_but_adjustments() -> None:
    asked = year("actual", adjustments=False, span=Span(window=Window.PTD, through="2026-P13"))
    with pytest.raises(QuestionError, match="includeAdjustmentPeriods: false leaves nothing of 2026-P13"):
        ask(model(CLOSING, calendars={"G": YEARS}), CLOSING, question=asked)


DATED: Final = System(
    "own",
    documents(
        """
        journal-lines
        number  period    date        document_date  amount
        J1      2026-P02  2026-02-02  2026-01-30     5000
        J2      2026-P02  2026-02-03  -              700
        J3      -         2026-03-03  -              40
        J4      2025-P12  2025-12-31  2026-01-02     3
        """
    ),
)


@pytest.mark.parametrize(
    ("basis", "cells"),
    [
        (DateBasis.POSTING, {"2026-P02": "5700.00", "2026-P03": "40.00"}),
        (DateBasis.DOCUMENT, {"2026-P01": "5003.00", "2026-P02": "700.00", "2026-P03": "40.00"}),
    ],
)
def test_by_posting_or_by_document(basis: DateBasis, cells: dict[str, str]) -> None:
    """By document: J1 and J4 belong to January, though January is neither's posting period; without a
    document date it is the posting's period."""
    assert by_period(year("actual", date_basis=basis), model(DATED), DATED) == cells


def test_by_document_no_posting_period_is_asked_for() -> None:
    filtering = replace(DATED, around=lambda source: Narrow(source, Fact.LEDGER, _filtering))
    (node,) = planned(year("actual", date_basis=DateBasis.DOCUMENT), model(filtering), filtering).nodes
    assert {p.column for p in node.scan.where} & {"period", "date"} == set()
    assert "document_date" in (node.scan.group_by or ())


def test_who_has_no_document_date_refuses() -> None:
    """It never answers by posting date instead; the error names source and fact."""
    dateless = replace(
        DATED, name="books", around=lambda source: Narrow(source, Fact.LEDGER, without("document_date"))
    )
    asked = year("actual", date_basis=DateBasis.DOCUMENT)
    got = ask(model(dateless), dateless, question=asked)
    assert got.rows.is_empty()
    assert table(got.totals, "actual") == {"*": None}
    assert got.missing == (Lost(Stage.LEDGER, "books"),)
    assert _error(got) == (
        "DATE_BASIS_UNSUPPORTED",
        "books: does not say the document date of LEDGER; ask with dateBasis POSTING for posting dates",
    )


def _error(got: Answer) -> tuple[str, str]:
    (report,) = (source for source in got.sources if source.error is not None)
    assert report.error is not None
    return report.error.code, str(report.error)
