"""Figures for somebody who may not see all: what there is, filtered before it is summed."""

from decimal import Decimal

import pytest

GRID = """{ budgetPosition(groupBy: [LEGAL_ENTITY, COST_CENTER]) {
  rows { legalEntity { id } costCenter { id name } budget actual commitment consumed available }
  totals { budget consumed } restricted } }"""

IN_DELIVERY = {"US-OPS-110", "US-OPS-120", "US-OPS-130", "US-OPS-140", "DE-OPS-110", "DE-OPS-120"}
IN_SALES = {"US-SALES-210", "US-SALES-220"}


def rows(answer):
    found = answer["budgetPosition"]["rows"]
    return {(row["legalEntity"]["id"], row["costCenter"]["id"]): row for row in found}


def total(found, measure):
    return sum((Decimal(row[measure]) for row in found.values()), Decimal(0))


@pytest.mark.parametrize(
    ("roles", "mine"),
    [
        (("us",), lambda cell: cell[0] == "US01"),
        (("de",), lambda cell: cell[0] == "DE01"),
        (("us", "de"), lambda _: True),
        (("delivery",), lambda cell: cell[1] in IN_DELIVERY),
        (("sales",), lambda cell: cell[1] in IN_SALES),
        (("sales", "de"), lambda cell: cell[0] == "DE01" or cell[1] in IN_SALES),
        (("masked", "sales"), lambda _: True),
        (("sales", "unknown here"), lambda cell: cell[1] in IN_SALES),
    ],
)
def test_rows_and_totals(people, roles, mine):
    currency = GRID.replace("(groupBy", '(currency: "USD", groupBy')
    everything = people.ask(currency, "all")
    expected = {cell: row for cell, row in rows(everything).items() if mine(cell)}
    answer = people.ask(currency, *roles)
    found = rows(answer)
    assert found == expected
    for measure in ("budget", "consumed"):
        assert Decimal(answer["budgetPosition"]["totals"][measure]) == total(found, measure)
    assert answer["budgetPosition"]["restricted"] is (roles != ("masked", "sales"))
    assert everything["budgetPosition"]["restricted"] is False


def test_without_a_role_there_is_nothing(people):
    for roles in ((), ("unknown here",)):
        told = "none of your roles lets you see figures"
        assert people.refused(GRID, *roles) == ("FORBIDDEN", told)
    assert people.door.network.calls == []


def test_restricted_is_told_where_something_may_be_held_back(people):
    def restricted(where, *roles):
        query = f"{{ budgetPosition(where: {where}) {{ restricted totals {{ budget }} }} }}"
        return people.ask(query, *roles)["budgetPosition"]["restricted"]

    assert restricted("{}", "us")
    assert not restricted('{legalEntity: {in: ["US01"]}}', "us")
    assert restricted('{legalEntity: {in: ["US01"]}}', "sales")
    assert not restricted('{legalEntity: {in: ["US01"]}, costCenter: {in: ["US-SALES-210"]}}', "sales")
    assert not restricted('{costCenter: {descendantsOf: ["OPS-DELIVERY"]}}', "delivery")
    assert not restricted("{}", "sales", "all")


def test_only_what_may_be_seen_is_asked_for(people):
    query = """{ budgetPosition(groupBy: [LEGAL_ENTITY]) { queryPlan { waves { scans { pushed } } } } }"""
    plan = people.ask(query, "sales")["budgetPosition"]["queryPlan"]
    pushed = [text for wave in plan["waves"] for scan in wave["scans"] for text in scan["pushed"]]
    assert any("US-SALES-210" in text for text in pushed)
    assert not any("DE01" in text or "US-OPS" in text for text in pushed)


MEASURE = "{ budgetPosition(groupBy: [LEGAL_ENTITY]) { rows { legalEntity { id } %s } } }"


@pytest.mark.parametrize("measure", ["actual", "available", "consumedPercent", "budget actual"])
def test_a_measure_that_may_not_be_seen_is_refused(people, measure):
    code, told = people.refused(MEASURE % measure, "us-budget")
    assert code == "FORBIDDEN_MEASURE"
    assert told == f"{measure.removeprefix('budget ')}: none of your roles lets you see this"
    assert people.door.network.calls == []


def test_it_cannot_be_sorted_by_either(people):
    query = "{ budgetPosition(groupBy: [COST_CENTER], orderBy: [{field: ACTUAL}]) { rows { budget } } }"
    assert people.refused(query, "us-budget")[0] == "FORBIDDEN_MEASURE"
    for asked in ("breaks { amount }", "eliminated { spend }"):
        query = f"{{ budgetPosition(eliminateIntercompany: true) {{ {asked} }} }}"
        assert people.refused(query, "us-budget")[0] == "FORBIDDEN_MEASURE"


def test_two_roles_open_no_more_together_than_each_by_itself(people):
    """One sees budgets of US01, one everything of DE01: no figure but the budget is told of US01."""

    def seen(measures):
        found = people.ask(MEASURE % measures, "us-budget", "de")["budgetPosition"]["rows"]
        return [row["legalEntity"]["id"] for row in found]

    assert seen("budget") == ["DE01", "US01"]
    assert seen("budget actual") == ["DE01"]
    assert seen("actual") == ["DE01"]


def test_measures_that_no_role_has_together_are_refused(people):
    assert people.ask("{ budgetPosition { totalRows } }", "us-budget")["budgetPosition"]["totalRows"] == 1


def test_codes_behind_measures_that_may_not_be_seen_are_not_counted(people):
    query = "{ budgetPosition { totals { budget } mappingCoverage { source } mappingGaps { source } } }"
    found = people.ask(query, "us-budget")["budgetPosition"]
    assert {each["source"] for each in found["mappingCoverage"]} <= {"plan"}


def test_breaks_of_whole_documents_are_for_whole_entities(people):
    query = "{ budgetPosition { breaks { code documents { number } } } }"

    def codes(*roles):
        return {each["code"] for each in people.ask(query, *roles)["budgetPosition"]["breaks"]}

    documents = {"DUPLICATE_VOUCHER", "STALE_EXPORT", "LATE_POSTING", "PO_REF_NOT_FOUND", "RECODED"}
    assert codes("us") >= codes("sales")
    assert not codes("sales") & documents
