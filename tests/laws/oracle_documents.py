"""The oracle's documents: who belongs to whom, and what is left of each line."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from tests.laws.oracle_money import ZERO, added, number, times

Row = Mapping[str, Any]
Key = tuple[str, str, str]
Lines = dict[Key, list[Row]]

APPROVED = {"APPROVED", "EXPORTED", "POSTED_PER_S2P", "PAID_PER_S2P"}
NOT_YET = {"DRAFT", "PENDING"}
DEAD = {"CANCELLED", "CLOSED", "FINALLY_CLOSED"}


def by_line(rows: Sequence[Row], document: str) -> Lines:
    """Distributions, in their order, of each line (legal entity, document, line)."""
    lines: Lines = defaultdict(list)
    for row in rows:
        lines[row["legal_entity"], row[document], row["line"]].append(row)
    return {key: sorted(found, key=lambda row: int(row.get("dist") or 1)) for key, found in lines.items()}


class Documents:
    """The documents of some legal entities, whose ledger currencies are given, as are those (`booking`) whose
    ledgers book receipts."""

    def __init__(
        self, books: Mapping[str, Sequence[Row]], currencies: Mapping[str, str], booking: Collection[str]
    ) -> None:
        self._currencies = currencies
        self._booking = booking
        self.requisitions = by_line(books["requisitions"], "number")
        self.orders = by_line(books["purchase-orders"], "number")
        self.invoices = by_line(books["invoices"], "id")
        self._receipts: dict[Key, list[Row]] = defaultdict(list)
        for row in books["receipts"]:
            self._receipts[row["legal_entity"], row["po"], row["po_line"]].append(row)
        self._billed: dict[Key, list[Row]] = defaultdict(list)
        for rows in self.invoices.values():
            self._billed[
                rows[0]["legal_entity"], rows[0].get("po") or "", rows[0].get("po_line") or ""
            ].append(rows[0])
        self.posted: set[tuple[str, str]] = set()
        self._keyed: dict[Key, list[Row]] = defaultdict(list)
        posted = [row for row in books["vouchers"] if row.get("status") in {None, "POSTED"}]
        self._match([row for row in posted if row.get("origin") != "GRNI"])

    def _match(self, vouchers: Sequence[Row]) -> None:
        """A voucher carries the invoice whose id it has, or the same supplier's same number; one that carries
        none and names an order line was keyed."""
        ids = {(key[0], key[1]) for key in self.invoices}
        numbers: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for (entity, id_, _), (row, *_) in self.invoices.items():
            if row.get("supplier") and row.get("supplier_invoice"):
                numbers[entity, row["supplier"], plain(row["supplier_invoice"])].add(id_)
        for row in vouchers:
            entity, supplier = row["legal_entity"], row.get("supplier") or ""
            theirs = numbers.get((entity, supplier, plain(row.get("ref_supplier_invoice") or "")), set())
            if (entity, row.get("ref_invoice")) in ids:
                self.posted.add((entity, row["ref_invoice"]))
            elif theirs:
                self.posted |= {(entity, id_) for id_ in theirs}
            elif row.get("ref_po") and row.get("ref_po_line"):
                self._keyed[entity, row["ref_po"], row["ref_po_line"]].append(row)

    def rate(self, row: Row) -> Fraction | None:
        """The document's own rate; one where there is nothing to convert; otherwise unknown, never one."""
        if row.get("rate") is not None:
            return number(row["rate"])
        same = row.get("currency") in {None, self._currencies[row["legal_entity"]]}
        return Fraction(1) if same else None

    def unit_value(self, row: Row) -> Fraction | None:
        """One unit in ledger money; of an amount-matched line, one unit of its money."""
        price = Fraction(1)
        if row.get("match_basis") != "AMOUNT":
            price = number(row["price"]) / number(row.get("price_unit"), "1")
        return times(price * (1 + number(row.get("tax_rate"))), self.rate(row))

    # What is left of a line.

    def asked(self) -> Iterator[tuple[Key, Fraction | None]]:
        """Each approved requisition line with the value that no order has taken."""
        taken: dict[Key, Fraction] = defaultdict(Fraction)
        for (entity, _, _), (row, *_) in self.orders.items():
            gone = {row["status"], row.get("line_status")} & {*NOT_YET, "CANCELLED"}
            if row.get("req") and not gone:
                taken[entity, row["req"], row["req_line"]] += _taken(row)
        for key, (row, *_) in self.requisitions.items():
            if row["status"] == "APPROVED":
                left = max(ZERO, number(row["quantity"]) - taken[key])
                yield key, times(left, self.unit_value(row))

    def ordered(self) -> Iterator[tuple[Key, Fraction | None, Fraction | None]]:
        """Each order line with what is open, and what is received and not invoiced unless the ledger has
        booked the receipts."""
        for key, (row, *_) in self.orders.items():
            statuses = {row["status"], row.get("line_status")}
            if statuses & NOT_YET:
                continue
            whole, mirror, counted = _whole(row), _mirror(row), self._counted(key)
            q = abs(whole) - abs(number(row.get("cancelled_quantity")))
            r = mirror * self._received(key, row)
            invoiced = self._invoiced(counted, key, row)
            if invoiced is None:
                yield key, None, None
                continue
            i = mirror * invoiced
            dead = bool(statuses & DEAD) or any(row.get("final_match") for row in counted)
            left = ZERO if dead else max(ZERO, q - max(r, i, ZERO))
            owed = ZERO if key[0] in self._booking else max(ZERO, r - max(i, ZERO))
            unit = self.unit_value(row)
            yield key, times(mirror * left, unit), times(mirror * owed, unit)

    def waiting(self) -> Iterator[tuple[Key, Fraction | None, list[Row]]]:
        """Each approved invoice line that the ledger does not hold, its value, and the distributions it
        belongs to: the order's where the order is known, its own where not."""
        held = self._held()
        for key, rows in self.invoices.items():
            row = rows[0]
            if self._waits(row):
                order = self.orders.get((key[0], row.get("po") or "", row.get("po_line") or ""), [])
                value = times(_net(row) + number(row.get("tax")), self._invoice_rate(row, order))
                rest = added([value, times(Fraction(-1), held.get(key, ZERO))])
                yield key, times(Fraction(_sign(row)), rest), order or rows

    def _waits(self, row: Row) -> bool:
        return row["status"] in APPROVED and (row["legal_entity"], row["id"]) not in self.posted

    def _held(self) -> dict[Key, Fraction | None]:
        """What the ledger holds of each waiting invoice line, where it has booked the goods: oldest first,
        as much as is received and not posted; a credit, as much as is posted and not received."""
        found: dict[Key, Fraction | None] = {}
        for key, rows in self._billed.items():
            order = self.orders.get(key, [{"status": "DRAFT"}])[0]
            if key[0] not in self._booking or {order["status"], order.get("line_status")} & NOT_YET:
                continue
            posted = [row for row in rows if (key[0], row["id"]) in self.posted]
            p = self._invoiced(posted, key, order)
            room = _mirror(order) * (self._received(key, order) - (p or ZERO))
            for row in sorted(filter(self._waits, rows), key=_age):
                asked = _mirror(order) * (self._quantity(row, order) or ZERO)
                covered = max(ZERO, min(asked, _sign(row) * room))
                room -= _sign(row) * covered
                part = times(_mirror(order) * covered, self.unit_value(order))
                found[key[0], row["id"], row["line"]] = part
        return found

    def _received(self, key: Key, order: Row) -> Fraction:
        """Net of returns, if the line requires receipts."""
        name = "amount" if order.get("match_basis") == "AMOUNT" else "quantity"
        needed = self._receipts[key] if order.get("receipt_required") else []
        return sum((number(row.get(name)) for row in needed), ZERO)

    def _counted(self, key: Key) -> list[Row]:
        """Invoice lines on an order line that are approved, or posted whatever procurement says."""
        return [
            row
            for row in self._billed[key]
            if row["status"] in APPROVED or (row["legal_entity"], row["id"]) in self.posted
        ]

    def _quantity(self, row: Row, order: Row) -> Fraction | None:
        by_amount = order.get("match_basis") == "AMOUNT"
        return self._foreign(row, order) if by_amount else self._units(row, order)

    def _invoiced(self, rows: Sequence[Row], key: Key, order: Row) -> Fraction | None:
        """By these invoices and by what was keyed."""
        parts = [times(Fraction(_sign(row)), self._quantity(row, order)) for row in rows]
        for row in self._keyed[key]:
            if row.get("ref_quantity") is not None and order.get("match_basis") != "AMOUNT":
                parts.append(number(row["ref_quantity"]))
            else:
                parts.append(self._worth(row, order))
        return added(parts)

    def _worth(self, voucher: Row, order: Row) -> Fraction | None:
        """A voucher's amount in units of the order."""
        unit = self.unit_value(order)
        return None if unit is None else number(voucher["amount"]) / unit if unit else ZERO

    def _units(self, row: Row, order: Row) -> Fraction | None:
        """An invoice's quantity; without one, its amount at the order's price. A credit without one is about
        the price."""
        if row.get("quantity") is not None or row.get("type") == "CREDIT":
            return number(row.get("quantity"))
        price = number(order["price"]) / number(order.get("price_unit"), "1")
        return times(1 / price, self._foreign(row, order)) if price else ZERO

    def _foreign(self, row: Row, order: Row) -> Fraction | None:
        """An invoice's amount in the currency of the order."""
        theirs = order.get("currency") or self._currencies[order["legal_entity"]]
        if row.get("currency") in {None, theirs}:
            return _net(row)
        mine, other = self.rate(row), self.rate(order)
        return _net(row) * mine / other if mine and other else None

    def _invoice_rate(self, row: Row, order: Sequence[Row]) -> Fraction | None:
        """No currency: the order's; no rate in the order's currency: the order's."""
        if row.get("rate") is None and order:
            theirs = order[0].get("currency") or self._currencies[row["legal_entity"]]
            if row.get("currency") in {None, theirs}:
                return self.rate(order[0])
        return self.rate(row)


