"""The same company, had the Japanese entity a fiscal year from April to March: its documents state periods
of that year, and it publishes its own plan, for the planning tool counts every entity's months alike.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

from gateway.sandbox import CONFIGURATION
from sources.sandbox.estate.documents import Estate

ENTITY: Final = "JP01"

_ROOT: Final = CONFIGURATION.parents[2]
_EDITS: Final = (
    ("../../sources", f"{_ROOT}/sources"),
    ("\ncalendars:\n", "\ncalendars:\n  - {id: APRIL, startMonth: 4, firstYear: 2025, lastYear: 2027}\n"),
    ("KK, currency: JPY}", "KK, currency: JPY, calendar: APRIL}"),
    ("      JP01: Meridian Services KK\n", ""),
    ("VOUCHER, LEDGER, ORDER_SCHEDULE", "VOUCHER, LEDGER, BUDGET, ORDER_SCHEDULE"),
)


def configured(folder: Path) -> Path:
    """The demo's configuration with another calendar for the entity."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    for old, new in _EDITS:
        assert old in text, old
        text = text.replace(old, new)
    file = folder / "threefold.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def restated(estate: Estate) -> Estate:
    """The estate with the entity's periods renamed: what was 2026-P03 is 2026-P12, 2026-P04 is 2027-P01."""
    journals = (replace(j, period=fiscal(j.period)) if j.entity == ENTITY else j for j in estate.journals)
    budget = (replace(b, period=fiscal(b.period)) if b.entity == ENTITY else b for b in estate.budget)
    return replace(estate, journals=tuple(journals), budget=tuple(budget))


def fiscal(period: str) -> str:
    """A month's period in the year from April, which is named by the year it ends in."""
    year, month = int(period[:4]), int(period[-2:])
    return f"{year}-P{month + 9:02d}" if month < 4 else f"{year + 1}-P{month - 3:02d}"
