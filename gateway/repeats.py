"""Requests that came before, byte for byte: read, parsed and weighed once.

A dashboard sends the same bytes every minute. What of a request does not depend on who sends it or when (the
text of its document, its size and cost, its variables) is kept under a hash of its bytes, so that its answer
can be looked up without reading it again.
"""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final

import orjson
from starlette.requests import Request

from gateway.asking import Asked
from gateway.limits import Limits, Over

_MOST_BYTES: Final = 64 * 1024
"""A longer request is not kept."""


@dataclass(frozen=True)
class Weighed:
    """A request that may be executed: what it asks, what it comes to, by the names of the limits, and those
    that it is over where they are only measured."""

    question: Asked
    size: tuple[tuple[str, int], ...]
    over: tuple[Over, ...] = ()

    @property
    def price(self) -> int:
        return dict(self.size)["maxCost"]

    @cached_property
    def key(self) -> bytes:
        """The same for all requests that ask the same, however they are written as JSON."""
        asked = self.question
        variables = orjson.dumps(asked.variables, option=orjson.OPT_SORT_KEYS)
        return sha256(orjson.dumps([asked.query, asked.operation, variables.decode()])).digest()


class Repeats:
    """Requests by a hash of their bytes, at most `most_bytes` of them; the least recently used go first."""

    def __init__(self, most_bytes: int = 16 * 1024 * 1024) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._kept: OrderedDict[tuple[bytes, Limits], tuple[Weighed, int]] = OrderedDict()

    def get(self, request: Request, body: bytes, limits: Limits) -> Weighed | None:
        """The request as it was weighed before, under the same limits."""
        key = (_digest(request, body), limits)
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, request: Request, body: bytes, limits: Limits, weighed: Weighed) -> None:
        size = len(body or request.scope["query_string"])
        if size > _MOST_BYTES:
            return
        key = (_digest(request, body), limits)
        self._kept[key] = weighed, size
        self.bytes += size
        while self.bytes > self.most_bytes:
            _, (_, gone) = self._kept.popitem(last=False)
            self.bytes -= gone


def _digest(request: Request, body: bytes) -> bytes:
    """GET and HEAD ask by their address, POST by its body."""
    asks = body if request.method == "POST" else request.scope["query_string"]
    return sha256(b"%d%b" % (request.method == "POST", asks)).digest()
