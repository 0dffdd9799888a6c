"""Members of dimensions, searched, filtered and paged, wherever they live."""

import pytest

from resolvers.semantics.dimensions import Dimension, Edge, Hierarchy, Member
from sources.spi.facts import Fact
from tests.graph.papers import Reply, replied
from tests.plan.doubles import Failing
from tests.world import ACCOUNTS, FINANCE, System, documents, model

BOOKS = """
    journal-lines
    number  cost_center  amount
    J1      N1           10
"""
LIVING = [
    {"code": "ALL", "name": "Everything", "legal_entity": "ONE"},
    {"code": "N1", "name": "North", "parent": "ALL", "owner": "Ada", "legal_entity": "ONE"},
    {"code": "S1", "name": "South", "parent": "ALL", "legal_entity": "ONE"},
]
CENTERS = {
    "GROUP": Member("GROUP", "Everyone"),
    "US": Member("US", "America", parent="GROUP"),
    "US1": Member("US1", "East", "0010", "US", "ONE", "Ada"),
    "US2": Member("US2", "West", "0020", "US", "ONE"),
    "EU": Member("EU", "Europe", parent="GROUP"),
    "EU1": Member("EU1", "Berlin", "0030", "EU", "TWO"),
    "X": Member("X", "Anybody's"),
}


def erp(**changes) -> System:
    return System("erp", documents(BOOKS), **changes)


def world(used: System):
    """GROUP above US (US1 and US2, of ONE) and EU (EU1, of TWO); X is nobody's in particular."""
    return model(used, members={Dimension.ACCOUNT: ACCOUNTS, Dimension.COST_CENTER: CENTERS})


def asked(query: str) -> Reply:
    used = erp()
    return replied(query, used, world=world(used))


def ids(arguments: str = "", root: str = "costCenters") -> list[str]:
    reply = asked(f"{{ {root}{arguments} {{ totalCount edges {{ node {{ id }} }} }} }}")
    assert reply.errors == []
    found = [edge["node"]["id"] for edge in reply.data[root]["edges"]]
    assert reply.data[root]["totalCount"] == len(found)
    return found


def test_members_say_who_they_are_and_where_they_stand():
    query = """{ costCenters(search: "east") { completeness open pageInfo { hasNextPage }
                    edges { node { id code name owner legalEntity parent } } }
                 legalEntities { edges { node { id name currency calendar } } } }"""
    reply = asked(query)
    assert reply.errors == []
    assert reply.scans == []
    assert reply.data["costCenters"] == {
        "completeness": "COMPLETE",
        "open": False,
        "pageInfo": {"hasNextPage": False},
        "edges": [
            {
                "node": {
                    "id": "US1",
                    "code": "0010",
                    "name": "East",
                    "owner": "Ada",
                    "legalEntity": "ONE",
                    "parent": "US",
                }
            }
        ],
    }
    assert [edge["node"] for edge in reply.data["legalEntities"]["edges"]] == [
        {"id": "ONE", "name": "One Inc.", "currency": "USD", "calendar": "G"},
        {"id": "TWO", "name": "Two GmbH", "currency": "EUR", "calendar": "G"},
    ]


@pytest.mark.parametrize(
    ("search", "found"),
    [("us", ["US", "US1", "US2"]), ("0020", ["US2"]), ("BERL", ["EU1"]), ("  west ", ["US2"]), ("zz", [])],
)
def test_a_search_looks_into_id_code_and_name(search, found):
    assert ids(f'(search: "{search}")') == found


def test_no_search_is_everything():
    assert ids('(search: "")') == ids() == sorted(CENTERS)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('descendantsOf: ["US"]', ["US", "US1", "US2"]),
        ('descendantsOf: ["US1", "EU"]', ["EU", "EU1", "US1"]),
        ('legalEntity: { in: ["TWO"] }', ["EU", "EU1", "GROUP", "X"]),
        ('legalEntity: { descendantsOf: ["ONE"] }', ["GROUP", "US", "US1", "US2", "X"]),
        ('legalEntity: { in: ["TWO"] } descendantsOf: ["US"]', []),
    ],
)
def test_filters(where, found):
    assert ids(f"(where: {{ {where} }})") == found


