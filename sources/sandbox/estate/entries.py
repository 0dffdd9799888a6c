"""What only the American ledger knows: audit entries of a year that is over, and costs that two cost centres
share under one code.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from sources.sandbox.estate.clock import HISTORY, month_end
from sources.sandbox.estate.company import SHARED_COST_CENTER
from sources.sandbox.estate.documents import Journal
from sources.sandbox.estate.fiscal import year_end
from sources.sandbox.estate.journals import Ledger, counter_entry, entry
from sources.sandbox.estate.profile import Profile

_WHERE: Final = "US01"
_YEARS: Final = (2024, 2025)
_FOUND: Final = (Decimal("18400.00"), Decimal("-6250.00"), Decimal("3975.00"))
"""What the auditors find each year, in the books of the first cost centres."""
_RENT: Final = Decimal("12500.00")
_ACCOUNT: Final = "6400"


def adjustments(ledger: Ledger, profiles: Sequence[Profile]) -> Iterator[Journal]:
    """Posted on the last day of the year, in the period after the twelfth."""
    if ledger.entity != _WHERE:
        return
    for year in _YEARS:
        for profile, amount in zip(profiles, _FOUND, strict=False):
            lines = [entry(1, profile.purchases[0], amount, "Audit adjustment", profile.center.id)]
            lines.append(counter_entry(lines, "2160", "Audit adjustment"))
            yield ledger.journal(year_end(_WHERE, year), "MANUAL", lines, adjustment=True)


def shared_costs(ledger: Ledger) -> Iterator[Journal]:
    """The rent of the headquarters, every month."""
    if ledger.entity != _WHERE:
        return
    for month in HISTORY:
        lines = [entry(1, _ACCOUNT, _RENT, f"Rent {month:%B}", SHARED_COST_CENTER)]
        lines.append(counter_entry(lines, "2200", "Rent"))
        yield ledger.journal(month_end(month), "MANUAL", lines)
