"""Who is called for what: only who is needed, once for all rows, and nobody for a plan."""

import pytest

OPERATIONS = 'groupBy: [COST_CENTER], where: { legalEntity: { in: ["US01"] } }'
FIGURES = "budget preCommitment commitment receivedNotInvoiced invoicedNotPosted actual consumed available"


def position(selection, more=""):
    """A question about a department, cost centre by cost centre."""
    return "{ budgetPosition(" + OPERATIONS + more + ") { " + selection + " } }"


@pytest.mark.parametrize(
    ("selection", "systems"),
    [
        ("rows { budget }", {"plan"}),
        ("totals { originalBudget carryForward }", {"plan"}),
        ("rows { actual }", {"ledger"}),
        ("rows { actual } totals { budget }", {"ledger", "plan"}),
        ("rows { preCommitment }", {"buying"}),
        ("rows { commitment }", {"buying", "ledger"}),
        ("rows { available }", {"buying", "ledger", "plan"}),
        ("rows { budget actual @skip(if: true) }", {"plan"}),
        ("sources { name } totalRows", {"buying", "ledger", "plan"}),
    ],
)
def test_only_systems_behind_the_selected_measures_are_called(door, selection, systems):
    body = door.ask(position(selection))
    assert "errors" not in body
    assert door.network.systems == systems


def test_a_plan_alone_calls_nobody(door):
    query = position("__typename queryPlan { cost waves { scans { source } } }")
    plan = door.ask(query)["data"]["budgetPosition"]["queryPlan"]
    assert {scan["source"] for wave in plan["waves"] for scan in wave["scans"]} == {
        "buying",
        "ledger",
        "plan",
    }
    assert door.network.calls == []


def test_asked_to_explain_it_calls_nobody(door):
    query = f"""{{
        budgetPosition({OPERATIONS}) {{ rows {{ budget documents {{ totalCount }} }} }}
        other: budgetPosition {{ totals {{ actual }} }}
        plan: budgetPosition {{ queryPlan {{ cost }} }}
        bad: budgetPosition(limit: -1) {{ totalRows }}
    }}"""
    body = door.post({"query": query}, Threefold_Explain="true").json()
    plans = {
        plan["field"]: {scan["source"] for wave in plan["waves"] for scan in wave}
        for plan in body["extensions"]["queryPlans"]
    }
    assert plans == {"budgetPosition": {"plan"}, "other": {"ledger"}, "plan": {"buying", "ledger", "plan"}}
    assert [error["path"] for error in body["errors"]] == [["bad"]]
    assert "data" not in body
    assert door.network.calls == []


def test_calls_made_are_told(door):
    query = position(f"rows {{ {FIGURES} }} queryPlan {{ cost waves {{ scans {{ actualCalls }} }} }}")
    plan = door.ask(query)["data"]["budgetPosition"]["queryPlan"]
    made = sum(scan["actualCalls"] for wave in plan["waves"] for scan in wave["scans"])
    assert plan["cost"] == made == len(door.network.calls)


def test_the_documents_of_all_rows_are_fetched_once(door):
    def calls(rows, documents):
        door.network.calls.clear()
        query = position(f"rows {{ {FIGURES} {documents} }}", f", limit: {rows}")
        found = door.ask(query)["data"]["budgetPosition"]["rows"]
        assert len(found) == rows
        return len(door.network.calls)

    edges = "{ edges { amount node { number } } }"
    plain = calls(1, "")
    for_one = calls(1, f"documents(first: 3) {edges}") - plain
    assert for_one <= plain
    assert calls(17, f"documents(first: 3) {edges}") - plain == for_one
    assert calls(17, f"documents(first: 3) {edges} all: documents(first: 1000) {edges}") - plain == for_one


def test_documents_that_documents_name_are_looked_up_together(door):
    def links(inner):
        door.network.calls.clear()
        body = door.ask(
            position(f"rows {{ actual documents(first: 50) {{ edges {{ node {{ id {inner} }} }} }} }}")
        )
        assert "errors" not in body
        rows = body["data"]["budgetPosition"]["rows"]
        return [edge["node"] for row in rows for edge in row["documents"]["edges"]], len(door.network.calls)

    _, plain = links("")
    nodes, calls = links(
        "... on JournalLine { invoice { number purchaseOrder { number } } purchaseOrder { number } }"
    )
    linked = [node for node in nodes if node["invoice"]]
    assert len(linked) > 10
    assert all(node["invoice"]["purchaseOrder"] == node["purchaseOrder"] for node in linked)
    assert any(node["purchaseOrder"] for node in linked)
    assert calls - plain == 2
    assert sorted(door.network.calls[-2:]) == [("buying", "invoices"), ("buying", "purchase-orders")]


