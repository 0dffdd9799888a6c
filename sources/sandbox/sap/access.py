"""Who may read: a communication user with a password, or an OAuth 2.0 client."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sources.sandbox.tokens import TokenOffice, basic, bearer, form, same

_LOGON: Final = (
    '<html><head><title>Logon failed</title></head><body class="bodyStart">'
    '<h1 class="errorHeader">Logon failed</h1></body></html>'
)


@dataclass(frozen=True, slots=True)
class Access:
    user: str
    password: str
    office: TokenOffice

    def refusal(self, request: Request) -> Response | None:
        """None when the request may pass; else what SAP answers."""
        token = bearer(request)
        if token is not None:
            return None if self.office.grant(token) else _unauthorized('Bearer error="invalid_token"')
        given = basic(request)
        if given is not None and same(given[0], self.user) and same(given[1], self.password):
            return None
        return _unauthorized('Basic realm="SAP NetWeaver Application Server [S4H/100]"')

    async def token(self, request: Request) -> Response:
        """POST /oauth/token, RFC 6749 §4.4; the client in Basic authentication or in the form."""
        fields = await form(request)
        if fields.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type"}, status_code=400)
        client, secret = basic(request) or (fields.get("client_id", ""), fields.get("client_secret", ""))
        if not self.office.knows(client, secret):
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        token = self.office.issue(client, frozenset(fields.get("scope", "").split()))
        return JSONResponse(
            {"access_token": token, "token_type": "Bearer", "expires_in": int(self.office.ttl)}
        )


def _unauthorized(challenge: str) -> Response:
    return Response(
        _LOGON,
        status_code=401,
        media_type="text/html",
        headers={"WWW-Authenticate": challenge},
    )
