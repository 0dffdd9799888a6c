"""What a random company plans and books: budget entries and journal lines, vouchers among them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tests.laws.chance import LEDGERS, SPENDING, Chance, Row
from tests.laws.vouchers import Vouchers


class Books(Chance):
    """Drawn entry by entry, vouchers from what was bought."""

    def entries(self, count: int, invoices: Sequence[Row], orders: Sequence[Row]) -> dict[str, Sequence[Row]]:
        lines = {(row["legal_entity"], row["number"], row["line"]): row for row in orders}
        drawn = Vouchers(self.rng, lines)
        vouchers = [*drawn.carrying(invoices), *drawn.keyed(count // 2), *drawn.accrued(count // 2)]
        return {
            "budget-entries": [self._budget(i) for i in range(count * 2)],
            "vouchers": vouchers,
            "journal-lines": [*vouchers, *(row for i in range(count) for row in self._journals(i))],
        }

    def _journals(self, index: int) -> list[dict[str, Any]]:
        """A few lines of one balance, of different suppliers."""
        entity = self.pick(list(LEDGERS))
        first = self.posting(entity, f"J{index}", (*SPENDING, "4000", "4000", "2100"))
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


class Trades(Chance):
    """What entities book with each other, each side by itself and so seldom the same."""

    def lines(self, count: int) -> list[Row]:
        pairs = [self.rng.sample(list(LEDGERS), 2) for _ in range(count)]
        return [
            row for index, (buyer, seller) in enumerate(pairs) for row in self._both(index, buyer, seller)
        ]

    def _both(self, index: int, buyer: str, seller: str) -> list[Row]:
        """Bought in a few lines, sold in another few; some lines name oneself or a stranger."""
        sides = ((buyer, seller, SPENDING, 1), (seller, buyer, ("4000",), -1))
        return [
            self.posting(
                booking,
                f"IC{index}-{line}",
                accounts,
                amount=str(sign * Decimal(self.amount(LEDGERS[booking]))),
                status="POSTED",
                intercompany_partner=self.pick((partner, partner, partner, booking, "NOBODY")),
            )
            for booking, partner, accounts, sign in sides
            for line in range(self.rng.randint(1, 3))
        ]