def managed(arguments: str) -> Reply:
    """Beside the default tree, ADA and BEN are above those they answer for: US1 and EU1, and X."""
    trees = (
        Hierarchy(
            Dimension.COST_CENTER, "DEFAULT", (Edge("US1", "US"), Edge("US2", "US"), Edge("EU1", "EU"))
        ),
        Hierarchy(
            Dimension.COST_CENTER, "MANAGERS", (Edge("US1", "ADA"), Edge("EU1", "ADA"), Edge("X", "BEN"))
        ),
    )
    heads = {id_: Member(id_, id_) for id_ in ("ADA", "BEN")}
    used = erp()
    known = model(
        used,
        members={Dimension.ACCOUNT: ACCOUNTS, Dimension.COST_CENTER: {**CENTERS, **heads}},
        hierarchies={Dimension.COST_CENTER: trees},
    )
    return replied(
        f"{{ costCenters(where: {{ {arguments} }}) {{ edges {{ node {{ id }} }} }} }}", used, world=known
    )


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('descendantsOf: ["ADA"], hierarchy: "MANAGERS"', ["ADA", "EU1", "US1"]),
        ('descendantsOf: ["ADA"]', ["ADA"]),
        ('legalEntity: { in: ["TWO"] }', ["ADA", "BEN", "EU", "EU1", "GROUP", "X"]),
    ],
)
def test_any_tree_of_the_dimension(where, found):
    reply = managed(where)
    assert reply.errors == []
    assert [edge["node"]["id"] for edge in reply.data["costCenters"]["edges"]] == [*found]


@pytest.mark.parametrize(
    ("where", "code", "said"),
    [
        ('hierarchy: "MANAGERS"', "BAD_INPUT", "where.hierarchy: goes with descendantsOf"),
        ('descendantsOf: ["US"], hierarchy: "X"', "UNKNOWN_HIERARCHY", "it has DEFAULT, MANAGERS"),
        ('legalEntity: { in: ["ONE"], hierarchy: "X" }', "BAD_INPUT", "where.legalEntity.hierarchy"),
        ('legalEntity: { descendantsOf: ["ONE"], hierarchy: "X" }', "UNKNOWN_HIERARCHY", "it has none"),
    ],
)
def test_a_tree_that_is_not_there_or_not_needed_is_refused(where, code, said):
    (error,) = managed(where).errors
    assert error["extensions"]["code"] == code
    assert said in error["message"]


def test_accounts_by_class():
    assert ids("(where: { accountClass: [CAPEX, REVENUE] })", "accounts") == ["1500", "4000"]
    assert ids('(search: "s", where: { accountClass: [EXPENSE] })', "accounts") == ["6100", "6200"]


@pytest.mark.parametrize(
    ("root", "arguments", "code", "said"),
    [
        ("costCenters", "(first: 1001)", "LIMIT_EXCEEDED", "first: 1001"),
        ("costCenters", "(first: -1)", "LIMIT_EXCEEDED", "0 to 1000"),
        ("costCenters", '(after: "?")', "BAD_INPUT", "after"),
        ("costCenters", '(where: { descendantsOf: ["UX"] })', "UNKNOWN_MEMBER", "did you mean"),
        ("costCenters", "(where: { descendantsOf: [] })", "CONTRADICTORY_FILTERS", "descendantsOf"),
        ("costCenters", '(where: { legalEntity: { in: ["SIX"] } })', "UNKNOWN_MEMBER", "where.legalEntity"),
        ("costCenters", "(where: { legalEntity: {} })", "CONTRADICTORY_FILTERS", "legalEntity"),
        ("accounts", "(where: { accountClass: [] })", "CONTRADICTORY_FILTERS", "accountClass"),
        ("suppliers", '(where: { descendantsOf: ["S1"] })', "UNKNOWN_MEMBER", "there are no members"),
    ],
)
def test_what_makes_no_sense_is_refused(root, arguments, code, said):
    reply = asked(f"{{ {root}{arguments} {{ totalCount }} }}")
    assert reply.data == {root: None}
    (error,) = reply.errors
    assert error["extensions"]["code"] == code
    assert said in error["message"]


