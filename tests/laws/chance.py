"""What a random company is made of: days, prices, amounts, currencies and places, awkward ones included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final, TypeVar

T = TypeVar("T")
Row = Mapping[str, Any]

LEDGERS: Final = {"AAA": "USD", "BBB": "EUR", "CCC": "JPY"}
CENTERS: Final = {"AAA": ("A1", "A2", "SHARED"), "BBB": ("B1", "SHARED"), "CCC": ("J1", "SHARED")}
PROJECTS: Final = {"AAA": ("P1", None, None), "BBB": ("PB", "P1", None), "CCC": (None,)}
SPENDING: Final = ("6100", "6100", "6200", "1500", "9999")
"""9999 is nobody's account"""
WEIGHTS: Final = (
    ("100",),
    ("100",),
    ("60", "40"),
    ("33.33", "33.33", "33.34"),
    ("0", "0"),
    ("1", "2", "4"),
    ("12.5", "87.5"),
)
_DECIMALS: Final = {"JPY": 0}


@dataclass(frozen=True)
class Chance:
    """Draws from one source of chance."""

    rng: Random

    def maybe(self, share: float, value: T) -> T | None:
        return value if self.rng.random() < share else None

    def pick(self, values: Sequence[T]) -> T:
        return self.rng.choice(values)

    def day(self) -> str | None:
        """Within the calendars, mostly; sometimes before them, sometimes nobody wrote it down."""
        if self.rng.random() < 0.05:
            return self.pick((None, "2024-02-29"))
        return (date(2025, 1, 1) + timedelta(days=self.rng.randrange(600))).isoformat()

    def period(self) -> str | None:
        if self.rng.random() < 0.15:
            return self.pick(("2031-P01", "2025-P13", None))
        return f"{self.pick((2025, 2026))}-P{self.rng.randint(1, 12):02d}"

    def quantity(self) -> str:
        return self.pick(("1", "2", "10", "7.5", "0.333", "3", "1000"))

    def price(self) -> str:
        return self.pick(("100", "19.99", "0.0375", "1050", "7", "33.3333", "-25", "1234.56"))

    def amount(self, currency: str) -> str:
        cents = self.rng.randint(-50_000, 500_000)
        return str(Decimal(cents).scaleb(-_DECIMALS.get(currency, 2)))

    def money(self, entity: str) -> dict[str, Any]:
        """A document's currency and rate: the ledger's own, said or not, or a foreign one."""
        ledger = LEDGERS[entity]
        if self.rng.random() < 0.65:
            return {"currency": self.maybe(0.6, ledger), "rate": self.maybe(0.3, "1")}
        foreign = self.pick([c for c in ("USD", "EUR", "JPY", "GBP") if c != ledger])
        return {
            "currency": foreign,
            "rate": self.maybe(0.95, self.pick(("1.0825", "0.0067", "0.5", "147.3"))),
        }

    def place(self, entity: str, accounts: Sequence[str] = SPENDING) -> dict[str, Any]:
        center = self.pick((*CENTERS[entity], *CENTERS[entity], "X-404", None))
        return {"account": self.pick(accounts), "cost_center": center, "project": self.pick(PROJECTS[entity])}

    def split(self, entity: str, line: Mapping[str, Any]) -> list[Row]:
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

    def posting(self, entity: str, number: str, accounts: Sequence[str], **columns: Any) -> dict[str, Any]:
        """A line of a journal that is the first of its document."""
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
