"""The browser helper sees what it is there to see: a page that misbehaves is caught."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.browser.chrome import open_page
from tests.browser.serving import serving

pytestmark = pytest.mark.browser

_MISBEHAVING = """<!doctype html><title>Misbehaving</title>
<img src="http://elsewhere.invalid/pixel.png" alt="">
<script>document.title = "inline script ran"</script>
<input id="box"><button onclick="">Go</button>
"""
_HEADERS = {"Content-Security-Policy": "script-src 'self'"}


async def _misbehave(_: Request) -> Response:
    return HTMLResponse(_MISBEHAVING, headers=_HEADERS)


def test_requests_elsewhere_and_policy_violations_are_seen(tmp_path: Path) -> None:
    with serving(Starlette(routes=[Route("/", _misbehave)])) as url, open_page(f"{url}/") as page:
        assert page.evaluate("document.title") == "Misbehaving"
        assert page.requests_elsewhere() == ["http://elsewhere.invalid/pixel.png"]
        assert any("script-src" in violation for violation in page.csp_violations)
        assert any("elsewhere.invalid" in error for error in page.console_errors)
        assert len(page.misdeeds()) >= 3
        assert page.screenshot(tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


def test_mouse_and_keyboard_reach_the_page() -> None:
    with serving(Starlette(routes=[Route("/", _misbehave)])) as url, open_page(f"{url}/") as page:
        page.click("#box")
        page.type("6100")
        assert page.evaluate("document.getElementById('box').value") == "6100"
        page.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Go"
