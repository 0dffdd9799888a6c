"""Period maps, profiles of annual budgets, the forecast: what they become, and what is wrong with them."""

from decimal import Decimal

import pytest

from resolvers.semantics.calendar import PeriodMap
from resolvers.semantics.dimensions import AccountClass
from resolvers.semantics.spreading import Profile, Spreading
from tests.gateway.config.conftest import VALID, Load, Wrong

CALENDARS = VALID.replace(
    "calendars:\n",
    "calendars:\n  - {id: UK, startMonth: 4, firstYear: 2026, lastYear: 2026, adjustmentPeriods: 1}\n",
)
LINE = CALENDARS.count("\n")


def test_a_map_belongs_to_the_calendar_it_is_from(loaded: Load) -> None:
    given = "periodMaps:\n  - {from: UK, to: GROUP, periods: {2026-P01: 2025-P04, 2026-P13: 2026-P03}}\n"
    calendars = loaded(CALENDARS + given).model.calendars
    assert calendars["UK"].maps == (PeriodMap("GROUP", (("2026-P01", "2025-P04"), ("2026-P13", "2026-P03"))),)
    assert calendars["GROUP"].maps == ()


def test_its_rows_may_stand_in_a_table(loaded: Load) -> None:
    given = "periodMaps:\n  - {from: UK, to: GROUP, csv: uk.csv}\n"
    files = {"uk.csv": "period,target\n2026-P01,2025-P04\n2026-P02,2025-P05\n"}
    calendars = loaded(CALENDARS + given, files=files).model.calendars
    (found,) = calendars["UK"].maps
    assert found.periods == (("2026-P01", "2025-P04"), ("2026-P02", "2025-P05"))


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (
            "  - {from: UK, to: GROUP, periods: {2026-P14: 2025-P04}}\n",
            f"{LINE + 2}: periodMaps[0].periods.2026-P14: '2026-P14' is no period of calendar UK",
        ),
        (
            "  - {from: UK, to: GROUP, periods: {2026-P01: 2024-P04}}\n",
            f"{LINE + 2}: periodMaps[0].periods.2026-P01: '2024-P04' is no period of calendar GROUP",
        ),
        (
            "  - {from: UK, to: UK, periods: {2026-P01: 2026-P02}}\n",
            f"{LINE + 2}: periodMaps[0]: maps calendar 'UK' to itself",
        ),
        (
            "  - {from: UK, to: EAST, periods: {2026-P01: 2026-P02}}\n",
            f"{LINE + 2}: periodMaps[0].to: 'EAST' is not in calendars; it has UK, GROUP",
        ),
        ("  - {from: UK, to: GROUP}\n", f"{LINE + 2}: periodMaps[0]: must have either periods or csv"),
        (
            "  - {from: UK, to: GROUP, periods: {2026-P01: 2025-P04}}\n" * 2,
            f"{LINE + 3}: periodMaps[1]: maps the same calendars as",
        ),
    ],
)
def test_what_is_wrong_with_a_map(wrong: Wrong, entries: str, said: str) -> None:
    assert said in "\n".join(wrong(CALENDARS + "periodMaps:\n" + entries))


def test_a_period_has_one_place(wrong: Wrong) -> None:
    files = {"uk.csv": "period,target\n2026-P01,2025-P04\n2026-P01,2025-P05\n"}
    found = "\n".join(wrong(CALENDARS + "periodMaps:\n  - {from: UK, to: GROUP, csv: uk.csv}\n", files=files))
    assert "uk.csv:3: periodMaps[0].csv[1]: '2026-P01' has a row already" in found


def test_profiles_and_the_forecast(loaded: Load) -> None:
    weights = ", ".join(["1"] * 11 + ["2.5"])
    given = f"""spreading:
  - {{profile: WEEKS_445}}
  - {{version: APPROVED, accountClass: CAPEX, profile: PROFILE, weights: [{weights}]}}
forecast: {{scenario: FORECAST, version: 6+6}}
"""
    model = loaded(VALID + given).model
    assert model.spreading == (
        Spreading(Profile.WEEKS_445),
        Spreading(Profile.PROFILE, (*[Decimal(1)] * 11, Decimal("2.5")), "APPROVED", AccountClass.CAPEX),
    )
    assert model.forecast == ("FORECAST", "6+6")


def test_by_default_nothing_is_a_forecast_and_no_profile_is_set(loaded: Load) -> None:
    model = loaded(VALID).model
    assert (model.spreading, model.forecast) == ((), (None, None))


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (
            "  - {profile: WEEKLY}\n",
            "[0].profile: must be one of EVEN, WEEKS_445, PROFILE, NONE, not 'WEEKLY'",
        ),
        ("  - {profile: PROFILE, weights: [1, 2]}\n", "[0]: must have twelve weights that are not all 0"),
        (f"  - {{profile: PROFILE, weights: [{', '.join('0' * 12)}]}}\n", "[0]: must have twelve weights"),
        ("  - {profile: EVEN, weights: [1]}\n", "[0]: must have weights only with the profile PROFILE"),
        ("  - {profile: EVEN}\n  - {profile: NONE}\n", "[1]: is for the same entries as"),
    ],
)
def test_what_is_wrong_with_a_profile(wrong: Wrong, entries: str, said: str) -> None:
    assert f"spreading{said}" in "\n".join(wrong(VALID + "spreading:\n" + entries))


def test_a_profile_of_twelve_periods_needs_years_of_twelve(wrong: Wrong) -> None:
    periods = "\n".join(
        f"      - {{id: 2026-P{n:02d}, start: 2026-01-{n:02d}, end: 2026-01-{n:02d}}}" for n in range(1, 14)
    )
    listed = VALID.replace("calendars:\n", f"calendars:\n  - id: WEEKS\n    periods:\n{periods}\n")
    found = "\n".join(wrong(listed + "spreading:\n  - {profile: WEEKS_445}\n"))
    assert "spreading[0]: is of twelve periods; calendar WEEKS has more in 2026: use EVEN or NONE" in found
