"""What a random company buys: requisitions, orders, receipts and invoices, in canonical members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from tests.laws.chance import LEDGERS, Chance, Row

WEIGHTS: Final = (
    ("100",),
    ("100",),
    ("60", "40"),
    ("33.33", "33.33", "33.34"),
    ("0", "0"),
    ("1", "2", "4"),
    ("12.5", "87.5"),
)
ORDER_STATUS: Final = (
    *("OPEN", "APPROVED", "PARTIALLY_RECEIVED", "RECEIVED", "OPEN", "OPEN"),
    *("DRAFT", "PENDING", "CLOSED", "FINALLY_CLOSED", "CANCELLED"),
)
INVOICE_STATUS: Final = ("APPROVED", "EXPORTED", "POSTED_PER_S2P", "PAID_PER_S2P", "DRAFT", "VOIDED")


@dataclass(frozen=True)
class Papers(Chance):
    """Drawn document by document; what follows an order refers to those drawn so far."""

    orders: list[dict[str, Any]] = field(default_factory=list)

    def purchases(self, count: int) -> dict[str, list[Row]]:
        """`count` orders and as many receipts and invoices."""
        requisitions = [row for i in range(count // 2) for row in self._requisition(f"R{i}")]
        for i in range(count):
            self.orders.extend(self._order(f"PO{i % 3 if i < 4 else i}", i, requisitions))
        return {
            "requisitions": requisitions,
            "purchase-orders": [*self.orders],
            "receipts": [self._receipt(i) for i in range(count)],
            "invoices": [row for i in range(count) for row in self._invoice(i)],
        }

    def _split(self, entity: str, line: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Distributions of a line, each with a place, some with a budget date of their own."""
        weights = self.pick(WEIGHTS)
        numbers = self.rng.sample((1, 2, 3, 9, 10, 11), len(weights))
        if len(weights) == 1 and self.rng.random() < 0.3:
            return [{**line, "dist": None, "percent": self.maybe(0.5, "100"), **self.place(entity)}]
        days = [self.maybe(0.1, self.day()) or line["date"] for _ in weights]
        return [
            {**line, "dist": str(number), "percent": weight, "date": day, **self.place(entity)}
            for number, weight, day in zip(numbers, weights, days, strict=True)
        ]

    def _requisition(self, number: str) -> list[dict[str, Any]]:
        entity = self.pick(list(LEDGERS))
        header = {
            "id": f"{entity}-{number}",
            "number": number,
            "legal_entity": entity,
            "status": self.pick(("APPROVED", "APPROVED", "APPROVED", "PENDING", "CANCELLED")),
            "supplier": self.pick(("S1", "S2", None)),
            "date": self.day(),
            "requested_on": self.day(),
            **self.money(entity),
        }
        return [row for line in range(1, self.rng.randint(2, 3)) for row in self._asked(entity, header, line)]

    def _asked(self, entity: str, header: Mapping[str, Any], line: int) -> list[dict[str, Any]]:
        body = {
            "line": str(line),
            "quantity": self.quantity(),
            "price": self.price(),
            "price_unit": self.pick((None, None, "100")),
            "tax_rate": self.pick((None, "0", "0.0825")),
        }
        return self._split(entity, {**header, **body})

    def _order(self, number: str, index: int, requisitions: Sequence[Row]) -> list[dict[str, Any]]:
        """Numbers repeat between legal entities, never within one."""
        used = {row["legal_entity"] for row in self.orders if row["number"] == number}
        entity = self.pick([e for e in LEDGERS if e not in used] or list(LEDGERS))
        header = {
            "id": f"{entity}-O{index}",
            "number": number if entity not in used else f"{number}-{index}",
            "legal_entity": entity,
            "status": self.pick(ORDER_STATUS),
            "supplier": self.pick(("S1", "S2", "S3")),
            "date": self.day(),
            "ordered_on": self.day(),
            **self.money(entity),
        }
        lines = [
            self._ordered(entity, header, line, requisitions) for line in range(1, self.rng.randint(2, 4))
        ]
        return [row for rows in lines for row in rows]

    def _ordered(
        self, entity: str, header: Mapping[str, Any], line: int, requisitions: Sequence[Row]
    ) -> list[dict[str, Any]]:
        by_amount = self.rng.random() < 0.25
        quantity = self.quantity() if self.rng.random() < 0.9 else f"-{self.quantity()}"
        body: dict[str, Any] = {
            "line": str(line),
            "line_status": self.maybe(0.15, self.pick(ORDER_STATUS)),
            "match_basis": "AMOUNT" if by_amount else self.pick(("QTY", None)),
            "tax_rate": self.pick((None, None, "0", "0.0825", "0.1")),
            "receipt_required": self.pick((True, True, False, None)),
        }
        if by_amount:
            body |= {"amount": self.pick(("5000", "333.33", "-120.5"))}
            body |= {"cancelled_quantity": self.maybe(0.2, "50") if body["amount"] == "5000" else None}
        else:
            body |= {"quantity": quantity, "price": self.price(), "price_unit": self.pick((None, "1", "100"))}
            body |= {"cancelled_quantity": self.maybe(0.15, "1") if Decimal(quantity) > 1 else None}
        return self._split(entity, {**header, **body, **self._source(entity, body, requisitions)})

    def _source(self, entity: str, body: Mapping[str, Any], requisitions: Sequence[Row]) -> dict[str, Any]:
        """The requisition line an order line fulfils, if any."""
        own = [row for row in requisitions if row["legal_entity"] == entity]
        if not own or self.rng.random() < 0.5 or Decimal(body.get("quantity", "1")) < 0:
            return {}
        row = self.pick(own)
        quantity = self.maybe(0.5, body.get("quantity", "1")) or (None if body.get("quantity") else "1")
        return {"req": row["number"], "req_line": row["line"], "req_quantity": quantity}

    def _line(self) -> Row:
        return self.pick(self.orders)

    def _receipt(self, index: int) -> Row:
        order = self._line()
        by_amount = order.get("match_basis") == "AMOUNT"
        sign = "" if Decimal(order["amount" if by_amount else "quantity"]) > 0 else "-"
        part = sign + self.pick(("1", "4", "0.333", "10", "200"))
        back = self.rng.random() < 0.15
        moved = str(-Decimal(part)) if back else part
        return {
            "id": f"GR{index}",
            "number": f"GR{index}",
            "legal_entity": order["legal_entity"],
            "po": order["number"] if self.rng.random() < 0.95 else "PO-nobody-knows",
            "po_line": order["line"],
            "date": self.day(),
            "amount" if by_amount else "quantity": moved,
        }

    def _invoice(self, index: int) -> list[dict[str, Any]]:
        order = self._line()
        entity = order["legal_entity"]
        header = {
            "id": f"I{index}",
            "number": f"I{index}",
            "legal_entity": entity,
            "status": self.pick(INVOICE_STATUS),
            "type": self.pick((None, "INVOICE", "INVOICE", "CREDIT")),
            "supplier": order["supplier"],
            "supplier_invoice": f"INV-00{index}/a",
            "date": self.day(),
            "approved_on": self.day(),
        }
        if self.rng.random() < 0.3:
            return self._direct(entity, {**header, **self.money(entity)})
        rows = [self._billed(order, header, "1")]
        other = next(
            (row for row in self.orders if row["id"] == order["id"] and row["line"] != order["line"]), None
        )
        return rows if other is None else [*rows, self._billed(other, {**header, **_money_of(rows[0])}, "2")]

    def _direct(self, entity: str, header: Mapping[str, Any]) -> list[dict[str, Any]]:
        """An invoice without an order, or with one that nobody knows."""
        po = self.maybe(0.2, "PO-nobody-knows")
        body = {
            "line": "1",
            "amount": self.amount(header["currency"] or LEDGERS[entity]),
            "tax": self.maybe(0.3, "8.25"),
            "po": po,
            "po_line": "1" if po else None,
        }
        return self._split(entity, {**header, **body})

    def _billed(self, order: Row, header: Mapping[str, Any], line: str) -> dict[str, Any]:
        by_amount = order.get("match_basis") == "AMOUNT"
        sign = 1 if Decimal(order["amount" if by_amount else "quantity"]) > 0 else -1
        quantity = str(sign * Decimal(self.pick(("1", "3", "0.333", "10"))))
        body: dict[str, Any] = {"amount": str(sign * Decimal(self.pick(("120.5", "999.99", "40"))))}
        if not by_amount:
            body = {"quantity": quantity, "price": order["price"], "price_unit": order["price_unit"]}
            body |= {"amount": self.maybe(0.2, "77.77")}
            if header["type"] == "CREDIT" and self.rng.random() < 0.5:
                body = {"amount": "15.5"}
        return {
            **header,
            **_money_of(header if "currency" in header else self._currency_of(order)),
            **body,
            "line": line,
            "dist": self.maybe(0.5, "1"),
            "percent": "100",
            "po": order["number"],
            "po_line": order["line"],
            "tax": self.maybe(0.3, "1.65"),
            "final_match": self.maybe(0.1, value=True),
        }

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
