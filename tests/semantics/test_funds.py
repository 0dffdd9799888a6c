"""Funds: the nearest budget upwards, lines in their turn, and what no order and no split may change."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.semantics.dimensions import Dimension, Member
from resolvers.semantics.funds import (
    Action,
    Demand,
    Figures,
    FundsControl,
    Node,
    Verdict,
    control_cell,
    replaced,
    rounded,
    translated,
    upwards,
    weighed,
    worst,
)

BOTH = (Dimension.COST_CENTER, Dimension.ACCOUNT)
TREE = {
    "ALL": Member("ALL", "All"),
    "OPS": Member("OPS", "Ops", parent="ALL"),
    "C1": Member("C1", "One", parent="OPS"),
}
FITS, WITHIN, UNKNOWN, NO_BUDGET, EXCEEDS = Verdict
CENTERS = ("C1", "OPS", "ALL")
ACCOUNTS = ("6100", "61")


def demand(id_: str, amount: str | Decimal | None, **parts: Any) -> Demand:
    given = {"paths": (CENTERS, ACCOUNTS), "period": "P1"} | parts
    return Demand(id_, "ONE", amount=None if amount is None else Decimal(amount), **given)


def node(*cell: str, **parts: Any) -> Node:
    return Node(
        **{"legal_entity": "ONE", "dimensions": BOTH, "cell": cell, "periods": ("P1",)} | parts,
        currency="USD",
    )


def told(before: str | None) -> Figures:
    return Figures(None if before is None else Decimal(before), Decimal(0))


def verdicts(
    before: str | None, *amounts: str | None, below: Sequence[str] = (), tolerance: str = "0"
) -> Any:
    """The verdict of all lines, and of each."""
    own = [demand(str(i), amount) for i, amount in enumerate(amounts)]
    first = [demand(f"below {i}", amount) for i, amount in enumerate(below)]
    weighing = weighed(told(before), first, own, Decimal(tolerance), 2)
    return weighing.verdict, [step.verdict for step in weighing.own]


def test_upwards_ends_at_the_root_at_a_stranger_and_where_a_tree_bites_its_tail():
    assert upwards(TREE, "C1") == ("C1", "OPS", "ALL")
    assert upwards(TREE, "C9") == ("C9",)
    assert upwards({"A": Member("A", "", parent="GONE")}, "A") == ("A", "GONE")
    assert upwards({"A": Member("A", "", parent="B"), "B": Member("B", "", parent="A")}, "A") == ("A", "B")


@pytest.mark.parametrize(
    ("budgeted", "cell"),
    [
        ({("C1", "6100"), ("OPS", "6100")}, ("C1", "6100")),
        ({("OPS", "6100"), ("ALL", "6100")}, ("OPS", "6100")),
        ({("C1", "61"), ("ALL", "6100")}, ("C1", "61")),  # one step against two
        ({("C1", "61"), ("OPS", "6100")}, ("C1", "61")),  # one step each: closer in the first dimension
        ({("ALL", "61")}, ("ALL", "61")),
        ({("C2", "6100")}, None),
        (set(), None),
    ],
)
def test_the_nearest_cell_upwards_that_has_a_budget_controls(budgeted, cell):
    assert control_cell((CENTERS, ACCOUNTS), budgeted) == cell


@pytest.mark.parametrize(
    ("place", "inside"),
    [
        (node("C1", "6100"), True),
        (node("ALL", "61"), True),
        (node("C2", "6100"), False),
        (node("C1", "6200"), False),
        (node("C1", "6100", periods=("P2",)), False),
        (node("C1", "6100", legal_entity="TWO"), False),
        (node("C1", dimensions=(Dimension.COST_CENTER,)), False),
    ],
)
def test_a_line_is_within_the_nodes_above_it_in_its_entity_and_window(place, inside):
    assert demand("1", "1").within(place) is inside


@pytest.mark.parametrize(
    ("before", "amounts", "whole", "each"),
    [
        ("100", ["60", "40"], FITS, [FITS, FITS]),
        ("100", ["60", "40.01"], EXCEEDS, [FITS, EXCEEDS]),
        ("100", ["60", "50", "1"], EXCEEDS, [FITS, EXCEEDS, EXCEEDS]),
        ("-10", ["0", "-5"], FITS, [FITS, FITS]),  # overdrawn, and nothing is taken
        ("-10", ["1"], EXCEEDS, [EXCEEDS]),
        ("0", ["0.01"], EXCEEDS, [EXCEEDS]),
        ("100", ["120", "-30"], FITS, [FITS, FITS]),  # together they fit, whatever comes first
        ("100", ["120", "-10"], EXCEEDS, [EXCEEDS, FITS]),
        (None, ["1", "2"], UNKNOWN, [UNKNOWN, UNKNOWN]),
        ("100", ["10", None, "10"], UNKNOWN, [FITS, UNKNOWN, UNKNOWN]),
        ("5", ["10", None], UNKNOWN, [EXCEEDS, UNKNOWN]),
    ],
)
def test_lines_are_weighed_in_their_turn(before, amounts, whole, each):
    assert verdicts(before, *amounts) == (whole, each)


def test_tolerance_is_for_what_lies_just_below_zero():
    assert verdicts("100", "105", tolerance="5") == (WITHIN, [WITHIN])
    assert verdicts("100", "105.01", tolerance="5") == (EXCEEDS, [EXCEEDS])
    assert verdicts("100", "110", "-6", tolerance="5") == (WITHIN, [WITHIN, FITS])


def test_lines_that_another_node_controls_come_first():
    assert verdicts("100", "50", below=["80"]) == (EXCEEDS, [EXCEEDS])
    assert verdicts("100", "20", below=["80"]) == (FITS, [FITS])
    weighing = weighed(told("100"), [demand("b", "80")], [demand("o", "50")], Decimal(0), 2)
    assert (weighing.amount, weighing.after) == (130, -30)
    assert (weighing.own[0].before, weighing.own[0].after) == (20, -30)


@pytest.mark.parametrize(
    ("percent", "amount", "tolerated"),
    [(None, None, "0"), ("5", None, "10"), (None, "7", "14"), ("5", "7", "10"), ("50", "7", "14")],
)
def test_of_two_tolerances_the_smaller_one_holds(percent, amount, tolerated):
    control = FundsControl(
        tolerance_percent=percent and Decimal(percent), tolerance_amount=amount and Decimal(amount)
    )
    assert control.tolerance(Decimal(200), rate=Decimal(2)) == Decimal(tolerated)
    assert control.tolerance(Decimal(-200), rate=Decimal(2)) == (14 if amount and not percent else 0)


def test_what_blocks():
    for action in Action:
        blocking = [v for v in Verdict if FundsControl(action=action).blocks(v)]
        assert blocking == ([NO_BUDGET, EXCEEDS] if action is Action.BLOCK else [])
    assert worst([FITS, UNKNOWN, EXCEEDS, NO_BUDGET]) is EXCEEDS
    assert worst([]) is FITS


@pytest.mark.parametrize(
    ("amounts", "held", "expected"),
    [
        (["120"], "100", "100"),  # raised since: the requisition's part is not counted twice
        (["40"], "100", "40"),  # the rest of the requisition is still asked for
        (["60", "60"], "100", "100"),
        (["-5"], "100", "0"),
        (["50", None], "100", "50"),
        (["50"], "0", "0"),
    ],
)
def test_a_line_replaces_what_its_requisition_pre_commits_in_its_cell(amounts, held, expected):
    lines = [demand(str(i), amount, requisition="R1") for i, amount in enumerate(amounts)]
    lines.append(demand("other", "70"))
    cells = {("R1", ("C1", "6100")): Decimal(held), ("R2", ("C1", "6100")): Decimal(9)}
    assert replaced(lines, cells, 2) == Decimal(expected)
    elsewhere = [replace(line, paths=(("C2", "OPS"), ACCOUNTS)) for line in lines]
    assert replaced(elsewhere, cells, 2) == 0


def test_a_figure_that_is_unknown_leaves_nothing_to_tell():
    known = Figures(Decimal(10), Decimal(4), Decimal(1))
    assert known.before == 7
    for name in ("budget", "consumed", "replaced"):
        assert replace(known, **{name: None}).before is None


def test_more_digits_than_python_keeps_by_itself():
    wide = Decimal("123456789012345678901234567890.12")
    weighing = weighed(Figures(wide, Decimal("0.01")), [], [demand("1", "0.01")], Decimal(0), 2)
    assert str(weighing.after) == "123456789012345678901234567890.10"


MONEY = st.decimals(-(10**17), 10**17, places=2)
RATES = st.decimals("0.0001", 400, places=9)
AMOUNTS = st.lists(MONEY, min_size=1, max_size=8)


def lines_of(amounts: Sequence[Decimal], rate: Decimal) -> list[Demand]:
    return [demand(str(i), translated(amount, rate)) for i, amount in enumerate(amounts)]


@given(MONEY, AMOUNTS, RATES, st.sampled_from((0, 2, 3)), st.data())
def test_the_order_of_lines_changes_only_which_of_them_tips(before, amounts, rate, exponent, data):
    own = lines_of(amounts, rate)
    shuffled = data.draw(st.permutations(own))
    one, other = (
        weighed(Figures(before, Decimal(0)), [], lines, Decimal(3), exponent) for lines in (own, shuffled)
    )
    assert (one.before, one.amount, one.after) == (other.before, other.amount, other.after)
    assert one.verdict == other.verdict
    for weighing in (one, other):
        assert worst(step.verdict for step in weighing.own) == weighing.verdict


@given(MONEY, AMOUNTS, RATES, MONEY, st.sampled_from((0, 2, 3)), st.data())
def test_splitting_a_line_changes_no_figure_of_the_node(before, amounts, rate, part, exponent, data):
    split = data.draw(st.integers(0, len(amounts) - 1))
    parts = [*amounts[:split], part, amounts[split] - part, *amounts[split + 1 :]]
    one, other = (
        weighed(Figures(before, Decimal(0)), [], lines_of(given, rate), Decimal(0), exponent)
        for given in (amounts, parts)
    )
    assert (one.before, one.amount, one.after, one.verdict) == (
        other.before,
        other.amount,
        other.after,
        other.verdict,
    )


@given(MONEY, MONEY, AMOUNTS, AMOUNTS, RATES, st.sampled_from((0, 2, 3)))
def test_after_is_before_less_the_amounts_to_the_last_digit(budget, consumed, below, amounts, rate, exponent):
    figures = Figures(rounded(budget, exponent), rounded(consumed, exponent))
    weighing = weighed(figures, lines_of(below, rate), lines_of(amounts, rate), Decimal(0), exponent)
    assert weighing.before == figures.budget - figures.consumed
    assert weighing.after == weighing.before - weighing.amount
    first, last = weighing.own[0], weighing.own[-1]
    assert first.before - sum(step.amount for step in weighing.own) == last.after == weighing.after
    for step, follower in zip(weighing.own, weighing.own[1:], strict=False):
        assert step.before - step.amount == step.after == follower.before


@given(
    st.lists(st.decimals(0, 10**6, places=2), min_size=1, max_size=5),
    st.decimals(0, 10**6, places=2),
    st.data(),
)
def test_what_requisitions_hold_is_replaced_the_same_in_any_order(amounts, held, data):
    lines = [demand(str(i), amount, requisition="R") for i, amount in enumerate(amounts)]
    cells = {("R", ("C1", "6100")): held}
    assert replaced(data.draw(st.permutations(lines)), cells, 2) == min(held, sum(amounts))
