"""Who may ask, at the door: what a request shows, and what it is told."""

import base64
from datetime import UTC, datetime

import pytest

from gateway.identity import Identity, Keys, keys
from gateway.policy import Role, Roles
from resolvers.semantics.access import Grant
from tests.gateway.identity.issuing import Publisher, token, tokens
from tests.gateway.world import Door

ROLES = Roles({"finance": Role(Grant("finance"))})
QUESTION = {"query": "{ budgetPosition { totals { budget } } }"}
WAYS = (
    "say who you are: a token or a key as Authorization: Bearer, "
    "or a key as X-API-Key or as the Basic password"
)


@pytest.fixture
def key(tmp_path):
    made, text = keys.made("bi", ("finance",), datetime.now(UTC), None)
    with keys.changing(tmp_path / "keys.json") as held:
        held.append(made)
    return text


@pytest.fixture
def publisher():
    return Publisher()


@pytest.fixture
def shut(tmp_path, key, publisher):
    """A gateway that takes tokens and keys."""
    known = tokens(publisher, roles=frozenset({"finance"}))
    with Door(identity=Identity(known, Keys(tmp_path / "keys.json")), roles=ROLES) as door:
        yield door


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def told(response):
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"], error["message"]


def test_a_token_or_a_key_is_let_in(shut, key):
    for headers in (
        {"authorization": f"Bearer {token()}"},
        {"authorization": f"bearer  {token()}"},
        {"authorization": f"Bearer {key}"},
        {"x_api_key": key},
        {"authorization": basic("anything", key)},
        {"authorization": basic("", key)},
    ):
        response = shut.post(QUESTION, **headers)
        assert response.status_code == 200
        assert response.json()["data"]["budgetPosition"]["totals"]["budget"]
        assert response.headers["vary"] == "Accept, Authorization, X-API-Key, Accept-Encoding"
    assert shut.network.calls


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, WAYS),
        ({"authorization": ""}, WAYS),
        ({"authorization": "Bearer"}, WAYS),
        ({"authorization": "Digest x"}, "Authorization takes Bearer, or Basic with a key as the password"),
        ({"authorization": "Bearer nonsense"}, "what was sent is neither a token nor a key"),
        ({"authorization": "Bearer tfk_0"}, "the key is not known here"),
        ({"x_api_key": "tfk_0"}, "the key is not known here"),
        ({"x_api_key": "nonsense"}, "X-API-Key takes a key of this gateway"),
        ({"authorization": "Basic §".encode()}, "the Basic password takes a key of this gateway"),
        ({"authorization": basic("me", "secret")}, "the Basic password takes a key of this gateway"),
        ({"authorization": basic("tfk_0", "")}, "the Basic password takes a key of this gateway"),
        ({"authorization": basic("me", "tfk_0")}, "the key is not known here"),
        (
            {"authorization": "Bearer x", "x_api_key": "tfk_0"},
            "send one of Authorization and X-API-Key, not both",
        ),
    ],
)
def test_others_are_told_what_to_show_and_nobody_is_called(shut, headers, message):
    response = shut.post(QUESTION, **headers)
    assert told(response) == (401, "UNAUTHENTICATED", message)
    reason = "" if message == WAYS else f', error="invalid_token", error_description="{message}"'
    expected = f'Bearer realm="threefold"{reason}, Basic realm="threefold"'
    assert response.headers["www-authenticate"] == expected
    assert response.headers["cache-control"] == "no-store"
    assert shut.network.calls == []


def test_without_keys_no_password_is_asked_for(publisher):
    with Door(identity=Identity(tokens(publisher))) as door:
        assert door.post(QUESTION).headers["www-authenticate"] == 'Bearer realm="threefold"'
        assert told(door.post(QUESTION, x_api_key="tfk_0"))[2] == "keys are not accepted here; send a token"


def test_without_issuers_no_token_is_read(tmp_path, key):
    with Door(identity=Identity(keys=Keys(tmp_path / "keys.json")), roles=ROLES) as door:
        refused = door.post(QUESTION, authorization=f"Bearer {token()}")
        assert told(refused)[2] == "tokens are not accepted here; send a key"
        assert door.post(QUESTION, x_api_key=key).status_code == 200


def test_an_issuer_out_of_reach_is_not_the_callers_fault(shut, publisher, key):
    publisher.down = True
    response = shut.post(QUESTION, authorization=f"Bearer {token()}")
    assert told(response)[:2] == (503, "IDENTITY_UNAVAILABLE")
    assert response.headers["retry-after"] == "5"
    assert "www-authenticate" not in response.headers
    assert shut.post(QUESTION, x_api_key=key).status_code == 200


def test_a_body_is_not_read_of_those_who_are_not_known(shut):
    response = shut.request("POST", content=b"x" * 2**21, headers={"content-type": "application/json"})
    assert response.status_code == 401


def test_the_explorer_and_the_probes_have_nothing_to_hide(shut):
    for path in ("/", "/livez", "/readyz"):
        assert shut.request("GET", path).status_code == 200


def test_a_secret_is_never_said_again(shut, key, caplog):
    for headers in ({"x_api_key": f"{key}0"}, {"authorization": f"Bearer {token(exp=1)}"}):
        response = shut.post(QUESTION, **headers)
        for value in headers.values():
            assert value.removeprefix("Bearer ") not in response.text + str(response.headers) + caplog.text


def test_principals_are_told_apart_in_the_queue(shut, key, monkeypatch):
    seen = []
    engine = shut._app.routes[0].app._engine
    ask = engine.ask

    async def noted(question, ctx):
        seen.append(ctx.principal)
        return await ask(question, ctx)

    monkeypatch.setattr(type(engine), "ask", lambda _, question, ctx: noted(question, ctx))
    shut.post(QUESTION, x_api_key=key)
    shut.post(QUESTION, authorization=f"Bearer {token(sub='u9')}")
    assert seen == ["key bi", "https://login.example/tenant u9"]
