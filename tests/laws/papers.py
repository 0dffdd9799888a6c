"""What a random company buys: requisitions, orders and receipts, in canonical members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from tests.laws.agreements import BLANKETS, Agreements
from tests.laws.bills import Bills
from tests.laws.chance import LEDGERS, Chance, Row

ORDER_STATUS: Final = (
    *("OPEN", "APPROVED", "PARTIALLY_RECEIVED", "RECEIVED", "OPEN", "OPEN"),
    *("DRAFT", "PENDING", "CLOSED", "FINALLY_CLOSED", "CANCELLED"),
)


@dataclass(frozen=True)
class Papers(Chance):
    """Drawn document by document; what follows an order refers to those drawn so far."""

    orders: list[Row] = field(default_factory=list)

    def purchases(self, count: int) -> dict[str, Sequence[Row]]:
        """`count` orders and as many receipts and invoices; agreements as they come."""
        requisitions = [row for i in range(count // 2) for row in self._requisition(f"R{i}")]
        for i in range(count):
            self.orders.extend(self._order(f"PO{i % 3 if i < 4 else i}", i, requisitions))
        agreed, bills = Agreements(self.rng), Bills(self.rng, self.orders)
        return {
            "requisitions": requisitions,
            "purchase-orders": [*self.orders],
            "order-schedules": agreed.schedules(self.orders),
            "blankets": agreed.blankets(),
            "receipts": [self._receipt(i) for i in range(count)],
            "invoices": [row for i in range(count) for row in bills.invoice(i)],
            "deferrals": agreed.deferrals(count // 3),
            "subscriptions": agreed.subscriptions(count // 3),
        }

    def _requisition(self, number: str) -> list[Row]:
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

    def _asked(self, entity: str, header: Mapping[str, Any], line: int) -> list[Row]:
        body = {
            "line": str(line),
            "quantity": self.quantity(),
            "price": self.price(),
            "price_unit": self.pick((None, None, "100")),
            "tax_rate": self.pick((None, "0", "0.0825")),
            "recoverable_tax_rate": self.maybe(0.2, "0.05"),
        }
        return self.split(entity, {**header, **body})

    def _order(self, number: str, index: int, requisitions: Sequence[Row]) -> list[Row]:
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
            "need_by": self.maybe(0.7, self.day()),
            "blanket": self.maybe(0.3, self.pick((*BLANKETS, "BA-nobody-knows"))),
            **self.money(entity),
        }
        lines = [
            self._ordered(entity, header, line, requisitions) for line in range(1, self.rng.randint(2, 4))
        ]
        return [row for rows in lines for row in rows]

    def _ordered(
        self, entity: str, header: Mapping[str, Any], line: int, requisitions: Sequence[Row]
    ) -> list[Row]:
        by_amount = self.rng.random() < 0.25
        quantity = self.quantity() if self.rng.random() < 0.9 else f"-{self.quantity()}"
        body: dict[str, Any] = {
            "line": str(line),
            "line_status": self.maybe(0.15, self.pick(ORDER_STATUS)),
            "match_basis": "AMOUNT" if by_amount else self.pick(("QTY", None)),
            "tax_rate": self.pick((None, None, "0", "0.0825", "0.1")),
            "recoverable_tax_rate": self.maybe(0.2, "0.05"),
            "receipt_required": self.pick((True, True, False, None)),
        }
        if by_amount:
            body |= {"amount": self.pick(("5000", "333.33", "-120.5"))}
            body |= {"cancelled_quantity": self.maybe(0.2, "50") if body["amount"] == "5000" else None}
        else:
            body |= {"quantity": quantity, "price": self.price(), "price_unit": self.pick((None, "1", "100"))}
            body |= {"cancelled_quantity": self.maybe(0.15, "1") if Decimal(quantity) > 1 else None}
        return self.split(entity, {**header, **body, **self._source(entity, body, requisitions)})

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
