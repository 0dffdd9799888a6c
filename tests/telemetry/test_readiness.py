"""/readyz and the `sources` field tell one story; a system that is down makes no gateway unready."""

import asyncio
from functools import partial

import httpx
import pytest

from gateway.app import application
from tests.gateway.world import NOW, Door, Network
from tests.telemetry.company import wired

ASKED = "{ budgetPosition(period: {fiscalYear: 2026}) { totals { budget consumed } } }"
STANDING = (
    "{ sources { name standing { circuit lastSuccess lastFailure { at code } dataAsOf dataAgeSeconds } } }"
)


@pytest.fixture
def door():
    with Door(partial(wired, kept=False), answer_bytes=1_000_000) as opened:
        yield opened


def ready(door):
    reply = door.request("GET", "/readyz")
    assert (reply.status_code, reply.json()["ready"]) == (200, True)
    assert reply.headers["cache-control"] == "no-store"
    return {each.pop("name"): each for each in reply.json()["sources"]}


def told(door):
    return {each["name"]: each["standing"] for each in door.ask(STANDING)["data"]["sources"]}


def test_before_anybody_asked_nothing_is_known_and_nobody_is_called(door):
    unknown = dict.fromkeys(("lastSuccess", "lastFailure", "dataAsOf", "dataAgeSeconds"))
    assert ready(door) == {name: {"circuit": "CLOSED", **unknown} for name in ("buying", "ledger", "plan")}
    assert told(door) == ready(door)
    assert door.network.calls == []


def test_what_went_well_is_told_the_same_on_both_ways(door):
    door.ask(ASKED)
    found = ready(door)
    assert found == told(door)
    assert found["plan"]["dataAsOf"] == NOW.isoformat()
    assert found["plan"]["dataAgeSeconds"] == 0
    assert all(each["lastSuccess"] and each["lastFailure"] is None for each in found.values())


def test_a_system_that_is_down_is_named_and_the_gateway_stays_ready(door):
    """Four attempts and six: the circuit opens, and both say so."""
    door.ask(ASKED)
    before = ready(door)["ledger"]
    door.network.down = {"ledger"}
    for _ in range(3):
        assert door.ask(ASKED)["data"]["budgetPosition"]["totals"]["budget"] is not None
    found = ready(door)
    assert found == told(door)
    assert found["ledger"]["circuit"] == "OPEN"
    assert found["ledger"]["lastFailure"]["code"] == "SOURCE_UNAVAILABLE"
    assert found["ledger"]["lastSuccess"] == before["lastSuccess"] < found["ledger"]["lastFailure"]["at"]
    assert found["plan"]["circuit"] == found["buying"]["circuit"] == "CLOSED"
    assert (
        'threefold_source_circuit{source="ledger",state="OPEN"} 1.0' in door.request("GET", "/metrics").text
    )


def test_it_is_ready_with_every_system_down(door):
    door.network.down = {"plan", "buying", "ledger"}
    door.ask(ASKED)
    assert {each["lastFailure"]["code"] for each in ready(door).values()} == {"SOURCE_UNAVAILABLE"}


def test_an_answer_with_the_state_of_the_moment_is_not_kept():
    """Everything else in it is kept by now, and would be answered again."""
    both = f"{ASKED[:-1]} {STANDING[1:]}"
    with Door(wired, answer_bytes=1_000_000) as door:
        for query in (ASKED, both):
            for _ in range(2):
                reply = door.post({"query": query})
        assert reply.headers["cache-control"] == "no-store"
        door.network.refuses = {"plan"}
        door.post({"query": ASKED}, cache_control="no-cache")
        found = door.ask(both)["data"]["sources"]
    assert {each["name"]: each["standing"]["lastFailure"] for each in found}["plan"] is not None


@pytest.mark.parametrize(("state", "reason"), [("leaving", "stopping"), ("started", "starting")])
def test_it_is_not_ready_before_it_has_begun_and_while_it_goes(state, reason):
    app = application(wired(Network()), deadline=30)

    async def scene():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            reply = await client.get("/readyz")
            assert (reply.status_code, reply.json()) == (503, {"ready": False, "reason": "starting"})
            async with app.router.lifespan_context(app):
                assert (await client.get("/readyz")).status_code == 200
                setattr(app.state, state, state == "leaving")
                reply = await client.get("/readyz")
                assert (reply.status_code, reply.json()) == (503, {"ready": False, "reason": reason})
                assert (await client.get("/livez")).status_code == 200

    asyncio.run(scene())
