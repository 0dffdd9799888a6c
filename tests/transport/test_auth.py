"""Ways in: what is sent, and one renewal for everybody who waits for it."""

import asyncio
import base64

import pytest
from starlette.requests import Request
from starlette.responses import Response

from sources.spi.context import Context
from sources.spi.errors import Malformed, Unauthorized
from sources.spi.settings import Limits, Secret
from sources.transport.auth import AuthSpec, auth_for
from sources.transport.message import Call
from tests.transport.servers import application, channel, reply, settings

OAUTH = AuthSpec(kind="oauth2", fields=("client_id", "client_secret"), tokenPath="/oauth/token", scope="read")
CLIENT = {"client_id": "me", "client_secret": Secret("s3cr3t")}


class Office:
    """An API whose tokens can be called in: every call with an outdated one is refused."""

    def __init__(self, lifetime: int | None = 3600) -> None:
        self.issued = 0
        self.valid: str | None = None
        self.logins: list[tuple[str, str]] = []
        self.refused = 0
        self.lifetime = lifetime

    async def answer(self, request: Request) -> Response:
        if request.url.path == "/oauth/token":
            await asyncio.sleep(0.01)
            self.logins.append((request.headers["authorization"], (await request.body()).decode()))
            self.issued += 1
            self.valid = f"token-{self.issued}"
            return reply({"access_token": self.valid, "expires_in": self.lifetime})
        if request.headers.get("authorization") != f"Bearer {self.valid}":
            self.refused += 1
            return reply({}, 401)
        return reply({"ok": True})


def test_fixed_credentials() -> None:
    cases = [
        (AuthSpec(kind="none"), {}, {}),
        (
            AuthSpec(kind="basic", fields=("username", "password")),
            {"username": "u", "password": Secret("p:q")},
            {"authorization": "Basic " + base64.b64encode(b"u:p:q").decode()},
        ),
        (AuthSpec(kind="bearer", fields=("token",)), {"token": Secret("t")}, {"authorization": "Bearer t"}),
        (
            AuthSpec(kind="header", fields=("key",), header="APIKey"),
            {"key": Secret("k")},
            {"apikey": "k"},
        ),
    ]
    for way, given, expected in cases:

        async def scene(way: AuthSpec = way, given: dict[str, str | Secret] = given) -> dict[str, str]:
            async def answer(request: Request) -> Response:
                return reply(dict(request.headers))

            fixed = channel(application(answer), way=way, credentials=given)
            found: dict[str, str] = (await fixed.send(Call("GET", "x"), Context.within(5))).json()
            return found

        headers = asyncio.run(scene())
        assert {k: v for k, v in headers.items() if k in ("authorization", "apikey")} == expected


def test_missing_credentials_are_named() -> None:
    with pytest.raises(ValueError, match="auth 'basic' needs password"):
        auth_for(AuthSpec(kind="basic", fields=("username", "password")), settings(auth={"username": "u"}))


def test_a_token_needs_to_come_from_somewhere() -> None:
    with pytest.raises(ValueError, match="needs tokenPath"):
        AuthSpec(kind="oauth2", fields=("client_id", "client_secret"))


def test_a_token_is_fetched_once_and_kept() -> None:
    async def scene() -> Office:
        office = Office()
        oauth = channel(application(office.answer), way=OAUTH, credentials=CLIENT)
        calls = [oauth.send(Call("GET", "x"), Context.within(10)) for _ in range(20)]
        assert all(found.status == 200 for found in await asyncio.gather(*calls))
        return office

    office = asyncio.run(scene())
    assert office.issued == 1
    login, form = office.logins[0]
    assert login == "Basic " + base64.b64encode(b"me:s3cr3t").decode()
    assert form == "grant_type=client_credentials&scope=read"


def test_twenty_refused_callers_renew_once() -> None:
    async def scene() -> Office:
        office = Office()
        oauth = channel(
            application(office.answer), way=OAUTH, credentials=CLIENT, limits=Limits(concurrency=20)
        )
        await oauth.send(Call("GET", "x"), Context.within(10))
        office.valid = "called in"
        ctx = Context.within(10)
        calls = [oauth.send(Call("GET", "x"), ctx) for _ in range(20)]
        assert all(found.status == 200 for found in await asyncio.gather(*calls))
        return office

    office = asyncio.run(scene())
    assert office.issued == 2
    assert office.refused <= 20


