"""Parts add up, exactly; each is within a unit of its exact share; the order of rows is nobody's business."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.semantics.rounding import apportioned, rounded, split
from sources.spi.facts import EXACT

UNITS = {0: Decimal(1), 2: Decimal("0.01"), 3: Decimal("0.001"), 4: Decimal("0.0001")}
decimals = st.sampled_from(sorted(UNITS))
weights = st.lists(st.decimals("0", "1000", places=4), min_size=1, max_size=12)
amounts = st.lists(st.decimals("-9999999", "9999999", places=7), min_size=1, max_size=12)
quick = settings(max_examples=60, derandomize=True, deadline=None, database=None)


def exact(amount: str, exponent: int = 2) -> Decimal:
    return pl.select(rounded(pl.lit(Decimal(amount)).cast(EXACT), pl.lit(exponent))).item()


@pytest.mark.parametrize(
    ("amount", "exponent", "money"),
    [
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("2.675", 2, "2.68"),
        ("0.4999", 0, "0"),
        ("0.5", 0, "1"),
        ("-1.5", 0, "-2"),
        ("0.0005", 3, "0.001"),
        ("0.00005", 4, "0.0001"),
    ],
)
def test_half_up_on_either_side_of_zero(amount: str, exponent: int, money: str) -> None:
    assert exact(amount, exponent) == Decimal(money)


def parts_of(
    whole: Decimal, shares: list[Decimal], exponent: int, rng: Random | None = None
) -> list[Decimal]:
    frame = pl.DataFrame(
        {
            "line": ["L"] * len(shares),
            "amount": pl.Series([whole] * len(shares), dtype=EXACT),
            "weight": pl.Series(shares, dtype=EXACT),
            "order": range(len(shares)),
            "exponent": pl.Series([exponent] * len(shares), dtype=pl.Int32),
        }
    )
    if rng is not None:
        frame = frame.sample(fraction=1, shuffle=True, seed=rng.randrange(99))
    done = split(frame, by=["line"], amount="amount", weight="weight", order=["order"])
    return done.sort("order")["amount"].to_list()


def test_a_hundred_in_three() -> None:
    thirds = [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]
    assert parts_of(Decimal("100.00"), thirds, 2) == thirds
    assert parts_of(Decimal("100.00"), [Decimal(1)] * 3, 2) == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]
    assert parts_of(Decimal(-100), [Decimal(1)] * 3, 0) == [Decimal(-34), Decimal(-33), Decimal(-33)]


def test_weights_that_add_up_to_nothing_share_equally() -> None:
    assert parts_of(Decimal("0.03"), [Decimal(0), Decimal(0)], 2) == [Decimal("0.02"), Decimal("0.01")]


def test_what_is_unknown_stays_unknown_and_disturbs_nobody() -> None:
    frame = pl.DataFrame(
        {
            "line": ["A", "A", "B", "B"],
            "amount": pl.Series([None, None, Decimal(1), Decimal(1)], dtype=EXACT),
            "weight": pl.Series([1, 1, 1, 3], dtype=EXACT),
            "order": [1, 2, 1, 2],
            "exponent": pl.Series([2] * 4, dtype=pl.Int32),
        }
    )
    done = split(frame, by=["line"], amount="amount", weight="weight", order=["order"])
    assert done["amount"].to_list() == [None, None, Decimal("0.25"), Decimal("0.75")]


def test_no_rows_no_parts() -> None:
    schema = {
        "line": pl.String(),
        "amount": EXACT,
        "weight": EXACT,
        "order": pl.Int64(),
        "exponent": pl.Int32(),
    }
    frame = pl.DataFrame(schema=schema)
    assert split(frame, by=["line"], amount="amount", weight="weight", order=["order"]).is_empty()


@quick
@given(units=st.integers(-(10**9), 10**9), shares=weights, exponent=decimals, seed=st.integers(0, 99))
def test_a_split_adds_up(units: int, shares: list[Decimal], exponent: int, seed: int) -> None:
    whole = units * UNITS[exponent]
    parts = parts_of(whole, shares, exponent, Random(seed))
    assert sum(parts) == whole
    used = shares if sum(shares) else [Decimal(1)] * len(shares)
    for part, share in zip(parts, used, strict=True):
        fair = Fraction(whole) * Fraction(share) / Fraction(sum(used))
        assert abs(Fraction(part) - fair) < Fraction(UNITS[exponent])
    assert parts == parts_of(whole, shares, exponent)


def apportion(values: list[Decimal], exponent: int) -> list[Decimal]:
    frame = pl.DataFrame(
        {
            "group": ["G"] * len(values),
            "exact": pl.Series(values, dtype=EXACT),
            "order": range(len(values)),
            "exponent": pl.Series([exponent] * len(values), dtype=pl.Int32),
        }
    )
    return apportioned(frame, by=["group"], exact="exact", order=["order"]).to_list()


@quick
@given(values=amounts, exponent=decimals)
def test_rounded_parts_add_up_to_the_rounded_sum(values: list[Decimal], exponent: int) -> None:
    parts = apportion(values, exponent)
    assert sum(parts) == sum(values).quantize(UNITS[exponent], ROUND_HALF_UP)
    for part, value in zip(parts, values, strict=True):
        assert abs(part - value) <= UNITS[exponent]
        assert part % UNITS[exponent] == 0
    assert apportion([-value for value in values], exponent) == [-part for part in parts]


def test_units_go_to_those_that_lost_most_and_to_the_first_of_equals() -> None:
    halves = [Decimal("0.5"), Decimal("0.5"), Decimal("0.5"), Decimal("0.5")]
    assert apportion(halves, 0) == [1, 1, 0, 0]
    assert apportion([Decimal("1.2"), Decimal("1.7"), Decimal("1.4")], 0) == [1, 2, 1]
    assert apportion([Decimal("-0.5"), Decimal("-0.5")], 0) == [-1, 0]
