"""The oracle's values: what rows of documents say of quantities, prices, taxes and rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.laws.oracle_company import Company, Row
from tests.laws.oracle_money import ZERO, number, times


@dataclass(frozen=True)
class Worth:
    """What documents are worth in the money of their entity's ledger, under its tax policy."""

    company: Company

    def rate(self, row: Row) -> Fraction | None:
        """The document's own rate; one where there is nothing to convert; otherwise unknown, never one."""
        if row.get("rate") is not None:
            return number(row["rate"])
        return Fraction(1) if row.get("currency") in {None, self._ledger(row)} else None

    def unit(self, row: Row) -> Fraction | None:
        """One unit of a requisition or order line; of an amount-matched line, one unit of its money."""
        counted = ("tax_rate", "recoverable_tax_rate")[: self._taxes(row)]
        tax = sum((number(row.get(name)) for name in counted), ZERO)
        return times(price(row) * (1 + tax), self.rate(row))

    def billed(self, row: Row, order: Sequence[Row]) -> Fraction | None:
        """An invoice line with the taxes that count in its entity; a credit is negative."""
        return self._billed(row, order, self._taxes(row))

    def cost(self, row: Row, order: Sequence[Row]) -> Fraction | None:
        """An invoice line as a ledger books it, with its non-recoverable tax; a credit is negative."""
        return self._billed(row, order, 1)

    def _billed(self, row: Row, order: Sequence[Row], taxes: int) -> Fraction | None:
        counted = ("tax", "recoverable_tax")[:taxes]
        value = net(row) + sum((number(row.get(name)) for name in counted), ZERO)
        return times(sign(row) * value, self._invoice_rate(row, order))

    def counted(self, row: Row, order: Row) -> Fraction | None:
        """What an invoice line takes of its order line: money of the order where that is matched by amount,
        else units; a credit negative. Without a quantity it is the amount at the order's price, unless it is
        a credit, which is then about the price."""
        if order.get("match_basis") == "AMOUNT":
            return times(Fraction(sign(row)), self._in_currency(row, order))
        if row.get("quantity") is not None or row.get("type") == "CREDIT":
            return sign(row) * number(row.get("quantity"))
        return times(1 / price(order), self._in_currency(row, order)) if price(order) else ZERO

    def _in_currency(self, row: Row, order: Row) -> Fraction | None:
        """An invoice's amount in the currency of the order."""
        theirs = order.get("currency") or self._ledger(order)
        if row.get("currency") in {None, theirs}:
            return net(row)
        mine, other = self.rate(row), self.rate(order)
        return net(row) * mine / other if mine and other else None

    def _invoice_rate(self, row: Row, order: Sequence[Row]) -> Fraction | None:
        """No currency: the order's; no rate in the order's currency: the order's."""
        if row.get("rate") is None and order:
            theirs = order[0].get("currency") or self._ledger(row)
            if row.get("currency") in {None, theirs}:
                return self.rate(order[0])
        return self.rate(row)

    def _ledger(self, row: Row) -> str:
        return self.company.currencies[row["legal_entity"]]

    def _taxes(self, row: Row) -> int:
        """How many of the two taxes, non-recoverable first, are part of what something costs."""
        return {"NET": 0, "NON_RECOVERABLE": 1, "GROSS": 2}[self.company.policy(row).tax]


def sign(invoice: Row) -> int:
    return -1 if invoice.get("type") == "CREDIT" else 1


def ordered(order: Row) -> Fraction:
    return number(order["amount"] if order.get("match_basis") == "AMOUNT" else order["quantity"])


def mirror(order: Row) -> int:
    """A negative line is worked out on absolute values and mirrored."""
    return -1 if ordered(order) < 0 else 1


def kept(order: Row) -> Fraction:
    """What is ordered and not cancelled, as an absolute value."""
    return abs(ordered(order)) - abs(number(order.get("cancelled_quantity")))


def price(row: Row) -> Fraction:
    """Of one unit, without tax, in the document's currency."""
    if row.get("match_basis") == "AMOUNT":
        return Fraction(1)
    return number(row["price"]) / number(row.get("price_unit"), "1")


def net(invoice: Row) -> Fraction:
    if invoice.get("amount") is not None:
        return number(invoice["amount"])
    return number(invoice["quantity"]) * price(invoice)


def age(invoice: Row) -> tuple[str, str, str, str]:
    """The oldest first; what has no date last."""
    return invoice.get("approved_on") or "9999", invoice.get("date") or "9999", invoice["id"], invoice["line"]


def taken(order: Row) -> Fraction:
    """Quantity an order line takes from its requisition. What is cancelled is first what was ordered beyond
    it; of an amount-matched line it is an amount, and gives back in proportion."""
    cancelled = number(order.get("cancelled_quantity"))
    asked = number(order["req_quantity"] if order.get("req_quantity") is not None else order.get("quantity"))
    if order.get("match_basis") == "AMOUNT":
        return asked * (1 - cancelled / number(order["amount"]))
    return min(asked, max(ZERO, number(order["quantity"]) - cancelled))


def plain(text: str) -> str:
    """A supplier's number as it is compared."""
    return "".join(letter for letter in text.upper() if letter.isalnum()).lstrip("0")
