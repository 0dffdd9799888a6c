"""Only the system itself, and only once, can say that something changed."""

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import pytest

from gateway.hooks import Hook, Scheme
from sources.spi.changes import Changes
from sources.spi.facts import Fact
from sources.spi.settings import Secret
from tests.gateway.world import Door

SECRET: Final = "whsec_test"
FACTS: Final = frozenset({Fact.ORDER, Fact.INVOICE, Fact.RECEIPT})
EVENTS: Final = {"invoice.*": frozenset({Fact.INVOICE}), "order.*": frozenset({Fact.ORDER, Fact.LEDGER})}


class Listening(Door):
    """A gateway that believes what `stripe` and `buying` say, if they can prove it."""

    def __init__(self) -> None:
        self.changes = Changes()
        hooks = {
            name: Hook(scheme, Secret(SECRET), FACTS, EVENTS)
            for name, scheme in (("stripe", Scheme.STRIPE), ("buying", Scheme.HMAC))
        }
        super().__init__(hooks=hooks, changes=self.changes)

    def hear(self, source, body, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", f"/hooks/{source}", content=body, headers=named)

    def changed(self, source):
        """The facts that cannot be answered with any more, read now."""
        now = datetime(2020, 1, 1, tzinfo=UTC)
        return {fact for fact in Fact if self.changes.since(source, fact, now)}


@pytest.fixture
def listening() -> Iterator[Listening]:
    with Listening() as opened:
        yield opened


def signed(body, at=None, secret=SECRET):
    """The timestamp and the signature of a body."""
    timestamp = str(int(datetime.now(UTC).timestamp()) if at is None else at)
    return timestamp, hmac.new(secret.encode(), f"{timestamp}.".encode() + body, sha256).hexdigest()


def stripe(body, **how):
    timestamp, signature = signed(body, **how)
    return {"Stripe_Signature": f"t={timestamp},v1={signature},v0=ignored"}


def plain(body, **how):
    timestamp, signature = signed(body, **how)
    return {"X_Timestamp": timestamp, "X_Signature": signature}


def message(kind):
    return json.dumps({"id": "evt_1", "type": kind}).encode()


@pytest.mark.parametrize(("source", "proof"), [("stripe", stripe), ("buying", plain)])
def test_a_message_that_proves_itself_drops_what_it_is_about(listening, source, proof):
    body = message("invoice.paid")
    response = listening.hear(source, body, **proof(body))
    assert (response.status_code, response.json()) == (200, {"dropped": ["INVOICE"]})
    assert listening.changed(source) == {Fact.INVOICE}
    assert listening.changed("ledger") == set()


def test_only_what_the_source_provides_is_dropped(listening):
    body = message("order.changed")
    assert listening.hear("buying", body, **plain(body)).json() == {"dropped": ["ORDER"]}


@pytest.mark.parametrize("body", [message("something.else"), b'{"type": 5}', b"[]", b"not JSON", b""])
def test_what_nobody_understands_is_about_everything(listening, body):
    assert listening.hear("buying", body, **plain(body)).json() == {
        "dropped": ["INVOICE", "ORDER", "RECEIPT"]
    }


def test_the_second_time_it_is_refused(listening):
    body = message("invoice.paid")
    proof = plain(body)
    assert listening.hear("buying", body, **proof).status_code == 200
    again = listening.hear("buying", body, **proof)
    assert (again.status_code, again.json()["errors"][0]["extensions"]["code"]) == (409, "MESSAGE_REPEATED")


@pytest.mark.parametrize("late", [-400, 400])
def test_an_old_message_and_one_of_the_future_are_refused(listening, late):
    body = message("invoice.paid")
    refused = listening.hear("buying", body, **plain(body, at=int(datetime.now(UTC).timestamp()) + late))
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (
        401,
        "MESSAGE_EXPIRED",
    )
    assert listening.changed("buying") == set()


FORGED = [
    {},
    {"X_Timestamp": "1718000000"},
    {"X_Signature": "00"},
    {"X_Timestamp": "soon", "X_Signature": "00"},
    {"X_Timestamp": "9" * 400, "X_Signature": "00"},
    {"X_Timestamp": "1718000000", "X_Signature": "0" * 64},
    plain(message("invoice.paid"), secret="another"),
    plain(b"another body"),
    stripe(message("invoice.paid")),
]


@pytest.mark.parametrize("headers", FORGED)
def test_a_forged_message_changes_nothing(listening, headers):
    refused = listening.hear("buying", message("invoice.paid"), **headers)
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (401, "BAD_SIGNATURE")
    assert listening.changed("buying") == set()
    assert SECRET not in refused.text


def test_a_source_without_a_hook_is_unknown(listening):
    body = message("invoice.paid")
    refused = listening.hear("ledger", body, **plain(body))
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (404, "UNKNOWN_SOURCE")


def test_a_message_without_end_is_cut_off(listening):
    body = bytes(2 * 1024 * 1024)
    assert listening.hear("buying", body, **plain(body)).status_code == 413
