"""Splitting amounts over several members: exact, to the cent, and the same however finely they are read."""

from decimal import Decimal
from typing import Any, Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.semantics.shares import Share, stand_in
from resolvers.semantics.splitting import expanded, split_documents, split_flows
from sources.spi.facts import EXACT

GRAIN: Final = ("legal_entity", "account", "cost_center", "project", "currency")
THIRDS: Final = stand_in((0, 1, 2))
"""A, B and C by 0.3333, 0.3333 and 0.3334."""
HALVES: Final = stand_in((3, 4))
"""Projects P and Q, half each."""
BOTH: Final = stand_in((5, 6))
"""A with 6100, B with 6200, by 1 and 2: cost centre and account together."""


def share(weight: str, **members: str) -> Share:
    return Share(members, Decimal(weight))


KNOWN: Final = {
    THIRDS: tuple(share(w, cost_center=c) for w, c in (("0.3333", "A"), ("0.3333", "B"), ("0.3334", "C"))),
    HALVES: (share("0.5", project="P"), share("0.5", project="Q")),
    BOTH: (share("1", account="6100", cost_center="A"), share("2", account="6200", cost_center="B")),
}


def rows(*given: dict[str, Any], currency: str = "USD") -> pl.DataFrame:
    plain = {"account": "6100", "cost_center": "X", "project": "UNASSIGNED", "supplier": "S", "id": "1"}
    filled = [{**plain, **row} for row in given]
    frame = pl.DataFrame(filled).with_columns(pl.col("amount").cast(EXACT))
    exponent = {"USD": 2, "JPY": 0}[currency]
    return frame.with_columns(
        legal_entity=pl.lit("ONE"), currency=pl.lit(currency), exponent=pl.lit(exponent, pl.Int32)
    )


def amounts(frame: pl.DataFrame, *by: str) -> dict[Any, str]:
    sums = frame.group_by(by or ["cost_center"]).agg(pl.col("amount").sum()).sort(by or ["cost_center"])
    found = ((row[:-1], row[-1].normalize()) for row in sums.iter_rows())
    return {key[0] if len(key) == 1 else key: f"{amount:f}" for key, amount in found}


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("100.00", ("33.33", "33.33", "33.34")),
        ("0.01", ("0", "0", "0.01")),
        ("0.02", ("0.01", "0", "0.01")),
        ("-100.01", ("-33.33", "-33.33", "-33.35")),
        ("0", ("0", "0", "0")),
    ],
)
def test_a_part_is_split_to_the_cent(amount: str, expected: tuple[str, ...]) -> None:
    """0.02: the remainders are 0.6666, 0.6666 and 0.6668 cents; C takes one, and A, before B, the other."""
    got = split_documents(rows({"cost_center": THIRDS, "amount": amount}), KNOWN)
    assert tuple(amounts(got).values()) == expected


def test_what_is_one_member_is_left_alone() -> None:
    """Column by column as it was, and nothing is done where no code is shared."""
    parts = rows({"amount": "10"}, {"cost_center": THIRDS, "amount": "3"})
    assert split_documents(parts, {}).equals(parts)
    got = split_documents(parts, KNOWN)
    assert got.columns == parts.columns
    assert amounts(got) == {"A": "1", "B": "1", "C": "1", "X": "10"}


def test_codes_of_two_dimensions_are_split_each_by_its_own_weights() -> None:
    """9.99 over thirds and halves: 1.664833 four times and 1.665333 twice. Six times 1.66 leave 3 cents: one
    for each of C's, whose remainders are the largest, and one for A's first."""
    got = split_documents(rows({"cost_center": THIRDS, "project": HALVES, "amount": "9.99"}), KNOWN)
    assert amounts(got, "cost_center", "project") == {
        ("A", "P"): "1.67",
        ("A", "Q"): "1.66",
        ("B", "P"): "1.66",
        ("B", "Q"): "1.66",
        ("C", "P"): "1.67",
        ("C", "Q"): "1.67",
    }


