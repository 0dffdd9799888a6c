"""One call and its reply, as values; and a source's own words made fit to be shown."""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from sources.transport.decode import read_json

Params = tuple[tuple[str, str], ...]
SHOWN: Final = 200
"""Characters of a source's own message that reach an error."""

quoted: Final = lru_cache(maxsize=10_000)(quote)
"""Names and codes in an address: the same ones come again and again."""

_SAFE_IN_QUERY: Final = "$,:/*()'@"
_TOKENS: Final = re.compile(
    r"(?i)\b(bearer|basic|token|session|apikey|api[-_ ]key|password|secret)\b([\s:='\"]+)[^\s'\",;]+"
)
_SHORTEST_SECRET: Final = 4


@dataclass(frozen=True, slots=True)
class Call:
    """A read. `path` is relative to the source's address, or a whole address on the same origin; `params`
    are added to its query. `json` or `form` is the body of a POST that reads.
    """

    method: str
    path: str
    params: Params = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None

    @property
    def query(self) -> str:
        return "&".join(f"{quoted(k, safe='$')}={quoted(v, safe=_SAFE_IN_QUERY)}" for k, v in self.params)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `headers` by lower-case name; `attempts` counts the requests it took; `sent_at` is when the
    one answered was sent (aware, UTC): what it says cannot be younger. `empty`: a rule says no records.
    """

    source: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    sent_at: datetime
    attempts: int = 1
    empty: bool = False

    def json(self) -> Any:
        """The body; numbers with a fraction are Decimal. Raises Malformed."""
        return read_json(self.body, self.source)


def presentable(words: object, secrets: Iterable[str]) -> str:
    """A source's message on one line, short, without the secrets we know or anything that looks like one."""
    shown = " ".join(str(words).split())
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            for written in (secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()):
                shown = shown.replace(written, "…")
    shown = _TOKENS.sub(r"\1\2…", shown)
    return shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
