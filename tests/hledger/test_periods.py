"""Budget and actual over time: what hledger reports on the company's journal, the gateway answers.

hledger is a program we did not write, and what it reads no code of ours has read: the history of business
events, as transactions and periodic transactions. The gateway has the same figures from five vendors'
systems, through crosswalks, paging, aggregation, signs, versions of the budget, closings and calendars.
Here every figure is compared to the last digit, in the ledger currency of each legal entity, by cost centre
and account, spend and revenue alike: months, quarters, years, windows, the parts a budget is made of, and
the ledger as it stood on a day. What is zero on one side may be absent on the other.
"""

from datetime import date
from typing import Final

import pytest

from tests.hledger.group import BOTH_YEARS, PLANNED, Group, same, without
from tests.hledger.reports import balances, budget

pytestmark = pytest.mark.slow

CELLS: Final = ("COST_CENTER", "ACCOUNT")
PARTS: Final = {
    "ORIGINAL": "originalBudget",
    "REVISION": "budgetRevision",
    "TRANSFER": "budgetTransfer",
    "CARRY_FORWARD": "carryForward",
}
WINDOWS: Final = {
    "a month": ({"window": "PTD", "through": "2026-P05"}, "2026-05-01", "2026-06-01"),
    "a quarter so far": ({"window": "QTD", "through": "2026-P05"}, "2026-04-01", "2026-06-01"),
    "a year so far": ({"window": "YTD", "through": "2026-P05"}, "2026-01-01", "2026-06-01"),
    "ever since": ({"window": "ITD", "through": "2026-P05"}, "2024-01-01", "2026-06-01"),
    "a year by its month": ({"window": "FY", "through": "2025-P05"}, "2025-01-01", "2026-01-01"),
    "a quarter that two British years share": (
        {"from": "2026-P02", "to": "2026-P04"},
        "2026-02-01",
        "2026-05-01",
    ),
    "across two years": ({"from": "2025-P11", "to": "2026-P02"}, "2025-11-01", "2026-03-01"),
}


def test_every_month(group: Group) -> None:
    report = group.theirs(budget(group.centers, "--monthly", *BOTH_YEARS))
    same(group.ours(*CELLS, "PERIOD", period=PLANNED), report, at_least=9000)


def test_every_quarter(group: Group) -> None:
    report = group.theirs(budget(group.centers, "--quarterly", *BOTH_YEARS))
    ours = {
        (*key[:3], f"{year}Q{quarter}", *key[3:]): amount
        for year in (2025, 2026)
        for quarter in (1, 2, 3, 4)
        for window in [{"window": "QTD", "through": f"{year}-P{3 * quarter:02d}"}]
        for key, amount in group.ours(*CELLS, period=window).items()
    }
    same(ours, report, at_least=3500)


def test_every_year(group: Group) -> None:
    report = group.theirs(budget(group.centers, "--yearly", *BOTH_YEARS))
    ours = {
        (*key[:3], str(year), *key[3:]): amount
        for year in (2025, 2026)
        for key, amount in group.ours(*CELLS, period={"fiscalYear": year}).items()
    }
    same(ours, report, at_least=1000)


@pytest.mark.parametrize("name", WINDOWS)
def test_windows(group: Group, name: str) -> None:
    period, begin, end = WINDOWS[name]
    report = group.theirs(budget(group.centers, f"--begin={begin}", f"--end={end}"))
    same(group.ours(*CELLS, period=period), without(report, 3), at_least=500)


def test_a_year_as_it_grows(group: Group) -> None:
    """`--cumulative`: each month's column holds all since January."""
    year, months = ("--begin=2026-01-01", "--end=2027-01-01"), ("2026-P01", "2026-P05", "2026-P12")
    report = group.theirs(
        told for told in budget(group.centers, "--monthly", "--cumulative", *year) if told.column in months
    )
    ours = {
        (*key[:3], month, *key[3:]): amount
        for month in months
        for key, amount in group.ours(*CELLS, period={"window": "YTD", "through": month}).items()
    }
    same(ours, report, at_least=1500)


def test_what_a_budget_is_made_of(group: Group) -> None:
    """Transactions described by type, of which hledger is told to take one: `--budget=REVISION`."""
    report = {
        (*key[:4], part, key[5]): amount
        for type_, part in PARTS.items()
        for key, amount in group.theirs(budget(group.centers, "--monthly", *BOTH_YEARS, goals=type_)).items()
        if key[4] == "budget"
    }
    ours = group.ours(*CELLS, "PERIOD", period=PLANNED, measures=tuple(PARTS.values()))
    same(ours, report, at_least=7000)


@pytest.mark.parametrize("day", [date(2026, 3, 14), date(2026, 5, 29)])
def test_the_ledger_as_it_stood(group: Group, day: date) -> None:
    """hledger ends its report on the day after; the gateway is asked for all of the year as of the day."""
    end = date.fromordinal(day.toordinal() + 1)
    report = group.theirs(balances(group.centers, "--begin=2026-01-01", f"--end={end}"))
    period, measures = {"fiscalYear": 2026}, ("actual",)
    ours = group.ours(*CELLS, period=period, measures=measures, as_of=day.isoformat())
    same(ours, without(report, 3), at_least=300)
