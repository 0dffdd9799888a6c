"""Somebody logs in at a provider, and an application fetches a token for them (RFC 6749, RFC 7636)."""

import base64
import hashlib
import re
import secrets
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

CALLBACK = "http://127.0.0.1/callback"
CLIENT = "explorer"


def token(issuer: str, login: str, resource: str = "urn:threefold") -> str:
    """An access token for a resource, after the login and the consent that the provider asks for."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": CLIENT,
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": "openid read",
        "resource": resource,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    with httpx.Client(base_url=issuer) as browser:
        response = browser.get("/auth", params=asked)
        while not response.headers.get("location", "").startswith(CALLBACK):
            response = _next(browser, response, login)
        code = parse_qs(urlsplit(response.headers["location"]).query)["code"][0]
        given = {
            "grant_type": "authorization_code",
            "client_id": CLIENT,
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": verifier,
            "resource": resource,
        }
        answer = browser.post("/token", data=given)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def _next(browser: httpx.Client, response: httpx.Response, login: str) -> httpx.Response:
    """One step of a browser: it follows where it is sent, and fills in the form it is shown."""
    if response.is_redirect:
        return browser.get(urljoin(str(response.url), response.headers["location"]))
    assert response.status_code == 200, response.text
    action = re.search(r'<form[^>]+action="([^"]+)"', response.text)
    prompt = re.search(r'name="prompt" value="(\w+)"', response.text)
    assert action is not None, response.text
    assert prompt is not None, response.text
    return browser.post(action[1], data={"prompt": prompt[1], "login": login, "password": "any"})
