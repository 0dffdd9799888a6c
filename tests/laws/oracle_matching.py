"""The oracle's matching: which voucher carries which invoice, and which one was keyed on an order line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tests.laws.oracle_company import Row
from tests.laws.oracle_money import ZERO, added, number
from tests.laws.oracle_vouchers import Voucher, counting, quantity, vouchers
from tests.laws.oracle_worth import Worth, age, plain, sign

Key = tuple[str, str, str]
Invoice = tuple[str, str]
Lines = Mapping[Key, Sequence[Row]]

APPROVED = {"APPROVED", "EXPORTED", "POSTED_PER_S2P", "PAID_PER_S2P"}


@dataclass(frozen=True)
class Keyed:
    """What a voucher keyed on an order line, and perhaps on one of its distributions, takes of it."""

    dist: str | None
    quantity: Fraction | None
    amount: Fraction


class Matching:
    """`carriers`: the vouchers of each `posted` invoice; `named`: those that rungs 1 and 2 found. `undone`:
    invoices that a void voucher names; `reversed`: those that no other carries. `keyed`: what relieves order
    lines directly. `strangers`: vouchers that name an order line nobody knows. `duplicates`: vouchers that
    book an invoice once more."""

    def __init__(self, rows: Sequence[Row], orders: Lines, invoices: Lines, worth: Worth) -> None:
        self._orders, self._invoices, self._worth = orders, invoices, worth
        self._known = {(key[0], key[1]) for key in orders}
        self._headers = {
            (key[0], key[1]): row.get("currency") or worth.company.currencies[key[0]]
            for key, (row, *_) in orders.items()
        }
        self._ids = {(key[0], key[1]) for key in invoices}
        self._numbers: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self._billed: dict[Key, list[Key]] = defaultdict(list)
        for key, (row, *_) in invoices.items():
            self._numbers[key[0], plain(row.get("supplier_invoice") or "")].append(row)
            self._billed[_order_of(row)].append(key)
        live, void = vouchers(rows, worth.company)
        self.carriers: dict[Invoice, list[Voucher]] = defaultdict(list)
        self.keyed: dict[Key, list[Keyed]] = defaultdict(list)
        self.strangers: list[Voucher] = []
        unplaced = [voucher for voucher in live if not self._carry(voucher)]
        self.named = set(self.carriers)
        taken: set[Key] = set()
        for voucher in sorted(unplaced, key=lambda voucher: voucher.age):
            for line, piece in self._pieces(voucher):
                self._place(line, piece, taken)
        self.posted = set(self.carriers)
        self.undone = {id_ for voucher in void for id_ in self._named(voucher)}
        self.reversed = self.undone - self.posted
        self.duplicates = [voucher for id_ in self.carriers for voucher in self._again(id_)]

    def counts(self, row: Row) -> bool:
        """Whether an invoice line has relieved its order: approved, or posted whatever procurement says."""
        id_ = row["legal_entity"], row["id"]
        return id_ in self.posted or (row["status"] in APPROVED and id_ not in self.reversed)

    def waits(self, row: Row) -> bool:
        """Whether an invoice line is approved and not in the ledger."""
        return self.counts(row) and (row["legal_entity"], row["id"]) not in self.posted

    # Rungs 1 and 2: the invoice is named.

    def _carry(self, voucher: Voucher) -> bool:
        found = self._named(voucher)
        for id_ in found:
            self.carriers[id_].append(voucher)
        return bool(found)

    def _named(self, voucher: Voucher) -> set[Invoice]:
        """The invoice whose id it has, or those with the same supplier's same number."""
        ids = {(voucher.entity, row["ref_invoice"]) for row in voucher.lines if row.get("ref_invoice")}
        if ids & self._ids:
            return ids & self._ids
        return {
            (voucher.entity, invoice["id"])
            for row in voucher.lines
            for invoice in self._numbers.get(
                (voucher.entity, plain(row.get("ref_supplier_invoice") or "")), ()
            )
            if _same_number(row, invoice, self._currency(invoice))
        }

    def _currency(self, invoice: Row) -> str:
        """Where it names none, that of its order, else the ledger's."""
        ledger = self._worth.company.currencies[invoice["legal_entity"]]
        return invoice.get("currency") or self._headers.get(
            (invoice["legal_entity"], invoice.get("po")), ledger
        )

    # Rungs 3 and 5: an order line is named.

    def _pieces(self, voucher: Voucher) -> Iterator[tuple[Key, Voucher]]:
        """The voucher by the order lines it names; lines that name none join the only one there is."""
        pieces: dict[Key, list[Row]] = defaultdict(list)
        for row in voucher.lines:
            order = row.get("ref_po") or ""
            pieces[voucher.entity, order, (order and row.get("ref_po_line")) or ""].append(row)
        loose = pieces.pop((voucher.entity, "", ""), [])
        if len(pieces) == 1:
            next(iter(pieces.values())).extend(loose)
        for line, rows in sorted(pieces.items()):
            count = tuple(counting(rows, self._worth.company))
            yield line, replace(voucher, lines=tuple(rows), count=count)

    def _place(self, line: Key, piece: Voucher, taken: set[Key]) -> None:
        found = self._nearest(line, piece, taken)
        if found is not None:
            taken.add(found)
            self.carriers[found[0], found[1]].append(piece)
        elif line in self._orders:
            self.keyed[line].extend(_keyed(piece))
        elif line[2] or line[:2] not in self._known:
            self.strangers.append(piece)

    def _nearest(self, line: Key, piece: Voucher, taken: set[Key]) -> Key | None:
        """The waiting invoice line on the order line that is about what the voucher is about: the nearest in
        amount, then the oldest."""
        found = []
        for key in self._billed.get(line, ()):
            row = self._invoices[key][0]
            free = row["status"] in APPROVED and key[:2] not in self.named and key not in taken
            if free and _same_dist(piece, row) and self._is_about(piece, row):
                value = self._worth.cost(row, self._orders.get(line, ()))
                gap = (1, ZERO) if value is None else (0, abs(value - piece.amount))
                found.append((gap, age(row), key))
        return min(found)[2] if found else None

    def _is_about(self, piece: Voucher, row: Row) -> bool:
        if _near(piece.amount, self._worth.cost(row, self._orders.get(_order_of(row), ()))):
            return True
        if piece.quantity is None or row.get("quantity") is None:
            return False
        gap = abs(sign(row) * number(row["quantity"]) - piece.quantity)
        return gap <= Fraction(5, 1000) * abs(piece.quantity)

    # Booked twice.

    def _again(self, id_: Invoice) -> list[Voucher]:
        """Vouchers that book the whole invoice again, unless all of them together are the invoice."""
        if len(self.carriers[id_]) == 1:
            return []
        value = self._value(id_)
        carriers = sorted(self.carriers[id_], key=lambda voucher: voucher.age)
        if _near(sum((voucher.amount for voucher in carriers), ZERO), value):
            return []
        return [voucher for voucher in carriers if _near(voucher.amount, value)][1:]

    def _value(self, id_: Invoice) -> Fraction | None:
        rows = [rows[0] for key, rows in self._invoices.items() if key[:2] == id_]
        return added([self._worth.cost(row, self._orders.get(_order_of(row), ())) for row in rows])


