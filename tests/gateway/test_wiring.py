"""A gateway is alone, or one of several: as its configuration says."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from gateway import sandbox as boxes
from gateway import wiring
from gateway.config import load
from sources.aspects.cache import Told
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
