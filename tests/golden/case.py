"""What every case has, whatever its kind: a story, an expectation, a way to be asked."""

from abc import abstractmethod
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from tests.golden.strict import AccountType, Strict
from tests.golden.verdict import Got, Raised, Trap, flat, problems

BreakCode = Literal[
    "EXPORT_NOT_POSTED",
    "STALE_SOURCE",
    "PO_REF_NOT_FOUND",
    "DUPLICATE_VOUCHER",
    "OVER_INVOICED",
    "OVER_RECEIVED",
    "UNMAPPED_MEMBER",
    "TRANSFER_NOT_BALANCED",
    "IC_MISMATCH",
    "RATE_MISSING",
    "PERIOD_MISSING",
    "RECODED",
    "ZOMBIE_PO",
    "NEGATIVE_AVAILABLE",
]


def _chart() -> dict[AccountType, tuple[str, ...]]:
    return {
        "EXPENSE": ("6100", "6200", "6900"),
        "REVENUE": ("4000",),
        "CAPEX": ("1500",),
        "BALANCE_SHEET": ("1000", "1200", "1400", "2100", "2150", "2400", "3000"),
    }


class Defaults(Strict):
    legal_entity: str = "one"
    ledger_currency: str = "USD"
    calendar: Literal["calendar year"] = "calendar year"
    group_by: tuple[str, ...] = ("costCenter",)
    version: str = "APPROVED"
    cost_center_mapping: str = Field("", alias="costCenter mapping")


class Conventions(Strict):
    """What a file's cases take for granted. Prose stays prose."""

    amounts: str = ""
    chart: dict[AccountType, tuple[str, ...]] = Field(default_factory=_chart)
    chart_note: str = ""
    defaults: Defaults = Defaults()
    expected: str = ""
    hazard: str = ""

    def accounts(self) -> dict[str, AccountType]:
        return {account: kind for kind, accounts in self.chart.items() for account in accounts}


class Hazard(Strict):
    """What a plausible wrong implementation returns: `wrong_value` of `measure` in `cell` (TOTAL: the total;
    none: the only cell)."""

    wrong: str
    measure: str | None = None
    wrong_value: Decimal | None = None
    cell: str | None = None


class Break(Strict):
    code: BreakCode
    amount: Decimal


class Case(Strict):
    """One golden case. Each kind adds its input, its `expected`, and how it is asked."""

    id: str
    title: str
    tags: tuple[str, ...] = ()
    explanation: str
    hazard: Hazard | None = None
    expected: Any

    @abstractmethod
    async def got(self, conventions: Conventions) -> Got:
        """What the gateway makes of it. Raises NotBuiltError when nothing could be asked."""

    async def problems(self, conventions: Conventions) -> list[str]:
        """Every way in which the outcome differs; empty when the case passes."""
        got = await self.got(conventions)
        return problems(flat(self.expected), self._breaks(), self._trap(), got)

    def _breaks(self) -> Iterable[Raised]:
        breaks: tuple[Break, ...] = getattr(self.expected, "breaks", ())
        return [(found.code, found.amount) for found in breaks]

    def _trap(self) -> Trap | None:
        hazard = self.hazard
        if hazard is None or hazard.measure is None or hazard.wrong_value is None:
            return None
        return Trap(hazard.measure, hazard.cell, hazard.wrong_value, hazard.wrong)
