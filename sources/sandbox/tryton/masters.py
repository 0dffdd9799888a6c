"""Master data: the company, its chart of accounts, calendar, journals, analytic plans, products, parties.

There are two analytic plans, cost centres (CC) and projects (PJ); every line of a purchase or an invoice
has an entry in each, the second of which is usually empty. What is bought has no account of its own: the
product's accounting category knows it.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Final

from sources.sandbox.estate.documents import Company as EstateCompany
from sources.sandbox.estate.documents import Estate, InvoiceLine, OrderLine
from sources.sandbox.tryton.records import (
    Account,
    AccountType,
    Analytic,
    Category,
    Company,
    Currency,
    FiscalYear,
    Journal,
    Party,
    Period,
    Product,
)

ENTITY: Final = "DE01"
SYSTEM: Final = "tryton"
PAYABLE: Final = "2100"
_ZERO_DIGITS: Final = frozenset(("JPY",))

_TYPES: Final = (
    ("EXPENSE", "Expense", "income"),
    ("REVENUE", "Revenue", "income"),
    ("CAPEX", "Fixed assets", "balance"),
    ("BALANCE_SHEET", "Assets and liabilities", "balance"),
)
_JOURNALS: Final = (
    ("AR", "REV", "Revenue", "revenue"),
    ("AP", "EXP", "Expense", "expense"),
    ("PAYMENT", "CASH", "Cash", "cash"),
    ("MANUAL", "MISC", "Miscellaneous", "general"),
    ("ACCRUAL", "ACC", "Accruals", "general"),
    ("PAYROLL", "PAY", "Payroll", "general"),
    ("EXPENSES", "TRV", "Travel", "general"),
    ("ASSETS", "AST", "Assets", "general"),
    ("GRNI", "STO", "Stock", "general"),
    ("CLOSING", "SIT", "Situation", "situation"),
)
"""Sub-ledger of origin, code, name and type."""


class Masters:
    """All master records; dictionaries by canonical member."""

    def __init__(self, estate: Estate) -> None:
        company = estate.company
        entity = next(e for e in company.entities if e.id == ENTITY)
        codes = sorted({c.currency for c in company.suppliers} | {entity.currency})
        self.currencies = {
            code: Currency(n, code, 0 if code in _ZERO_DIGITS else 2) for n, code in enumerate(codes, start=1)
        }
        own = Party(1, entity.name, "")
        self.company = Company(1, own, self.currencies[entity.currency])
        self.suppliers = {
            s.id: Party(n, s.name, company.code(SYSTEM, "supplier", s.id))
            for n, s in enumerate(company.suppliers, start=2)
        }
        self.parties = [own, *self.suppliers.values()]
        self.types = {
            kind: AccountType(n, name, statement, kind)
            for n, (kind, name, statement) in enumerate(_TYPES, start=1)
        }
        self.accounts = self._accounts(company)
        self.journals = {
            origin: Journal(n, code, name, type_)
            for n, (origin, code, name, type_) in enumerate(_JOURNALS, start=1)
        }
        self.years = {
            year: FiscalYear(n, str(year), date(year, 1, 1), date(year, 12, 31))
            for n, year in enumerate(range(2024, estate.clock.year + 1), start=1)
        }
        self.periods = {p.name: p for p in self._periods()}
        self.analytic = self._analytic(company)
        self.products, self.categories = self._products(estate)

    @property
    def plans(self) -> tuple[Analytic, Analytic]:
        return self.analytic["plan", "CC"], self.analytic["plan", "PJ"]

    def period(self, name: str, *, closing: bool) -> Period:
        """`name` is canonical, YYYY-Pnn."""
        year, _, number = name.partition("-P")
        return self.periods[f"{year} closing" if closing else f"{year}-{number}"]

    def center(self, member: str | None) -> Analytic | None:
        return None if member is None else self.analytic["cost_center", member]

    def project(self, member: str | None) -> Analytic | None:
        return None if member is None else self.analytic["project", member]

    def product(self, account: str, description: str) -> Product:
        return self.products[account, description]

    def _accounts(self, company: EstateCompany) -> dict[str, Account]:
        """Only accounts that are posted to: the groups above them have no type."""
        inner = {account.parent for account in company.accounts}
        leaves = [account for account in company.accounts if account.id not in inner]
        return {
            a.id: Account(
                n, company.code(SYSTEM, "account", a.id), a.name, self.types[a.kind], payable=a.id == PAYABLE
            )
            for n, a in enumerate(leaves, start=1)
        }

    def _periods(self) -> Iterator[Period]:
        """Months, named as Tryton names them, and one adjustment period at the end of each year."""
        for year in self.years.values():
            first = (year.id - 1) * 13
            for month in range(1, 13):
                start = date(year.start.year, month, 1)
                end = start.replace(day=monthrange(start.year, month)[1])
                yield Period(first + month, f"{start:%Y-%m}", year, start, end, "standard")
            yield Period(first + 13, f"{year.name} closing", year, year.end, year.end, "adjustment")

    def _analytic(self, company: EstateCompany) -> dict[tuple[str, str], Analytic]:
        centers = Analytic(1, "CC", "Cost centres", "root", None, None)
        projects = Analytic(2, "PJ", "Projects", "root", None, None)
        found = {("plan", "CC"): centers, ("plan", "PJ"): projects}
        known = {center.id: center for center in company.cost_centers}

        def add(member: str) -> Analytic:
            """The cost centre, after the groups it hangs under."""
            key = ("cost_center", member)
            if key not in found:
                center = known[member]
                parent = add(center.parent) if center.parent else centers
                type_ = "view" if center.entity is None else "normal"
                code = company.code(SYSTEM, "cost_center", member)
                found[key] = Analytic(len(found) + 1, code, center.name, type_, centers, parent)
            return found[key]

        for center in company.cost_centers:
            if center.entity == ENTITY:
                add(center.id)
        for project in company.projects:
            if project.entity == ENTITY:
                code = company.code(SYSTEM, "project", project.id)
                found["project", project.id] = Analytic(
                    len(found) + 1, code, project.name, "normal", projects, projects
                )
        return found

    def _products(self, estate: Estate) -> tuple[dict[tuple[str, str], Product], dict[str, Category]]:
        """One product per account and description that was ever bought."""
        bought = sorted({*_bought(estate)})
        accounts = sorted({account for account, _ in bought})
        categories = {
            a: Category(n, self.accounts[a].name, self.accounts[a]) for n, a in enumerate(accounts, start=1)
        }
        products = {
            (account, name): Product(n, name, categories[account])
            for n, (account, name) in enumerate(bought, start=1)
        }
        return products, categories


def _bought(estate: Estate) -> Iterator[tuple[str, str]]:
    orders = (line for order in estate.orders if order.entity == ENTITY for line in order.lines)
    invoices = (line for invoice in estate.invoices if invoice.entity == ENTITY for line in invoice.lines)
    for line in chain[OrderLine | InvoiceLine](orders, invoices):
        for distribution in line.distributions:
            yield distribution.account, line.description
