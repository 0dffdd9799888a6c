"""What a random company plans and books: budget entries, vouchers and other journal lines."""

from collections.abc import Sequence
from typing import Any

from tests.laws.chance import LEDGERS, SPENDING, Chance, Row


class Books(Chance):
    """Drawn entry by entry, vouchers from what was bought."""

    def entries(self, count: int, invoices: Sequence[Row], orders: Sequence[Row]) -> dict[str, list[Row]]:
        vouchers = [*self._posted(invoices), *(self._keyed(i, orders) for i in range(count // 2))]
        return {
            "budget-entries": [self._budget(i) for i in range(count * 2)],
            "vouchers": vouchers,
            "journal-lines": [*vouchers, *(row for i in range(count) for row in self._journals(i))],
        }

    def _posting(self, entity: str, number: str, accounts: Sequence[str], **columns: Any) -> dict[str, Any]:
        return {
            "id": f"{entity}-{number}",
            "number": number,
            "line": "1",
            "legal_entity": entity,
            **self.place(entity, accounts),
            "supplier": self.pick(("S1", "S2", None)),
            "period": self.period(),
            "date": self.day(),
            "currency": LEDGERS[entity],
            "amount": self.amount(LEDGERS[entity]),
            "type": self.pick((None, "NORMAL", "NORMAL", "NORMAL", "CLOSING")),
            "status": self.pick((None, "POSTED", "POSTED", "POSTED", "DRAFT")),
            "origin": self.pick((None, "AP", "AP", "AP", "GRNI")),
            **columns,
        }

    def _posted(self, invoices: Sequence[Row]) -> list[dict[str, Any]]:
        """Vouchers of about half the invoices: by their id, or by the supplier's number however written."""
        found: list[dict[str, Any]] = []
        for row in {row["id"]: row for row in invoices}.values():
            if self.rng.random() < 0.5:
                number = self.pick((row["supplier_invoice"], row["supplier_invoice"].upper(), _plain(row)))
                known = {"ref_invoice": row["id"]} if self.rng.random() < 0.6 else {}
                columns = {
                    **known,
                    "ref_supplier_invoice": self.maybe(0.5, number) if known else number,
                    "ref_po": self.maybe(0.7, row.get("po")),
                    "supplier": row["supplier"],
                }
                columns["ref_po_line"] = row["po_line"] if columns["ref_po"] else None
                found.append(self._posting(row["legal_entity"], f"V{len(found)}", SPENDING, **columns))
        return found

    def _keyed(self, index: int, orders: Sequence[Row]) -> dict[str, Any]:
        order = self.pick(orders)
        entity = order["legal_entity"]
        columns = {
            "ref_po": order["number"],
            "ref_po_line": order["line"],
            "ref_invoice": self.maybe(0.1, "nobody knows"),
            "ref_quantity": self.maybe(0.5, self.pick(("1", "2", "-1", "0.5"))),
            "supplier": order["supplier"],
        }
        return self._posting(entity, f"K{index}", SPENDING, **columns)

    def _journals(self, index: int) -> list[dict[str, Any]]:
        """A few lines of one balance, of different suppliers."""
        entity = self.pick(list(LEDGERS))
        first = self._posting(entity, f"J{index}", (*SPENDING, "4000", "4000", "2100"))
        return [
            {
                **first,
                "line": str(line),
                "supplier": self.pick(("S1", "S2", "S3", None)),
                "amount": self.amount(LEDGERS[entity]),
            }
            for line in range(1, self.rng.randint(2, 5))
        ]

    def _budget(self, index: int) -> Row:
        entity = self.pick(list(LEDGERS))
        return {
            "id": f"B{index}",
            "number": f"B{index}",
            "type": self.pick(("ORIGINAL", "ORIGINAL", "REVISION", "TRANSFER", "CARRY_FORWARD", None)),
            "legal_entity": entity,
            **self.place(entity, (*SPENDING, "4000")),
            "period": self.period(),
            "date": self.day(),
            "scenario": self.pick(("BUDGET", "BUDGET", "BUDGET", "FORECAST")),
            "version": self.pick(("APPROVED", "APPROVED", "APPROVED", "DRAFT")),
            "status": self.pick((None, "APPROVED", "APPROVED", "DRAFT")),
            "currency": self.maybe(0.7, LEDGERS[entity]),
            "amount": self.amount(LEDGERS[entity]),
        }


def _plain(row: Row) -> str:
    return "".join(c for c in row["supplier_invoice"].upper() if c.isalnum()).lstrip("0")
