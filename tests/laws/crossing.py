"""A random crosswalk over a random world: weighted, dated, patterned and composite rows, in any mixture."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from resolvers.semantics.dimensions import CrosswalkRow, Dimension
from tests.laws.worlds import CENTERS, World

_WEIGHTS: Final = (("1",), ("0.6", "0.4"), ("0.3333", "0.3333", "0.3334"), ("0.05", "0.95"))
_CENTERS: Final = tuple(id_ for id_, (parent, owner) in CENTERS.items() if parent and owner is None)
"""Cost centres of no company in particular, so that a row may lead any company's code there."""
_CODES: Final = ("0000000A1", "A1", "A2", "B1", "J1", "SHARED", "X-404")
_ACCOUNTS: Final = ("6200", "1500")


def crossed(small: World) -> World:
    """The world with another crosswalk. What an account's class is decides which lines of a voucher tell its
    amount, so costs lead to costs, whatever the day, and revenue and unknown accounts are left alone."""
    rng = Random(small.seed)
    rows = tuple(row for system in small.systems for row in _rows(system.name, rng))
    kept = tuple(
        row for row in small.model.crosswalk if row.target == "4000" or row.dimension is Dimension.SUPPLIER
    )
    return replace(small, model=replace(small.model, crosswalk=(*kept, *rows)))


def _rows(system: str, rng: Random) -> Iterator[CrosswalkRow]:
    for code in rng.sample(_CODES, rng.randint(1, 4)):
        yield from _shared(system, Dimension.COST_CENTER, code, _CENTERS, rng)
    for code in rng.sample(_ACCOUNTS, rng.randint(0, 2)):
        yield from _always(system, Dimension.ACCOUNT, code, ("6100", "6200", "1500"), rng)
    for code in (f"{system}-61", f"{system}-62"):
        yield from _always(system, Dimension.ACCOUNT, code, ("6100", "6200"), rng)
    if rng.random() < 0.5:
        yield from _shared(system, Dimension.COST_CENTER, rng.choice(("*1", "*0*")), _CENTERS, rng)
    if rng.random() < 0.5:
        beside = ((Dimension.ACCOUNT, rng.choice(("6200", "*6*", f"{system}-61"))),)
        code = rng.choice(_CODES)
        for row in _shared(system, Dimension.COST_CENTER, code, _CENTERS, rng):
            yield replace(row, beside=beside, priority=1)
    if rng.random() < 0.5:
        beside = ((Dimension.ACCOUNT, f"{system}-62"), (Dimension.COST_CENTER, rng.choice(_CODES)))
        for row in _shared(system, Dimension.PROJECT, "", ("P1", "PB"), rng):
            yield replace(row, beside=beside)


def _shared(
    system: str, dimension: Dimension, code: str, targets: tuple[str, ...], rng: Random
) -> Iterator[CrosswalkRow]:
    """One code's rows: shared or not, for ever or until some day, then perhaps by other weights."""
    turn = date(2025, 1, 1) + timedelta(days=rng.randrange(600)) if rng.random() < 0.5 else None
    for row in _always(system, dimension, code, targets, rng):
        yield replace(row, valid_to=turn)
    if turn is not None and rng.random() < 0.5:
        for row in _always(system, dimension, code, targets, rng):
            yield replace(row, valid_from=turn + timedelta(days=1))


def _always(
    system: str, dimension: Dimension, code: str, targets: tuple[str, ...], rng: Random
) -> Iterator[CrosswalkRow]:
    weights = rng.choice([some for some in _WEIGHTS if len(some) <= len(targets)])
    for weight, target in zip(weights, rng.sample(targets, len(weights)), strict=True):
        yield CrosswalkRow(system, dimension, code, target, Decimal(weight))
