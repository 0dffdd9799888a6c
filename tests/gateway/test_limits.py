"""What a request may ask for: counted in linear work, refused by name, or only measured."""

from dataclasses import replace

import pytest
from graphql import get_introspection_query, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.cost import cost
from gateway.http import COST, LEGACY, MODERN, OVER
from gateway.limits import USUAL, Limits, measured
from gateway.questions import QUESTIONS
from gateway.shape import MOST, Surveyor
from resolvers.graph.schema import build
from tests.gateway.world import Door

SCHEMA = build()._schema
FIGURES = "{ a: budgetPosition { rows { budget actual } } b: __typename @skip(if: false) }"


def shape(text):
    return Surveyor(parse(text)).shape()


def price(text, operation=None, **variables):
    return cost(SCHEMA, parse(text), operation, variables)


def test_the_shape_of_a_document():
    """Fields a, rows, budget, actual and b, a directive with its argument and value."""
    found = shape(FIGURES)
    assert (found.depth, found.breadth, found.aliases, found.directives, found.root_fields) == (3, 2, 2, 1, 2)
    assert found.nodes == 5 + 3
    assert found.tokens == 22


def test_fragments_count_wherever_they_are_spread():
    """F has two fields one below the other; spread twice beside a third: three fields beside each other."""
    spread = "{ ...F x: a ... on Query { ...F } } fragment F on Query { a { b } }"
    found = shape(spread)
    assert (found.root_fields, found.breadth, found.depth, found.aliases) == (3, 3, 2, 1)
    assert found.nodes == 2 * (1 + 2) + 1 + 1


def test_each_operation_counts_for_itself_and_all_for_the_nodes():
    found = shape("query A { a b } query B($n: Int = 5) { c { d } }")
    assert (found.root_fields, found.depth, found.nodes) == (2, 2, 2 + 2 + 2)


def chained(count, body):
    """Fragments F0, F1, …, each spreading the next as `body` says, the last with a field."""
    links = " ".join(f"fragment F{n} on Query {{ {body.format(next=n + 1)} }}" for n in range(count))
    return f"{{ ...F0 }} {links} fragment F{count} on Query {{ __typename }}"


BOMBS = {
    "doubling": chained(400, "...F{next} ...F{next}"),
    "doubling below fields": chained(150, "a {{ ...F{next} }} b {{ ...F{next} }}"),
    "a chain": chained(1500, "...F{next}"),
    "a circle": "{ ...A } fragment A on Query { ...B a } fragment B on Query { ...A b }",
    "everything spreads everything": "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ {' '.join(f'...F{m}' for m in range(50))} }}" for n in range(50)),
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_fragments_are_read_once_each(text):
    """As many looks as there are selections in the text, whatever they come to."""
    surveyor = Surveyor(parse(text))
    found = surveyor.shape()
    assert surveyor.visited <= text.count("...") + text.count("a {") + text.count("b {") + 3
    assert found.nodes <= MOST
    assert price(text) >= 0


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 4))
def test_counting_agrees_with_writing_out(links, times):
    """`times` spreads in each of `links` fragments: times ** links fields."""
    found = shape(chained(links, "...F{next} " * times))
    assert found.root_fields == min(times**links, MOST)


@pytest.mark.parametrize("text", [BOMBS["doubling"], BOMBS["doubling below fields"]])
@pytest.mark.parametrize(("accept", "status"), [(MODERN, 400), (LEGACY, 200)])
def test_a_bomb_is_refused_before_it_is_validated(door, text, accept, status):
    response = door.post({"query": text}, accept=accept)
    assert response.status_code == status
    errors = response.json()["errors"]
    assert {error["extensions"]["code"] for error in errors} == {"LIMIT_EXCEEDED"}
    assert "maxNodes" in {error["extensions"]["limit"] for error in errors}


OVERLAPPING = {
    "the same field": "{ budgetPosition { rows { " + "budget " * 4_900 + "} } }",
    "pairs that differ": "{ budgetPosition { rows { "
    + " ".join(f"x: budget x: actual a{n}: budget" for n in range(400))
    + "} } }",
    "the same fragments": "{ "
    + "...A ...B " * 200
    + "} fragment A on Query { x: __typename ...B } fragment B on Query { x: __typename }",
    "introspection in itself": "{ __schema { types "
    + "{ fields { type " * 5
    + "{ name }"
    + " } }" * 5
    + " } }",
    "many introspections": "{ "
    + " ".join(f"a{n}: __schema {{ types {{ name }} }}" for n in range(40))
    + " }",
}


@pytest.mark.parametrize("query", OVERLAPPING.values(), ids=OVERLAPPING)
def test_tricks_on_validation_end_in_an_error_or_an_answer(door, query):
    response = door.post({"query": query}, accept=MODERN)
    assert response.status_code in (200, 400)
    assert response.status_code == 200 or response.json()["errors"][0]["extensions"]["code"] in {
        "LIMIT_EXCEEDED",
        "GRAPHQL_VALIDATION_FAILED",
    }