def _order_of(invoice: Row) -> Key:
    return invoice["legal_entity"], invoice.get("po") or "", invoice.get("po_line") or ""


def _keyed(piece: Voucher) -> Iterable[Keyed]:
    """By the distributions it names. Where any line names a quantity, quantities are meant."""
    by_dist: dict[str | None, list[Row]] = defaultdict(list)
    for row in piece.count:
        by_dist[row.get("ref_dist")].append(row)
    for dist, rows in by_dist.items():
        units = None if piece.quantity is None else quantity(rows) or ZERO
        yield Keyed(dist, units, sum((number(row["amount"]) for row in rows), ZERO))


def _near(amount: Fraction, value: Fraction | None) -> bool:
    """Within one unit of money, or half a percent of the invoice."""
    return value is not None and abs(amount - value) <= max(Fraction(1), Fraction(5, 1000) * abs(value))


def _same_number(row: Row, invoice: Row, currency: str) -> bool:
    mine, theirs = plain(row.get("ref_supplier_invoice") or ""), plain(invoice.get("supplier_invoice") or "")
    currencies = {row.get("document_currency"), currency} - {None}
    same = bool(row.get("supplier")) and row["supplier"] == invoice.get("supplier")
    return same and bool(mine) and mine == theirs and len(currencies) < 2


def _same_dist(piece: Voucher, row: Row) -> bool:
    """Where both name a distribution of the order line, it must be the same one."""
    named = {line["ref_dist"] for line in piece.lines if line.get("ref_dist")}
    return not named or not row.get("po_dist") or named == {row["po_dist"]}
