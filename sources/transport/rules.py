"""What a reply means when it is not plainly an answer: ordered rules on status, header and body.

Needed because vendors disagree: one says "too many requests" with 400, another with 200, a third answers
an empty list with 404. A connector's own rules come first, then `DEFAULTS`. A reply below 400 is an answer
unless a rule names its status.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_STATUS: Final = re.compile(r"[1-5](\d\d|xx)")


class Outcome(StrEnum):
    """What to do about a reply.

    RETRY           the same call may succeed later
    RATE_LIMITED    so it may, and the source said we ask too much
    REAUTHENTICATE  the credential is stale: renew it once and ask again
    UNAUTHORIZED, FORBIDDEN, REFUSED, MISSING, BROKEN   the error of that name
    EMPTY           an answer without records
    OVER_LIMIT      more was asked for at once than the source gives
    """

    RETRY = "retry"
    RATE_LIMITED = "rateLimited"
    REAUTHENTICATE = "reauthenticate"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    REFUSED = "refused"
    MISSING = "missing"
    EMPTY = "empty"
    BROKEN = "broken"
    OVER_LIMIT = "overLimit"


class BodyTest(BaseModel):
    """The value at the dotted path `at` (numbers index lists) exists; or equals, or contains a match."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: str
    equals: str | None = None
    matches: re.Pattern[str] | None = None

    def passes(self, body: Any) -> bool:
        value = at(body, self.at)
        if value is None:
            return False
        if self.equals is not None:
            return text(value) == self.equals
        return self.matches is None or self.matches.search(text(value)) is not None


class ErrorRule(BaseModel):
    """`status` is a number or a class like ``5xx`` (absent: any error status); `header` maps names to
    patterns searched in the value; `body` tests the JSON body. All that is given must hold. `retryAfter` is
    ``header`` or seconds; `message` is the path of the source's own words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    then: Outcome
    status: str | None = None
    header: dict[str, re.Pattern[str]] = Field(default_factory=dict)
    body: BodyTest | None = None
    retry_after: Literal["header"] | float | None = Field(default=None, alias="retryAfter")
    message: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _status_is_text(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("status"), int):
            return {**data, "status": str(data["status"])}
        return data

    @field_validator("status")
    @classmethod
    def _a_status(cls, status: str | None) -> str | None:
        if status is not None and not _STATUS.fullmatch(status):
            raise ValueError(f"{status!r} is not a status such as 429 or 5xx")
        return status

    def applies(self, status: int) -> bool:
        """Whether the rule concerns replies of this status at all."""
        if self.status is None:
            return status >= HTTPStatus.BAD_REQUEST
        return all(mine in ("x", theirs) for mine, theirs in zip(self.status, str(status), strict=True))

    def matches(self, headers: Mapping[str, str], body: Any) -> bool:
        """`headers` by lower-case name, `body` the decoded JSON or None."""
        for name, pattern in self.header.items():
            value = headers.get(name.lower())
            if value is None or pattern.search(value) is None:
                return False
        return self.body is None or self.body.passes(body)


DEFAULTS: Final = (
    ErrorRule(status="401", then=Outcome.REAUTHENTICATE),
    ErrorRule(status="403", then=Outcome.FORBIDDEN),
    ErrorRule(status="404", then=Outcome.MISSING),
    ErrorRule(status="408", then=Outcome.RETRY, retry_after="header"),
    ErrorRule(status="429", then=Outcome.RATE_LIMITED, retry_after="header"),
    ErrorRule(status="5xx", then=Outcome.RETRY, retry_after="header"),
    ErrorRule(status="4xx", then=Outcome.REFUSED),
    ErrorRule(status="3xx", then=Outcome.REFUSED),
    ErrorRule(status="1xx", then=Outcome.BROKEN),
    ErrorRule(status="206", then=Outcome.BROKEN),
)


def relevant(rules: Iterable[ErrorRule], status: int) -> tuple[ErrorRule, ...]:
    """The rules that could concern a reply of this status, the defaults last."""
    return tuple(rule for rule in (*rules, *DEFAULTS) if rule.applies(status))


def at(value: Any, path: str) -> Any:
    """The value at a dotted path, list positions as numbers; None where there is none."""
    for key in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def text(value: Any) -> str:
    """A JSON value as a rule compares it: booleans as JSON writes them."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
