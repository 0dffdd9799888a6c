"""Year-end closing: one journal per entity and closed year that clears every income and expense account
into retained earnings, so that a reader who takes it for an actual sees the year's cost vanish.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from sources.sandbox.estate.clock import TODAY
from sources.sandbox.estate.documents import Company, Journal
from sources.sandbox.estate.fiscal import year_end
from sources.sandbox.estate.journals import Ledger, counter_entry, entry
from sources.sandbox.estate.money import ZERO

RETAINED_EARNINGS: Final = "3100"

Balances = dict[tuple[str, str, str], Decimal]
"""by account, cost centre and project ("" for none)"""


def closings(ledger: Ledger, journals: Iterable[Journal], company: Company) -> Iterator[Journal]:
    cleared = {a.id for a in company.accounts if a.kind in {"EXPENSE", "REVENUE"}}
    years: defaultdict[int, Balances] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for journal in journals:
        for line in journal.lines:
            if line.account in cleared:
                key = (line.account, line.cost_center or "", line.project or "")
                years[int(journal.period[:4])][key] += line.debit - line.credit
    for year in sorted(year for year in years if year_end(ledger.entity, year) < TODAY):
        yield _closing(ledger, year, years[year])


def _closing(ledger: Ledger, year: int, balances: Balances) -> Journal:
    open_ = sorted((key, amount) for key, amount in balances.items() if amount)
    lines = [
        entry(i, account, -amount, f"Closing {year}", center or None, project=project or None)
        for i, ((account, center, project), amount) in enumerate(open_, start=1)
    ]
    lines.append(counter_entry(lines, RETAINED_EARNINGS, f"Result {year}"))
    return ledger.journal(year_end(ledger.entity, year), "CLOSING", lines, closing=True)
