"""The rows of the sandbox's Tryton database. Relations are the related records themselves.

Records are compared by identity, as rows of a database are; lists are filled while it is built.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sources.sandbox.tryton.model import Link


@dataclass(frozen=True, slots=True, eq=False)
class Party:
    id: int
    name: str
    code: str


@dataclass(frozen=True, slots=True, eq=False)
class Currency:
    id: int
    code: str
    digits: int


@dataclass(frozen=True, slots=True, eq=False)
class Company:
    id: int
    party: Party
    currency: Currency


@dataclass(frozen=True, slots=True, eq=False)
class AccountType:
    """`statement`: balance or income. `kind` is the canonical one."""

    id: int
    name: str
    statement: str
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    id: int
    code: str
    name: str
    type: AccountType
    payable: bool


@dataclass(frozen=True, slots=True, eq=False)
class FiscalYear:
    id: int
    name: str
    start: date
    end: date


@dataclass(frozen=True, slots=True, eq=False)
class Period:
    """`type`: standard, or adjustment for the closing."""

    id: int
    name: str
    year: FiscalYear
    start: date
    end: date
    type: str


@dataclass(frozen=True, slots=True, eq=False)
class Journal:
    id: int
    code: str
    name: str
    type: str


@dataclass(frozen=True, slots=True, eq=False)
class Analytic:
    """An analytic account: a root (plan), a view (group) or a normal one."""

    id: int
    code: str
    name: str
    type: str
    root: "Analytic | None"
    parent: "Analytic | None"


@dataclass(frozen=True, slots=True, eq=False)
class Category:
    """An accounting category: what products of it are charged to."""

    id: int
    name: str
    expense: Account


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    id: int
    name: str
    category: Category


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What a line is charged to in one analytic plan; `account` may be missing."""

    id: int
    root: Analytic
    account: Analytic | None
    origin: Link


@dataclass(frozen=True, slots=True, eq=False)
class Purchase:
    id: int
    number: str | None
    state: str
    invoice_state: str
    day: date
    party: Party
    currency: Currency
    lines: list["PurchaseLine"] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class PurchaseLine:
    """`by_amount`: the quantity is an amount of money and the price 1."""

    id: int
    purchase: Purchase
    sequence: int
    description: str
    product: Product
    quantity: Decimal
    price: Decimal
    amount: Decimal
    by_amount: bool
    entries: list[Entry] = field(default_factory=list)
    invoice_lines: list["InvoiceLine"] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Invoice:
    """`credit`: a supplier's credit note, which has negative lines."""

    id: int
    number: str | None
    reference: str
    state: str
    credit: bool
    day: date
    accounting_date: date | None
    party: Party
    currency: Currency
    lines: list["InvoiceLine"] = field(default_factory=list)
    moves: list["Move"] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class InvoiceLine:
    """`correction`: changes the price of what was invoiced before, not its quantity."""

    id: int
    invoice: Invoice
    sequence: int
    description: str
    account: Account
    product: Product
    quantity: Decimal
    price: Decimal
    amount: Decimal
    origin: PurchaseLine | None
    correction: bool
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """`origin`: the invoice it posts, or the move it cancels."""

    id: int
    number: str | None
    state: str
    day: date
    period: Period
    journal: Journal
    description: str
    origin: Link | None
    lines: list["MoveLine"] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class MoveLine:
    id: int
    move: Move
    account: Account
    party: Party | None
    debit: Decimal
    credit: Decimal
    description: str
    origin: Link | None
    analytic: list["AnalyticLine"] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class AnalyticLine:
    id: int
    line: MoveLine
    account: Analytic
