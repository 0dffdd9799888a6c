"""A supplier's invoice number: how it is compared, and how it may be written."""

from functools import lru_cache

import polars as pl

from resolvers.semantics.vouchers import normalised


@lru_cache(maxsize=10_000)
def compared(number: str | None) -> str | None:
    """The number as it is compared; None where nothing of it is."""
    if number is None:
        return None
    found: str = pl.select(normalised(pl.lit(number))).item()
    return found or None


def spellings(number: str | None) -> tuple[str, ...]:
    """The ways a ledger keyed by people may write it: as it is, in capitals, and as it is compared."""
    if number is None:
        return ()
    ways = (number, number.upper(), compared(number))
    return tuple(dict.fromkeys(way for way in ways if way))
