"""What the Japanese company charges the American one for, every quarter of 2026. Only the Japanese ledger
says on its lines who the partner is; in the American one it is a cost like any other.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from sources.sandbox.estate.documents import Journal
from sources.sandbox.estate.journals import Ledger, counter_entry, entry

_DAYS: Final = (date(2026, 3, 16), date(2026, 6, 15))
_SELLER: Final = "JP01"
_BUYER: Final = "US01"
_YEN: Final = Decimal(1500000)
_DOLLARS: Final = Decimal("10200.00")


def charges(ledger: Ledger) -> Iterator[Journal]:
    for day in _DAYS:
        if ledger.entity == _SELLER:
            sold = entry(1, "4800", -_YEN, "Support for the Americas", "JP-SALES-210", partner=_BUYER)
            owed = entry(2, "1700", _YEN, "Support for the Americas", partner=_BUYER)
            yield ledger.journal(day, "MANUAL", [sold, owed])
        if ledger.entity == _BUYER:
            cost = [entry(1, "6110", _DOLLARS, "Support from Japan", "US-CORP-320")]
            yield ledger.journal(day, "MANUAL", [*cost, counter_entry(cost, "2500", "Support from Japan")])
