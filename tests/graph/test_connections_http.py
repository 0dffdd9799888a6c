"""Documents over HTTP, from a small company whose plan, purchasing and ledger are three systems."""

from decimal import Decimal

import pytest

from resolvers.semantics.values import APPROVED
from tests.gateway.world import Door

ROOTS = {
    "requisitions": {"buying"},
    "purchaseOrders": {"buying"},
    "receipts": {"buying"},
    "invoices": {"buying"},
    "journalLines": {"ledger"},
    "budgetEntries": {"plan"},
}
WHOLE = 'where: { period: { from: "2025-P01", to: "2026-P12" } }'


@pytest.fixture(scope="module")
def door():
    with Door() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _rested(door):
    door.network.calls.clear()
    door.network.refuses = set()


def test_the_catalogue_is_explained_without_a_call_too(door):
    query = """{ measures { name } sources { reachable { ok } } dimensions { hierarchies { roots } }
        suppliers { totalCount } bad: accounts(first: -1) { totalCount } }"""
    body = door.post({"query": query}, Threefold_Explain="true").json()
    plans = {plan["field"]: plan["waves"] for plan in body["extensions"]["queryPlans"]}
    assert plans == {"sources": [], "dimensions": [], "suppliers": []}
    assert [(error["path"], error["extensions"]["code"]) for error in body["errors"]] == [
        (["bad"], "LIMIT_EXCEEDED")
    ]
    assert door.network.calls == []


def test_a_source_that_refuses_is_told_as_not_reachable(door):
    door.network.refuses = {"ledger"}
    body = door.ask("{ sources { name reachable { ok detail } } }")
    found = {each["name"]: each["reachable"] for each in body["data"]["sources"]}
    assert {name: each["ok"] for name, each in found.items()} == {
        "plan": True,
        "buying": True,
        "ledger": False,
    }
    assert found["ledger"]["detail"].startswith("SOURCE_FORBIDDEN")
    assert "secret" not in found["ledger"]["detail"]
    assert "errors" not in body


@pytest.mark.parametrize("root", ROOTS)
def test_only_the_system_that_has_them_is_called(door, root):
    body = door.ask(f"{{ {root} {{ totalCount completeness edges {{ node {{ id amount }} }} }} }}")
    assert "errors" not in body
    assert body["data"][root]["completeness"] == "COMPLETE"
    assert door.network.systems == ROOTS[root]


def test_asked_to_explain_it_calls_nobody(door):
    query = """{
        purchaseOrders(where: { account: { in: ["6210"] }, status: { in: ["OPEN"] } }) { totalCount }
        receipts(where: { supplier: { in: ["S0004"] } }) { totalCount }
        trace(document: { source: "buying", type: INVOICE, number: "1" }) { truncated }
        bad: invoices(first: -1) { totalCount }
    }"""
    body = door.post({"query": query}, Threefold_Explain="true").json()
    plans = {plan["field"]: plan["waves"] for plan in body["extensions"]["queryPlans"]}
    assert [[(s["source"], s["fact"]) for s in wave] for wave in plans["purchaseOrders"]] == [
        [("buying", "ORDER")]
    ]
    assert any(text.startswith("status in (OPEN)") for text in plans["purchaseOrders"][0][0]["pushed"])
    assert [{s["fact"] for s in wave} for wave in plans["receipts"]] == [{"ORDER"}, {"RECEIPT"}]
    assert plans["trace"][0][0]["pushed"] == ["number in (1)"]
    assert [error["path"] for error in body["errors"]] == [["bad"]]
    assert door.network.calls == []


def test_what_is_listed_is_what_the_figures_are_made_of(door):
    """The lines of the ledger listed for a department are its actuals, but for those that close the year."""
    query = """query ($scope: MemberFilter, $us: MemberFilter, $all: PeriodInput) {
        budgetPosition(where: { costCenter: $scope, legalEntity: $us }, period: $all) { totals { actual } }
        journalLines(where: { costCenter: $scope, legalEntity: $us, period: $all }, first: 1000) {
            totalCount edges { node { amount type status account { class } } }
        }
    }"""
    span = {"from": "2025-P01", "to": "2026-P12"}
    data = door.ask(query, scope={"descendantsOf": ["OPS"]}, us={"in": ["US01"]}, all=span)["data"]
    nodes = [edge["node"] for edge in data["journalLines"]["edges"]]
    assert data["journalLines"]["totalCount"] == len(nodes)
    posted = [n for n in nodes if (n["type"], n["status"]) == ("NORMAL", "POSTED")]
    spend = [Decimal(n["amount"]) for n in posted if n["account"]["class"] in {"EXPENSE", "CAPEX"}]
    assert len(spend) > 20
    assert sum(spend) == Decimal(data["budgetPosition"]["totals"]["actual"])


