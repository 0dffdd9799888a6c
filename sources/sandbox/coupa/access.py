"""OAuth 2.0 as Coupa has it: client credentials with scopes, one per kind of resource."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sources.sandbox.coupa.catalog import SCOPES
from sources.sandbox.coupa.errors import CoupaError
from sources.sandbox.tokens import TokenOffice, basic, bearer, form


class Access:
    def __init__(self, office: TokenOffice) -> None:
        self._office = office

    async def token(self, request: Request) -> Response:
        """POST /oauth2/token. A scope is required: it decides what the token may read."""
        fields = await form(request)
        if fields.get("grant_type") != "client_credentials":
            return _refused("unsupported_grant_type", 400)
        client, secret = basic(request) or (fields.get("client_id", ""), fields.get("client_secret", ""))
        if not self._office.knows(client, secret):
            return _refused("invalid_client", 401)
        scopes = frozenset(fields.get("scope", "").split())
        if not scopes or not scopes <= SCOPES:
            return _refused("invalid_scope", 400)
        return JSONResponse(
            {
                "access_token": self._office.issue(client, scopes),
                "token_type": "bearer",
                "expires_in": int(self._office.ttl),
                "scope": " ".join(sorted(scopes)),
            }
        )

    def check(self, request: Request, scope: str) -> None:
        """Raises CoupaError: 401 without a valid token, 403 when it lacks the scope."""
        grant = self._office.grant(bearer(request) or "")
        if grant is None:
            raise CoupaError("token", "is missing, invalid or expired", 401)
        if scope not in grant.scopes:
            raise CoupaError("scope", f"the token does not allow {scope}", 403)


def _refused(error: str, status: int) -> Response:
    return JSONResponse({"error": error}, status_code=status)
