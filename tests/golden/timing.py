"""PERIODISE, CALENDAR and WINDOW: which period an amount belongs to, and which periods are meant."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import Field

from resolvers.semantics.calendar import Calendar, Period
from resolvers.semantics.spreading import Profile, Spreading
from tests.golden.case import Case, Conventions
from tests.golden.documents import Slice
from tests.golden.periods import CALENDAR, months
from tests.golden.publish import published
from tests.golden.question import NotBuiltError, Question
from tests.golden.rows import Row, iso, text
from tests.golden.stage import Company, Desk, open_desk
from tests.golden.strict import Figure, Strict
from tests.golden.verdict import Got

YEAR: Final = 2026
_CENTER: Final = "100"
Window = Literal["PTD", "QTD", "YTD", "ITD", "FY"]


class PeriodisedFigures(Strict):
    periods: tuple[Decimal, ...] = ()
    sum: Figure = None


class Periodise(Case):
    """An annual budget shown by period. Equal weights are the profile EVEN, others a PROFILE."""

    kind: Literal["PERIODISE"]
    amount: Decimal
    weights: tuple[Decimal, ...] = Field(min_length=12, max_length=12)
    expected: PeriodisedFigures

    async def got(self, conventions: Conventions) -> Got:
        annual = _row(
            conventions,
            id="B1",
            type="ORIGINAL",
            scenario="BUDGET",
            version=conventions.defaults.version,
            status="APPROVED",
            fiscal_year=str(YEAR),
            amount=text(self.amount),
        )
        even = len(set(self.weights)) == 1
        profile = Spreading() if even else Spreading(Profile.PROFILE, self.weights)
        held = {"planning": {"budget-entries": [annual]}}
        company = replace(_company(conventions, held, months([YEAR])), spreading=(profile,))
        got = Got(lacking=list(company.published.lacking))
        async with open_desk(company) as desk:
            found = await _by_period(desk, got, "budget", YEAR)
        numbers = {period.id: str(period.number) for period in company.calendar.periods}
        got.add(("periods",), {numbers[id_]: amount for id_, amount in found.cells.items() if id_ in numbers})
        got.add((), {"sum": found.total})
        return got


class CalendarPeriod(Strict):
    id: str
    start: datetime.date
    end: datetime.date
    adjustment: bool = False


class DatedLine(Strict):
    je: str
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    posting_date: datetime.date
    doc_date: datetime.date | None = None
    period_id: str | None = None


class CalendarFigures(Strict):
    by_posting: dict[str, Decimal] = Field(default_factory=dict)
    by_document: dict[str, Decimal] = Field(default_factory=dict)
    fy_including_adjustment: Figure = None
    fy_excluding_adjustment: Figure = None


class CalendarCase(Case):
    """Journal lines state a period only where the case does; else their date decides."""

    kind: Literal["CALENDAR"]
    calendar: tuple[CalendarPeriod, ...] = Field(min_length=1)
    journal_lines: tuple[DatedLine, ...]
    expected: CalendarFigures

    async def got(self, conventions: Conventions) -> Got:
        year = self.calendar[0].end.year
        periods = (
            Period(p.id, year, number, p.start, p.end, p.id, p.adjustment)
            for number, p in enumerate(self.calendar, start=1)
        )
        held = {"erp": {"journal-lines": list(self._rows(conventions))}}
        got = Got()
        asked = self.expected.model_fields_set
        async with open_desk(_company(conventions, held, Calendar(CALENDAR, tuple(periods)))) as desk:
            posted = await _by_period(desk, got, "actual", year)
            got.add(("byPosting",), posted.cells)
            got.add((), {"fyIncludingAdjustment": posted.total})
            if "by_document" in asked:
                documented = await _by_period(desk, got, "actual", year, dateBasis="DOCUMENT")
                got.add(("byDocument",), documented.cells)
            if "fy_excluding_adjustment" in asked:
                ordinary = await _by_period(desk, got, "actual", year, includeAdjustmentPeriods=False)
                got.add((), {"fyExcludingAdjustment": ordinary.total})
        return got

    def _rows(self, conventions: Conventions) -> Iterator[Row]:
        for line in self.journal_lines:
            yield _row(
                conventions,
                id=line.je,
                amount=text(line.debit - line.credit),
                period=line.period_id,
                date=iso(line.posting_date),
                document_date=iso(line.doc_date),
            )


class WindowCase(Case):
    kind: Literal["WINDOW"]
    as_of_period: str
    fy_start_month: int = Field(ge=1, le=12)
    flows: tuple[Slice, ...]
    expected: dict[Window, Decimal]

    async def got(self, conventions: Conventions) -> Got:
        years = {int(slice_.period[:4]) for slice_ in self.flows} | {int(self.as_of_period[:4])}
        calendar = months(range(min(years) - 1, max(years) + 1), self.fy_start_month)
        ids = {f"{period.start:%Y-%m}": period.id for period in calendar.periods}
        rows = [
            _row(conventions, id=f"J{n}", amount=text(flow.amount), period=ids[flow.period])
            for n, flow in enumerate(self.flows, start=1)
        ]
        got = Got()
        async with open_desk(_company(conventions, {"erp": {"journal-lines": rows}}, calendar)) as desk:
            for window in self.expected:
                period = {"window": window, "through": ids[self.as_of_period]}
                answer = await desk.ask(Question({"period": period}, {"totals": ("actual",)}))
                got.add((), {window: answer.data["totals"]["actual"]})
                got.errors += answer.errors
        return got


def _row(conventions: Conventions, **columns: str | None) -> Row:
    """A budget entry or journal line of the conventions' company."""
    return {
        "legal_entity": conventions.defaults.legal_entity,
        "number": columns["id"],
        "account": conventions.chart["EXPENSE"][0],
        "cost_center": _CENTER,
        "currency": conventions.defaults.ledger_currency,
        **columns,
    }


def _company(conventions: Conventions, held: Mapping[str, Any], calendar: Calendar) -> Company:
    defaults = conventions.defaults
    return Company(
        published=published(held),
        entities={defaults.legal_entity: defaults.ledger_currency},
        accounts=conventions.accounts(),
        calendar=calendar,
        reporting_currency=defaults.ledger_currency,
    )


@dataclass(frozen=True, slots=True)
class _Periods:
    """One measure by period id, and over the whole fiscal year."""

    cells: Mapping[str, Any]
    total: Any


async def _by_period(desk: Desk, got: Got, measure: str, year: int, **arguments: Any) -> _Periods:
    """What could not be asked goes to `got`."""
    select = {"rows": ("cellId", measure), "totals": (measure,)}
    question = Question({"groupBy": ["PERIOD"], "period": {"fiscalYear": year}, **arguments}, select)
    try:
        answer = await desk.ask(question)
    except NotBuiltError as missing:
        got.lacking += missing.reasons
        return _Periods({}, None)
    got.errors += answer.errors
    cells = {cell: figures[measure] for cell, figures in answer.cells().items()}
    return _Periods(cells, answer.data["totals"][measure])
