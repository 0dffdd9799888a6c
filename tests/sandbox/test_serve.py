"""The systems together: in this process, on ports, and on bad days."""

import asyncio
import signal
import subprocess
import sys

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from sources.sandbox.canonical import DEMO_KEY
from sources.sandbox.estate import build
from sources.sandbox.faults import Faults
from sources.sandbox.serve import systems

ESTATE = build(7, 0.02)
FINE = PlainTextResponse("fine")
KEY = {"Authorization": f"Bearer {DEMO_KEY}"}

SERVING = """
from starlette.responses import PlainTextResponse
from sources.sandbox.serve import serve_on_ports
systems = {name: PlainTextResponse(name) for name in ("one", "two")}
serve_on_ports(systems, "127.0.0.1", 0, lambda line: print(line, flush=True))
print("stopped", flush=True)
"""


def ask(app: ASGIApp, times: int = 1, path: str = "/") -> list[httpx.Response]:
    async def asking() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=KEY) as client:
            return [await client.get(path) for _ in range(times)]

    return asyncio.run(asking())


def test_every_system_is_there_and_wants_to_know_who_asks():
    found = systems(ESTATE)
    assert list(found) == ["anaplan", "sap", "coupa", "tryton", "canonical"]
    assert ask(found["canonical"], path="/suppliers?limit=1")[0].status_code == 200


def test_page_size_is_handed_on():
    (answer,) = ask(systems(ESTATE, page_size=3)["canonical"], path="/suppliers")
    assert len(answer.json()["data"]) == 3


def test_faults_wrap_every_system():
    for system in systems(ESTATE, error_rate=1).values():
        (answer,) = ask(system)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_about_the_share_asked_for_fails_and_the_same_requests_each_time():
    first = [answer.status_code for answer in ask(Faults(FINE, error_rate=0.3, seed=5), 200)]
    assert first == [answer.status_code for answer in ask(Faults(FINE, error_rate=0.3, seed=5), 200)]
    assert first != [answer.status_code for answer in ask(Faults(FINE, error_rate=0.3, seed=6), 200)]
    assert 30 < first.count(503) < 90
    assert set(first) == {200, 503}


def test_an_answer_may_come_late(monkeypatch):
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("sources.sandbox.faults.asyncio.sleep", sleep)
    assert ask(Faults(FINE, latency_ms=50), 2)[-1].text == "fine"
    assert slept == [0.05, 0.05]


@pytest.mark.parametrize("options", [{"latency_ms": -1}, {"error_rate": 1.1}, {"error_rate": -0.1}])
def test_impossible_faults_are_refused(options):
    with pytest.raises(ValueError, match="between 0 and 1"):
        Faults(FINE, **options)


def test_systems_are_served_on_ports_until_interrupted():
    with subprocess.Popen([sys.executable, "-c", SERVING], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        addresses = dict(process.stdout.readline().split() for _ in range(2))
        for name, address in addresses.items():
            assert httpx.get(address, trust_env=False).text == name
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopped\n"
    assert process.returncode == 0
