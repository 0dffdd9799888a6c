"""Who may ask, as the configuration says it."""

import pytest

from gateway.identity import Issuer

ISSUER = "{issuer: https://login.example/t, audience: [threefold]}"


def identity(text):
    return "crosswalks:", f"identity: {text}\nroles: {{everything: {{}}}}\ncrosswalks:"


def test_nobody_has_to_say_where_there_is_no_section(valid, loaded):
    assert loaded(valid).identity is None


def test_issuers_and_keys(changed, loaded, tmp_path):
    found = loaded(changed(identity(f"{{keys: k/keys.json, issuers: [{ISSUER}]}}"))).identity
    assert found.keys.resolve() == tmp_path / "k" / "keys.json"
    assert found.issuers == (Issuer("https://login.example/t", ("threefold",), called={}),)


def test_all_there_is_to_say_of_an_issuer(changed, loaded):
    text = """
  issuers:
    - issuer: https://login.example/t/
      audience: [api://threefold, other]
      jwks: http://localhost:8080/keys?p=1
      algorithms: [ES384]
      rolesClaim: realm_access.roles
      roleNames: {8d3f: finance}
      roles: [staff]
      nameClaim: email
      skew: 2m
      ca: ca.pem"""
    (found,) = loaded(changed(identity(text)), {"ca.pem": "x"}).identity.issuers
    assert found == Issuer(
        "https://login.example/t/",
        ("api://threefold", "other"),
        "http://localhost:8080/keys?p=1",
        ("ES384",),
        "realm_access.roles",
        {"8d3f": "finance"},
        frozenset({"staff"}),
        "email",
        120.0,
        "ca.pem",
    )


ADDRESS = "must be an address that starts with https:// (http:// on this machine), without user"
ALGORITHMS = "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "identity: must have issuers, or a file of keys, or both"),
        ("{issuers: []}", "identity: must have issuers, or a file of keys, or both"),
        ("{keyz: x}", "identity.keyz: is not a key here, where issuers, keys are; did you mean keys?"),
        (
            "{issuers: [{issuer: http://login.example, audience: [x]}]}",
            f"identity.issuers[0].issuer: {ADDRESS}, not 'http://login.example'",
        ),
        (
            "{issuers: [{issuer: 'https://u:p@login.example', audience: [x]}]}",
            f"identity.issuers[0].issuer: {ADDRESS}, not ",
        ),
        (
            "{issuers: [{issuer: https://login.example}]}",
            "identity.issuers[0].audience: is required: What its tokens are for here: ",
        ),
        (
            "{issuers: [{issuer: https://login.example, audience: []}]}",
            "identity.issuers[0].audience: must not be empty",
        ),
        (
            f"{{issuers: [{ISSUER[:-1]}, algorithms: [RS256, none]}}]}}",
            f"identity.issuers[0].algorithms[1]: must be one of {ALGORITHMS}, not 'none'",
        ),
        (
            f"{{issuers: [{ISSUER[:-1]}, algorithms: [HS256]}}]}}",
            f"identity.issuers[0].algorithms[0]: must be one of {ALGORITHMS}, not 'HS256'",
        ),
        (
            f"{{issuers: [{ISSUER[:-1]}, skew: 1h}}]}}",
            "identity.issuers[0].skew: must be at most 300, not '1h'",
        ),
        (
            f"{{issuers: [{ISSUER}, {ISSUER}]}}",
            "identity.issuers[1].issuer: 'https://login.example/t' is given twice; the first is threefold",
        ),
        (f"{{issuers: [{ISSUER[:-1]}, ca: no.pem}}]}}", "identity.issuers[0].ca: is no file: no.pem"),
    ],
)
def test_what_is_wrong_is_named(changed, wrong, text, message):
    (problem,) = wrong(changed(identity(text)))
    assert message in problem