def test_every_order_traces_to_its_invoices_and_their_postings(door):
    """For each order, what the trace holds is what its links lead to."""
    links = "number receipts { number } invoices { id journalLines { id line } }"
    body = door.ask(f"{{ purchaseOrders({WHOLE}, first: 1000) {{ edges {{ node {{ {links} }} }} }} }}")
    assert "errors" not in body
    orders = [edge["node"] for edge in body["data"]["purchaseOrders"]["edges"]]
    busy = [order for order in orders if order["receipts"] and order["invoices"]][:5]
    assert len(busy) == 5
    for order in busy:
        asked = f'document: {{ source: "buying", type: PURCHASE_ORDER, number: "{order["number"]}" }}'
        found = door.ask(
            f"{{ trace({asked}) {{ completeness nodes {{ document {{ __typename id number }} }} "
            "edges { from to rung } gaps { kind } } }"
        )["data"]["trace"]
        assert found["completeness"] == "COMPLETE"
        held = {(n["document"]["__typename"], n["document"]["id"]) for n in found["nodes"]}
        assert {("Invoice", each["id"]) for each in order["invoices"]} <= held
        postings = {line["id"] for each in order["invoices"] for line in each["journalLines"]}
        assert {("JournalLine", id_) for id_ in postings} <= held
        assert {each["number"] for each in order["receipts"]} <= {
            n["document"]["number"] for n in found["nodes"]
        }


def test_a_refused_source_is_one_error_and_its_secrets_stay(door):
    door.network.refuses = {"buying"}
    response = door.post({"query": "{ purchaseOrders { totalCount completeness missing { code } } }"})
    assert response.status_code == 200
    body = response.json()
    assert body["data"]["purchaseOrders"] == {
        "totalCount": 0,
        "completeness": "PARTIAL",
        "missing": [{"code": "SOURCE_FORBIDDEN"}],
    }
    assert [(e["path"], e["extensions"]) for e in body["errors"]] == [
        (["purchaseOrders"], {"code": "SOURCE_FORBIDDEN", "source": "buying"})
    ]
    assert "secret" not in response.text


def test_an_invoice_waits_for_a_voucher_unless_one_matches_it(door):
    """Every approved invoice is in one of three places: in flight, carried by a voucher, or reversed."""
    span = 'period: { from: "2025-P01", to: "2026-P12" }'
    shown = "id status matches { rung void }"
    nodes = listed(
        door, f"{{ invoices(where: {{ {span} }}, first: 1000) {{ edges {{ node {{ {shown} }} }} }} }}"
    )
    live = {node["id"] for node in nodes if any(not match["void"] for match in node["matches"])}
    reversed_ = {node["id"] for node in nodes if node["matches"]} - live
    assert {match["rung"] for node in nodes for match in node["matches"]} == {1, 2, 3}
    documents = "documents(first: 1000) { edges { stage node { id } } }"
    figures = f"invoicedNotPosted {documents}"
    (row,) = door.ask(f"{{ budgetPosition({span}) {{ rows {{ {figures} }} }} }}")["data"]["budgetPosition"][
        "rows"
    ]
    waiting = {edge["node"]["id"] for edge in row["documents"]["edges"] if edge["stage"] == "INVOICE"}
    assert waiting
    assert reversed_
    assert not waiting & (live | reversed_)
    assert {node["id"] for node in nodes if node["status"] in APPROVED} <= waiting | live | reversed_


def test_what_was_keyed_in_the_ledger_matches_its_order(door):
    where = 'where: { period: { from: "2025-P01", to: "2026-P12" } }'
    matches = "matches { rung confidence document { __typename } }"
    nodes = listed(
        door, f"{{ journalLines({where}, first: 1000) {{ edges {{ node {{ origin {matches} }} }} }} }}"
    )
    kinds = {(m["rung"], m["confidence"], m["document"]["__typename"]) for n in nodes for m in n["matches"]}
    assert kinds == {
        (1, "EXACT", "Invoice"),
        (2, "HIGH", "Invoice"),
        (3, "PROBABLE", "Invoice"),
        (5, "EXACT", "PurchaseOrder"),
    }
    assert {node["origin"] for node in nodes if node["matches"]} == {"AP"}


def listed(door, query):
    body = door.ask(query)
    assert "errors" not in body
    (found,) = body["data"].values()
    return [edge["node"] for edge in found["edges"]]
