"""Questions that make no sense get a code, and hear what would be accepted, before anyone is called."""

import pytest

BAD = [
    ('where: { costCenter: { in: ["US-OPS-11"] } }', "UNKNOWN_MEMBER", "US-OPS-110"),
    ('where: { account: { descendantsOf: ["nonsense"] } }', "UNKNOWN_MEMBER", "where.ACCOUNT"),
    ('where: { legalEntity: { in: ["US99"] } }', "UNKNOWN_MEMBER", "US01"),
    ('period: { from: "2031-P01", to: "2031-P02" }', "PERIOD_OUTSIDE_CALENDAR", "2025-P01 to 2026-P13"),
    ("period: { fiscalYear: 1999 }", "PERIOD_OUTSIDE_CALENDAR", "2025-P01 to 2026-P13"),
    ('period: { through: "June" }', "PERIOD_OUTSIDE_CALENDAR", "2025-P01 to 2026-P13"),
    ('period: { from: "2026-P06", to: "2026-P01" }', "CONTRADICTORY_FILTERS", "2026-P06"),
    ('period: { fiscalYear: 2025, through: "2026-P01" }', "CONTRADICTORY_FILTERS", "2025"),
    ('period: { fiscalYear: 2026, from: "2026-P01", to: "2026-P01" }', "BAD_INPUT", "not both"),
    ('period: { from: "2026-P01" }', "BAD_INPUT", "go together"),
    ('currency: "EURO"', "UNKNOWN_CURRENCY", "ISO 4217"),
    ("where: { account: { in: [] } }", "CONTRADICTORY_FILTERS", "empty list"),
    ("where: { accountClass: [] }", "CONTRADICTORY_FILTERS", "empty list"),
    (
        'where: { legalEntity: { in: ["DE01"] }, costCenter: { in: ["US-OPS-110"] } }',
        "CONTRADICTORY_FILTERS",
        "DE01",
    ),
    ('where: { account: { in: ["6100"] }, accountClass: [REVENUE] }', "CONTRADICTORY_FILTERS", "REVENUE"),
    ("limit: 100001", "LIMIT_EXCEEDED", "at most 100000"),
    ("limit: -1", "BAD_INPUT", "negative"),
    ("offset: -1", "BAD_INPUT", "negative"),
    ('asOf: "2030-01-01"', "BAD_INPUT", "2026-06-30"),
]


@pytest.mark.parametrize(("arguments", "code", "accepted"), BAD)
def test_a_question_that_makes_no_sense(door, arguments, code, accepted):
    body = door.ask(f"{{ budgetPosition({arguments}) {{ rows {{ budget actual }} }} }}")
    assert body["data"] == {"budgetPosition": None}
    (error,) = body["errors"]
    assert error["extensions"] == {"code": code}
    assert error["path"] == ["budgetPosition"]
    assert accepted in error["message"]
    assert door.network.calls == []


@pytest.mark.parametrize(("arguments", "code", "_"), BAD[:3])
def test_it_is_the_same_when_only_the_plan_is_asked_for(door, arguments, code, _):
    body = door.ask(f"{{ budgetPosition({arguments}) {{ queryPlan {{ cost }} }} }}")
    assert [error["extensions"]["code"] for error in body["errors"]] == [code]


@pytest.mark.parametrize(
    ("arguments", "code", "accepted"),
    [
        ("first: 1001", "LIMIT_EXCEEDED", "0 to 1000"),
        ("first: -1", "LIMIT_EXCEEDED", "0 to 1000"),
        ('after: "Mg=="', "BAD_INPUT", "endCursor"),
        ('after: "not base64"', "BAD_INPUT", "endCursor"),
        ('after: "ZG9jdW1lbnQ6eA=="', "BAD_INPUT", "endCursor"),
        ('after: "ZG9jdW1lbnQ6LTU="', "BAD_INPUT", "endCursor"),
        ('after: "ZG9jdW1lbnQ6OTk5OTk5OTk5OTk5OTk5OTk5OTk="', "BAD_INPUT", "endCursor"),
        ('after: "/////w=="', "BAD_INPUT", "endCursor"),
    ],
)
def test_a_page_of_documents_that_is_none(door, arguments, code, accepted):
    body = door.ask(f"{{ budgetPosition {{ rows {{ documents({arguments}) {{ totalCount }} }} }} }}")
    assert body["data"] == {"budgetPosition": None}
    (error,) = body["errors"]
    assert error["extensions"] == {"code": code}
    assert accepted in error["message"]
    assert error["path"] == ["budgetPosition", "rows", 0, "documents"]


def test_one_bad_question_leaves_another_alone(door):
    body = door.ask(
        """{
            bad: budgetPosition(currency: "EURO") { totals { budget } }
            good: budgetPosition { totals { budget } }
        }"""
    )
    assert body["data"]["bad"] is None
    assert body["data"]["good"]["totals"]["budget"]
    assert [error["path"] for error in body["errors"]] == [["bad"]]
