"""A real OpenID provider, npm's oidc-provider: who logs in there may ask here, and nobody else."""

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.identity import Identity, Issuer, Tokens, jwks
from gateway.policy import Role, Roles
from resolvers.semantics.access import Grant
from tests.gateway.world import Door
from tests.identity import login

HERE = Path(__file__).parent
NODE, NPM = shutil.which("node"), shutil.which("npm")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (NODE and NPM), reason="no node and npm on the PATH (apt-get install npm)"),
]


@dataclass
class Provider:
    """A provider at `issuer`, and the line to it."""

    issuer: str
    commands: IO[str]
    answers: IO[str]

    def rotate(self) -> None:
        self.commands.write("rotate\n")
        self.commands.flush()
        assert self.answers.readline() == "rotated\n"

    @property
    def kid(self) -> str:
        return httpx.get(f"{self.issuer}/jwks").json()["keys"][0]["kid"]


@pytest.fixture(scope="module")
def package() -> Path:
    """Where oidc-provider is installed, as locked. Skips where npm cannot have it."""
    if not (HERE / "node_modules" / "oidc-provider").is_dir():
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        done = subprocess.run((NPM, "ci", *quiet), cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"npm cannot install oidc-provider: {done.stderr.strip()[-200:]}")
    return HERE


@pytest.fixture(scope="module")
def provider(package: Path) -> Iterator[Provider]:
    command = (NODE, "provider.mjs")
    with subprocess.Popen(
        command,
        cwd=package,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        issuer = process.stdout.readline().strip()
        assert issuer.startswith("http://127.0.0.1:")
        yield Provider(issuer, process.stdin, process.stdout)
        process.stdin.close()
        process.wait(timeout=20)


@pytest.fixture
def door(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A gateway that believes the provider. It may read its keys again at once."""
    monkeypatch.setattr(jwks, "COOLDOWN", 0.0)
    roles = Roles({"finance": Role(Grant("finance"))})
    known = Issuer(provider.issuer, ("threefold",), roles_claim="realm_access.roles", skew=0)
    with Door(identity=Identity(Tokens([known])), roles=roles) as opened:
        yield opened


def told(door: Door, token: str) -> tuple[int, str | None]:
    """The status, and the reason of a refusal."""
    question = {"query": "{ budgetPosition { totals { budget } } }"}
    response = door.post(question, authorization=f"Bearer {token}")
    errors = response.json().get("errors")
    return response.status_code, errors and errors[0]["message"]


FORGED = (401, "the token is not signed with its issuer's key")


def test_who_logs_in_may_ask(provider: Provider, door: Door) -> None:
    assert told(door, login.token(provider.issuer, "ann")) == (200, None)
    assert door.network.calls


def test_new_keys_are_found_and_old_ones_forgotten(provider: Provider, door: Door) -> None:
    before = login.token(provider.issuer, "ann")
    assert told(door, before) == (200, None)
    provider.rotate()
    after = login.token(provider.issuer, "ann")
    assert told(door, after) == (200, None)
    assert told(door, before) == FORGED


def test_a_token_ends(provider: Provider, door: Door) -> None:
    token = login.token(provider.issuer, "ann", "urn:brief")
    end = jwt.decode(token, options={"verify_signature": False})["exp"]
    time.sleep(max(0.0, end - time.time()) + 0.1)
    assert told(door, token) == (401, "the token has expired")


def test_a_token_for_another_is_not_for_us(provider: Provider, door: Door) -> None:
    token = login.token(provider.issuer, "ann", "urn:other")
    assert told(door, token) == (401, "the token is for another audience")


def test_a_swapped_algorithm_is_refused(provider: Provider, door: Door) -> None:
    head, body, signature = login.token(provider.issuer, "ann").split(".")
    for algorithm in ("none", "HS256", "RS256"):
        header = {"alg": algorithm, "typ": "at+jwt", "kid": provider.kid}
        swapped = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
        status, reason = told(door, f"{swapped}.{body}.{signature}")
        assert status == 401
        assert reason in {"the token is signed with an algorithm that is not allowed", FORGED[1]}
    assert told(door, f"{head}.{body}.{signature}") == (200, None)


def test_a_stolen_key_id_opens_nothing(provider: Provider, door: Door) -> None:
    claims = jwt.decode(login.token(provider.issuer, "ann"), options={"verify_signature": False})
    own = ec.generate_private_key(ec.SECP256R1())
    forged = jwt.encode({**claims, "sub": "bob"}, own, "ES256", {"kid": provider.kid})
    assert told(door, forged) == FORGED
