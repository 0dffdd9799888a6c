"""What may not be known is told like what is not there, wherever somebody names it or looks for it."""

import pytest


def position(argument, selection="totals { budget }"):
    return f"{{ budgetPosition({argument}) {{ {selection} }} }}"


def funds(entity="US01", center="US-SALES-210"):
    line = f'{{legalEntity: "{entity}", account: "6100", costCenter: "{center}", amount: "1.00"}}'
    return f"{{ fundsCheck(lines: [{line}]) {{ verdict }} }}"


ROLLED = 'groupBy: [COST_CENTER], rollUp: [{dimension: COST_CENTER, nodes: ["%s"]}]'
NAMING = [
    ("DE01", "us", position('where: {legalEntity: {in: ["%s"]}}')),
    ("DE-OPS-110", "us", position('where: {costCenter: {in: ["%s"]}}')),
    ("US-OPS-110", "sales", position('where: {costCenter: {in: ["US-SALES-210", "%s"]}}')),
    ("OPS-DELIVERY", "sales", position('where: {costCenter: {descendantsOf: ["%s"]}}')),
    ("OPS", "delivery", position(ROLLED)),
    ("DE01", "us", '{ invoices(where: {legalEntity: {in: ["%s"]}}) { totalCount } }'),
    ("US-OPS-110", "sales", '{ journalLines(where: {costCenter: {in: ["%s"]}}) { totalCount } }'),
    (
        "DE01",
        "us",
        '{ reconcile(kind: UNPOSTED_INVOICES, where: {legalEntity: {in: ["%s"]}}) { completeness } }',
    ),
    ("DE01", "us", funds(entity="%s")),
    ("US-OPS-110", "sales", funds(center="%s")),
    ("OPS", "delivery", '{ costCenters(where: {descendantsOf: ["%s"]}) { totalCount } }'),
    ("DE01", "us", '{ costCenters(where: {legalEntity: {in: ["%s"]}}) { totalCount } }'),
]


@pytest.mark.parametrize(("hidden", "role", "query"), NAMING)
def test_naming(people, hidden, role, query):
    """The same words for both, and no word of what is hidden."""
    absent = "".join(reversed(hidden))
    one, other = people.refused(query % hidden, role), people.refused(query % absent, role)
    assert one[0] == other[0] == "UNKNOWN_MEMBER"
    assert one[1].partition(";")[0].replace(hidden, absent) == other[1].partition(";")[0]
    for _, _, meant in (told.partition("did you mean ") for _, told in (one, other)):
        assert hidden not in meant.removesuffix("?").split(", ")
    assert "UNKNOWN_MEMBER" not in str(people.body(query % hidden, "all"))


def test_what_is_not_hidden_is_found(people):
    assert people.ask(NAMING[0][2] % "US01", "us")
    assert people.ask(funds(), "sales")["fundsCheck"]["verdict"]


def test_filters_that_leave_nothing_of_ones_own(people):
    """Sales of US01 and all of DE01: either may be named, and no role has both."""
    query = position('where: {legalEntity: {in: ["US01"]}, costCenter: {in: ["DE-OPS-110"]}}')
    told = "where: nothing of what you may see is left"
    assert people.refused(query, "sales", "de") == ("CONTRADICTORY_FILTERS", told)
    assert people.door.network.calls == []


CATALOGUE = """{ legalEntities { totalCount edges { node { id } } }
  costCenters(first: 1000) { totalCount edges { node { id parent owner legalEntity } } }
  suppliers(first: 1000) { edges { node { id name } } }
  dimensions(names: [LEGAL_ENTITY, COST_CENTER]) { name memberCount hierarchies { roots memberCount } }
  sources { name legalEntities { code } facts { legalEntities } } }"""


def centers(answer):
    return {edge["node"]["id"]: edge["node"] for edge in answer["costCenters"]["edges"]}


def test_lists_of_members(people):
    everything, mine = people.ask(CATALOGUE, "all"), people.ask(CATALOGUE, "us")
    assert [edge["node"]["id"] for edge in mine["legalEntities"]["edges"]] == ["US01"]
    owned = {id_ for id_, node in centers(everything).items() if node["legalEntity"] in (None, "US01")}
    assert centers(mine).keys() == owned < centers(everything).keys()
    assert {e["code"] for source in mine["sources"] for e in source["legalEntities"]} == {"US01"}
    assert "DE01" not in str(mine)
    sales = people.ask(CATALOGUE, "sales")
    assert centers(sales).keys() == {"US-SALES-210", "US-SALES-220"}
    assert all(node["parent"] is None for node in centers(sales).values())
    (_, dimension) = sales["dimensions"]
    assert (dimension["memberCount"], dimension["hierarchies"]) == (2, [])


def test_nobody_without_a_role_finds_anything(people):
    found = people.ask(CATALOGUE)
    assert found["legalEntities"]["totalCount"] == found["costCenters"]["totalCount"] == 0
    assert found["suppliers"]["edges"] == found["sources"] == []


def test_searching_finds_nothing_either(people):
    query = '{ costCenters(search: "OPS") { totalCount } }'
    assert people.ask(query, "sales")["costCenters"]["totalCount"] == 0
    assert people.ask(query, "all")["costCenters"]["totalCount"] > 0


SUPPLIERS = """{ suppliers(first: 5) { edges { node { id name } } }
  budgetPosition(groupBy: [SUPPLIER, COST_CENTER]) { rows { supplier { id name } costCenter { owner } } }
  invoices(first: 5, where: {date: {from: "2025-01-01"}}) { edges { node { supplier { id name } } } } }"""


def test_masked(people):
    """In lists, rows and documents; with another role as well, since a row does not say which of them shows
    it; and not to be found by its name."""
    plain = people.ask(SUPPLIERS, "all")
    names = {edge["node"]["name"] for edge in plain["suppliers"]["edges"]}
    for roles in (("masked",), ("masked", "all")):
        found = people.ask(SUPPLIERS, *roles)
        assert {edge["node"]["name"] for edge in found["suppliers"]["edges"]} == {"***"}
        rows = found["budgetPosition"]["rows"]
        assert {row["costCenter"]["owner"] for row in rows} == {None}
        said = {row["supplier"]["name"] for row in rows if row["supplier"]["id"] != "UNASSIGNED"}
        assert said <= {"***"} | {row["supplier"]["id"] for row in rows}
        assert {edge["node"]["supplier"]["name"] for edge in found["invoices"]["edges"]} == {"***"}
    query = "query ($name: String) { suppliers(search: $name) { totalCount } }"
    (name, *_) = sorted(names)
    assert people.ask(query, "all", name=name)["suppliers"]["totalCount"]
    assert people.ask(query, "masked", name=name)["suppliers"]["totalCount"] == 0


def test_codes_of_everybody(people):
    query = '{ crosswalk(source: "ledger", dimension: COST_CENTER, member: "DE-OPS-110") { __typename } }'
    assert people.refused(query, "us")[0] == "FORBIDDEN"
    assert people.ask(query, "all")["crosswalk"]
