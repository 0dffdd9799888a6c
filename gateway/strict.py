"""JSON that means one thing: no name twice, no number that loses digits, nothing nested without end.

RFC 8259 leaves to the reader what a repeated name or a long number means, and readers differ; a proxy that
checks a request could read another one than we do. Work is linear in the length of the text.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, DecimalException
from itertools import accumulate
from typing import Any, Final

import orjson

MOST_DEPTH: Final = 64
MOST_DIGITS: Final = 40
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_STEPS: Final = bytes.maketrans(b"[{]}", b"\x02\x02\x00\x00")
_OTHERS: Final = bytes(each for each in range(256) if each not in b"[{]}")


class NotStrictError(ValueError):
    """Why a text is not JSON, or not clear enough to be acted on."""


def loads(content: bytes) -> Any:
    """The value of a JSON text. Raises NotStrictError."""
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise NotStrictError(f"not JSON: {error}") from None
    if _depth(content) > MOST_DEPTH:
        raise NotStrictError(f"nested more than {MOST_DEPTH} deep")
    return json.loads(content, object_pairs_hook=_object, parse_int=_whole, parse_float=_broken)


def _depth(content: bytes) -> int:
    """How deep a JSON text is nested, without recursion."""
    brackets = _STRING.sub(b"", content).translate(None, _OTHERS).translate(_STEPS)
    return max(accumulate(step - 1 for step in brackets), default=0)


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise NotStrictError(f"{twice[:40]!r} stands twice in one object")
    return found


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS or not -(2**63) <= (value := int(text)) < 2**64:
        raise NotStrictError(f"the number {_shown(text)} has more than 64 bits; send it as a string")
    return value


def _broken(text: str) -> float:
    """A number as a float, where that says the same."""
    value = float(text)
    try:
        same = len(text) <= MOST_DIGITS and Decimal(repr(value)) == Decimal(text)
    except DecimalException:
        same = False
    if not same:
        raise NotStrictError(f"the number {_shown(text)} would lose digits; send it as a string")
    return value


def _shown(text: str) -> str:
    return text if len(text) <= MOST_DIGITS else f"{text[:MOST_DIGITS]}…"
