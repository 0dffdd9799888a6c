"""Funds checks and reconciliations for somebody who may not see all that they stand on."""

import pytest

FUNDS = """query ($entity: ID!, $center: ID!, $account: ID!) {
  fundsCheck(lines: [{legalEntity: $entity, account: $account, costCenter: $center, amount: "10.00"}]) {
    verdict restricted completeness
    lines { availableBefore node { costCenter { id } budget consumed } reasons { code } } } }"""
OWN = {"entity": "US01", "center": "US-SALES-210", "account": "6010"}
ELSEWHERE = {**OWN, "account": "6100"}
"""An account that has no budget in the cost centre."""


def funds(people, given, *roles):
    return people.ask(FUNDS, *roles, **given)["fundsCheck"]


def test_funds_of_ones_own_are_as_they_are(people):
    whole = funds(people, OWN, "all")
    assert whole["lines"][0]["node"] is not None
    for roles in (("us",), ("sales",), ("sales", "de")):
        assert funds(people, OWN, *roles) == whole


def test_funds_that_may_be_controlled_elsewhere_are_unknown(people):
    """Above the cost centre there may be a budget, which may not be known."""
    assert funds(people, ELSEWHERE, "all")["verdict"] == "NO_BUDGET"
    assert funds(people, ELSEWHERE, "us")["verdict"] == "NO_BUDGET"
    seen = funds(people, ELSEWHERE, "sales")
    assert (seen["verdict"], seen["restricted"]) == ("UNKNOWN", True)
    assert [reason["code"] for reason in seen["lines"][0]["reasons"]] == ["RESTRICTED"]


def test_funds_take_budget_and_consumption(people):
    code, told = people.refused(FUNDS, "us-budget", **OWN)
    assert (code, told) == ("FORBIDDEN_MEASURE", "available, consumed: none of your roles lets you see this")
    assert people.refused(FUNDS, **OWN)[0].startswith("FORBIDDEN")


RECONCILED = """query ($kind: ReconciliationKind!) { reconcile(kind: $kind) { restricted
  rows { legalEntity { id } partner { id } left right reasons { amount } items(first: 100) {
    documents { kind number } } } } }"""
KINDS = ("UNPOSTED_INVOICES", "PURCHASE_COMMITMENTS", "INTERCOMPANY")


@pytest.mark.parametrize("kind", KINDS)
def test_reconciliations_are_of_whole_entities(people, kind):
    everything = people.ask(RECONCILED, "all", kind=kind)["reconcile"]
    mine = people.ask(RECONCILED, "us", kind=kind)["reconcile"]
    if kind == "INTERCOMPANY":
        assert mine["rows"] == []
    else:
        assert mine["rows"] == [row for row in everything["rows"] if row["legalEntity"]["id"] == "US01"]
    assert (everything["restricted"], mine["restricted"]) == (False, True)
    both = people.ask(RECONCILED, "us", "de", kind=kind)["reconcile"]
    assert both["rows"] == everything["rows"]
    code, told = people.refused(RECONCILED, "sales", kind=kind)
    assert (code, told) == (
        "FORBIDDEN",
        "reconcile: compares whole legal entities; none of your roles shows one",
    )


def test_reconciliations_name_no_documents_that_may_not_be_seen(people):
    def kinds(role):
        rows = people.ask(RECONCILED, role, kind="UNPOSTED_INVOICES")["reconcile"]["rows"]
        return {d["kind"] for row in rows for item in row["items"] for d in item["documents"]}

    assert kinds("all") - {"ORDER"}
    assert kinds("orders") <= {"ORDER"}
    assert people.refused(RECONCILED, "us-budget", kind="INTERCOMPANY")[0] == "FORBIDDEN_MEASURE"
