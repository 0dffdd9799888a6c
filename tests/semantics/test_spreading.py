"""Annual amounts over the periods of their year."""

from decimal import Decimal
from typing import Any, Final

import polars as pl
import pytest

from resolvers.semantics import parts as part
from resolvers.semantics.calendar import Calendar
from resolvers.semantics.dimensions import AccountClass
from resolvers.semantics.placement import Timeframe
from resolvers.semantics.spreading import Profile, Spreading, known_years, rule, spread
from tests.world import april, calendar

EVEN: Final = Spreading()
WEEKS: Final = Spreading(Profile.WEEKS_445)
MONTHS: Final = calendar()


def amounts(
    *annual: str,
    rules: tuple[Spreading, ...] = (EVEN,),
    year: str = "2026",
    exponent: int = 2,
    home: Calendar = MONTHS,
    time: Timeframe | None = None,
) -> dict[str, list[str]]:
    """What annual entries of one balance come to, by period and entry."""
    rows: list[dict[str, Any]] = [
        {
            "measure": "original_budget",
            "source": "own",
            "legal_entity": "ONE",
            "account": "6100",
            "cost_center": "C1",
            "project": "UNASSIGNED",
            "period": f"ANNUAL@{year}",
            "currency": "USD",
            "exponent": exponent,
            "amount": Decimal(amount),
            "id": f"B{index}",
        }
        for index, amount in enumerate(annual)
    ]
    frame = pl.DataFrame(rows, schema={**part.SCHEMA, "kind": pl.String()})
    asked = time or Timeframe(MONTHS, tuple(p for p in MONTHS.periods if p.fiscal_year == 2026))
    found = spread(frame, lambda *_: home, rules, {"original_budget": "APPROVED"}, asked).sort("period", "id")
    result: dict[str, list[str]] = {}
    for period, amount in found.select("period", "amount").iter_rows():
        result.setdefault(period, []).append(f"{amount.normalize():f}")
    return result


def test_evenly() -> None:
    """100,000 / 12 = 8,333.333…: twelve times 8,333.33 leaves four cents, for the first four periods."""
    found = [value for (value,) in amounts("100000").values()]
    assert found == ["8333.34"] * 4 + ["8333.33"] * 8


def test_below_zero_it_is_the_mirror_image() -> None:
    found = [value for (value,) in amounts("-100000").values()]
    assert found == ["-8333.34"] * 4 + ["-8333.33"] * 8


def test_weeks() -> None:
    """5,200: 100 a week; the quarters are alike."""
    found = [value for (value,) in amounts("5200", rules=(WEEKS,)).values()]
    assert found == ["400", "400", "500"] * 4


def test_weights() -> None:
    """Nothing before December, but for January: 1 to 3 of 1,000 yen."""
    weights = tuple(Decimal(w) for w in (1, *[0] * 10, 3))
    given = Spreading(Profile.PROFILE, weights)
    found = [value for (value,) in amounts("1000", rules=(given,), exponent=0).values()]
    assert found == ["250", *["0"] * 10, "750"]


def test_entries_of_one_balance_are_spread_as_one() -> None:
    """50,000.01 and 49,999.99 are 100,000: each period is the same as if there were one entry, and its cents
    go to the entries that lost most."""
    found = amounts("50000.01", "49999.99")
    sums = [sum(map(Decimal, both)) for both in found.values()]
    assert sums == [Decimal("8333.34")] * 4 + [Decimal("8333.33")] * 8
    assert found["2026-P01"] == ["4166.67", "4166.67"]
    assert found["2026-P12"] == ["4166.67", "4166.66"]


def test_unspread_it_is_in_the_whole_year_only() -> None:
    none = (Spreading(Profile.NONE),)
    assert amounts("100", rules=none) == {"UNASSIGNED@2026": ["100"]}
    half = Timeframe(MONTHS, MONTHS.periods[12:18])
    assert amounts("100", rules=none, time=half) == {"UNSPREAD": ["100"]}
    ever = Timeframe(MONTHS, MONTHS.periods)
    assert amounts("100", rules=none, time=ever) == {"UNASSIGNED@2026": ["100"]}


def test_the_year_is_the_entity_s() -> None:
    """A fiscal year 2026 of April 2025 to March 2026: nine of its months are of the group's 2025."""
    found = amounts("1200", home=april())
    assert list(found) == [p.id for p in MONTHS.periods[3:15]]
    assert {value for (value,) in found.values()} == {"100"}


def test_a_year_the_calendar_does_not_have() -> None:
    """It is nowhere, and told as a break."""
    years = ("ANNUAL@2026", "ANNUAL@2031", "2026-P01")
    entries = pl.DataFrame({"source": "own", "legal_entity": ["ONE"] * 3, "period": years})
    found = known_years(entries, lambda *_: MONTHS)["period"]
    assert found.to_list() == ["ANNUAL@2026", "OUTSIDE", "2026-P01"]


@pytest.mark.parametrize(
    ("version", "kind", "profile"),
    [
        ("APPROVED", "CAPEX", Profile.NONE),
        ("APPROVED", "EXPENSE", Profile.WEEKS_445),
        ("DRAFT", "CAPEX", Profile.EVEN),
        ("DRAFT", None, Profile.EVEN),
    ],
)
def test_the_most_specific_rule_holds(version: str, kind: str | None, profile: Profile) -> None:
    """A version before a class, both before either, and without any evenly."""
    rules = (
        Spreading(Profile.WEEKS_445, version="APPROVED"),
        Spreading(Profile.NONE, version="APPROVED", account_class=AccountClass.CAPEX),
        Spreading(Profile.EVEN, account_class=AccountClass.CAPEX),
    )
    assert rule(rules, version, kind).profile is profile