def page(members: dict[str, Member], root: str, arguments: str) -> tuple[list[str], dict[str, object]]:
    used = erp()
    placed = model(used, members={Dimension.ACCOUNT: members, Dimension.COST_CENTER: members})
    inner = "edges { cursor node { id } } pageInfo { hasNextPage endCursor }"
    reply = replied(f"{{ {root}({arguments}) {{ {inner} }} }}", used, world=placed)
    assert reply.errors == []
    edges = reply.data[root]["edges"]
    assert reply.data[root]["pageInfo"]["endCursor"] == (edges[-1]["cursor"] if edges else None)
    return [edge["node"]["id"] for edge in edges], reply.data[root]["pageInfo"]


def test_a_page_follows_the_one_before_whatever_appeared_or_went_meanwhile():
    """Of A, C, D, E the first page is A, C. Then B appears and C goes: D comes next, and nothing twice."""
    before = {id_: Member(id_, id_) for id_ in "ACDE"}
    first, info = page(before, "costCenters", "first: 2")
    assert (first, info["hasNextPage"]) == (["A", "C"], True)
    after = {id_: Member(id_, id_) for id_ in "ABDE"}
    rest, last = page(after, "costCenters", f'first: 2, after: "{info["endCursor"]}"')
    assert (rest, last["hasNextPage"]) == (["D", "E"], False)


def test_a_cursor_of_another_list_is_refused():
    _, info = page({"A": Member("A", "A")}, "costCenters", "first: 1")
    reply = asked(f'{{ accounts(after: "{info["endCursor"]}") {{ totalCount }} }}')
    assert [error["extensions"]["code"] for error in reply.errors] == ["BAD_INPUT"]


def living(*failing: Fact) -> System:
    """A ledger that has the cost centres; nobody has listed them in the configuration."""
    return System(
        "erp",
        {**documents(BOOKS), "cost-centers": LIVING},
        facts=FINANCE | {Fact.COST_CENTER},
        around=lambda source: Failing(source, *failing),
    )


ALIVE = "{ costCenters { totalCount open completeness edges { node { id name parent } } } }"


def test_members_that_live_in_a_system_are_read_there():
    used = living()
    reply = replied(ALIVE, used, world=model(used, members={Dimension.ACCOUNT: ACCOUNTS}))
    assert reply.errors == []
    found = reply.data["costCenters"]
    assert (found["totalCount"], found["open"], found["completeness"]) == (3, True, "COMPLETE")
    assert found["edges"][1]["node"] == {"id": "N1", "name": "North", "parent": "ALL"}


def test_members_that_cannot_be_read_are_told_as_missing():
    """Not an empty list that looks whole; and a node nobody could look up is no mistake of the caller's."""
    used = living(Fact.COST_CENTER)
    placed = model(used, members={Dimension.ACCOUNT: ACCOUNTS})
    reply = replied(ALIVE, used, world=placed)
    assert (reply.data["costCenters"]["totalCount"], reply.data["costCenters"]["completeness"]) == (
        0,
        "PARTIAL",
    )
    assert [(e["path"], e["extensions"]) for e in reply.errors] == [
        (["costCenters"], {"code": "SOURCE_UNAVAILABLE", "source": "erp"})
    ]
    below = '{ costCenters(where: { descendantsOf: ["ALL"] }) { totalCount } }'
    assert replied(below, used, world=placed).data == {"costCenters": {"totalCount": 0}}


def test_a_circle_of_nodes_ends():
    circle = {"A": Member("A", "A", parent="B"), "B": Member("B", "B", parent="A", legal_entity="ONE")}
    found, _ = page(circle, "costCenters", 'where: { legalEntity: { in: ["ONE"] }, descendantsOf: ["A"] }')
    assert found == ["A", "B"]


def test_a_dimension_nobody_lists_has_no_members_to_tell_and_says_so():
    reply = asked("{ projects { totalCount open } }")
    assert reply.data == {"projects": {"totalCount": 0, "open": True}}
