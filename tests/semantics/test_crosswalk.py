"""Which rule decides what a code is: days, patterns, priorities, several dimensions, several members."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.dimensions import INVALID, UNASSIGNED, UNMAPPED, CrosswalkRow, Dimension, Member
from resolvers.semantics.rules import Rule, matcher, meet, rules_of, ties
from resolvers.semantics.shares import is_stand_in, standing_for
from tests.world import System, model

ACCOUNT, CENTER, PROJECT = Dimension.ACCOUNT, Dimension.COST_CENTER, Dimension.PROJECT
SUMMER: Final = date(2026, 7, 1)
SPRING: Final = date(2026, 3, 31)


def row(code: str, target: str, dimension: Dimension = CENTER, **more: Any) -> CrosswalkRow:
    weight = Decimal(more.pop("weight", 1))
    return CrosswalkRow("erp", dimension, code, target, weight, **more)


def crosswalk(*rows: CrosswalkRow) -> Crosswalk:
    own = System("erp", {}, {"ONE": "1000"})
    closed = {PROJECT: {id_: Member(id_, id_) for id_ in ("P1", "P2")}}
    known = {**model(own).members, **closed}
    return Crosswalk(model(own, crosswalk=rows, members=known), "erp")


def test_a_row_holds_from_its_first_day_to_its_last() -> None:
    """K is C1 until 30 June, both days included, and C2 from July."""
    found = crosswalk(
        row("K", "C1", valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30)),
        row("K", "C2", valid_from=SUMMER),
    )
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), SUMMER, date(2030, 1, 1))
    assert [found.member(CENTER, "K", day) for day in days] == [INVALID, "C1", "C1", "C2", "C2"]
    assert found.turns(CENTER) == (date(2026, 1, 1), SUMMER)


def test_three_ways_of_having_no_member() -> None:
    """No row at all, rows of other days, no value. A code with rows is never itself: C2 is listed."""
    found = crosswalk(row("K", "C1", valid_to=SPRING), row("C2", "C1", valid_to=SPRING))
    members = [found.member(CENTER, code, SUMMER) for code in ("X", "K", "C2", None, "C1")]
    assert members == [UNMAPPED, INVALID, INVALID, UNASSIGNED, "C1"]


def test_without_a_day_only_rows_without_days_hold() -> None:
    found = crosswalk(row("K", "C1", valid_to=SPRING), row("L", "C2"))
    assert (found.member(CENTER, "K"), found.member(CENTER, "L")) == (INVALID, "C2")


@pytest.mark.parametrize(
    ("code", "member"),
    [("4711", "C2"), ("471", "C1"), ("47", "C1"), ("4799", "D1"), ("8000", UNMAPPED), ("1", UNMAPPED)],
)
def test_a_whole_code_before_a_pattern_and_the_longer_pattern_first(code: str, member: str) -> None:
    """``47*`` is C1, ``479*`` D1 (three characters before two), 4711 itself C2. Nothing here ends in 77."""
    rules = (row("47*", "C1"), row("479*", "D1"), row("4711", "C2"), row("*77", "C2"))
    assert crosswalk(*rules).member(CENTER, code) == member


def test_priority_comes_before_everything() -> None:
    found = crosswalk(row("4711", "C1"), row("4*", "C2", priority=1))
    assert [found.member(CENTER, code) for code in ("4711", "4")] == ["C2", "C2"]


def test_a_rule_that_does_not_hold_lets_the_next_one_decide() -> None:
    found = crosswalk(row("4711", "C1", valid_to=SPRING), row("47*", "C2"))
    assert [found.member(CENTER, "4711", day) for day in (SPRING, SUMMER)] == ["C1", "C2"]


def test_several_dimensions_come_before_one() -> None:
    """6100 on K is C2, K alone C1. What is asked for must be there: nothing is matched by no value."""
    found = crosswalk(row("K", "C1"), row("K", "C2", beside=((ACCOUNT, "61*"),)))
    rows = [{CENTER: "K", ACCOUNT: "6100"}, {CENTER: "K", ACCOUNT: "6200"}, {CENTER: "K"}, {ACCOUNT: "6100"}]
    assert [found.find(CENTER, codes, None).member for codes in rows] == ["C2", "C1", "C1", UNASSIGNED]
    assert found.beside(CENTER) == {ACCOUNT}
    assert not found.is_plain(CENTER)
    assert found.is_plain(ACCOUNT)


def test_a_member_can_come_from_other_dimensions_alone() -> None:
    """6100 on K is project P1, whatever the source says of projects; of other rows it is believed."""
    found = crosswalk(row("", "P1", PROJECT, beside=((ACCOUNT, "6100"), (CENTER, "K"))))
    codes = {ACCOUNT: "6100", CENTER: "K", PROJECT: "P2"}
    assert found.find(PROJECT, codes, None).member == "P1"
    assert found.find(PROJECT, {**codes, CENTER: "L"}, None).member == "P2"
    assert found.derived({"account", "cost_center"}) == {PROJECT}
    assert found.derived({"account"}) == frozenset()


def test_what_stands_for_several_members_is_known_by_each_of_them() -> None:
    """K is C1 and C2; from July it is C2 alone."""
    rows = (
        row("K", "C1", weight="0.6", valid_to=date(2026, 6, 30)),
        row("K", "C2", weight="0.4", valid_to=date(2026, 6, 30)),
        row("K", "C2", valid_from=SUMMER),
    )
    found = crosswalk(*rows)
    shared = found.member(CENTER, "K", SPRING)
    assert is_stand_in(shared)
    assert found.member(CENTER, "K", SUMMER) == "C2"
    shares = model(crosswalk=rows).shares
    assert [(share.members, share.weight) for share in shares[shared]] == [
        ({"cost_center": "C1"}, Decimal("0.6")),
        ({"cost_center": "C2"}, Decimal("0.4")),
    ]
    assert standing_for(shares, "cost_center", ["C1", "D1"]) == {shared}
    assert (
        standing_for(shares, "cost_center", ["D1"]) == standing_for(shares, "account", ["C1"]) == frozenset()
    )
    assert found.is_shared(CENTER)
    assert not crosswalk(*(replace(r, weight=Decimal(1)) for r in rows[1:])).is_shared(CENTER)


def test_a_filter_goes_out_in_every_code_that_can_be_its_member() -> None:
    """On any day, and for any share."""
    found = crosswalk(
        row("K", "C1", weight="0.5"),
        row("K", "C2", weight="0.5"),
        row("L", "C1", valid_to=SPRING),
        row("C2", "C1"),
    )
    assert found.codes(CENTER, ["C1"]) == ("C1", "C2", "K", "L")
    assert found.codes(CENTER, ["C2"]) == ("K",)


@pytest.mark.parametrize(
    "wanted", [["C1"], ["C1", "D1"], [UNMAPPED, "D1"], [INVALID], [UNASSIGNED], ["C2"]], ids=str
)
def test_a_filter_that_codes_do_not_say_stays_here(wanted: list[str]) -> None:
    """A pattern leads to C1, account and cost centre together to C2. D1 has a code of its own."""
    found = crosswalk(row("4*", "C1"), row("K", "C2", beside=((ACCOUNT, "6100"),)))
    assert found.codes(CENTER, wanted) is None
    assert found.codes(CENTER, ["D1"]) == ("D1",)
    assert found.known_codes(CENTER, ["C1", "D1", UNMAPPED]) == ("C1", "D1")


TEXT: Final = st.text(alphabet="ab", max_size=5)
PATTERN: Final = st.text(alphabet="ab*", max_size=5)


@settings(deadline=None)
@given(PATTERN, TEXT)
def test_a_pattern_matches_as_a_regular_expression_would(pattern: str, text: str) -> None:
    assert matcher(pattern)(text) == bool(re.fullmatch(pattern.replace("*", ".*"), text))


@settings(deadline=None)
@given(PATTERN, PATTERN, TEXT)
def test_patterns_that_match_one_text_meet(one: str, other: str, text: str) -> None:
    assert meet(one, other) or not (matcher(one)(text) and matcher(other)(text))


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("10*", "*01", True),
        ("10*", "2*", False),
        ("*", "", True),
        ("a*b", "ab*a", False),
        ("a*b*", "*ba", True),
        ("4711", "47*", True),
        ("4711", "47*2", False),
    ],
)
def test_whether_two_patterns_meet(one: str, other: str, together: bool) -> None:
    assert meet(one, other) is meet(other, one) is together


TIED: Final = [
    ("patterns of equal length that meet", (row("10*", "C1"), row("*01", "C2"))),
    ("one dimension each", (row("", "P1", PROJECT, beside=((ACCOUNT, "61"),)), row("P9", "P2", PROJECT))),
    (
        "one says of projects what two others say too",
        (row("K", "C1", also=((PROJECT, "P1"),)), row("K", "C1")),
    ),
    (
        "across dimensions, agreeing in the one they share",
        (
            row("", "P1", PROJECT, beside=((ACCOUNT, "6100"), (CENTER, "K1"))),
            row("P9", "P2", PROJECT, beside=((ACCOUNT, "6100"),)),
        ),
    ),
]
FREE: Final = [
    ("patterns that meet nowhere", (row("10*", "C1"), row("20*", "C2"))),
    ("of other days", (row("10*", "C1", valid_to=SPRING), row("*01", "C2", valid_from=SUMMER))),
    ("of other lengths", (row("10*", "C1"), row("*1", "C2"))),
    ("of other priorities", (row("10*", "C1"), row("*01", "C2", priority=1))),
    ("of other dimensions", (row("10*", "C1"), row("*01", "6100", ACCOUNT))),
    ("whole codes", (row("10", "C1"), row("20", "C2"))),
    (
        "across dimensions, of different codes in the one they share",
        (
            row("", "P1", PROJECT, beside=((ACCOUNT, "6100"), (CENTER, "K1"))),
            row("P9", "P2", PROJECT, beside=((ACCOUNT, "6200"),)),
        ),
    ),
]


def tied(rows: tuple[CrosswalkRow, ...]) -> list[tuple[Rule, Rule]]:
    return list(ties(rules_of("erp", rows)))


@pytest.mark.parametrize("rows", [rows for _, rows in TIED], ids=[name for name, _ in TIED])
def test_ties_are_found(rows: tuple[CrosswalkRow, ...]) -> None:
    assert len(tied(rows)) == 1


@pytest.mark.parametrize("rows", [rows for _, rows in FREE], ids=[name for name, _ in FREE])
def test_what_does_not_tie(rows: tuple[CrosswalkRow, ...]) -> None:
    assert tied(rows) == []
