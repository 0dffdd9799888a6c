"""Two people who share everything a gateway keeps, and see only their own."""

import asyncio
from itertools import permutations

import pytest

from resolvers.plan.engine import Engine
from sources.aspects.cache import Ages, Cached, Memory
from tests.gateway.policy.staff import staff
from tests.gateway.world import NOW, SYSTEMS, model, sources

QUERIES = (
    "{ budgetPosition(groupBy: [LEGAL_ENTITY, COST_CENTER]) { rows { cellId budget actual } restricted } }",
    '{ purchaseOrders(where: {date: {from: "2025-01-01"}}) { totalCount edges { node { number } } } }',
    "{ costCenters(first: 1000) { edges { node { id } } } }",
)
PEOPLE = (("us",), ("de",), ("sales",), ("all",), ("us", "sales"))


def keeping(network):
    """An engine whose sources keep what they have read, for everybody."""
    store, ages = Memory(2**26), Ages(3600.0)
    kept = {
        name: Cached(each, store, ages)
        for name, each in sources(SYSTEMS, "http://{}".format, transport=network).items()
    }
    return Engine(model(), kept, max_ages=dict.fromkeys(kept, 3600.0), now=lambda: NOW)


@pytest.fixture
def sharing(tmp_path):
    with staff(tmp_path, make=keeping, answer_bytes=2**26) as people:
        yield people


@pytest.mark.parametrize("query", QUERIES)
def test_one_after_the_other(people, sharing, query):
    """In any order, and again when answers are kept."""
    expected = {roles: people.ask(query, *roles) for roles in PEOPLE}
    assert len({str(answer) for answer in expected.values()}) > 2
    for order in list(permutations(PEOPLE))[::30]:
        for roles in order:
            assert sharing.ask(query, *roles) == expected[roles]


def test_at_the_same_time(people, sharing):
    query = QUERIES[0]
    expected = {roles: people.ask(query, *roles) for roles in PEOPLE}

    async def scene():
        client = sharing.door._client
        asked = [
            client.post("/graphql", json={"query": query}, headers={"x-api-key": sharing.key(*roles)})
            for roles in PEOPLE * 3
        ]
        return [response.json()["data"] for response in await asyncio.gather(*asked)]

    assert sharing.door._runner.run(scene()) == [expected[roles] for roles in PEOPLE * 3]


def test_equal_scopes_share_an_answer(sharing):
    """Who has the same roles sees the same, so that the systems are asked once."""
    sharing.ask(QUERIES[0], "us")
    sharing.ask(QUERIES[0], "us")
    calls = len(sharing.door.network.calls)
    sharing.ask(QUERIES[0], "us", "unknown here")
    assert len(sharing.door.network.calls) == calls


def test_an_answer_that_names_who_asked_is_theirs(sharing):
    query = "{ me { name } budgetPosition { totals { budget } } }"
    for _ in range(2):
        for roles in (("us",), ("us", "unknown here")):
            assert sharing.ask(query, *roles)["me"]["name"] == "+".join(roles)