def _sign(row: Row) -> int:
    return -1 if row.get("type") == "CREDIT" else 1


def _whole(order: Row) -> Fraction:
    return number(order["amount"] if order.get("match_basis") == "AMOUNT" else order["quantity"])


def _mirror(order: Row) -> int:
    return -1 if _whole(order) < 0 else 1


def _age(row: Row) -> tuple[str, str, str, str]:
    return row.get("approved_on") or "9999", row.get("date") or "9999", row["id"], row["line"]


def _net(row: Row) -> Fraction:
    if row.get("amount") is not None:
        return number(row["amount"])
    return number(row["quantity"]) * number(row["price"]) / number(row.get("price_unit"), "1")


def _taken(row: Row) -> Fraction:
    """Quantity an order line takes from its requisition. What is cancelled is first what was ordered beyond
    it; of an amount-matched line it is an amount, and gives back in proportion."""
    cancelled = number(row.get("cancelled_quantity"))
    taken = number(row["req_quantity"] if row.get("req_quantity") is not None else row.get("quantity"))
    if row.get("match_basis") == "AMOUNT":
        return taken * (1 - cancelled / number(row["amount"]))
    return min(taken, max(ZERO, number(row["quantity"]) - cancelled))


def plain(text: str) -> str:
    """A supplier's number as it is compared."""
    return "".join(letter for letter in text.upper() if letter.isalnum()).lstrip("0")
