"""Objects that occur inside others: currencies, units, suppliers, accounts and their allocations.

An account is a combination of segments: 1 legal entity, 2 cost centre, 3 natural account, 4 project. A
line charged to one account has it in `account`; a split line has null there and its shares in
`account-allocations`, so that a query on ``order_lines[account][…]`` does not find it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sources.sandbox.coupa.shape import (
    Association,
    Shape,
    always,
    decimal,
    flag,
    integer,
    shape,
    text,
)
from sources.sandbox.estate.documents import Company, Distribution, Estate, Supplier

ENTITY: Final = "US01"
"""The legal entity that buys through Coupa."""

SYSTEM: Final = "coupa"
_CURRENCIES: Final = {"USD": 1, "EUR": 2, "GBP": 3, "JPY": 4}
_YEN_DECIMALS: Final = 0
_CENTS: Final = 2
_LINES_PER_DOCUMENT: Final = 1000


def line_id(document: str, line: int) -> int:
    """Coupa numbers the lines of all documents of a kind through; here after their document."""
    return int(document) * _LINES_PER_DOCUMENT + line


@dataclass(frozen=True, slots=True)
class Account:
    id: int
    segments: tuple[str, str, str, str | None]
    chart: str

    @property
    def code(self) -> str:
        return "-".join(segment for segment in self.segments if segment)


@dataclass(frozen=True, slots=True)
class Allocation:
    id: int
    account: Account
    percent: Decimal
    amount: Decimal


class Accounts:
    """Every combination of segments in use, numbered in the order of its code."""

    def __init__(self, company: Company, distributions: Iterable[Distribution]) -> None:
        self._company = company
        self.chart = next((e.name for e in company.entities if e.id == ENTITY), ENTITY)
        combinations = sorted({self._segments(d) for d in distributions}, key=lambda s: (s[:3], s[3] or ""))
        self._accounts = {
            segments: Account(number, segments, self.chart)
            for number, segments in enumerate(combinations, start=1001)
        }

    def of(self, distribution: Distribution) -> Account:
        return self._accounts[self._segments(distribution)]

    def _segments(self, distribution: Distribution) -> tuple[str, str, str, str | None]:
        code, project = self._company.code, distribution.project
        return (
            code(SYSTEM, "legal_entity", ENTITY),
            code(SYSTEM, "cost_center", distribution.cost_center),
            code(SYSTEM, "account", distribution.account),
            None if project is None else code(SYSTEM, "project", project),
        )

    def allocations(
        self, line: int, distributions: Iterable[Distribution], amounts: Mapping[int, Decimal]
    ) -> list[Allocation]:
        """The shares of a split line; `amounts` by distribution."""
        return [Allocation(line * 10 + d.dist, self.of(d), d.percent, amounts[d.dist]) for d in distributions]


def all_distributions(estate: Estate) -> Iterable[Distribution]:
    """Every distribution of the entity's requisitions, orders and invoices."""
    for documents in (estate.requisitions, estate.orders, estate.invoices):
        for document in documents:
            if document.entity == ENTITY:
                for line in document.lines:
                    yield from line.distributions


CURRENCY: Final[Shape] = shape(
    "Currency",
    integer("id", lambda code: _CURRENCIES.get(code, 99)),
    text("code", lambda code: code),
    integer("decimals", lambda code: _YEN_DECIMALS if code == "JPY" else _CENTS),
    natural=("code",),
)

EACH: Final[Shape] = shape(
    "Uom",
    integer("id", lambda _: 1),
    text("code", always("EA")),
    text("name", always("Each")),
    natural=("code",),
)

CHART: Final[Shape] = shape(
    "AccountType",
    integer("id", lambda _: 1),
    text("name", lambda name: name),
    flag("active", always(True)),
    natural=("name",),
)

ACCOUNT: Final[Shape] = shape(
    "Account",
    integer("id", lambda a: a.id),
    text("name", lambda a: a.code),
    text("code", lambda a: a.code),
    flag("active", always(True)),
    text("segment-1", lambda a: a.segments[0]),
    text("segment-2", lambda a: a.segments[1]),
    text("segment-3", lambda a: a.segments[2]),
    text("segment-4", lambda a: a.segments[3]),
    Association("account-type", CHART, lambda a: a.chart),
    natural=("code",),
)


def allocation_shape(name: str) -> Shape:
    return shape(
        name,
        integer("id", lambda a: a.id),
        decimal("amount", lambda a: a.amount),
        decimal("pct", lambda a: a.percent),
        Association("account", ACCOUNT, lambda a: a.account),
    )


@dataclass(frozen=True, slots=True)
class SupplierRecord:
    supplier: Supplier
    number: str


def suppliers(company: Company) -> dict[str, SupplierRecord]:
    """By canonical id. Those without a number of their own in Coupa are not in it."""
    numbers = company.codes.get(SYSTEM, {}).get("supplier", {})
    return {s.id: SupplierRecord(s, numbers[s.id]) for s in company.suppliers if s.id in numbers}


SUPPLIER: Final[Shape] = shape(
    "Supplier",
    integer("id", lambda s: int(s.number)),
    text("name", lambda s: s.supplier.name),
    text("display-name", lambda s: s.supplier.name),
    text("number", lambda s: s.number),
    text("status", always("active")),
    flag("on-hold", always(False)),
    natural=("name", "number"),
)
