"""A gateway is alone, or one of several, as its configuration says; and what it is made of stays."""

import asyncio
import gc
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from starlette.applications import Starlette

from gateway import sandbox as boxes
from gateway import wiring
from gateway.cli.server import Server
from gateway.config import load
from sources.aspects.cache import Memory, Told
from sources.spi.facts import Fact
from sources.spi.replicas import Alone
from sources.spi.settings import Secret, SourceSettings, ValkeySettings

LEDGER: Final = SourceSettings(
    "ledger",
    "canonical",
    "https://ledger.example",
    auth={"kind": "bearer", "token": Secret("one")},
    facts=frozenset({Fact.LEDGER, Fact.VOUCHER, Fact.ORDER, Fact.INVOICE, Fact.RECEIPT}),
)


def test_without_a_shared_cache_it_is_alone():
    configuration = load(boxes.CONFIGURATION, boxes.CREDENTIALS, wiring.problems)
    assert isinstance(wiring.wired(configuration, boxes.in_process()).replicas, Alone)


def test_with_one_it_tells_the_others_and_starts_though_it_is_not_there():
    async def scene() -> None:
        configuration = load(boxes.CONFIGURATION, boxes.CREDENTIALS, wiring.problems)
        shared = replace(configuration, shared=ValkeySettings("127.0.0.1", 1))
        wired = wiring.wired(shared, boxes.in_process())
        assert isinstance(wired.replicas, Told)
        await wired.replicas.begin()
        await wired.replicas.tell("sap", [Fact.LEDGER], datetime.now(UTC))
        await wired.replicas.aclose()

    asyncio.run(scene())


def test_who_gets_in_otherwise_shares_nothing():
    told = {
        wiring.fingerprint(each)
        for each in (
            LEDGER,
            replace(LEDGER, auth={"kind": "bearer", "token": Secret("another")}),
            replace(LEDGER, url="https://other.example"),
            replace(LEDGER, facts=frozenset({Fact.LEDGER})),
        )
    }
    assert len(told) == 4
    assert not any("another" in each for each in told)


def test_every_process_says_the_same_of_the_same_settings():
    """Text hashes otherwise in each process, and with it sets have another order."""
    program = "import tests.gateway.test_wiring as t; print(t.wiring.fingerprint(t.LEDGER))"
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1


def innermost(source):
    """The source itself, without what stands around it."""
    while hasattr(source, "_inner"):
        source = source._inner
    return source


def test_no_call_takes_longer_than_a_question():
    """A system that hangs is noticed to hang within the time that questions have."""
    configuration = load(boxes.CONFIGURATION, boxes.CREDENTIALS, wiring.problems)
    engine = wiring.engine(replace(configuration, deadline=3.0), boxes.in_process(), store=Memory(0))
    assert {innermost(source).settings.limits.timeout for source in engine.sources.values()} == {3.0}


def test_what_is_there_when_the_server_starts_is_not_looked_at_for_garbage_again():
    async def run():
        server = Server(Starlette(), "127.0.0.1", 0, deadline=1)
        server.config.load()
        server.lifespan = server.config.lifespan_class(server.config)
        await server.startup()
        frozen = gc.get_freeze_count()
        await server.shutdown()
        return frozen

    gc.unfreeze()
    try:
        assert asyncio.run(run()) > 1000
    finally:
        gc.unfreeze()
