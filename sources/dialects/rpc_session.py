"""The way into Tryton: a login for a session, which ends when nobody uses it or the server says so.

``common.db.login`` answers [user id, session, address of a bus or null]; every other call then carries
``Authorization: Session base64(user:id:session)``. A wrong password is HTTP 401, too many tries are 429.
"""

import base64
from typing import Any

from sources.spi.errors import Malformed
from sources.spi.settings import Secret, SourceSettings
from sources.transport.auth import AuthSpec, TokenAuth
from sources.transport.message import Call


class SessionLogin(TokenAuth):
    """One session for everybody who waits for it, renewed once when it is refused."""

    def __init__(self, settings: SourceSettings, spec: AuthSpec, path: str) -> None:
        given = {name: settings.auth[name] for name in ("username", "password")}
        secrets = {n: v if isinstance(v, Secret) else Secret(v) for n, v in given.items()}
        super().__init__(settings.name, spec, secrets)
        self._path = path

    def call(self) -> Call:
        user, password = self._secrets["username"].reveal(), self._secrets["password"].reveal()
        params = [user, {"password": password}]
        return Call("POST", self._path, json={"id": 0, "method": "common.db.login", "params": params})

    def _header(self) -> str:
        return f"Session {self._token.reveal() if self._token else ''}"

    def _read(self, body: Any) -> tuple[str, float]:
        match body:
            case {"result": [int(user), str(session), *_]}:
                whole = f"{self._secrets['username'].reveal()}:{user}:{session}"
                return base64.b64encode(whole.encode()).decode(), self.spec.lifetime
        raise Malformed(self.source, "the login answered without a session")
