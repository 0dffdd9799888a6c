"""How a system proves its messages is said in the file; what it signs them with is not."""

import pytest

from gateway.hooks import Scheme
from sources.spi.facts import Fact

FACTS = "    facts: [LEDGER, VOUCHER]"


def hooked(hook: str) -> tuple[str, str]:
    return FACTS, f"{FACTS}\n    hook: {hook}"


def test_a_hook_knows_its_scheme_its_secret_and_what_its_messages_are_about(changed, loaded):
    text = changed(hooked("{scheme: hmac, secret: env:SAP_PASSWORD, events: {journal.*: [LEDGER]}}"))
    hook = loaded(text).hooks["sap"]
    assert (hook.scheme, hook.secret.reveal()) == (Scheme.HMAC, "s3cret-from-env")
    assert (hook.facts, hook.events) == ({Fact.LEDGER, Fact.VOUCHER}, {"journal.*": {Fact.LEDGER}})


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        ("{scheme: hmac, secret: plain-text}", "must not stand in the file: write env:NAME"),
        ("{scheme: hmac, secret: env:NOBODY}", "names the variable NOBODY, which is not set"),
        ("{scheme: rsa, secret: env:SAP_PASSWORD}", "must be one of stripe, hmac"),
        ("{scheme: hmac}", "secret"),
        ("{scheme: hmac, secret: env:SAP_PASSWORD, events: {a: [NOTHING]}}", "NOTHING"),
    ],
)
def test_what_is_wrong_with_a_hook_is_said(changed, wrong, hook, said):
    found = wrong(changed(hooked(hook)))
    assert any(said in problem for problem in found)
    assert not any("plain-text" in problem for problem in found)
