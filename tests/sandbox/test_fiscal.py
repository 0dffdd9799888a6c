"""What the ledgers of the company call the days."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from sources.sandbox.estate.fiscal import fiscal_period, group_month, weeks, year_end


@pytest.mark.parametrize(
    ("entity", "day", "period"),
    [
        ("US01", date(2025, 12, 31), "2025-P12"),
        ("DE01", date(2026, 4, 1), "2026-P04"),
        ("GB01", date(2026, 3, 31), "2026-P12"),
        ("GB01", date(2026, 4, 1), "2027-P01"),
        ("GB01", date(2025, 12, 31), "2026-P09"),
        ("JP01", date(2026, 1, 3), "2025-P12"),
        ("JP01", date(2026, 1, 4), "2026-P01"),
        ("JP01", date(2026, 5, 31), "2026-P06"),
    ],
)
def test_a_day_lies_in_the_period_of_its_ledger(entity: str, day: date, period: str) -> None:
    assert fiscal_period(entity, day) == period


@pytest.mark.parametrize(
    ("entity", "period", "month"),
    [
        ("US01", "2025-P13", date(2025, 12, 1)),
        ("GB01", "2026-P01", date(2025, 4, 1)),
        ("GB01", "2026-P10", date(2026, 1, 1)),
        ("JP01", "2026-P06", date(2026, 6, 1)),
    ],
)
def test_a_period_is_a_month_of_the_group(entity: str, period: str, month: date) -> None:
    assert group_month(entity, period) == month


def test_years_end_where_the_next_begin() -> None:
    assert [year_end(entity, 2025) for entity in ("US01", "GB01", "JP01")] == [
        date(2025, 12, 31),
        date(2025, 3, 31),
        date(2026, 1, 3),
    ]


def test_weeks_begin_on_sunday_and_quarters_are_of_4_4_and_5() -> None:
    days = list(weeks().values())
    assert {first.isoweekday() for first, _ in days} == {7}
    assert [((last - first).days + 1) // 7 for first, last in days] == [4, 4, 5] * 12
    assert all(first == last + timedelta(1) for (_, last), (first, _) in pairwise(days))
