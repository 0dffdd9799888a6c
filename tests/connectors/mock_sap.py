"""mock-sap as a process of its own: an SAP nobody here wrote, and plain reads of it."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

CLIENT, SECRET = "FPA_READER", "mock-secret"
LIFETIME = 5


@dataclass(frozen=True)
class MockSap:
    url: str

    @property
    def services(self) -> str:
        return f"{self.url}/sap/opu/odata/sap"

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """The mock's own switchboard: faults, clock, tokens."""
        return _call(f"{self.url}/_mock/{path}", method, body, {})[0]

    def read(self, path: str, **options: str) -> list[dict[str, Any]]:
        """A plain read with a token of its own: what the connector's answers are measured by."""
        query = urlencode({f"${k}": v for k, v in options.items()} | {"$format": "json"}, quote_via=quote)
        body, _ = _call(f"{self.services}/{path}?{query}", "GET", None, self._login())
        results: list[dict[str, Any]] = body["d"]["results"]
        return results

    def create(self, path: str, body: Mapping[str, Any]) -> None:
        login = self._login()
        service = path.partition("/")[0]
        _, headers = _call(f"{self.services}/{service}/", "GET", None, {**login, "X-CSRF-Token": "Fetch"})
        cookies = "; ".join(value.partition(";")[0] for value in headers.get_all("Set-Cookie") or ())
        token = {"X-CSRF-Token": headers["X-CSRF-Token"], "Cookie": cookies}
        _call(f"{self.services}/{path}", "POST", body, {**login, **token})

    def _login(self) -> dict[str, str]:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        request = Request(  # noqa: S310 - our own process
            f"{self.url}/sap/bc/sec/oauth2/token",
            b"grant_type=client_credentials",
            {"Authorization": f"Basic {basic}"},
        )
        with urlopen(request, timeout=20) as answer:  # noqa: S310 - as above
            return {"Authorization": f"Bearer {json.load(answer)['access_token']}"}


def _call(url: str, method: str, body: Any, headers: Mapping[str, str]) -> tuple[Any, Any]:
    data = None if body is None else json.dumps(body).encode()
    kinds = {"Content-Type": "application/json", "Accept": "application/json"}
    request = Request(url, data, {**kinds, **headers}, method=method)  # noqa: S310 - our own process
    with urlopen(request, timeout=20) as answer:  # noqa: S310 - as above
        return json.loads(answer.read() or b"null"), answer.headers


@contextmanager
def running(*options: str) -> Iterator[MockSap]:
    """A fresh system on a free port, its clock pinned, its tokens short-lived."""
    command = [sys.executable, "-m", "mocksap", "--port", "0", "-q", "--clock", "2026-01-31T12:00"]
    login = ["--oauth", f"{CLIENT}:{SECRET}", "--token-ttl", str(LIFETIME)]
    process = subprocess.Popen(
        [*command, *login, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        yield MockSap(found[0])
    finally:
        process.terminate()
        process.communicate(timeout=20)
