"""Several currencies: side by side, and all in dollars at the rates of the budget.

**Side by side** hledger keeps each currency by itself, and so do the totals of each legal entity here.

**In dollars** hledger translates with `--value=end,USD`: the price in force at the end of each column, which
is the budget rate of its year, for budget and actual alike, as our CONSTANT. It translates sums and rounds
nothing when it is told to show eight decimals, for amounts have two and rates four. We round each finest
balance once: an entity's account, cost centre and project in a month. So the finest balances of hledger,
rounded half up to the cent, must be ours to the cent, each; whatever we group them by must be the sum of
those; and hledger's own total, rounded nowhere, may be away from ours by half a cent per balance at most.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import pytest

from tests.hledger.asked import Figures, Key, asked
from tests.hledger.group import ALL, BOTH_YEARS, PLANNED, Group, added, mapped, same
from tests.hledger.reports import budget

pytestmark = pytest.mark.slow

IN_DOLLARS: Final = ("--value=end,USD", "--commodity-style=1000.00000000 USD")
CENT: Final = Decimal("0.01")
FINEST: Final = ("LEGAL_ENTITY", "COST_CENTER", "ACCOUNT", "PROJECT", "PERIOD")
WITHOUT_PROJECT: Final = ("LEGAL_ENTITY", "COST_CENTER", "ACCOUNT", "PERIOD")
"""The finest of the planning tool and of the German ledger; asked for by project they are null."""


def test_ledger_currencies_side_by_side(group: Group) -> None:
    report: dict[Key, Decimal] = {
        (told.path[0], told.column, told.measure, told.currency): told.amount
        for told in budget(group.centers, "--yearly", "--depth=1", *BOTH_YEARS)
    }
    ours = {
        (key[0], str(year), *key[1:]): amount
        for year in (2025, 2026)
        for _, answer in group.answers(period={"fiscalYear": year})
        for key, amount in answer.totals.items()
    }
    same(ours, report, at_least=32)


@pytest.fixture(scope="module")
def exact(group: Group) -> dict[Key, Decimal]:
    """The finest balances of hledger in dollars: side, members as FINEST, measure and currency."""
    found: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for told in budget(group.centers, "--monthly", *BOTH_YEARS, *IN_DOLLARS):
        if told.path[-3:-2] and told.path[-3] in group.ledgers:
            center, entity, account, project = told.path[-4:]
            known = "UNASSIGNED" if entity == "DE01" else project
            place = (told.path[0], entity, mapped(center), account, known, told.column)
            found[*place, told.measure, told.currency] += told.amount
    return found


@pytest.fixture(scope="module")
def rounded(exact: Figures) -> dict[Key, Decimal]:
    return {key: amount.quantize(CENT, ROUND_HALF_UP) for key, amount in exact.items()}


@pytest.mark.parametrize(
    ("measure", "by", "entities"),
    [
        ("budget", WITHOUT_PROJECT, ("US01", "DE01", "GB01", "JP01")),
        ("actual", WITHOUT_PROJECT, ("DE01",)),
        ("actual", FINEST, ("US01", "GB01", "JP01")),
    ],
    ids=["planned", "booked without projects", "booked"],
)
def test_every_balance(
    group: Group, rounded: Figures, measure: str, by: tuple[str, ...], entities: tuple[str, ...]
) -> None:
    where = {**ALL, "legalEntity": {"in": entities}}
    answer = asked(group.door, "USD", by, where=where, period=PLANNED, measures=(measure,))
    theirs = {key: amount for key, amount in grouped(rounded, by, measure).items() if key[0] in entities}
    same(answer.rows, theirs, at_least=500)


@pytest.mark.parametrize("dimension", ["LEGAL_ENTITY", "COST_CENTER", "PERIOD"])
def test_sums_of_balances(group: Group, rounded: Figures, dimension: str) -> None:
    """With the account beside it, so that spend and revenue stay apart."""
    by = ("ACCOUNT", dimension)
    theirs = grouped(rounded, by, "actual") | grouped(rounded, by, "budget")
    same(asked(group.door, "USD", by, where=ALL, period=PLANNED).rows, theirs, at_least=150)


def grouped(balances: Figures, by: Sequence[str], measure: str) -> dict[Key, Decimal]:
    """Sums of one measure by some of the members."""
    places = [1 + FINEST.index(dimension) for dimension in by]
    return added(
        ((*(key[place] for place in places), *key[-2:]), amount)
        for key, amount in balances.items()
        if key[-2] == measure
    )


@pytest.mark.parametrize("year", ["2025", "2026"])
def test_totals(group: Group, rounded: Figures, year: str) -> None:
    ours = asked(group.door, "USD", (), where=ALL, period={"fiscalYear": int(year)}).totals
    balances = [((key[0], *key[-2:]), amount) for key, amount in rounded.items() if key[5].startswith(year)]
    same(ours, added(balances), at_least=4)
    for told in budget(group.centers, "--yearly", "--depth=1", *BOTH_YEARS, *IN_DOLLARS):
        if told.column == year:
            key = (told.path[0], told.measure, told.currency)
            count = sum(place == key for place, _ in balances)
            assert abs(told.amount - ours[key]) <= count * CENT / 2
