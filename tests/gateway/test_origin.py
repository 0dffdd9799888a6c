"""Whose page a request comes from: another site's page may not have a visitor's browser ask."""

import pytest

from gateway.origin import PROOFS
from tests.gateway.test_http import NAME, SAYS, code

HERE = "http://gateway"
ELSEWHERE = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}

ANSWERED = [
    {},
    {"user-agent": "Microsoft.Data.Mashup", "accept": "application/json"},
    {"sec-fetch-mode": "cors"},
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"},
    {"origin": HERE},
    {"origin": "HTTP://Gateway"},
    {"content-type": "application/json", **ELSEWHERE},
    *({name: "1", **ELSEWHERE} for name in PROOFS),
]
REFUSED = [
    ELSEWHERE,
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": HERE},
    {"sec-fetch-site": "nonsense"},
    {"origin": "https://evil.example"},
    {"origin": "http://gateway:8080"},
    {"origin": "null"},
    {"origin": "http://[nonsense"},
    {"content-type": "text/plain", **ELSEWHERE},
    {"content-type": "multipart/form-data; x=application/json", **ELSEWHERE},
    {PROOFS[0]: "", **ELSEWHERE},
]


@pytest.mark.parametrize("headers", ANSWERED)
def test_programs_and_pages_of_its_own_are_answered(door, headers):
    assert door.request("GET", params={"query": NAME}, headers=headers).json() == SAYS


@pytest.mark.parametrize("headers", REFUSED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_of_others_are_not(door, headers, method):
    """Whatever they send: the browser would attach what it knows of the visitor."""
    response = door.request(method, params={"query": NAME}, headers=headers)
    assert (response.status_code, code(response)) == (403, "CROSS_SITE_REQUEST")
    assert PROOFS[0] in response.json()["errors"][0]["message"]
    assert door.network.calls == []
