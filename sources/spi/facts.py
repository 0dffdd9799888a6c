"""The facts a finance system can provide, and the columns each one has.

A *fact* is a kind of business record: a budget entry, an order distribution, a ledger line. Whatever
system it comes from, a fact arrives in the columns named here, so that nothing above this package knows
a vendor. A connector may leave out a column its system does not have; the engine then treats the value
as absent, never as zero.

Grain, one row each:

========== ============================================================================================
BUDGET     one budget entry (or one aggregate of entries when the scan is grouped)
REQUISITION one distribution of one requisition line
ORDER      one distribution of one purchase order line
RECEIPT    one receipt (negative: return) against one order line
INVOICE    one distribution of one supplier invoice or credit line
VOUCHER    one ledger line that carries a reference to an upstream document: identity, not totals
LEDGER     one journal line (or one aggregate of lines when the scan is grouped)
ORDER_SCHEDULE one phase of an order line: a period and the part of the line's net amount due in it
BLANKET    one distribution of a blanket agreement: a limit that orders draw on
DEFERRAL   one period of the amortisation of something already paid
SUBSCRIPTION one period of a subscription contract
EXCHANGE_RATE one rate between two currencies: of a fiscal year, a period or a day
COST_CENTER, SUPPLIER  one member of master data, one row per validity interval
========== ============================================================================================

A record of a document (any fact but BUDGET and LEDGER) may come twice, when pages shift under a reader: rows
of one ``id`` that are the same in every column are one record. A system that keeps two alike tells them apart
by ``line``.

References between documents use the *number* people write on paper (``po`` = the order's ``number``,
``po_line`` = its ``line``), because that is what survives the way from one system to the next.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import polars as pl

EXACT: Final = pl.Decimal(38, 16)
"""Every amount, price, quantity and rate on its way through the engine. Sixteen decimals, so that
price × quantity × tax × rate loses nothing before the one rounding at the end."""


class Fact(StrEnum):
    BUDGET = "BUDGET"
    REQUISITION = "REQUISITION"
    ORDER = "ORDER"
    RECEIPT = "RECEIPT"
    INVOICE = "INVOICE"
    VOUCHER = "VOUCHER"
    LEDGER = "LEDGER"
    ORDER_SCHEDULE = "ORDER_SCHEDULE"
    BLANKET = "BLANKET"
    DEFERRAL = "DEFERRAL"
    SUBSCRIPTION = "SUBSCRIPTION"
    EXCHANGE_RATE = "EXCHANGE_RATE"
    COST_CENTER = "COST_CENTER"
    SUPPLIER = "SUPPLIER"


class Kind(StrEnum):
    """What a column holds, and so how it travels: the Polars type and the predicates that make sense."""

    CODE = "CODE"
    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DATE = "DATE"
    FLAG = "FLAG"
    INSTANT = "INSTANT"

    @property
    def dtype(self) -> pl.DataType:
        return _DTYPES[self]


_DTYPES: Final[dict[Kind, pl.DataType]] = {
    Kind.CODE: pl.String(),
    Kind.TEXT: pl.String(),
    Kind.NUMBER: EXACT,
    Kind.DATE: pl.Date(),
    Kind.FLAG: pl.Boolean(),
    Kind.INSTANT: pl.Datetime("us", "UTC"),
}


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind
    meaning: str


def _columns(*columns: tuple[str, Kind, str]) -> MappingProxyType[str, Column]:
    return MappingProxyType({name: Column(name, kind, meaning) for name, kind, meaning in columns})


_ID = ("id", Kind.CODE, "the system's own key of the document, stable and unique within the source")
_NUMBER = ("number", Kind.CODE, "the document number people use")
_LINE = ("line", Kind.CODE, "line within the document")
_DIST = ("dist", Kind.CODE, "distribution within the line")
_ENTITY = ("legal_entity", Kind.CODE, "company code of the source")
_ACCOUNT = ("account", Kind.CODE, "account code of the source")
_COST_CENTER = ("cost_center", Kind.CODE, "cost centre code of the source")
_PROJECT = ("project", Kind.CODE, "project code of the source")
_SUPPLIER = ("supplier", Kind.CODE, "supplier code of the source")
_PERIOD = ("period", Kind.CODE, "fiscal period as YYYY-Pnn in the entity's own calendar")
_CURRENCY = ("currency", Kind.CODE, "ISO 4217 code of the amounts in the row")
_RATE = ("rate", Kind.NUMBER, "document currency to ledger currency, fixed on the document")
_PERCENT = ("percent", Kind.NUMBER, "relative weight of the distribution within its line")
_QUANTITY = ("quantity", Kind.NUMBER, "quantity; negative for returns")
_PRICE = ("price", Kind.NUMBER, "price per `price_unit` units, in `currency`")
_PRICE_UNIT = ("price_unit", Kind.NUMBER, "units the price is for; absent means 1")
_STATUS = ("status", Kind.CODE, "canonical status of the document")
_TAX_RATE = ("tax_rate", Kind.NUMBER, "non-recoverable tax as a fraction of the net price")
_RECOVERABLE_RATE = ("recoverable_tax_rate", Kind.NUMBER, "recoverable tax as a fraction of the net price")
_PO = ("po", Kind.CODE, "number of the purchase order")
_PO_LINE = ("po_line", Kind.CODE, "line of the purchase order")
_ORDER_STATUS = (
    "DRAFT, PENDING, APPROVED, OPEN, PARTIALLY_RECEIVED, RECEIVED, CLOSED, FINALLY_CLOSED or CANCELLED"
)
_DIMENSIONS = (_ENTITY, _ACCOUNT, _COST_CENTER, _PROJECT)

_JOURNAL = (
    _ID,
    _NUMBER,
    _LINE,
    *_DIMENSIONS,
    _SUPPLIER,
    _PERIOD,
    ("date", Kind.DATE, "posting date"),
    ("document_date", Kind.DATE, "date on the document"),
    _CURRENCY,
    ("document_currency", Kind.CODE, "ISO 4217 code of the currency the document was entered in"),
    ("amount", Kind.NUMBER, "debit − credit in the ledger's currency"),
    ("type", Kind.CODE, "NORMAL or CLOSING (year-end closing journals are never actuals)"),
    _STATUS,
    ("origin", Kind.CODE, "AP, GRNI, ACCRUAL, … : the sub-ledger the line came from"),
    ("ref_invoice", Kind.CODE, "id of the upstream invoice the voucher carries"),
    ("ref_supplier_invoice", Kind.CODE, "the supplier's own invoice number"),
    ("ref_po", Kind.CODE, "purchase order the line names"),
    ("ref_po_line", Kind.CODE, "purchase order line the line names"),
    ("ref_dist", Kind.CODE, "distribution the line names"),
    ("ref_quantity", Kind.NUMBER, "quantity the voucher line relieves"),
    ("reverses", Kind.CODE, "number of the document this one reverses"),
    (
        "intercompany_partner",
        Kind.CODE,
        "company code of the legal entity on the other side, as the source has it",
    ),
    ("counts_as_posting", Kind.FLAG, "counts as invoiced, though no budget has its account: clears GRNI"),
)

_SCHEDULED = (
    _ID,
    _NUMBER,
    _LINE,
    *_DIMENSIONS,
    _SUPPLIER,
    _PERIOD,
    _CURRENCY,
    ("amount", Kind.NUMBER, "amount of the period, in `currency`"),
)

COLUMNS: Final[MappingProxyType[Fact, MappingProxyType[str, Column]]] = MappingProxyType(
    {
        Fact.BUDGET: _columns(
            _ID,
            _NUMBER,
            ("type", Kind.CODE, "ORIGINAL, REVISION, TRANSFER or CARRY_FORWARD"),
            *_DIMENSIONS,
            _PERIOD,
            ("fiscal_year", Kind.CODE, "fiscal year of an annual entry, which states no period"),
            ("date", Kind.DATE, "date of the entry"),
            ("approved_at", Kind.INSTANT, "instant of approval: the entry is known from then on"),
            ("superseded_at", Kind.INSTANT, "instant from which another entry stands for this one"),
            ("scenario", Kind.CODE, "scenario, e.g. BUDGET"),
            ("version", Kind.CODE, "version, e.g. APPROVED"),
            _STATUS,
            _CURRENCY,
            ("amount", Kind.NUMBER, "budgeted amount in the sign the connector declares"),
        ),
        Fact.REQUISITION: _columns(
            _ID,
            _NUMBER,
            _LINE,
            _DIST,
            ("status", Kind.CODE, "PENDING, APPROVED or CANCELLED"),
            *_DIMENSIONS,
            _SUPPLIER,
            ("date", Kind.DATE, "budget date of the requisition"),
            ("requested_on", Kind.DATE, "day it was raised: its past states begin there"),
            _CURRENCY,
            _RATE,
            _QUANTITY,
            _PRICE,
            _PRICE_UNIT,
            _TAX_RATE,
            _RECOVERABLE_RATE,
            _PERCENT,
        ),
        Fact.ORDER: _columns(
            _ID,
            _NUMBER,
            _LINE,
            _DIST,
            ("status", Kind.CODE, _ORDER_STATUS),
            ("line_status", Kind.CODE, "the line's own status, same values; absent means the document's"),
            *_DIMENSIONS,
            _SUPPLIER,
            ("date", Kind.DATE, "budget date of the distribution"),
            ("ordered_on", Kind.DATE, "day the order was placed: its past states begin there"),
            ("need_by", Kind.DATE, "day the goods or services are needed"),
            _CURRENCY,
            _RATE,
            ("match_basis", Kind.CODE, "QTY or AMOUNT; absent means QTY"),
            _QUANTITY,
            _PRICE,
            _PRICE_UNIT,
            ("amount", Kind.NUMBER, "ordered amount of an amount-matched line, in `currency`, without tax"),
            ("cancelled_quantity", Kind.NUMBER, "cancelled part (an amount on an amount-matched line)"),
            _TAX_RATE,
            _RECOVERABLE_RATE,
            ("receipt_required", Kind.FLAG, "receipts relieve the line before its invoices do"),
            _PERCENT,
            ("req", Kind.CODE, "number of the requisition the line fulfils"),
            ("req_line", Kind.CODE, "line of that requisition"),
            ("req_quantity", Kind.NUMBER, "quantity taken from it; absent means the line's quantity"),
            ("blanket", Kind.CODE, "number of the blanket agreement the order is a release of"),
        ),
        Fact.RECEIPT: _columns(
            _ID,
            _NUMBER,
            _LINE,
            _ENTITY,
            _PO,
            _PO_LINE,
            ("date", Kind.DATE, "date of the receipt"),
            _QUANTITY,
            ("amount", Kind.NUMBER, "received amount on an amount-matched line, in the order's currency"),
        ),
        Fact.INVOICE: _columns(
            _ID,
            _NUMBER,
            _LINE,
            _DIST,
            (
                "status",
                Kind.CODE,
                "APPROVED, EXPORTED, POSTED_PER_S2P, PAID_PER_S2P; anything else is not approved",
            ),
            ("type", Kind.CODE, "INVOICE or CREDIT; absent means INVOICE"),
            *_DIMENSIONS,
            _SUPPLIER,
            ("supplier_invoice", Kind.CODE, "the supplier's own number"),
            ("date", Kind.DATE, "invoice date: its budget date when it has no order"),
            ("approved_on", Kind.DATE, "date of approval"),
            ("exported_on", Kind.DATE, "date of export to the ledger"),
            _CURRENCY,
            _RATE,
            _PO,
            _PO_LINE,
            ("po_dist", Kind.CODE, "order distribution the line names"),
            _QUANTITY,
            _PRICE,
            _PRICE_UNIT,
            ("amount", Kind.NUMBER, "net amount of the line; absent means quantity × price"),
            ("tax", Kind.NUMBER, "non-recoverable tax of the line, in `currency`"),
            ("recoverable_tax", Kind.NUMBER, "recoverable tax of the line, in `currency`"),
            ("final_match", Kind.FLAG, "the line closes its order line for good"),
            _PERCENT,
        ),
        Fact.VOUCHER: _columns(*_JOURNAL),
        Fact.LEDGER: _columns(*_JOURNAL),
        Fact.ORDER_SCHEDULE: _columns(
            _ID,
            _NUMBER,
            _LINE,
            _ENTITY,
            _PERIOD,
            ("amount", Kind.NUMBER, "net amount of the phase, in the order's currency"),
        ),
        Fact.BLANKET: _columns(
            _ID,
            _NUMBER,
            _DIST,
            ("status", Kind.CODE, "OPEN, CLOSED or CANCELLED; absent means OPEN"),
            *_DIMENSIONS,
            _SUPPLIER,
            ("date", Kind.DATE, "budget date of the agreement"),
            _CURRENCY,
            _RATE,
            ("amount", Kind.NUMBER, "limit of the agreement, in `currency`"),
            _PERCENT,
        ),
        Fact.DEFERRAL: _columns(*_SCHEDULED),
        Fact.SUBSCRIPTION: _columns(
            *_SCHEDULED,
            _RATE,
            ("committed_through", Kind.CODE, "period of the earliest termination; absent means the last one"),
        ),
        Fact.EXCHANGE_RATE: _columns(
            ("type", Kind.CODE, "BUDGET, AVERAGE, CLOSING or SPOT"),
            ("currency", Kind.CODE, "ISO 4217 code of the currency translated"),
            ("to", Kind.CODE, "ISO 4217 code of the currency translated to"),
            ("rate", Kind.NUMBER, "what one unit of `currency` is worth in `to`"),
            ("fiscal_year", Kind.CODE, "BUDGET: the fiscal year it holds for, as YYYY"),
            (
                "version",
                Kind.CODE,
                "BUDGET: the version it is for; absent means all without a rate of their own",
            ),
            (
                "period",
                Kind.CODE,
                "AVERAGE, or CLOSING without a date: period as YYYY-Pnn in the group's calendar",
            ),
            ("date", Kind.DATE, "CLOSING or SPOT: the day the rate is of"),
        ),
        Fact.COST_CENTER: _columns(
            ("code", Kind.CODE, "cost centre code of the source"),
            ("name", Kind.TEXT, "display name"),
            ("owner", Kind.TEXT, "person responsible"),
            ("parent", Kind.CODE, "code of the parent node"),
            _ENTITY,
            ("valid_from", Kind.DATE, "first day of validity"),
            ("valid_to", Kind.DATE, "last day of validity, inclusive"),
        ),
        Fact.SUPPLIER: _columns(
            ("code", Kind.CODE, "supplier code of the source"),
            ("name", Kind.TEXT, "display name"),
        ),
    }
)

DOCUMENT_FACTS: Final = (Fact.REQUISITION, Fact.ORDER, Fact.RECEIPT, Fact.INVOICE, Fact.VOUCHER)
"""Facts whose rows belong to documents with lines that are relieved as a whole."""


FLOWS: Final = (Fact.BUDGET, Fact.LEDGER)
"""Facts that are summed as they are: two rows alike are two."""
RECORD: Final = ("id", "number", "line", "dist", "po", "po_line", "period")
"""What tells the records of any other fact apart, as far as it has these columns."""


class Sign(StrEnum):
    """How `amount` is signed by the source: NATURAL (a budget of 100 is +100 on every account) or DEBIT
    (debit − credit: revenue negative). Negation to one of the two is the connector's business."""

    NATURAL = "NATURAL"
    DEBIT = "DEBIT"
