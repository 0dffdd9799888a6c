"""What the oracle makes of documents drawn in a docstring: for cases small enough to work out by hand."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from tests.laws import oracle
from tests.laws.oracle_company import Company, Policy
from tests.laws.oracle_documents import Documents
from tests.laws.oracle_matching import Matching
from tests.world import documents

Figures = dict[str, Fraction | int | None]
MONTHS: Final = {
    f"{year}-P{month:02d}": (date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    for year in (2025, 2026, 2027)
    for month in range(1, 13)
}
CHARTED: Final = {"6100": "EXPENSE", "6200": "EXPENSE", "1500": "CAPEX", "2100": "BALANCE_SHEET"}
SHOWN: Final = (*oracle.CHAIN, *oracle.MEMOS)


def company(policy: Policy) -> Company:
    """One company with its ledger in dollars; the day is the last of June 2026."""
    return Company(
        currencies={"ONE": "USD"},
        kinds=CHARTED,
        days=MONTHS,
        ordinary=list(MONTHS),
        years={id_: int(id_[:4]) for id_ in MONTHS},
        calendars={},
        rates={},
        listed={"account": frozenset(CHARTED)},
        without={},
        policies={"ONE": policy},
        today=date(2026, 6, 30),
    )


def _ask(as_of: date | None) -> oracle.Ask:
    return oracle.Ask(
        entities=frozenset(("ONE",)),
        periods=frozenset(MONTHS),
        classes=frozenset(("EXPENSE", "CAPEX")),
        unlisted=True,
        currency="USD",
        where={},
        as_of=as_of,
    )


def total(case: Callable[[], None], policy: Policy | None = None, as_of: date | None = None) -> Figures:
    """The stages and memos that are not zero."""
    return _shown(whole(case, policy, as_of))


def whole(case: Callable[[], None], policy: Policy | None = None, as_of: date | None = None) -> oracle.Cell:
    """Every measure of the total."""
    books, known = documents(case.__doc__ or ""), company(policy or Policy())
    return oracle.totals(books, known, _ask(as_of), revenue=False)


def cells(
    case: Callable[[], None], group_by: Sequence[str], policy: Policy | None = None, as_of: date | None = None
) -> dict[str, Figures]:
    """The same by cell, members joined with a bar; cells of zeros left out."""
    books, known = documents(case.__doc__ or ""), company(policy or Policy())
    found = oracle.cells(books, known, _ask(as_of), group_by)
    return {"|".join(key): _shown(cell) for key, cell in found.items() if _shown(cell)}


def matching(case: Callable[[], None]) -> Matching:
    """Which vouchers belong where."""
    books = documents(case.__doc__ or "")
    return Documents(books, company(Policy())).matching


def _shown(cell: oracle.Cell) -> Figures:
    return {name: cell[name] for name in SHOWN if cell[name] != 0}
