"""Requests that came before, byte for byte: read, parsed and weighed once.

A dashboard sends the same bytes every minute. What of a request does not depend on who sends it or when (the
text of its document, its size and cost, its variables, the form of its answer) is kept under a hash of its
bytes, so that its answer can be looked up without reading it again.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

import orjson
from starlette.requests import Request

from gateway.asking import COST, EXPLAIN, Asked
from gateway.exports.formats import JSON, Wanted
from gateway.limits import Limits
from gateway.origin import PROOFS
from gateway.policy import Leave

_READ: Final = frozenset(
    name.lower().encode()
    for name in (
        *("Accept", "Cache-Control", "Content-Encoding", "Content-Type", "Host", "Origin", "Sec-Fetch-Site"),
        *(COST, EXPLAIN, *PROOFS),
    )
)
"""The headers that decide how a request is read and in what form it is answered."""
_MOST_BYTES: Final = 64 * 1024
"""A longer request is not kept."""


@dataclass(frozen=True, slots=True)
class How:
    """What of a request, besides the question, decides what is answered, and what may be seen of it."""

    modern: bool
    leave: Leave
    cost: tuple[tuple[str, int], ...] | None
    explain: bool
    no_cache: bool
    wanted: Wanted | None = None

    @property
    def limits(self) -> Limits:
        return self.leave.limits


@dataclass(frozen=True, slots=True)
class Told:
    """What of a question may be told to whoever watches, and recorded: the kind and the name of its
    operation, a hash of its document (literals are members and amounts), its variables without what looks
    like a secret, the form of its answer, and what it costs."""

    sha256: str
    kind: str = ""
    name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    form: str = JSON
    cost: int | None = None


@dataclass(frozen=True)
class Weighed:
    """A request that may be executed: what it asks and how, the media type of its answer, its cost, and the
    limits that it is over where they are only measured. `personal`: its answer may say who asks."""

    question: Asked
    told: Told
    how: How
    media_type: str
    price: int
    over: tuple[str, ...] = ()
    personal: bool = False

    @cached_property
    def key(self) -> tuple[bytes, How]:
        """The same for all requests that ask the same in the same way, however they are written as JSON."""
        asked = self.question
        variables = orjson.dumps(asked.variables, option=orjson.OPT_SORT_KEYS)
        return sha256(orjson.dumps([asked.query, asked.operation, variables.decode()])).digest(), self.how


class Repeats:
    """Requests by a hash of their bytes, at most `most_bytes` of them; the least recently used go first."""

    def __init__(self, most_bytes: int = 16 * 1024 * 1024) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._kept: OrderedDict[tuple[bytes, Leave], tuple[Weighed, int]] = OrderedDict()

    def get(self, request: Request, body: bytes, leave: Leave) -> Weighed | None:
        """The request as it was weighed before, of somebody with the same leave."""
        key = (_digest(request, body), leave)
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, request: Request, body: bytes, weighed: Weighed) -> None:
        size = len(body) + len(request.scope["query_string"])
        if size > _MOST_BYTES:
            return
        key = (_digest(request, body), weighed.how.leave)
        before = self._kept.pop(key, None)
        self._kept[key] = weighed, size
        self.bytes += size - (before[1] if before else 0)
        while self.bytes > self.most_bytes:
            _, (_, gone) = self._kept.popitem(last=False)
            self.bytes -= gone


def _digest(request: Request, body: bytes) -> bytes:
    """Over method, address and those headers, each with its length, and the body."""
    scope = request.scope
    head = [scope["method"].encode(), scope["query_string"]]
    for name, value in scope["headers"]:
        if name in _READ:
            head += (name, value)
    lengths = b",".join(b"%d" % len(each) for each in head)
    return sha256(b"".join((lengths, b"\n", *head, body))).digest()
