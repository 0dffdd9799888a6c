"""Tokens: what is believed of them, and what is not."""

import asyncio
import base64
import hashlib
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from gateway.identity import Issuer, Tokens, UnknownError
from tests.gateway.identity.issuing import AUDIENCE, NAME, Publisher, private, published, token, tokens


def principal(text, publisher=None, **settings):
    return asyncio.run(tokens(publisher or Publisher(), **settings).principal(text))


def refusal(text, publisher=None, **settings):
    with pytest.raises(UnknownError) as refused:
        principal(text, publisher, **settings)
    return str(refused.value)


def encoded(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def test_a_good_token_says_who_it_is():
    end = int(time.time()) + 300
    found = principal(token(sub="u7", name="Ann", roles=["finance"], exp=end), name_claim="name")
    assert (found.id, found.name, found.roles) == (f"{NAME} u7", "Ann", {"finance"})
    assert found.expires.timestamp() == end


@pytest.mark.parametrize(("kind", "algorithm"), [("RSA", "RS256"), ("RSA", "PS256"), ("OKP", "EdDSA")])
def test_other_usual_algorithms(kind, algorithm):
    key = private(kind)
    publisher = Publisher(published(key, "one"))
    assert principal(token(key, algorithm=algorithm), publisher).name == "u1"


MINUTE = 60


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"exp": int(time.time()) - MINUTE}, "the token has expired"),
        ({"nbf": int(time.time()) + 10 * MINUTE}, "the token is not valid yet"),
        ({"iat": int(time.time()) + 10 * MINUTE}, "the token is not valid yet"),
        ({"aud": "another"}, "the token is for another audience"),
        ({"aud": ["another", "third"]}, "the token is for another audience"),
        ({"iss": "https://evil.example"}, "the token is of an issuer that is not known here"),
        ({"iss": f"{NAME}/"}, "the token is of an issuer that is not known here"),
        ({"iss": None}, "the token is of an issuer that is not known here"),
        ({"exp": None}, "the token lacks one of exp, iss, aud and sub"),
        ({"aud": None}, "the token lacks one of exp, iss, aud and sub"),
        ({"sub": None}, "the token lacks one of exp, iss, aud and sub"),
        ({"exp": "soon"}, "the token cannot be verified"),
    ],
)
def test_what_is_not_for_us_now(claims, said):
    assert refusal(token(**claims)) == said


def test_clocks_may_differ_a_little():
    now = int(time.time())
    assert principal(token(exp=now - 20, nbf=now + 20)).name == "u1"
    assert refusal(token(exp=now - 20), skew=5) == "the token has expired"


def test_one_of_several_audiences_will_do():
    assert principal(token(aud=["other", AUDIENCE])).name == "u1"


def test_an_unsigned_token_is_nobodys():
    head, body = encoded({"alg": "none", "kid": "one"}), token().split(".")[1]
    for text in (f"{head}.{body}.", f"{encoded({'alg': 'None', 'kid': 'one'})}.{body}."):
        assert refusal(text) == "the token is signed with an algorithm that is not allowed"


def test_a_public_key_is_no_shared_secret():
    """HS256 with the public key as the secret, in each form somebody might have it, verifies nowhere."""
    key = private("RSA")
    publisher = Publisher(published(key, "one"))
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signed = f"{encoded({'alg': 'HS256', 'kid': 'one'})}.{token().split('.')[1]}"
    for secret in (pem, pem.strip(), json.dumps(publisher.keys[0]).encode()):
        mac = encoded(hmac.new(secret, signed.encode(), hashlib.sha256).digest())
        for allowed, said in (
            (("RS256",), "the token is signed with an algorithm that is not allowed"),
            (("RS256", "HS256"), "the token is not signed with its issuer's key"),
        ):
            assert refusal(f"{signed}.{mac}", publisher, algorithms=allowed) == said


def test_an_algorithm_that_is_not_allowed_is_not_used():
    said = refusal(token(private("RSA"), algorithm="RS512"), Publisher(published(private("RSA"), "one")))
    assert said == "the token is signed with an algorithm that is not allowed"
    assert refusal(token(), algorithms=("RS256",)) == said


