"""What a random company has agreed to: blankets, schedules of orders, deferrals and subscriptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from tests.laws.chance import LEDGERS, Chance, Row

CUTS: Final = (("1",), ("0.5", "0.5"), ("0.2", "0.3", "0.5"), ("0.25", "0.25", "0.3"), ("0.6", "0.6"))
"""What schedules plan of a line: all of it mostly, sometimes less or more."""
BLANKETS: Final = ("BA1", "BA2")
"""Numbers of agreements; every legal entity has its own of each."""


@dataclass(frozen=True)
class Agreements(Chance):
    """Drawn after the orders they belong to."""

    def blankets(self) -> list[Row]:
        return [row for entity in LEDGERS for number in BLANKETS for row in self._blanket(entity, number)]

    def _blanket(self, entity: str, number: str) -> list[Row]:
        header = {
            "id": f"{entity}-{number}",
            "number": number,
            "legal_entity": entity,
            "status": self.pick((None, "OPEN", "OPEN", "OPEN", "CLOSED")),
            "supplier": self.pick(("S1", "S2", None)),
            "date": self.day(),
            "amount": self.pick(("100", "20000.55", "3000000")),
            **self.money(entity),
        }
        return [{**row, "date": header["date"]} for row in self.split(entity, header)]

    def schedules(self, orders: Sequence[Row]) -> list[Row]:
        """Phases of about every fourth order line, in any order."""
        lines = {(row["legal_entity"], row["number"], row["line"]): row for row in orders}
        phased = [row for row in lines.values() if self.rng.random() < 0.25]
        return [phase for row in phased for phase in self._phases(row)]

    def _phases(self, order: Row) -> list[Row]:
        cuts = self.pick(CUTS)
        periods = self.rng.sample(
            [f"{year}-P{month:02d}" for year in (2025, 2026) for month in range(1, 13)], len(cuts)
        )
        return [
            {
                "id": order["id"],
                "number": order["number"],
                "line": order["line"],
                "legal_entity": order["legal_entity"],
                "period": period if self.rng.random() < 0.95 else "2031-P01",
                "amount": str(_net(order) * Decimal(cut)),
            }
            for period, cut in zip(periods, cuts, strict=True)
        ]

    def deferrals(self, count: int) -> list[Row]:
        return [
            {**row, "currency": self.maybe(0.5, LEDGERS[row["legal_entity"]])}
            for index in range(count)
            for row in self._schedule(f"D{index}")
        ]

    def subscriptions(self, count: int) -> list[Row]:
        """Contracts that run on, or that can be ended in some period."""
        found: list[Row] = []
        for index in range(count):
            rows = self._schedule(f"SUB{index}")
            ends = {"committed_through": self.maybe(0.6, self.period())}
            money = self.money(rows[0]["legal_entity"])
            found.extend({**row, **money, **ends} for row in rows)
        return found

    def _schedule(self, number: str) -> list[Mapping[str, Any]]:
        entity = self.pick(list(LEDGERS))
        header = {
            "id": f"{entity}-{number}",
            "number": number,
            "legal_entity": entity,
            "supplier": self.pick(("S1", "S2", None)),
            **self.place(entity),
        }
        return [
            {**header, "line": str(line), "period": self.period(), "amount": self.amount(LEDGERS[entity])}
            for line in range(1, self.rng.randint(3, 6))
        ]


def _net(order: Row) -> Decimal:
    if order.get("match_basis") == "AMOUNT":
        return Decimal(order["amount"])
    return Decimal(order["quantity"]) * Decimal(order["price"]) / Decimal(order["price_unit"] or 1)
