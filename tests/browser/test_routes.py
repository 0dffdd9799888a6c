"""What the explorer's addresses answer, without a browser."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from gateway.explorer import Question, routes
from gateway.explorer.shelf import BUNDLES, LICENCES
from tests.browser.serving import serving


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[httpx.Client]:
    app = Starlette(routes=routes("/graphql", [Question("All", "query All { a }")], tmp_path))
    with serving(app) as url, httpx.Client(base_url=url) as client:
        yield client


def test_the_policy_admits_this_origin_only(plain: httpx.Client) -> None:
    policy = plain.get("/").headers["content-security-policy"]
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    nonce = directives.pop("style-src")
    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert nonce.startswith("'self' 'nonce-")
    assert policy != plain.get("/").headers["content-security-policy"], "a nonce serves one answer"


@pytest.mark.parametrize("path", ["/", "/explorer/plain", "/explorer/questions.json", "/explorer/x/none.js"])
def test_every_answer_forbids_sniffing_and_referrers(plain: httpx.Client, path: str) -> None:
    headers = plain.get(path).headers
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert headers["cache-control"] == "no-cache"


def test_questions_are_told_as_json(plain: httpx.Client) -> None:
    assert plain.get("/explorer/questions.json").json() == {
        "graphqlPath": "/graphql",
        "questions": [{"title": "All", "document": "query All { a }", "variables": None}],
    }


def test_files_are_cached_for_good_at_an_address_that_names_their_content(plain: httpx.Client) -> None:
    address = _address(plain, "plain.js")
    answer = plain.get(address)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert plain.get(address.replace("plain.js", "nothing.js")).status_code == 404
    assert plain.get("/explorer/0123456789abcdef/plain.js").status_code == 404
    assert plain.get(address.replace("plain.js", "..%2f..%2fpages.py")).status_code == 404


def test_no_page_holds_a_script_of_its_own_or_names_another_host(plain: httpx.Client) -> None:
    for path in ("/", "/explorer/plain"):
        html = plain.get(path).text
        assert html.count("<script") == html.count("></script>")
        assert "//" not in html
        assert "{{" not in html


def test_graphiql_is_the_front_page_once_every_bundle_is_there(tmp_path: Path) -> None:
    names = [*BUNDLES, LICENCES]
    for name in names[:-1]:
        (tmp_path / name).write_text(name)
    assert "graphiql" not in _front(tmp_path)
    (tmp_path / names[-1]).write_text("licences")
    assert "graphiql.min.js" in _front(tmp_path)


def _front(assets: Path) -> str:
    with serving(Starlette(routes=routes("/graphql", [], assets))) as url:
        return httpx.get(url).text


def _address(client: httpx.Client, name: str) -> str:
    html = client.get("/").text
    end = html.index(name) + len(name)
    return html[html.rindex('"', 0, end) + 1 : end].removeprefix(".")