def test_a_row_that_speaks_of_two_dimensions_is_split_once() -> None:
    """100 over (6100, A) and (6200, B) by 1 and 2: 33.33 and 66.67, and nothing on (6100, B)."""
    got = split_documents(rows({"account": BOTH, "cost_center": BOTH, "amount": "100"}), KNOWN)
    assert amounts(got, "account", "cost_center") == {("6100", "A"): "33.33", ("6200", "B"): "66.67"}


def test_where_only_one_of_its_dimensions_is_meant_the_other_stays() -> None:
    got = split_documents(rows({"account": BOTH, "amount": "100"}), KNOWN)
    assert amounts(got, "account", "cost_center") == {("6100", "X"): "33.33", ("6200", "X"): "66.67"}


def test_what_is_unknown_stays_unknown() -> None:
    nothing = rows({"cost_center": THIRDS, "amount": "1"}).with_columns(amount=pl.lit(None, EXACT))
    got = split_documents(nothing, KNOWN)
    assert got["amount"].to_list() == [None, None, None]


def test_a_balance_is_split_as_one() -> None:
    """33.35 and 66.66 are 100.01: 33.33, 33.33 and 33.35. Line by line C would have 11.12 + 22.22 = 33.34.
    Each line still has its own amount."""
    lines = rows(
        {"cost_center": THIRDS, "amount": "33.35", "id": "J1"},
        {"cost_center": THIRDS, "amount": "66.66", "id": "J2"},
    )
    got = split_flows(lines, KNOWN, GRAIN)
    assert amounts(got) == {"A": "33.33", "B": "33.33", "C": "33.35"}
    assert amounts(got, "id") == {"J1": "33.35", "J2": "66.66"}


def test_what_a_ledger_has_below_the_cent_is_kept() -> None:
    got = split_flows(rows({"cost_center": THIRDS, "amount": "1.005"}), KNOWN, GRAIN)
    assert amounts(got) == {"A": "0.335", "B": "0.33", "C": "0.34"}


def test_the_currency_of_the_row_says_what_the_smallest_unit_is() -> None:
    """100 yen over thirds: 33, 33 and 34."""
    got = split_flows(rows({"cost_center": THIRDS, "amount": "100"}, currency="JPY"), KNOWN, GRAIN)
    assert amounts(got) == {"A": "33", "B": "33", "C": "34"}


CENTS: Final = st.integers(-5000, 5000).map(lambda cents: f"{cents / 100:.2f}")
LINES: Final = st.lists(
    st.tuples(CENTS, st.sampled_from("ST"), st.sampled_from("XY")), min_size=1, max_size=8
)


@settings(deadline=None)
@given(LINES)
def test_how_finely_a_balance_is_read_does_not_matter(drawn: list[tuple[str, str, str]]) -> None:
    """Read line by line, by supplier, or as one: each member, and each supplier of it, has the same."""
    names = ("amount", "supplier", "project")
    given = [dict(zip(names, line, strict=True)) for line in drawn]
    fine = rows(*({**row, "cost_center": THIRDS, "id": str(n)} for n, row in enumerate(given)))
    by = [name for name in fine.columns if name not in ("id", "amount")]
    coarse = fine.group_by(by).agg(pl.col("amount").sum()).with_columns(id=pl.lit(None, pl.String))
    got = split_flows(fine, KNOWN, GRAIN)
    assert amounts(got, "cost_center", "project", "supplier") == amounts(
        split_flows(coarse.select(fine.columns), KNOWN, GRAIN), "cost_center", "project", "supplier"
    )
    whole = coarse.with_columns(supplier=pl.lit("UNASSIGNED")).group_by(
        [*(n for n in by if n != "supplier"), "supplier", "id"]
    )
    one = whole.agg(pl.col("amount").sum()).select(fine.columns)
    assert amounts(got, "cost_center", "project") == amounts(
        split_flows(one, KNOWN, GRAIN), "cost_center", "project"
    )
    assert amounts(got, "id") == amounts(fine, "id")


def test_a_row_may_be_any_of_its_members() -> None:
    got = expanded(rows({"cost_center": THIRDS, "amount": "5"}, {"amount": "7"}), KNOWN)
    assert sorted(got.select("cost_center", "amount").rows()) == [
        ("A", Decimal(5)),
        ("B", Decimal(5)),
        ("C", Decimal(5)),
        ("X", Decimal(7)),
    ]
