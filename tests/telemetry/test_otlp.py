"""What `threefold serve` sends is what a collector takes: OTLP over HTTP, from a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

from gateway.sandbox import CONFIGURATION, CREDENTIALS
from tests.telemetry.collector import Collector

ROOT: Final = Path(__file__).parent.parent.parent
_THREEFOLD: Final = (sys.executable, "-c", "from gateway.cli import main; main()")
TOKEN: Final = "Bearer s3cret-of-the-collector"
PASSWORD: Final = "s3cret-of-the-ledger"
ASKED: Final = """query WhatIsLeft($center: [ID!]) {
  budgetPosition(period: {fiscalYear: 2026}, where: {costCenter: {in: $center}}) { totals { budget } }
}"""
pytestmark = pytest.mark.slow


@contextmanager
def gateway(folder: Path, telemetry: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A gateway with the demo's configuration, whose systems are all away: its address and its process."""
    text = CONFIGURATION.read_text(encoding="utf-8").replace("../../sources", str(ROOT / "sources"))
    text = text.replace("profile: demo\n", f"profile: demo\ntelemetry: {telemetry}\n", 1)
    file = folder / "threefold.yaml"
    file.write_text(text.replace(".sandbox", ".invalid"), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*_THREEFOLD, "serve", str(file), "--port", str(port), "--drain", "0"],
        cwd=ROOT,
        env={**os.environ, **dict.fromkeys(CREDENTIALS, PASSWORD), "OTLP": TOKEN, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _begun(address, process)
        yield address, process
    finally:
        process.kill()
        process.communicate()


def _begun(address: str, process: subprocess.Popen[str]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(process.communicate()[1])
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(address)


def ask(address: str) -> None:
    body = {"query": ASKED, "variables": {"center": ["US-OPS-110"]}}
    assert httpx.post(f"{address}/graphql", json=body, timeout=60).status_code == 200


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit status and what was said on the way, of a process that is asked to go."""
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    return process.returncode, said


def test_a_question_reaches_the_collector_as_one_trace(tmp_path: Path) -> None:
    with Collector(TOKEN) as collector:
        told = f"{{otlp: '{collector.address}', headers: {{authorization: env:OTLP}}, service: left}}"
        with gateway(tmp_path, told) as (address, process):
            ask(address)
            assert ended(process)[0] == 0
        spans = collector.spans
        (operation,) = (span for span in spans if span.kind == "SERVER")
        assert operation.attributes["graphql.operation.name"] == "WhatIsLeft"
        assert operation.resource["service.name"] == "left"
        assert operation.resource["telemetry.sdk.language"] == "python"
        assert {span.trace for span in spans} == {operation.trace}
        scans = {span.id: span for span in spans if span.name.startswith("scan ")}
        calls = [span for span in spans if span.kind == "CLIENT"]
        assert scans
        assert calls
        assert {call.parent for call in calls} <= scans.keys()
        assert {call.attributes["error.type"] for call in calls} == {"SOURCE_UNAVAILABLE"}
        assert all(path == "/v1/traces" for path, _ in collector.requests)
        for secret in (b"s3cret", b"US-OPS-110", b"costCenter"):
            assert not any(secret in body for body in collector.bodies)


def test_none_of_the_requests_are_traced_where_none_are_wanted(tmp_path: Path) -> None:
    with Collector() as collector:
        with gateway(tmp_path, f"{{otlp: '{collector.address}', sampling: 0}}") as (address, process):
            ask(address)
            assert ended(process)[0] == 0
        assert collector.requests == []


@pytest.mark.parametrize("away", [True, False])
def test_a_collector_that_takes_nothing_is_in_nobodys_way(tmp_path: Path, *, away: bool) -> None:
    """Away, or refusing our token: questions are answered, the process ends, and no log has the token."""
    with Collector("another") as collector:
        where = "http://127.0.0.1:1" if away else collector.address
        told = f"{{otlp: '{where}', headers: {{authorization: env:OTLP}}}}"
        with gateway(tmp_path, told) as (address, process):
            ask(address)
            status, said = ended(process)
        assert status == 0
        assert "s3cret" not in said
        assert collector.spans == []
        assert bool(collector.requests) is not away
