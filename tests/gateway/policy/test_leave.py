"""What else roles decide: who one is told to be, the schema, and how much may be asked for."""

import re
from importlib import import_module

import pytest
from click.testing import CliRunner

from gateway.cli import main
from tests.gateway.world import Door

whoami = import_module("gateway.cli.whoami")

ME = """{ me { name anyone expires ignoredRoles roles { name measures documents masked
  rows { dimension members descendantsOf } } } }"""


def test_me(people):
    assert people.ask(ME, "sales", "us-budget", "gone")["me"] == {
        "name": "sales+us-budget+gone",
        "anyone": False,
        "expires": None,
        "ignoredRoles": ["gone"],
        "roles": [
            {
                "name": "sales",
                "measures": None,
                "documents": None,
                "masked": [],
                "rows": [
                    {"dimension": "LEGAL_ENTITY", "members": ["US01"], "descendantsOf": []},
                    {
                        "dimension": "COST_CENTER",
                        "members": ["US-SALES-210", "US-SALES-220"],
                        "descendantsOf": [],
                    },
                ],
            },
            {
                "name": "us-budget",
                "measures": ["budget"],
                "documents": None,
                "masked": [],
                "rows": [{"dimension": "LEGAL_ENTITY", "members": ["US01"], "descendantsOf": []}],
            },
        ],
    }
    assert people.door.network.calls == []


def test_anyone(door):
    assert door.ask(ME)["data"]["me"] == {
        "name": "anyone",
        "anyone": True,
        "expires": None,
        "ignoredRoles": [],
        "roles": [],
    }


SCHEMA = "{ __schema { types { name } } }"


def test_the_schema_is_for_those_who_may_know_it(people):
    assert people.ask(SCHEMA, "developer")["__schema"]["types"]
    assert people.ask("{ __typename }", "all")["__typename"] == "Query"
    for query in (SCHEMA, '{ __type(name: "Query") { name } }', "{ x: __schema { types { name } } }"):
        code, told = people.refused_document(query, "all")
        assert (code, "introspection has been disabled" in told) == ("GRAPHQL_VALIDATION_FAILED", True)


@pytest.mark.parametrize(
    "query",
    [
        "{ budgetPositon { totals { budget } } }",
        "{ budgetPosition { totals { budgett } } }",
        "{ budgetPosition(wher: {}) { totals { budget } } }",
        "{ budgetPosition(where: {legalEntitie: {}}) { totals { budget } } }",
        "{ budgetPosition(groupBy: [COST_CENTRE]) { totals { budget } } }",
        "query ($d: [Dimensio!]) { budgetPosition(groupBy: $d) { totals { budget } } }",
    ],
)
def test_nobody_else_is_told_what_may_have_been_meant(people, query):
    assert "Did you mean" in people.refused_document(query, "developer")[1]
    assert "Did you mean" not in people.refused_document(query, "all")[1]


def test_not_of_variables_either(people):
    query = "query ($d: [Dimension!]) { budgetPosition(groupBy: $d) { totals { budget } } }"
    assert "Did you mean" in people.refused_document(query, "developer", d=["COST_CENTRE"])[1]
    assert "Did you mean" not in people.refused_document(query, "all", d=["COST_CENTRE"])[1]


def test_limits_by_role(people):
    """Of several roles the widest limit counts; who has a role without any has the usual one."""
    three = "{ a: __typename b: __typename c: __typename }"
    two = "{ a: __typename b: __typename }"
    assert people.refused_document(three, "developer")[0] == "LIMIT_EXCEEDED"
    assert people.ask(two, "developer")
    assert people.refused_document(two, "narrow")[0] == "LIMIT_EXCEEDED"
    assert people.ask(two, "narrow", "developer")
    assert people.ask(three, "narrow", "all")


def test_whoami(people, monkeypatch):
    monkeypatch.setattr(whoami, "posted", lambda _, ask, key: people.posted(ask, key))
    monkeypatch.setenv("THREEFOLD_KEY", people.key("sales", "figures", "masked", "us-budget", "gone"))
    told = CliRunner().invoke(main, ["whoami", "--url", "http://gateway/graphql"])
    assert told.exit_code == 0
    assert re.sub(r" +", " ", told.stdout).splitlines() == [
        "sales+figures+masked+us-budget+gone",
        "role sales",
        " LEGAL_ENTITY US01",
        " COST_CENTER US-SALES-210, US-SALES-220",
        "role us-budget",
        " LEGAL_ENTITY US01",
        " measures budget",
        "role figures",
        " documents none",
        "role masked",
        " masked costCenter.owner, supplier.name",
        "not known here: gone",
    ]
    monkeypatch.setenv("THREEFOLD_KEY", "tfk_wrong")
    told = CliRunner().invoke(main, ["whoami", "--url", "http://gateway/graphql"])
    assert (told.exit_code, told.stderr) == (1, "Error: UNAUTHENTICATED: the key is not known here\n")


def test_whoami_where_anyone_may_ask(monkeypatch):
    with Door() as door:
        monkeypatch.setattr(whoami, "posted", lambda _, ask, _key: door.post({"query": ask.query}).json())
        told = CliRunner().invoke(main, ["whoami", "--url", "http://gateway/graphql"])
    assert told.stdout == "anyone\nanyone may ask here, and sees everything\n"
