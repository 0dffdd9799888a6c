"""Documents for somebody who may not see all: lists, links, the documents behind figures, and traces."""

import pytest

IN_SALES = {"US-SALES-210", "US-SALES-220"}
EVER = '{date: {from: "2025-01-01"}}'
LISTS = ("requisitions", "purchaseOrders", "receipts", "invoices", "journalLines", "budgetEntries")
LINES = "lines { line distribution purchaseOrder costCenter { id } amount }"
PLACE = "costCenter { id }"


def of(field):
    """What a list tells of its documents, and of where their lines are."""
    inside = PLACE if field in ("journalLines", "budgetEntries") else LINES
    return f"""query ($after: String) {{ {field}(first: 1000, after: $after, where: {EVER}) {{
        totalCount restricted pageInfo {{ hasNextPage endCursor }}
        edges {{ node {{ id number line amount legalEntity {{ id }} {inside} }} }} }} }}"""


def nodes(people, field, *roles):
    """The documents of all pages."""
    found, after = [], None
    while True:
        page = people.ask(of(field), *roles, after=after)[field]
        found += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert len(found) == page["totalCount"]
            return found
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("field", LISTS)
def test_lists_by_entity(people, field):
    everything, mine = nodes(people, field, "all"), nodes(people, field, "us")
    assert mine == [node for node in everything if node["legalEntity"]["id"] == "US01"]
    assert (mine != everything) is (field not in ("requisitions", "receipts"))
    assert nodes(people, field, "us", "de") == everything


@pytest.mark.parametrize("field", ["journalLines", "budgetEntries"])
def test_entries_by_place(people, field):
    everything, mine = nodes(people, field, "all"), nodes(people, field, "sales")
    expected = [n for n in everything if n["costCenter"] and n["costCenter"]["id"] in IN_SALES]
    assert mine == expected != []


@pytest.mark.parametrize("field", ["requisitions", "purchaseOrders", "receipts", "invoices"])
def test_documents_by_place_have_only_their_lines(people, field):
    """A document is there for those who may see one of its lines; the others are not among them, and what it
    is worth is what they are worth."""
    everything = {node["id"]: node for node in nodes(people, field, "all")}
    mine = {node["id"]: node for node in nodes(people, field, "sales")}
    for id_, node in everything.items():
        placed = [line for line in node["lines"] if line["costCenter"]]
        seen = [line for line in placed if line["costCenter"]["id"] in IN_SALES]
        if len(placed) == len(node["lines"]):
            assert (id_ in mine) is bool(seen)
        if id_ in mine:
            shown = [line for line in mine[id_]["lines"] if line["costCenter"]]
            assert all(line["costCenter"]["id"] in IN_SALES for line in shown)
            assert len(mine[id_]["lines"]) == len(seen) or len(placed) < len(node["lines"])
    assert mine.keys() < everything.keys()


def test_a_page_says_that_something_may_be_held_back(people):
    for field in LISTS:
        assert people.ask(of(field), "us")[field]["restricted"] is True
        assert people.ask(of(field), "all")[field]["restricted"] is False


LINKED = """{ purchaseOrders(first: 100, where: {date: {from: "2025-01-01"}}) { edges { node { number
  requisitions { number } receipts { id } invoices { id purchaseOrder { number } journalLines { id line } }
  journalLines { id line costCenter { id } invoice { id } matches { document { __typename id } } } } } } }"""


def linked(people, *roles):
    found = people.ask(LINKED, *roles)["purchaseOrders"]["edges"]
    return {edge["node"]["number"]: edge["node"] for edge in found}


def test_links_lead_nowhere_else(people):
    everything, mine = linked(people, "all"), linked(people, "sales")
    seen = {
        "invoices": {node["id"] for node in nodes(people, "invoices", "sales")},
        "receipts": {node["id"] for node in nodes(people, "receipts", "sales")},
    }
    assert mine.keys() < everything.keys()
    for number, node in mine.items():
        for field, ids in seen.items():
            whole = {each["id"] for each in everything[number][field]}
            assert {each["id"] for each in node[field]} == whole & ids
        lines = node["journalLines"]
        assert all(line["costCenter"]["id"] in IN_SALES for line in lines)
        for line in lines:
            for match in line["matches"]:
                assert (
                    match["document"]["__typename"] != "Invoice"
                    or match["document"]["id"] in seen["invoices"]
                )


