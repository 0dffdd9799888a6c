"""Calendar months of an entity whose fiscal year starts in April: hledger knows dates only, the gateway is
told periods of that year and answers in the group's, so a period in the wrong place shows.
"""

import pytest

from tests.hledger.group import BOTH_YEARS, PLANNED, Group, same, without
from tests.hledger.reports import balances, budget

pytestmark = pytest.mark.slow

CELLS = ("COST_CENTER", "ACCOUNT")


def test_every_month(april_group: Group) -> None:
    report = april_group.theirs(budget(april_group.centers, "--monthly", *BOTH_YEARS))
    same(april_group.ours(*CELLS, "PERIOD", period=PLANNED), report, at_least=9000)


def test_a_quarter_that_two_fiscal_years_share(april_group: Group) -> None:
    """February to April 2026: P11 and P12 of the Japanese 2026, P01 of 2027."""
    report = april_group.theirs(budget(april_group.centers, "--begin=2026-02-01", "--end=2026-05-01"))
    ours = april_group.ours(*CELLS, period={"from": "2026-P02", "to": "2026-P04"})
    same(ours, without(report, 3), at_least=500)


def test_the_year_as_it_stood(april_group: Group) -> None:
    report = april_group.theirs(balances(april_group.centers, "--begin=2026-01-01", "--end=2026-04-16"))
    year, day = {"fiscalYear": 2026}, "2026-04-15"
    ours = april_group.ours(*CELLS, period=year, measures=("actual",), as_of=day)
    same(ours, without(report, 3), at_least=150)