def test_a_token_is_renewed_before_it_expires() -> None:
    async def scene() -> tuple[int, int]:
        office = Office(lifetime=0)
        oauth = channel(application(office.answer), way=OAUTH, credentials=CLIENT)
        for _ in range(3):
            await oauth.send(Call("GET", "x"), Context.within(10))
        return office.issued, office.refused

    assert asyncio.run(scene()) == (3, 0)


def test_credentials_that_stay_refused_are_unauthorized_after_one_renewal() -> None:
    async def scene() -> list[str]:
        asked: list[str] = []

        async def answer(request: Request) -> Response:
            asked.append(request.url.path)
            if request.url.path == "/oauth/token":
                return reply({"access_token": "t"})
            return reply({"error": "no"}, 401)

        oauth = channel(application(answer), way=OAUTH, credentials=CLIENT)
        with pytest.raises(Unauthorized):
            await oauth.send(Call("GET", "x"), Context.within(10))
        return asked

    assert asyncio.run(scene()) == ["/oauth/token", "/api/x", "/oauth/token", "/api/x"]


def test_a_wrong_password_is_tried_once_for_all_who_wait() -> None:
    async def scene() -> int:
        logins = []

        async def answer(_: Request) -> Response:
            logins.append(1)
            await asyncio.sleep(0.01)
            return reply({"error": "invalid_client"}, 401)

        oauth = channel(application(answer), way=OAUTH, credentials=CLIENT)
        calls = [oauth.send(Call("GET", "x"), Context.within(10)) for _ in range(8)]
        failures = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(failure, Unauthorized) for failure in failures)
        assert not any("s3cr3t" in repr(failure) for failure in failures)
        return len(logins)

    assert asyncio.run(scene()) == 1


def test_whoever_fetches_may_go_away() -> None:
    async def scene() -> int:
        office = Office()
        oauth = channel(application(office.answer), way=OAUTH, credentials=CLIENT)
        first = asyncio.create_task(oauth.send(Call("GET", "x"), Context.within(10)))
        second = asyncio.create_task(oauth.send(Call("GET", "x"), Context.within(10)))
        await asyncio.sleep(0.002)
        first.cancel()
        assert (await second).status == 200
        with pytest.raises(asyncio.CancelledError):
            await first
        return office.issued

    assert asyncio.run(scene()) == 1


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, {"access_token": "t", "expires_in": "soon"}, []])
def test_a_login_that_does_not_answer_with_a_token_is_malformed(body: object) -> None:
    async def scene() -> None:
        async def answer(_: Request) -> Response:
            return reply(body)

        oauth = channel(application(answer), way=OAUTH, credentials=CLIENT)
        with pytest.raises(Malformed):
            await oauth.send(Call("GET", "x"), Context.within(10))

    asyncio.run(scene())


def test_a_login_elsewhere_with_a_scheme_of_its_own() -> None:
    way = AuthSpec.model_validate(
        {
            "kind": "login",
            "fields": ["username", "password"],
            "tokenPath": "https://auth.vendor.test/token/authenticate",
            "tokenAt": "tokenInfo.tokenValue",
            "expiresAt": None,
            "scheme": "AnaplanAuthToken",
        }
    )

    async def scene() -> list[tuple[str, str]]:
        seen = []

        async def answer(request: Request) -> Response:
            seen.append((str(request.url), request.headers["authorization"]))
            return reply({"tokenInfo": {"tokenValue": "t1"}})

        login = channel(application(answer), way=way, credentials={"username": "u", "password": Secret("p")})
        await login.send(Call("GET", "x"), Context.within(10))
        return seen

    assert asyncio.run(scene()) == [
        ("https://auth.vendor.test/token/authenticate", "Basic dTpw"),
        ("http://erp.test/api/x", "AnaplanAuthToken t1"),
    ]


def test_credentials_do_not_print() -> None:
    auth = auth_for(OAUTH, settings(auth=CLIENT))
    assert "s3cr3t" not in repr(auth)
    assert "s3cr3t" not in repr(vars(auth))
    assert "s3cr3t" in auth.secrets()
