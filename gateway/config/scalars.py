"""The kinds of text a configuration is made of, each with its own words for what it accepts.

Everything arrives as text (see `yaml`). Each kind has a JSON Schema that also accepts what an editor makes
of the same text, since an editor reads `1010` as a number.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from resolvers.semantics.currency import is_currency
from resolvers.semantics.dimensions import ELIMINATION, RESERVED
from resolvers.semantics.duration import seconds

_TAKEN: Final = (*RESERVED, ELIMINATION)
_TEXT: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,500}")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_COUNT: Final = re.compile(r"[0-9]{1,15}")
_DECIMAL: Final = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,16})?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: Final = {"type": ["string", "number", "boolean"]}


def refused(accepted: str) -> PydanticCustomError:
    """The error of a value that is not what is accepted; the value is added where it may be shown."""
    return PydanticCustomError("accepted", "{accepted}", {"accepted": accepted})


def misplaced(message: str) -> PydanticCustomError:
    """The error of a value that must not be there, whatever it is; it is not shown."""
    return PydanticCustomError("misplaced", "{accepted}", {"accepted": message})


def _text(value: str) -> str:
    if not _TEXT.fullmatch(value) or value != value.strip():
        raise refused("must be one line of 1 to 500 characters without spaces around them")
    return value


def _member(value: str) -> str:
    if value in _TAKEN:
        raise refused(f"must not be a reserved member ({', '.join(_TAKEN)})")
    return value


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise refused("must be a name: a letter, then up to 63 letters, digits, _ or -")
    return value


def _currency(value: str) -> str:
    if not is_currency(value):
        raise refused("must be an ISO 4217 currency code such as USD, EUR or JPY")
    return value


def parsed(pattern: re.Pattern[str], parse: Callable[[str], Any], accepted: str) -> Callable[[Any], Any]:
    """A validator of text that matches `pattern` as a whole and that `parse` makes a value of."""

    def validate(value: Any) -> Any:
        if isinstance(value, str) and pattern.fullmatch(value):
            try:
                return parse(value)
            except (ValueError, OverflowError):
                pass
        raise refused(accepted)

    return validate


def one_of(words: Iterable[StrEnum], *, either_case: bool = False) -> Callable[[Any], Any]:
    """A validator of text that is one of the words."""
    known = {str(word): word for word in words}

    def validate(value: Any) -> Any:
        word = value.upper() if either_case and isinstance(value, str) else value
        if isinstance(word, str) and word in known:
            return known[word]
        raise refused(f"must be one of {', '.join(known)}")

    return validate


def _instant(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment.astimezone(UTC)


def _address(value: str) -> str:
    try:
        parts = urlsplit(_text(value))
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole or " " in value:
        raise refused("must be an address that starts with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise misplaced("must not hold credentials; they belong under auth")
    if parts.query or parts.fragment:
        raise misplaced("must be an address without ? and #")
    return value.rstrip("/")


Text = Annotated[str, AfterValidator(_text), WithJsonSchema(_WORDS)]
"""Any text: names, codes, paths."""
Member = Annotated[str, AfterValidator(_text), AfterValidator(_member), WithJsonSchema(_WORDS)]
"""The id of a member."""
Name = Annotated[
    str, AfterValidator(_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})
]
Currency = Annotated[
    str, AfterValidator(_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})
]
Count = Annotated[
    int,
    BeforeValidator(parsed(_COUNT, int, "must be a whole number such as 1 or 5000")),
    WithJsonSchema({"type": ["integer", "string"], "pattern": "^[0-9]{1,15}$", "minimum": 0}),
]
PositiveDecimal = Annotated[
    Decimal,
    BeforeValidator(parsed(_DECIMAL, Decimal, "must be a decimal number such as 1.0825")),
    Field(gt=0),
    WithJsonSchema({"type": ["number", "string"], "pattern": f"^{_DECIMAL.pattern}$", "exclusiveMinimum": 0}),
]
NonNegativeDecimal = Annotated[
    Decimal,
    BeforeValidator(parsed(_DECIMAL, Decimal, "must be a decimal number such as 1.0825")),
    WithJsonSchema({"type": ["number", "string"], "pattern": f"^{_DECIMAL.pattern}$", "minimum": 0}),
]
Day = Annotated[
    date,
    BeforeValidator(parsed(_DAY, date.fromisoformat, "must be a date such as 2026-06-30")),
    WithJsonSchema({"type": "string", "format": "date"}),
]
Instant = Annotated[
    datetime,
    BeforeValidator(
        parsed(re.compile(r".{10,40}"), _instant, "must be an instant such as 2026-06-30T12:00:00Z")
    ),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Flag = Annotated[
    bool,
    BeforeValidator(parsed(re.compile("true|false"), "true".__eq__, "must be true or false")),
    WithJsonSchema({"enum": [True, False, "true", "false"]}),
]
Seconds = Annotated[
    float,
    BeforeValidator(parsed(re.compile(r".{2,40}"), seconds, "must be a duration such as 30s, 5m or PT5M")),
    WithJsonSchema(
        {"type": "string", "pattern": "^([0-9.]+(ms|s|m|h|d)|P[0-9DTHMS.]+)$", "examples": ["30s", "PT5M"]}
    ),
]
"""A duration, in seconds."""
Address = Annotated[
    str, AfterValidator(_address), WithJsonSchema({"type": "string", "pattern": "^https?://[^@\\s]+$"})
]
