"""CONSUMPTION: the documents of three systems, asked as one grid."""

import datetime
from typing import Any, Final, Literal

from pydantic import Field, field_validator

from resolvers.semantics.calendar import Calendar
from tests.golden.bookkeeping import journal_lines
from tests.golden.case import Break, Case, Conventions
from tests.golden.documents import Systems
from tests.golden.grid import ALL, Grid
from tests.golden.mapping import CaseMapping, closed, crosswalk, targets, values
from tests.golden.measures import Measure
from tests.golden.periods import months, years_in
from tests.golden.publish import published, rows_of
from tests.golden.question import known_measure
from tests.golden.rows import Books
from tests.golden.stage import Company, open_desk
from tests.golden.strict import AccountType, Figure, Strict
from tests.golden.verdict import Got

Grouping = Literal["legalEntity", "costCenter", "account", "project", "supplier", "period", "fiscalYear"]
DEFAULT_YEAR: Final = 2026


class Policy(Strict):
    """What-if policies of the question; only those given are asked for."""

    grni_in_ledger: bool = False
    blanket: Literal["RELEASES", "LIMIT"] = "RELEASES"
    relief_rate: Literal["PO", "CURRENT", "BUDGET"] = "PO"
    commitment_date: Literal["BUDGET_DATE", "NEED_BY", "ORDER_DATE"] = "BUDGET_DATE"
    tax: Literal["NON_RECOVERABLE", "GROSS", "NET"] = "NON_RECOVERABLE"
    commitment_owner: str = ""
    stale_export_days: int = 3


class Cells(Strict):
    cells: dict[str, dict[Measure, Figure]] = Field(default_factory=dict)
    totals: dict[Measure, Figure] = Field(default_factory=dict)
    breaks: tuple[Break, ...] = ()


class Consumption(Case):
    kind: Literal["CONSUMPTION"]
    systems: Systems
    policy: Policy = Policy()
    mapping: CaseMapping = Field(default_factory=dict)
    account_types: dict[str, AccountType] = Field(default_factory=dict)
    as_of: datetime.date | None = None
    version: str | None = None
    group_by: tuple[Grouping, ...] | None = None
    expected: Cells

    @field_validator("account_types", mode="before")
    @classmethod
    def _either_way_round(cls, value: Any) -> Any:
        """Account to type or, like the chart, type to accounts."""
        if isinstance(value, dict) and value and all(isinstance(found, list) for found in value.values()):
            return {account: kind for kind, accounts in value.items() for account in accounts}
        return value

    async def got(self, conventions: Conventions) -> Got:
        company = self._company(conventions)
        grid = Grid(
            grouping=self.group_by or conventions.defaults.group_by,
            measures=self._measures(),
            calendar=company.calendar,
            arguments=self._arguments(company, conventions),
            cells=self.expected.cells,
            breaks=bool(self.expected.breaks),
        )
        async with open_desk(company) as desk:
            got = await grid.ask(desk)
        got.lacking += company.published.lacking
        return got

    def _company(self, conventions: Conventions) -> Company:
        defaults = conventions.defaults
        years = years_in(self.model_dump())
        year = self.as_of.year if self.as_of else min(years) if len(years) == 1 else DEFAULT_YEAR
        books = Books(defaults.legal_entity, defaults.ledger_currency, year)
        years.add(year)
        calendar = months(range(min(years), max(years) + 1))
        return Company(
            published=published(rows_of(self.systems, books)),
            entities={books.entity: books.currency},
            accounts={**conventions.accounts(), **self.account_types},
            calendar=calendar,
            reporting_currency=books.currency,
            members=closed(self.mapping, self.systems),
            crosswalk=crosswalk(self.mapping),
            day=self._ledger_day(books, calendar),
        )

    def _ledger_day(self, books: Books, calendar: Calendar) -> datetime.date | None:
        """Today, where schedules and no `asOf` are given: the end of the ledger's latest period."""
        erp = self.systems.erp
        if self.as_of is not None or not (erp.deferrals or self.systems.contracts.subscriptions):
            return None
        booked = {row["period"] for row in journal_lines(erp.journal_lines, books)}
        return max((period.end for period in calendar.periods if period.id in booked), default=None)

    def _measures(self) -> list[str]:
        """What is expected, and what a hazard names if there is such a measure."""
        expected = [name for cell in self.expected.cells.values() for name in cell]
        hazard = self.hazard.measure if self.hazard else None
        guarded = [hazard] if hazard is not None and known_measure(hazard) else []
        return list(dict.fromkeys([*expected, *self.expected.totals, *guarded]))

    def _arguments(self, company: Company, conventions: Conventions) -> dict[str, Any]:
        """Only what the case says, the version being said for it. Revenue is asked for where there is any."""
        arguments: dict[str, Any] = {"version": self.version or conventions.defaults.version}
        if self.as_of is not None:
            arguments["asOf"] = self.as_of.isoformat()
        policy = self.policy.model_dump(by_alias=True, exclude_unset=True)
        if policy:
            arguments["policy"] = policy
        documents = self.systems.model_dump(by_alias=True)
        used = {*values(documents, "account"), *targets(self.mapping, "account")}
        if any(company.accounts.get(account) == "REVENUE" for account in used):
            arguments["where"] = {"accountClass": list(ALL)}
        return arguments
