"""What a random ledger says of what was bought: vouchers carry invoices, relieve orders, accrue, undo."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from tests.laws.chance import LEDGERS, SPENDING, Chance, Row

Columns = Mapping[str, Any]
STORIES: Final = (
    *("nothing", "nothing", "nothing", "whole", "whole", "whole", "anything"),
    *("in parts", "twice", "undone", "undone and again"),
)
"""What becomes of an invoice in the ledger."""
PAYABLE: Final = "2100"


@dataclass(frozen=True)
class Vouchers(Chance):
    """Drawn document by document. Numbers repeat between legal entities, never within one."""

    orders: Mapping[tuple[str, str, str], Row]
    used: Counter[str] = field(default_factory=Counter)

    def carrying(self, invoices: Sequence[Row]) -> list[Row]:
        """Of each invoice one story, told by its id, its supplier's number, or its order lines."""
        lines: dict[str, list[Row]] = {}
        for row in {(row["id"], row["line"]): row for row in invoices}.values():
            lines.setdefault(row["id"], []).append(row)
        return [voucher for rows in lines.values() for voucher in self._told(rows)]

    def _told(self, lines: Sequence[Row]) -> list[Row]:
        by_line = all(row.get("po") for row in lines) and self.rng.random() < 0.35
        if by_line:
            line = self.pick(lines)
            return self._story(line, self._line_reference(line), self._value(line))
        whole = sum((self._value(row) for row in lines), Decimal(0))
        return self._story(lines[0], self._invoice_reference(lines[0]), whole)

    def _story(self, row: Row, references: Columns, value: Decimal) -> list[Row]:
        entity, story = row["legal_entity"], self.pick(STORIES)
        part = (value / 3).quantize(value)
        amounts = {
            "nothing": [],
            "anything": [Decimal(self.amount(LEDGERS[entity]))],
            "in parts": [part, value - part],
            "twice": [value, value],
            "undone and again": [value, value],
        }.get(story, [value])
        documents = [self._document(entity, references, amount) for amount in amounts]
        if story.startswith("undone"):
            documents.append(self._reversal(documents[0]))
        return [line for document in documents for line in document]

    def keyed(self, count: int) -> list[Row]:
        """Vouchers on order lines, some undone, some on lines that nobody knows."""
        found: list[Row] = []
        for _ in range(count):
            order = self.pick(list(self.orders.values()))
            references = {
                "ref_po": order["number"] if self.rng.random() < 0.93 else "PO-nobody-knows",
                "ref_po_line": order["line"] if self.rng.random() < 0.95 else "9",
                "ref_dist": self.maybe(0.2, order["dist"]),
                "ref_invoice": self.maybe(0.1, "nobody knows"),
                "ref_quantity": self.maybe(0.5, self.pick(("1", "2", "-1", "0.5"))),
                "supplier": order["supplier"],
            }
            entity = order["legal_entity"]
            document = self._document(entity, references, Decimal(self.amount(LEDGERS[entity])))
            found.extend(document)
            if self.rng.random() < 0.2:
                found.extend(self._reversal(document))
        return found

    def accrued(self, count: int) -> list[Row]:
        """Accruals by hand on order lines, about as large as they are; some taken back."""
        found: list[Row] = []
        for _ in range(count):
            order = self.pick(list(self.orders.values()))
            entity = order["legal_entity"]
            amount = self._value(order) * Decimal(self.pick(("0.1", "0.5", "0.5", "1", "2", "-0.3")))
            columns = {
                "ref_po": order["number"],
                "ref_po_line": order["line"],
                "origin": "ACCRUAL",
                "type": self.maybe(0.5, "NORMAL"),
                "amount": str(self._rounded(amount, entity)),
            }
            accounts = (*SPENDING, *SPENDING, PAYABLE)
            row = self.posting(entity, self._number(entity, "A"), accounts, **columns)
            found.append(row)
            if self.rng.random() < 0.25:
                back = {"id": f"{entity}-{row['number']}R", "number": f"{row['number']}R"}
                found.append({**row, **back, "amount": str(-Decimal(row["amount"])), "date": self.day()})
        return found

    # Documents.

    def _document(self, entity: str, references: Columns, amount: Decimal) -> list[Row]:
        """A voucher of an amount: one line, or with payables, proof of posting, or lines that refer to
        nothing."""
        usual = {"type": "NORMAL", "status": "POSTED", "origin": "AP"} if self.rng.random() < 0.8 else {}
        first = self.posting(entity, self._number(entity, "V"), SPENDING, **{**usual, **references})
        loose = {name: None for name in first if name.startswith("ref_")}
        payable = {"account": PAYABLE, "amount": str(-amount)}
        rest = self._rounded(amount / 4, entity)
        lines: Sequence[Columns] = self.pick(
            (
                ({"amount": str(amount)},),
                ({"amount": str(amount)},),
                ({"amount": str(amount)}, {**loose, **payable}),
                (
                    {"account": PAYABLE, "amount": str(amount), "counts_as_posting": True},
                    {**loose, **payable},
                ),
                ({"amount": str(amount - rest)}, {**loose, **self.place(entity), "amount": str(rest)}),
                ({"account": PAYABLE, "amount": str(amount)}, payable),
            )
        )
        return [{**first, **line, "line": str(index)} for index, line in enumerate(lines, start=1)]

    def _reversal(self, document: Sequence[Row]) -> list[Row]:
        """The document taken back some days later: by naming it, or only by the same reference."""
        first = document[0]
        number = self._number(first["legal_entity"], "V")
        columns: dict[str, Any] = {"id": f"{first['legal_entity']}-{number}", "number": number}
        if first["date"]:
            later = date.fromisoformat(first["date"]) + timedelta(days=self.rng.randint(0, 60))
            columns["date"] = later.isoformat()
        if self.rng.random() < 0.6:
            columns["reverses"] = first["number"]
            if self.rng.random() < 0.3:
                columns |= {name: None for name in first if name.startswith("ref_")}
        return [{**row, **columns, "amount": str(-Decimal(row["amount"]))} for row in document]

    def _number(self, entity: str, kind: str) -> str:
        self.used[entity] += 1
        return f"{kind}{self.used[entity]}"

    # References.

    def _invoice_reference(self, row: Row) -> dict[str, Any]:
        """Its id, or the supplier's number however written; perhaps its order too."""
        number = self.pick((row["supplier_invoice"], row["supplier_invoice"].upper(), _plain(row)))
        by_id = self.rng.random() < 0.6
        order = row.get("po") if self.rng.random() < 0.7 else None
        return {
            "ref_invoice": row["id"] if by_id else None,
            "ref_supplier_invoice": self.maybe(0.5, number) if by_id else number,
            "document_currency": self.maybe(0.5, self.pick((row["currency"], row["currency"], "CHF"))),
            "ref_po": order,
            "ref_po_line": row["po_line"] if order else None,
            "supplier": row["supplier"],
        }

    def _line_reference(self, row: Row) -> dict[str, Any]:
        """Only its order line, sometimes with the quantity or the distribution."""
        sign = -1 if row["type"] == "CREDIT" else 1
        quantity = str(sign * Decimal(row["quantity"])) if row.get("quantity") else None
        return {
            "ref_po": row["po"],
            "ref_po_line": row["po_line"],
            "ref_dist": self.maybe(0.3, row.get("po_dist")),
            "ref_quantity": self.maybe(0.4, quantity),
            "supplier": row["supplier"],
        }

    def _value(self, row: Row) -> Decimal:
        """About what a line is worth in ledger money, to the cent."""
        net = row.get("amount")
        if net is None:
            net = Decimal(row["quantity"]) * Decimal(row["price"]) / Decimal(row.get("price_unit") or 1)
        order = self.orders.get((row["legal_entity"], row.get("po") or "", row.get("po_line") or ""), {})
        same = row["currency"] in {None, order.get("currency")}
        rate = row["rate"] or (order.get("rate") if same else None) or 1
        sign = -1 if row.get("type") == "CREDIT" else 1
        value = sign * (Decimal(net) + Decimal(row.get("tax") or 0)) * Decimal(rate)
        return self._rounded(value, row["legal_entity"])

    def _rounded(self, amount: Decimal, entity: str) -> Decimal:
        return amount.quantize(Decimal(1) if LEDGERS[entity] == "JPY" else Decimal("0.01"))


def _plain(row: Row) -> str:
    return "".join(c for c in row["supplier_invoice"].upper() if c.isalnum()).lstrip("0")
