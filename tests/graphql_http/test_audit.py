"""GraphQL over HTTP, as the audits of npm's graphql-http see it: all of them, each by its name."""

import asyncio
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.app import application
from tests.browser.serving import serving
from tests.gateway.world import Network, engine

HERE = Path(__file__).parent
AUDITS = 61
NODE, NPM = shutil.which("node"), shutil.which("npm")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (NODE and NPM), reason="no node and npm on the PATH (apt-get install npm)"),
]


@pytest.fixture(scope="module")
def package() -> Path:
    """Where graphql-http is installed, as locked. Skips where npm cannot have it."""
    if not (HERE / "node_modules" / "graphql-http").is_dir():
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        done = subprocess.run((NPM, "ci", *quiet), cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"npm cannot install graphql-http: {done.stderr.strip()[-200:]}")
    return HERE


@pytest.fixture(scope="module")
def audits(package: Path) -> list[dict[str, str]]:
    with serving(application(engine(Network()), deadline=30)) as url:
        command = (NODE, "audit.mjs", f"{url}/graphql")
        done = subprocess.run(command, cwd=package, capture_output=True, text=True, check=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_all_audits_pass(audits):
    assert [
        f"{each['id']} {each['name']}: {each.get('reason')}" for each in audits if each["status"] != "ok"
    ] == []
    assert len({each["id"] for each in audits}) == AUDITS


def test_the_audits_can_fail(package):
    """A server that says 200 to everything, in plain text, passes some and fails many."""

    async def agreeable(scope, receive, send):
        if scope["type"] != "http":
            return
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"yes"})
        await asyncio.sleep(0)

    with serving(agreeable) as url:
        command = (NODE, "audit.mjs", url)
        done = subprocess.run(command, cwd=package, capture_output=True, text=True, check=True, timeout=120)
    found = [json.loads(line)["status"] for line in done.stdout.splitlines()]
    assert len(found) == AUDITS
    assert found.count("ok") < AUDITS / 2
