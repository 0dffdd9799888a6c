"""The collections of the canonical API and their columns, written out by hand.

Grain of a row: a distribution of a requisition, order or invoice line; a receipt against one order line; a
journal line; a budget entry; a member of master data. Amounts on a distribution row are those of its line.
"""

from enum import Enum
from types import MappingProxyType
from typing import Final


class Kind(Enum):
    CODE = "code"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"


Columns = MappingProxyType[str, Kind]


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_NUMBERS: Final = _names(
    "amount rate percent quantity price price_unit tax_rate tax recoverable_tax_rate "
    "recoverable_tax cancelled_quantity req_quantity ref_quantity"
)
_DATES: Final = _names("date document_date need_by approved_on exported_on valid_from valid_to")
_FLAGS: Final = _names("receipt_required final_match counts_as_posting")


def _kind(name: str) -> Kind:
    if name in _NUMBERS:
        return Kind.NUMBER
    if name in _DATES:
        return Kind.DATE
    return Kind.FLAG if name in _FLAGS else Kind.CODE


def _columns(names: str) -> Columns:
    return MappingProxyType({name: _kind(name) for name in names.split()})


_JOURNAL: Final = _columns(
    "id number line legal_entity account cost_center project supplier period date document_date currency "
    "document_currency amount type status origin ref_invoice ref_supplier_invoice ref_po ref_po_line "
    "ref_dist ref_quantity reverses intercompany_partner counts_as_posting"
)
_SCHEDULED: Final = "id number line legal_entity account cost_center project supplier period currency amount"

COLLECTIONS: Final = MappingProxyType(
    {
        "budget-entries": _columns(
            "id number type legal_entity account cost_center project period fiscal_year date approved_at "
            "superseded_at scenario version status currency amount"
        ),
        "requisitions": _columns(
            "id number line dist status legal_entity account cost_center project supplier date "
            "requested_on currency rate quantity price price_unit tax_rate recoverable_tax_rate percent"
        ),
        "purchase-orders": _columns(
            "id number line dist status line_status legal_entity account cost_center project supplier "
            "date ordered_on need_by currency rate match_basis quantity price price_unit amount "
            "cancelled_quantity tax_rate recoverable_tax_rate receipt_required percent req req_line "
            "req_quantity blanket"
        ),
        "receipts": _columns("id number line legal_entity po po_line date quantity amount"),
        "invoices": _columns(
            "id number line dist status type legal_entity account cost_center project supplier "
            "supplier_invoice date approved_on exported_on currency rate po po_line po_dist quantity "
            "price price_unit amount tax recoverable_tax final_match percent"
        ),
        "vouchers": _JOURNAL,
        "journal-lines": _JOURNAL,
        "order-schedules": _columns("id number line legal_entity period amount"),
        "blankets": _columns(
            "id number dist status legal_entity account cost_center project supplier date currency rate "
            "amount percent"
        ),
        "deferrals": _columns(_SCHEDULED),
        "subscriptions": _columns(f"{_SCHEDULED} rate committed_through"),
        "exchange-rates": _columns("type currency to rate fiscal_year version period date"),
        "cost-centers": _columns("code name owner parent legal_entity valid_from valid_to"),
        "suppliers": _columns("code name"),
    }
)

REFERENCES: Final = tuple(name for name in _JOURNAL if name.startswith("ref_"))
"""The columns of which a journal line fills at least one to be a voucher."""

BY_LINE: Final = _names("requisitions purchase-orders invoices order-schedules blankets")
"""Collections where a filter on a distribution's column selects all rows of each line with a match."""

OF_DISTRIBUTION: Final = _names("account cost_center project date period")

GROUPABLE: Final = _names("budget-entries journal-lines")
