"""What a random company is billed: invoices and credits for its orders, and without any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from tests.laws.chance import LEDGERS, Chance, Row

STATUS: Final = ("APPROVED", "EXPORTED", "POSTED_PER_S2P", "PAID_PER_S2P", "DRAFT", "VOIDED")


@dataclass(frozen=True)
class Bills(Chance):
    """Drawn invoice by invoice, for some of the `orders`."""

    orders: Sequence[Row]

    def invoice(self, index: int) -> list[Row]:
        """The distributions of its lines: one or two lines on orders, or a line of its own."""
        order = self.pick(self.orders)
        entity = order["legal_entity"]
        header = {
            "id": f"I{index}",
            "number": f"I{index}",
            "legal_entity": entity,
            "status": self.pick(STATUS),
            "type": self.pick((None, "INVOICE", "INVOICE", "CREDIT")),
            "supplier": order["supplier"],
            "supplier_invoice": f"INV-00{index}/a",
            "date": self.day(),
            "approved_on": self.day(),
        }
        if self.rng.random() < 0.3:
            return self._direct(entity, {**header, **self.money(entity)})
        first = self._billed(order, header, "1")
        others = [
            row
            for row in self.orders
            if row["id"] == order["id"] and self.rng.random() < 0.5 and row != order
        ]
        if not others:
            return [first]
        return [first, self._billed(others[0], {**header, **_money_of(first)}, "2")]

    def _direct(self, entity: str, header: Mapping[str, Any]) -> list[Row]:
        """An invoice without an order, or with one that nobody knows."""
        po = self.maybe(0.2, "PO-nobody-knows")
        body = {
            "line": "1",
            "amount": self.amount(header["currency"] or LEDGERS[entity]),
            **self._taxes("8.25"),
            "po": po,
            "po_line": "1" if po else None,
        }
        return self.split(entity, {**header, **body})

    def _billed(self, order: Row, header: Mapping[str, Any], line: str) -> Row:
        """A line on an order line, sometimes on one of its distributions."""
        return {
            **header,
            **_money_of(header if "currency" in header else self._currency_of(order)),
            **self._body(order, header),
            **self._taxes("1.65"),
            "line": line,
            "dist": self.maybe(0.5, "1"),
            "percent": "100",
            "po": order["number"],
            "po_line": order["line"],
            "po_dist": self.maybe(0.25, order["dist"]),
            "final_match": self.maybe(0.1, value=True),
        }

    def _body(self, order: Row, header: Row) -> dict[str, Any]:
        by_amount = order.get("match_basis") == "AMOUNT"
        sign = 1 if Decimal(order["amount" if by_amount else "quantity"]) > 0 else -1
        if by_amount:
            return {"amount": str(sign * Decimal(self.pick(("120.5", "999.99", "40"))))}
        if header["type"] == "CREDIT" and self.rng.random() < 0.5:
            return {"amount": "15.5"}
        return {
            "quantity": str(sign * Decimal(self.pick(("1", "3", "0.333", "10")))),
            "price": order["price"],
            "price_unit": order["price_unit"],
            "amount": self.maybe(0.2, "77.77"),
        }

    def _taxes(self, tax: str) -> dict[str, Any]:
        return {"tax": self.maybe(0.3, tax), "recoverable_tax": self.maybe(0.2, tax)}

    def _currency_of(self, order: Row) -> Row:
        """Mostly the order's, said or not; sometimes the ledger's, once in a while any with a rate."""
        known = order["rate"] is not None or order["currency"] in {None, LEDGERS[order["legal_entity"]]}
        if self.rng.random() < 0.3:
            return {"currency": None, "rate": None}
        if known and self.rng.random() < 0.3:
            return {"currency": "GBP", "rate": "1.31"}
        return {"currency": order["currency"], "rate": self.maybe(0.6, order["rate"])}


def _money_of(row: Row) -> dict[str, Any]:
    return {"currency": row["currency"], "rate": row["rate"]}
