"""The one who asks, and what is said to one who cannot show who that is.

UnknownError             401  UNAUTHENTICATED        nothing was shown, or not what it takes
└─ UnverifiableError     503  IDENTITY_UNAVAILABLE   the issuer's keys cannot be had, so nobody can tell
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `id` is theirs alone, whoever vouches for them; `name` is what people call them. `expires` is
    when what they showed stops to count."""

    id: str
    name: str
    roles: frozenset[str] = frozenset()
    expires: datetime | None = None


ANYONE: Final = Principal("", "anyone")
"""Who asks where nobody has to say who they are."""


class UnknownError(Exception):
    """Why nobody can be named for a request. `shown`: something was shown, and does not count."""

    status: int = 401
    code: str = "UNAUTHENTICATED"

    def __init__(self, message: str, *, shown: bool = True) -> None:
        super().__init__(message)
        self.shown = shown

    def headers(self, schemes: tuple[str, ...]) -> dict[str, str]:
        """What a client is told to show (RFC 9110 §11.6.1, RFC 6750 §3)."""
        challenges = []
        for scheme in schemes:
            why = f', error="invalid_token", error_description="{self}"'
            told = why if scheme == "Bearer" and self.shown else ""
            challenges.append(f'{scheme} realm="threefold"{told}')
        return {"WWW-Authenticate": ", ".join(challenges)}


class UnverifiableError(UnknownError):
    """What was shown may be good, but what it is checked against cannot be had now."""

    status = 503
    code = "IDENTITY_UNAVAILABLE"

    def headers(self, schemes: tuple[str, ...]) -> dict[str, str]:
        del schemes
        return {"Retry-After": "5"}
