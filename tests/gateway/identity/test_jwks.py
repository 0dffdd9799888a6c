"""An issuer's keys: found, kept, changed, and out of reach."""

import asyncio
import logging

import httpx
import pytest

from gateway.identity import UnknownError
from gateway.identity.jwks import COOLDOWN, FRESH, KEPT, RETRY
from gateway.identity.principal import UnverifiableError
from tests.gateway.identity.issuing import NAME, Publisher, private, published, token, tokens

DISCOVERY = "/tenant/.well-known/openid-configuration"
FIRST, SECOND = published(private(), "one"), published(private("EC", 2), "two")
NEW = {"key": private("EC", 2), "kid": "two"}


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


async def settled():
    for _ in range(20):
        await asyncio.sleep(0)


def test_keys_are_read_once():
    publisher = Publisher()

    async def scene():
        known = tokens(publisher)
        await asyncio.gather(*(known.principal(token(sub=f"u{n}")) for n in range(20)))
        await known.principal(token())

    asyncio.run(scene())
    assert publisher.asked == [DISCOVERY, "/tenant/keys"]


def test_a_configured_address_needs_no_discovery():
    publisher = Publisher()
    asyncio.run(tokens(publisher, jwks="https://login.example/other").principal(token()))
    assert publisher.asked == ["/other"]


def test_a_key_that_is_new_is_found_and_one_that_is_gone_is_not():
    publisher, clock = Publisher(FIRST), Clock()

    async def scene():
        known = tokens(publisher, clock)
        assert (await known.principal(token())).name == "u1"
        publisher.keys = [SECOND]
        clock.time += COOLDOWN
        assert (await known.principal(token(**NEW))).name == "u1"
        with pytest.raises(UnknownError, match="not signed with its issuer's key"):
            await known.principal(token())

    asyncio.run(scene())


def test_invented_key_ids_make_us_read_once_in_a_while():
    publisher, clock = Publisher(), Clock()

    async def scene():
        known = tokens(publisher, clock)
        for second in range(60):
            clock.time = 1000.0 + second
            for n in range(5):
                with pytest.raises(UnknownError):
                    await known.principal(token(kid=f"invented-{n}"))

    asyncio.run(scene())
    assert publisher.asked.count("/tenant/keys") == 60 / COOLDOWN


def test_a_set_is_read_again_behind_a_token_when_it_is_old():
    """So a key that was withdrawn counts at most until then, though tokens with it keep coming."""
    publisher, clock = Publisher(FIRST), Clock()

    async def scene():
        known = tokens(publisher, clock)
        await known.principal(token())
        publisher.keys = [SECOND]
        clock.time += FRESH + 1
        await known.principal(token())
        await settled()
        with pytest.raises(UnknownError):
            await known.principal(token())
        await known.aclose()

    asyncio.run(scene())


def test_while_an_issuer_is_down_the_keys_we_have_count_for_a_day(caplog):
    publisher, clock = Publisher(), Clock()

    async def scene():
        known = tokens(publisher, clock)
        await known.principal(token())
        publisher.down = True
        clock.time += KEPT
        assert (await known.principal(token())).name == "u1"
        await settled()
        clock.time += RETRY
        with pytest.raises(UnverifiableError):
            await known.principal(token())
        publisher.down = False
        clock.time += RETRY
        assert (await known.principal(token())).name == "u1"
        await known.aclose()

    with caplog.at_level(logging.WARNING, "threefold.identity"):
        asyncio.run(scene())
    assert f"the keys of {NAME} cannot be read: connection refused" in caplog.text


@pytest.mark.parametrize(
    ("path", "answer", "why"),
    [
        (DISCOVERY, httpx.Response(500), "answered 500"),
        (DISCOVERY, httpx.Response(302, headers={"location": "http://169.254.169.254/"}), "answered 302"),
        (DISCOVERY, httpx.Response(200, json={"issuer": "https://evil.example"}), "names another issuer"),
        (DISCOVERY, httpx.Response(200, json={"issuer": NAME}), "names no jwks_uri"),
        (
            DISCOVERY,
            httpx.Response(200, json={"issuer": NAME, "jwks_uri": "http://login.example/k"}),
            "names an unencrypted jwks_uri",
        ),
        (DISCOVERY, httpx.Response(200, json=[]), "answered with no JSON object"),
        ("/tenant/keys", httpx.Response(200, content=b"<html>"), "unexpected character"),
        ("/tenant/keys", httpx.Response(200, content=b"[" + b"1," * 200_000), "more than 262144 bytes"),
        ("/tenant/keys", httpx.Response(200, json={"keys": [{}] * 101}), "no set of at most 100 keys"),
        ("/tenant/keys", httpx.Response(200, json={}), "no set of at most 100 keys"),
    ],
)
def test_what_an_issuer_may_not_answer(caplog, path, answer, why):
    publisher = Publisher()
    publisher.says[path] = answer
    with caplog.at_level(logging.WARNING, "threefold.identity"), pytest.raises(UnverifiableError):
        asyncio.run(tokens(publisher).principal(token()))
    assert why in caplog.text


def test_what_is_no_key_among_keys_is_passed_over():
    publisher = Publisher("no key", {"kid": "x"}, {"kty": "oct", "k": "AA", "kid": "y"}, FIRST)  # type: ignore[arg-type]
    assert asyncio.run(tokens(publisher).principal(token())).name == "u1"


def test_a_key_that_is_none_is_no_incident():
    publisher = Publisher({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "one"})
    with pytest.raises(UnknownError, match="cannot be verified"):
        asyncio.run(tokens(publisher).principal(token()))