def test_pages_of_documents_are_the_documents(door):
    def documents(arguments):
        page = "totalCount edges { cursor amount stage node { id line } } pageInfo { hasNextPage endCursor }"
        query = position(f"rows {{ {FIGURES} documents({arguments}) {{ {page} }} }}", ", limit: 1")
        return door.ask(query)["data"]["budgetPosition"]["rows"][0]["documents"]

    whole = documents("first: 1000")
    assert whole["totalCount"] == len(whole["edges"]) > 40
    assert whole["pageInfo"]["hasNextPage"] is False
    pages, after = [], "null"
    while after:
        page = documents(f"first: 25, after: {after}")
        pages += page["edges"]
        after = page["pageInfo"]["hasNextPage"] and f'"{page["pageInfo"]["endCursor"]}"'
    assert pages == whole["edges"]


def test_a_lost_source_leaves_the_rest_exact(door):
    query = position(
        f"completeness rows {{ costCenter {{ id }} completeness {FIGURES} documents {{ totalCount }} }}"
        f"totals {{ {FIGURES} }} missing {{ stage source }}"
        "sources { name state withinMaxAge error { code message } }"
    )
    whole = door.ask(query)["data"]["budgetPosition"]
    door.network.refuses = {"buying"}
    response = door.post({"query": query})
    assert response.status_code == 200
    body = response.json()
    assert [(e["path"], e["extensions"]) for e in body["errors"]] == [
        (["budgetPosition"], {"code": "SOURCE_FORBIDDEN", "source": "buying"})
    ]
    assert "secret" not in response.text
    left = body["data"]["budgetPosition"]
    lost = {*FIGURES.split()} - {"budget", "actual"}
    for now, then in zip((*left["rows"], left["totals"]), (*whole["rows"], whole["totals"]), strict=True):
        assert {name for name in lost if now[name] is None} == lost
        assert (now["budget"], now["actual"]) == (then["budget"], then["actual"])
    assert left["completeness"] == left["rows"][0]["completeness"] == "PARTIAL"
    assert {gap["stage"] for gap in left["missing"]} == {"REQUISITION", "ORDER", "RECEIPT", "INVOICE"}
    assert {gap["source"] for gap in left["missing"]} == {"buying"}
    states = {source["name"]: (source["state"], source["error"] is None) for source in left["sources"]}
    assert states == {"buying": ("FAILED", False), "ledger": ("LIVE", True), "plan": ("LIVE", True)}


def test_a_source_lost_while_drilling_down_is_said_once_and_the_documents_are_partial(door, monkeypatch):
    """The figures were read; the second reading, line by line, is refused by the ledger."""
    figures = f"rows {{ costCenter {{ id }} {FIGURES}"
    door.ask(position(f"{figures} }}"))
    patience = len(door.network.calls)
    answered = door.network.handle_async_request

    async def weary(request):
        if len(door.network.calls) >= 2 * patience:
            door.network.refuses = {"ledger"}
        return await answered(request)

    monkeypatch.setattr(door.network, "handle_async_request", weary)
    body = door.ask(position(f"{figures} documents {{ completeness totalCount }} }} sources {{ state }}"))
    assert [error["extensions"] for error in body["errors"]] == [
        {"code": "SOURCE_FORBIDDEN", "source": "ledger"}
    ]
    rows = body["data"]["budgetPosition"]["rows"]
    assert all(row["actual"] is not None for row in rows)
    assert {row["documents"]["completeness"] for row in rows} == {"PARTIAL"}
    assert {source["state"] for source in body["data"]["budgetPosition"]["sources"]} == {"LIVE"}


def test_every_lost_source_is_one_error(door):
    door.network.refuses = {"buying", "ledger"}
    body = door.ask(position(f"rows {{ {FIGURES} }}"))
    assert sorted(error["extensions"]["source"] for error in body["errors"]) == ["buying", "ledger"]
    assert all(row["budget"] is not None for row in body["data"]["budgetPosition"]["rows"])


def test_a_source_that_is_back_is_back(door):
    query = "{ budgetPosition { totals { budget } } }"
    door.network.refuses = {"plan"}
    assert door.ask(query)["errors"]
    door.network.refuses = set()
    body = door.ask(query)
    assert "errors" not in body
    assert body["data"]["budgetPosition"]["totals"]["budget"] is not None
