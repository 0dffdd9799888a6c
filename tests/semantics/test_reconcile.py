"""Two sides, what explains their difference, what is left, and what of it is material."""

from decimal import Decimal

import pytest

from resolvers.semantics.dimensions import AccountClass
from resolvers.semantics.materiality import Materiality, MaterialityRule, material
from resolvers.semantics.reconcile import Status, reconciled, rolled_forward, worst

PERCENT = Decimal("0.005")


@pytest.mark.parametrize(
    ("left", "items", "residual", "status"),
    [
        (1000, [], 0, Status.MATCHED),
        (1000, [7, -7], 0, Status.MATCHED),
        (1010, [7, 3], 0, Status.EXPLAINED),
        (1012, [7], 5, Status.WITHIN_TOLERANCE),
        (1013, [7], 6, Status.BREAK),
        (994, [], -6, Status.BREAK),
        (994, [-1], -5, Status.WITHIN_TOLERANCE),
    ],
)
def test_what_is_left_decides(left: int, items: list[int], residual: int, status: Status) -> None:
    """Against a right side of 1,000, at half a percent: up to 5 may be left, on either side of zero."""
    amounts = [("WHY", Decimal(amount)) for amount in items]
    found = reconciled(Decimal(left), Decimal(1000), amounts, Decimal(0), PERCENT)
    assert (found.residual, found.status) == (residual, status)
    assert found.explained + found.residual == found.difference == left - 1000


@pytest.mark.parametrize(
    ("absolute", "right", "threshold"), [(2, 1000, 5), (7, 1000, 7), (0, -1000, 5), (3, 0, 3)]
)
def test_the_larger_bound_holds_and_the_right_side_has_no_sign(
    absolute: int, right: int, threshold: int
) -> None:
    found = reconciled(Decimal(right), Decimal(right), [], Decimal(absolute), PERCENT)
    assert found.threshold == threshold


def test_without_a_tolerance_a_cent_is_a_break() -> None:
    assert reconciled(Decimal("0.01"), Decimal(0), []).status is Status.BREAK


def test_a_total_is_as_bad_as_its_worst_part() -> None:
    assert worst([Status.EXPLAINED, Status.BREAK, Status.MATCHED]) is Status.BREAK
    assert worst([Status.EXPLAINED, Status.WITHIN_TOLERANCE]) is Status.WITHIN_TOLERANCE
    assert worst([]) is Status.MATCHED


def test_a_balance_is_carried_forward() -> None:
    """100 + 50 − 30 = 120; the ledger has 125, 5 more."""
    found = rolled_forward(Decimal(100), [("ADDED", Decimal(50)), ("USED", Decimal(-30))], Decimal(125))
    assert (found.closing, found.gl_closing, found.difference) == (120, 125, 5)


def rule(absolute: int, tier: str | None = None, **of: object) -> MaterialityRule:
    return MaterialityRule(Materiality(Decimal(absolute), tier=tier), **of)  # type: ignore[arg-type]


RULES = (
    rule(1),
    rule(2, legal_entity="ONE"),
    rule(3, account_class=AccountClass.CAPEX),
    rule(4, account_class=AccountClass.CAPEX, legal_entity="ONE"),
    rule(5, account="6100"),
    rule(6, account="6100", legal_entity="ONE"),
    rule(7, "AUDIT"),
    rule(8, "AUDIT", legal_entity="ONE"),
)


@pytest.mark.parametrize(
    ("entity", "account", "kind", "tier", "absolute"),
    [
        ("TWO", None, None, None, 1),
        ("ONE", "6200", AccountClass.EXPENSE, None, 2),
        ("TWO", "1500", AccountClass.CAPEX, None, 3),
        ("ONE", "1500", AccountClass.CAPEX, None, 4),
        ("TWO", "6100", AccountClass.EXPENSE, None, 5),
        ("ONE", "6100", AccountClass.EXPENSE, None, 6),
        ("TWO", "6100", AccountClass.EXPENSE, "AUDIT", 7),
        ("ONE", "6100", AccountClass.EXPENSE, "AUDIT", 8),
        ("ONE", "6100", AccountClass.EXPENSE, "CLOSE", 6),
    ],
)
@pytest.mark.parametrize("rules", [RULES, RULES[::-1]])
def test_the_most_specific_rule_holds(
    rules: tuple[MaterialityRule, ...],
    entity: str,
    account: str | None,
    kind: AccountClass | None,
    tier: str | None,
    absolute: int,
) -> None:
    """In whatever order they are given: tier, then account, then class, then entity."""
    assert material(rules, entity, account, kind, tier).absolute == absolute


def test_without_a_rule_nothing_is_tolerated() -> None:
    assert material((), "ONE") == Materiality(Decimal(0), Decimal(0), None)