def test_a_key_signs_in_its_own_way_only():
    for more in ({"alg": "PS256"}, {"use": "enc"}, {"key_ops": ["sign"]}, {"key_ops": "verify"}):
        publisher = Publisher(published(private("RSA"), "one", **more))
        text = token(private("RSA"), algorithm="RS256")
        assert refusal(text, publisher) == "the token is not signed with its issuer's key"


def test_a_stolen_key_id_opens_nothing():
    stolen = token(private("EC", 2), kid="one")
    assert refusal(stolen) == "the token is not signed with its issuer's key"


def test_a_key_that_a_token_brings_is_not_looked_at():
    other = private("EC", 2)
    for header in (
        {"jwk": published(other, "one")},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/certificate", "x5c": ["AAAA"]},
    ):
        publisher = Publisher()
        claims = jwt.decode(token(), options={"verify_signature": False})
        text = jwt.encode(claims, other, "ES256", {"kid": "one", **header})
        assert refusal(text, publisher) == "the token is not signed with its issuer's key"
        assert publisher.asked == ["/tenant/.well-known/openid-configuration", "/tenant/keys"]


def test_what_has_to_be_understood_and_is_not_is_refused():
    claims = jwt.decode(token(), options={"verify_signature": False})
    text = jwt.encode(claims, private(), "ES256", {"kid": "one", "crit": ["exp"], "exp": 1})
    assert refusal(text) == "what was sent is neither a token nor a key"


def test_a_changed_token_is_refused():
    head, body, signature = token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    changed = f"{head}.{encoded({**claims, 'roles': ['admin']})}.{signature}"
    assert refusal(changed) == "the token is not signed with its issuer's key"


@pytest.mark.parametrize(
    "text", ["x", "a.b.c", "a" * 20_000, "..", "é.é.é", f"{encoded([1])}.{encoded([2])}.x"]
)
def test_what_is_no_token(text):
    assert refusal(text)


def test_a_token_without_key_id_needs_an_issuer_with_one_key():
    one, two = published(private(), None), published(private("EC", 2), None)
    assert principal(token(kid=None), Publisher(one)).name == "u1"
    said = "the token is not signed with its issuer's key"
    assert refusal(token(kid=None), Publisher(one, two)) == said


def test_one_issuer_cannot_speak_for_another():
    """Both are known; a token that claims to be of the one and is signed by the other is nobody's."""
    other = Publisher(published(private("EC", 2), "one"), name="https://other.example")
    first = Publisher()

    class Both(Publisher):
        async def handle_async_request(self, request):
            return await (other if request.url.host == "other.example" else first).handle_async_request(
                request
            )

    both = Tokens([Issuer(NAME, (AUDIENCE,)), Issuer(other.name, (AUDIENCE,))], Both())

    async def scene():
        mine = await both.principal(token(iss=other.name, key=private("EC", 2)))
        with pytest.raises(UnknownError):
            await both.principal(token(key=private("EC", 2)))
        with pytest.raises(UnknownError):
            await both.principal(token(iss=other.name))
        return mine.id

    assert asyncio.run(scene()) == "https://other.example u1"


@pytest.mark.parametrize(
    ("claims", "settings", "roles"),
    [
        ({"roles": ["a", "b", 3]}, {}, {"a", "b"}),
        ({"roles": "a"}, {}, {"a"}),
        ({"scope": "openid read"}, {"roles_claim": "scope"}, {"openid", "read"}),
        ({"realm_access": {"roles": ["a"]}}, {"roles_claim": "realm_access.roles"}, {"a"}),
        ({"https://x.example/roles": ["a"]}, {"roles_claim": "https://x.example/roles"}, {"a"}),
        ({"roles": ["8d3f", "b"]}, {"called": {"8d3f": "finance"}}, {"finance", "b"}),
        ({}, {"roles": frozenset({"staff"})}, {"staff"}),
        ({"roles": {"a": 1}}, {}, set()),
        ({"realm_access": "roles"}, {"roles_claim": "realm_access.roles"}, set()),
        ({"name": 7}, {"name_claim": "name"}, set()),
    ],
)
def test_roles_are_found_where_the_issuer_puts_them(claims, settings, roles):
    found = principal(token(**claims), **settings)
    assert (found.roles, found.name) == (roles, "u1")
