"""A headless Chromium driven over the DevTools protocol, small enough to read.

    with open_page("http://127.0.0.1:8000/") as page:
        page.wait_for("document.querySelectorAll('[role=tab]').length === 5")
        page.click("button.run")
        assert page.evaluate("document.title") == "Threefold explorer"
        assert page.misdeeds() == []

Protocol: https://chromedevtools.github.io/devtools-protocol/ (Page, Runtime, Network, Log, Audits, Input).
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from websockets.sync.client import connect
from websockets.sync.connection import Connection

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
)
_PATIENCE = 60.0
_KEYS = {"Enter": ("Enter", 13, "\r"), "Tab": ("Tab", 9, ""), "Escape": ("Escape", 27, "")}
_MODIFIERS = {"alt": 1, "ctrl": 2, "meta": 4, "shift": 8}


@dataclass
class Page:
    """One tab and everything it has asked for and complained about so far.

    requests: every address it requested, in order, ``data:`` addresses left out.
    console_errors: uncaught exceptions, ``console.error`` calls, and the browser's own error entries.
    csp_violations: what a Content-Security-Policy refused, as DevTools describes it (JSON).
    """

    socket: Connection
    url: str = ""
    requests: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)
    csp_violations: list[str] = field(default_factory=list)
    _last_id: int = 0
    _results: dict[int, dict[str, Any]] = field(default_factory=dict)

    def navigate(self, url: str) -> Self:
        """Go to *url* and wait until it has loaded."""
        self.url = url
        error = self.call("Page.navigate", url=url).get("errorText")
        assert error is None, f"{url}: {error}"
        self.wait_for(f"location.href.startsWith({json.dumps(url)}) && document.readyState === 'complete'")
        return self

    def evaluate(self, expression: str) -> Any:
        """The JSON value of a JavaScript *expression*; promises are awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, f"{expression}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    def wait_for(self, expression: str, patience: float = _PATIENCE) -> Any:
        """The first truthy value of *expression*; fails with what the page complained about."""
        deadline = time.monotonic() + patience
        while not (value := self.evaluate(expression)):
            assert time.monotonic() < deadline, f"never true: {expression}\n{self.misdeeds()}"
            time.sleep(0.05)
        return value

    def click(self, selector: str) -> None:
        """A real mouse click in the middle of the first element that matches."""
        self.wait_for(f"document.querySelector({json.dumps(selector)}) !== null")
        x, y = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'nearest'}); const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type(self, text: str) -> None:
        """Insert *text* where the focus is."""
        self.call("Input.insertText", text=text)

    def choose(self, selector: str, index: int) -> None:
        """Pick the option at *index* of the ``<select>`` that matches."""
        element = f"document.querySelector({json.dumps(selector)})"
        self.evaluate(f"{element}.selectedIndex = {index}, {element}.dispatchEvent(new Event('change'))")

    def press(self, key: str, *modifiers: str) -> None:
        """Press and release one of Enter, Tab, Escape, holding any of alt, ctrl, meta, shift."""
        code, number, text = _KEYS[key]
        held = sum(_MODIFIERS[name] for name in modifiers)
        common = {"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": held}
        self.call("Input.dispatchKeyEvent", type="keyDown", **common, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def prefer_dark(self) -> None:
        """Answer ``prefers-color-scheme: dark`` from now on."""
        features = [{"name": "prefers-color-scheme", "value": "dark"}]
        self.call("Emulation.setEmulatedMedia", features=features)

    def screenshot(self, path: Path) -> Path:
        """Write what is in view as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
        return path

    def requests_elsewhere(self) -> list[str]:
        """Every requested address of another origin than the page's own."""
        own = urlsplit(self.url)[:2]
        return [url for url in self.requests if urlsplit(url)[:2] != own]

    def misdeeds(self) -> list[str]:
        """What a well-behaved page never does: requests elsewhere, policy violations, console errors."""
        self.evaluate("new Promise(resolve => setTimeout(resolve))")
        return [*self.requests_elsewhere(), *self.csp_violations, *self.console_errors]

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One protocol command and its result; events that arrive meanwhile are kept."""
        self._last_id += 1
        mine = self._last_id
        self.socket.send(json.dumps({"id": mine, "method": method, "params": parameters}))
        while mine not in self._results:
            self._take(json.loads(self.socket.recv(timeout=_PATIENCE)))
        answer = self._results.pop(mine)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return dict(answer["result"])

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            self._results[message["id"]] = message
            return
        parameters = message["params"]
        match message["method"]:
            case "Network.requestWillBeSent" if not parameters["request"]["url"].startswith("data:"):
                self.requests.append(parameters["request"]["url"])
            case "Runtime.exceptionThrown":
                self.console_errors.append(json.dumps(parameters["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if parameters["type"] in ("error", "assert"):
                self.console_errors.append(json.dumps([arg.get("value", arg) for arg in parameters["args"]]))
            case "Log.entryAdded" if parameters["entry"]["level"] == "error":
                entry = parameters["entry"]
                self.console_errors.append(f"{entry['source']}: {entry['text']} {entry.get('url', '')}")
            case "Audits.issueAdded" if parameters["issue"]["code"] == "ContentSecurityPolicyIssue":
                self.csp_violations.append(json.dumps(parameters["issue"]["details"]))


@contextmanager
def open_page(url: str, *, width: int = 1400, height: int = 900) -> Iterator[Page]:
    """*url* loaded in a fresh browser with an empty profile, closed afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile,
        _browser(Path(profile), width, height) as port,
        connect(_tab(port), max_size=None, proxy=None) as socket,
    ):
        page = Page(socket)
        for domain in ("Page", "Runtime", "Network", "Log", "Audits"):
            page.call(f"{domain}.enable")
        yield page.navigate(url)


@contextmanager
def _browser(profile: Path, width: int, height: int) -> Iterator[int]:
    assert CHROMIUM is not None, "no Chromium on the PATH"
    command = (
        CHROMIUM,
        *_FLAGS,
        f"--user-data-dir={profile}",
        f"--window-size={width},{height}",
        "about:blank",
    )
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield _debugging_port(process, profile / "DevToolsActivePort")
    finally:
        # its helper processes too: one that outlives it would still write into the profile
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _debugging_port(process: subprocess.Popen[bytes], file: Path) -> int:
    deadline = time.monotonic() + _PATIENCE
    while not (file.exists() and file.read_text()):
        assert process.poll() is None, f"Chromium ended with code {process.returncode}"
        assert time.monotonic() < deadline, "Chromium opened no debugging port"
        time.sleep(0.05)
    return int(file.read_text().splitlines()[0])


def _tab(port: int) -> str:
    deadline = time.monotonic() + _PATIENCE
    while True:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=_PATIENCE) as answer:
            pages = [target for target in json.load(answer) if target["type"] == "page"]
        if pages:
            return str(pages[0]["webSocketDebuggerUrl"])
        assert time.monotonic() < deadline, "Chromium opened no tab"
        time.sleep(0.05)
