"""The oracle's vouchers: ledger lines put together, and what was reversed taken out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.laws.oracle_company import BUDGETED, Company, Row
from tests.laws.oracle_money import ZERO, number
from tests.laws.oracle_worth import plain

Reference = tuple[str, ...]
NO_VOUCHER = {"GRNI", "ACCRUAL"}


@dataclass(frozen=True)
class Voucher:
    """The lines of one ledger document that refer to the same thing; its amount and quantity are those of the
    lines that `count`."""

    entity: str
    document: str
    reference: Reference
    lines: tuple[Row, ...]
    count: tuple[Row, ...]

    @property
    def amount(self) -> Fraction:
        return sum((number(row["amount"]) for row in self.count), ZERO)

    @property
    def quantity(self) -> Fraction | None:
        return quantity(self.count)

    @property
    def age(self) -> tuple[str, str, Reference]:
        """The oldest first; what has no date last."""
        day = min((row["date"] for row in self.lines if row.get("date")), default="9999")
        return day, self.document, self.reference


def quantity(lines: Sequence[Row]) -> Fraction | None:
    """The quantities the lines name, none where no line names one."""
    named = [number(row["ref_quantity"]) for row in lines if row.get("ref_quantity") is not None]
    return sum(named, ZERO) if named else None


def is_posted(row: Row) -> bool:
    return row.get("status") in {None, "POSTED"} and row.get("type") != "CLOSING"


def vouchers(rows: Sequence[Row], company: Company) -> tuple[list[Voucher], list[Voucher]]:
    """Those that stand, and those that are void."""
    documents: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if is_posted(row) and row.get("origin") not in NO_VOUCHER:
            documents[row["legal_entity"], row["id"]].append(row)
    undone = _undone(list(documents.values()))
    live: list[Voucher] = []
    void: list[Voucher] = []
    for key, lines in documents.items():
        (void if key in undone else live).extend(_of_document(lines, company))
    pairs = _pairs(live)
    return [voucher for voucher in live if voucher not in pairs], [*void, *pairs]


def _of_document(lines: Sequence[Row], company: Company) -> list[Voucher]:
    """Its lines by what they refer to; those that refer to nothing join the only reference there is."""
    by_reference: dict[Reference, list[Row]] = defaultdict(list)
    for row in lines:
        by_reference[_reference(row)].append(row)
    loose = by_reference.pop((), [])
    if len(by_reference) == 1:
        next(iter(by_reference.values())).extend(loose)
    first = lines[0]
    return [
        Voucher(first["legal_entity"], first["id"], reference, tuple(found), tuple(counting(found, company)))
        for reference, found in by_reference.items()
    ]


def _reference(row: Row) -> Reference:
    if row.get("ref_invoice"):
        return "invoice", row["ref_invoice"]
    written = plain(row.get("ref_supplier_invoice") or "")
    if row.get("supplier") and written:
        return "number", row["supplier"], written
    return ("order", row["ref_po"], row.get("ref_po_line") or "") if row.get("ref_po") else ()


def counting(lines: Sequence[Row], company: Company) -> list[Row]:
    """The lines an amount is read from: what a budget could hold or is marked as proof; else what nobody
    knows the account of; else all. Where they cancel out, the positive ones."""
    choices = (
        [row for row in lines if company.kind(row) in BUDGETED or row.get("counts_as_posting")],
        [row for row in lines if company.kind(row) is None],
        list(lines),
    )
    chosen = next(choice for choice in choices if choice)
    amounts = [number(row["amount"]) for row in chosen]
    if sum(amounts) == 0 and any(amounts):
        return [row for row in chosen if number(row["amount"]) > 0]
    return chosen


def _undone(documents: Sequence[Sequence[Row]]) -> set[tuple[str, str]]:
    """Documents that name the number of another, and those others."""
    numbered: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for first, *_ in documents:
        numbered[first["legal_entity"], first["number"]].add((first["legal_entity"], first["id"]))
    found: set[tuple[str, str]] = set()
    for lines in documents:
        entity, mine = lines[0]["legal_entity"], (lines[0]["legal_entity"], lines[0]["id"])
        for named in {row["reverses"] for row in lines if row.get("reverses")}:
            others = numbered.get((entity, named), set()) - {mine}
            found |= others | ({mine} if others else set())
    return found


def _pairs(live: Sequence[Voucher]) -> list[Voucher]:
    """Vouchers of one reference with opposite amounts, two by two, the oldest first."""
    sides: dict[tuple[str, Reference, Fraction], list[Voucher]] = defaultdict(list)
    for voucher in sorted(live, key=lambda voucher: voucher.age):
        sides[voucher.entity, voucher.reference, voucher.amount].append(voucher)
    found: list[Voucher] = []
    for (entity, reference, amount), those in sides.items():
        opposite = sides.get((entity, reference, -amount), [])
        if amount != 0:
            found.extend(those[: len(opposite)])
    return found
