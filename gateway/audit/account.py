"""What an answer came to, told by what its request carried to the systems."""

from collections.abc import Iterable
from typing import Final

from graphql import GraphQLError

from gateway import encode
from gateway.outcome import Account, System
from sources.spi.batch import Freshness
from sources.spi.context import Context

_WORST: Final = (Freshness.LIVE, Freshness.CACHED, Freshness.STALE)


def account(sources: Context, errors: Iterable[GraphQLError | str], rows: int, *, answered: bool) -> Account:
    """`errors` may be codes already."""
    codes = (each if isinstance(each, str) else encode.code(each) for each in errors)
    systems = {name: System(calls) for name, calls in sources.calls.items()}
    for read in sources.reads:
        known = systems.get(read.source, System())
        systems[read.source] = System(
            known.calls,
            max(known.state or Freshness.LIVE, read.freshness, key=_WORST.index),
            min(known.fetched_at or read.fetched_at, read.fetched_at),
        )
    return Account(systems, rows, tuple(dict.fromkeys(codes)), answered)