def test_kinds_that_may_not_be_seen(people):
    """The list is refused; the same documents behind others are as if there were none."""
    told = "INVOICE: none of your roles lets you see these"
    assert people.refused(of("invoices"), "orders") == ("FORBIDDEN_DOCUMENT", told)
    for node in linked(people, "orders").values():
        assert node["invoices"] == node["receipts"] == node["requisitions"] == node["journalLines"] == []


BEHIND = """{ budgetPosition(currency: "USD", groupBy: [COST_CENTER]) { rows { costCenter { id }
  actual commitment documents(first: 1000) { totalCount restricted edges { amount stage controlNode
    node { __typename number amount legalEntity { id } } } } } } }"""


def behind(people, *roles):
    found = people.ask(BEHIND, *roles)["budgetPosition"]["rows"]
    return {row["costCenter"]["id"]: row["documents"] for row in found}


def test_documents_behind_figures(people):
    everything, mine, orders = (behind(people, *roles) for roles in (("all",), ("sales",), ("orders",)))
    assert mine.keys() == IN_SALES
    for center, found in mine.items():
        whole = [(e["amount"], e["stage"], e["node"]["number"]) for e in everything[center]["edges"]]
        assert [(e["amount"], e["stage"], e["node"]["number"]) for e in found["edges"]] == whole
        assert found["restricted"] is True
    for center, found in orders.items():
        kinds = [e["node"]["__typename"] for e in everything[center]["edges"]]
        assert found["totalCount"] == kinds.count("PurchaseOrder")
        assert found["restricted"] is (found["totalCount"] < len(kinds))
    assert all(found["totalCount"] == 0 for found in behind(people, "figures").values())


TRACE = """query ($source: String!, $number: String!, $type: DocumentType!, $entity: ID) {
  trace(document: {source: $source, number: $number, type: $type, legalEntity: $entity}) { restricted
    nodes { id stage amount document { __typename id number legalEntity { id } } }
    edges { from to kind amount } gaps { kind message } } }"""


def traced(people, number, *roles):
    given = {"source": "buying", "number": number, "type": "PURCHASE_ORDER"}
    return people.body(TRACE, *roles, **given)


def test_traces(people):
    """Of every order: those who may not see it are told what they are told of an order that is not there;
    the others see the documents that they see in lists, and nothing of the rest."""
    everything, mine = (nodes(people, "purchaseOrders", role) for role in ("all", "sales"))
    seen = {
        node["id"]
        for field in ("requisitions", "purchaseOrders", "receipts", "invoices", "journalLines")
        for node in nodes(people, field, "sales")
    }
    absent = traced(people, "NONE", "sales")["errors"][0]["message"]
    for order in everything:
        found = traced(people, order["number"], "sales")
        if order["id"] not in {node["id"] for node in mine}:
            assert found["errors"][0]["message"] == absent.replace("NONE", order["number"])
            continue
        trace, whole = found["data"]["trace"], traced(people, order["number"], "all")["data"]["trace"]
        ids = {node["id"]: node["document"]["id"] for node in trace["nodes"]}
        assert set(ids.values()) <= seen
        assert {node["document"]["id"] for node in whole["nodes"]} & seen == set(ids.values())
        assert all({edge["from"], edge["to"]} <= ids.keys() for edge in trace["edges"])
        assert trace["restricted"] is (trace != {**whole, "restricted": trace["restricted"]})


def test_a_trace_has_no_documents_of_other_kinds(people):
    seen = set()
    for order in nodes(people, "purchaseOrders", "all"):
        whole, found = (traced(people, order["number"], role)["data"]["trace"] for role in ("all", "orders"))
        assert {node["document"]["__typename"] for node in found["nodes"]} == {"PurchaseOrder"}
        assert found["restricted"] is (len(found["nodes"]) < len(whole["nodes"]))
        assert len(found["edges"]) <= len(whole["edges"])
        seen |= {node["document"]["__typename"] for node in whole["nodes"]}
    assert seen > {"PurchaseOrder", "Invoice"}


def test_a_trace_begins_at_what_may_be_known(people):
    forbidden = {"source": "buying", "number": "1", "type": "INVOICE", "entity": "DE01"}
    unknown = {**forbidden, "entity": "XX99"}
    one, other = (people.refused(TRACE, "us", **given) for given in (forbidden, unknown))
    assert one == (other[0], other[1].replace("XX99", "DE01"))
    assert people.refused(TRACE, "orders", **{**forbidden, "entity": None})[0] == "FORBIDDEN_DOCUMENT"