COSTS = {
    "{ __typename }": 0,
    # A system's reading weighs 10; the position, ten rows, a cost centre in each.
    "{ budgetPosition(limit: 10) { rows { budget costCenter { id } } } }": 10 + 1 + 10 * 2,
    "{ budgetPosition(limit: 10) { ...R } } fragment R on BudgetPosition { rows { budget } }": 10 + 1 + 10,
    "{ budgetPosition { rows { budget } } }": 10 + 1 + 1000,
    "{ budgetPosition(limit: -5) { rows { budget } } }": 10 + 1,
    # Ten sources are assumed; breaks are as many as are asked for.
    "{ budgetPosition { sources { name } breaks(first: 7) { code } } }": 10 + 1 + 10 + 7,
    # Two rows of three documents, each in an edge, and their connection.
    "{ budgetPosition(limit: 2) { rows { documents(first: 3) { edges { node { id } } } } } }": 10
    + 1
    + 2 * (1 + 1 + 3 * 2),
    "{ invoices(first: 4) { edges { node { supplier { id } } } totalCount } }": 10 + 1 + 4 * 3,
    "{ periods { id } }": 60,
    "{ nonsense { rows } }": 0,
}


@pytest.mark.parametrize("text", COSTS)
def test_what_a_question_costs(text):
    assert price(text) == COSTS[text]


def test_sizes_may_be_variables():
    text = "query A($n: Int = 3) { budgetPosition(limit: $n) { rows { budget } } } query B { __typename }"
    assert price(text, "A") == 10 + 1 + 3
    assert price(text, "A", n=20) == 10 + 1 + 20
    assert price(text, "A", n="many") == 10 + 1 + 1000
    assert price(text, "B") == 0
    assert price(text, "C") == 0


def test_every_list_that_says_its_length_is_priced_by_it():
    """A field with `first` or `limit` states in the schema what it sizes."""
    silent = [
        f"{kind.name}.{name}"
        for kind in SCHEMA.type_map.values()
        for name, field in getattr(kind, "fields", {}).items()
        if {"first", "limit"} & {*getattr(field, "args", {})}
        and not any(
            getattr(each, "slicing_arguments", None)
            for each in field.extensions["strawberry-definition"].directives
        )
    ]
    assert silent == []


@pytest.mark.parametrize(
    "document", [get_introspection_query(), *(question.document for question in QUESTIONS)]
)
def test_what_is_shipped_is_far_from_every_limit(document):
    size = {**measured(shape(document)), "maxCost": price(document)}
    assert USUAL.over({limit: 3 * value - 22 for limit, value in size.items()}) == []


LOW = {
    "maxTokens": Limits(max_tokens=5),
    "maxNodes": Limits(max_nodes=7),
    "maxDepth": Limits(max_depth=2),
    "maxBreadth": Limits(max_breadth=1),
    "maxAliases": Limits(max_aliases=1),
    "maxDirectives": Limits(max_directives=0),
    "maxRootFields": Limits(max_root_fields=1),
    "maxCost": Limits(max_cost=1010),
    "maxUpstreamCalls": Limits(max_upstream_calls=1),
    "maxResponseBytes": Limits(max_response_bytes=20),
}


@pytest.mark.parametrize("limit", LOW)
def test_what_is_over_a_limit_is_refused_by_name(limit):
    with Door(limits=LOW[limit]) as door:
        response = door.post({"query": FIGURES})
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert error["message"].startswith(f"{limit}: ")
    assert "at most" in error["message"]
    assert (response.json().get("data") or {}).get("a") is None


@pytest.mark.parametrize("limit", ["maxTokens", "maxCost", "maxUpstreamCalls"])
def test_nobody_is_called_for_it(limit):
    with Door(limits=LOW[limit]) as door:
        door.ask(FIGURES)
        assert door.network.calls == []


def test_calls_add_up_over_the_questions_of_a_request():
    """Each plans one call, to the planning system; the second is one too many."""
    with Door(limits=Limits(max_upstream_calls=1)) as door:
        body = door.ask("{ a: budgetPosition { totals { budget } } b: budgetPosition { totals { budget } } }")
    assert body["data"]["a"]["totals"]["budget"]
    assert body["data"]["b"] is None
    assert [error["path"] for error in body["errors"]] == [["b"]]


@pytest.mark.parametrize("limit", LOW)
def test_measured_limits_are_told_and_refuse_nothing(limit):
    with Door(limits=replace(LOW[limit], enforced=False)) as door:
        response = door.post({"query": FIGURES}, Threefold_Cost="true")
    body = response.json()
    assert body["data"]["a"]["rows"]
    assert "errors" not in body
    if limit != "maxResponseBytes":
        assert body["extensions"]["cost"]["over"] == [limit]
    before = {"maxUpstreamCalls", "maxResponseBytes"}
    assert response.headers.get(OVER) == (None if limit in before else limit)


def test_what_a_request_came_to_is_told_when_asked_for(door):
    plain = door.post({"query": FIGURES})
    assert "extensions" not in plain.json()
    assert plain.headers[COST] == str(price(FIGURES))
    told = door.post({"query": FIGURES}, Threefold_Cost="true").json()["extensions"]["cost"]
    assert told["measured"]["maxCost"] == price(FIGURES)
    assert told["measured"]["maxDepth"] == 3
    assert told["bounds"]["maxDepth"] == USUAL.max_depth
    assert told["measured"]["maxUpstreamCalls"] >= 2
    assert told["callsMade"] == len(door.network.calls) / 2
    assert told["over"] == []
