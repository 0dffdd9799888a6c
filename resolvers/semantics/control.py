"""Budgets of nodes: control totals, which the budgets below them are inside of.

A cell of the plan is a cost centre, an account and a project of one legal entity. It is below another where
each of its members is the other's or below it. A cell with a budget of its own in a fiscal year stands for
all below it in that year; what was entered below is a share of it. Its own part is what is not distributed:

    entered              shown by cost centre         rolled up to OPS
    OPS   1000           OPS   300 not distributed    OPS  1000
    ├ C1   400           C1    400
    └ C2   300           C2    300                    total 1000, never 1700

Each budget is taken off the nearest cell above it that has one, so sums of parts are right wherever they are
drawn. Where cells above overlap (a cost centre's for all accounts, an account's for all cost centres), what
they have in common is put back once.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import product
from typing import Final

import polars as pl

from resolvers.semantics.model import Dimension
from resolvers.semantics.parts import RAW, SCHEMA
from resolvers.semantics.tree import Tree, upwards
from sources.spi.facts import EXACT

CONTROLLING: Final = (Dimension.COST_CENTER, Dimension.ACCOUNT, Dimension.PROJECT)
PLACE: Final = tuple(dimension.column for dimension in CONTROLLING)
Place = tuple[str, ...]
"""A cost centre, an account, a project."""
_CELL: Final = ("legal_entity", "period", *PLACE)
_ABOVE: Final = tuple(f"_above_{name}" for name in PLACE)
_SHARES: Final = {
    **dict.fromkeys((*_CELL, *_ABOVE), pl.String()),
    "_times": pl.Int32(),
    "less": pl.String(),
    "_control": pl.String(),
}

Trees = Mapping[Dimension, Mapping[str, Tree]]
"""Of each dimension, the tree that is valid at the end of each period."""


def undistributed(budgets: pl.DataFrame, trees: Trees, years: Mapping[str, int]) -> pl.DataFrame:
    """Parts of budgets, with what is below a node's budget taken off it: `less` names the cell it was entered
    for, `entry` is the same for an entry and what is taken off for it. `control` is the nearest cell above
    that has a budget. `years` are the fiscal years of the periods; what lies in none stays as it is."""
    nodes = budgets.filter((pl.col("amount") != 0).fill_null(value=True), _on_node(trees))
    if nodes.is_empty():
        return budgets
    budgeted = _budgeted(nodes, years)
    found = [row for cell in _cells(budgets) for row in _shares(cell, trees, years, budgeted)]
    shares = pl.DataFrame(found, schema=_SHARES, orient="row")
    entered = budgets.drop("entry").with_row_index("entry").with_columns(pl.col("entry").cast(pl.Int64))
    nearest = shares.unique(_CELL, keep="first", maintain_order=True).select(*_CELL, "_control")
    kept = entered.join(nearest, on=_CELL, how="left", maintain_order="left").with_columns(control="_control")
    taken = (
        entered.drop("less")
        .join(shares, on=_CELL, maintain_order="left")
        .with_columns(amount=pl.col("amount") * pl.col("_times").cast(EXACT), control="_control")
        .with_columns(pl.col(above).alias(own) for above, own in zip(_ABOVE, PLACE, strict=True))
        .with_columns(pl.lit(None, pl.String).alias(name) for name in RAW)
    )
    return pl.concat(frame.select(list(SCHEMA)) for frame in (kept, taken))


def _on_node(trees: Trees) -> pl.Expr:
    """Rows of members that others are below, in any period."""
    found = pl.lit(value=False)
    for dimension, by_period in trees.items():
        inner = {parent for tree in by_period.values() for parent in tree.values()}
        found |= pl.col(dimension.column).is_in(sorted(inner))
    return found


def written(place: Sequence[str]) -> str:
    return "|".join(place)


def _cells(budgets: pl.DataFrame) -> Iterator[tuple[str, ...]]:
    return budgets.select(_CELL).unique(maintain_order=True).iter_rows()


def _budgeted(nodes: pl.DataFrame, years: Mapping[str, int]) -> dict[tuple[str, int], set[Place]]:
    """The cells of nodes with a budget of their own, by legal entity and fiscal year."""
    found: dict[tuple[str, int], set[Place]] = {}
    for entity, period, *place in _cells(nodes):
        if period in years:
            found.setdefault((entity, years[period]), set()).add(tuple(place))
    return found


def _shares(
    cell: tuple[str, ...],
    trees: Trees,
    years: Mapping[str, int],
    budgeted: Mapping[tuple[str, int], set[Place]],
) -> Iterator[tuple[str | int, ...]]:
    """What a cell's budget is taken off: the cells above, nearest first, and how many times."""
    entity, period, *place = cell
    if period not in years or not (above := budgeted.get((entity, years[period]))):
        return
    paths = [
        upwards(trees[dimension][period], member) if dimension in trees else (member,)
        for dimension, member in zip(CONTROLLING, place, strict=True)
    ]
    found = _times(paths, above)
    for other, times in found.items():
        for again in range(abs(times)):
            less = written((*place, *([str(again)] if again else [])))
            yield *cell, *other, 1 if times > 0 else -1, less, written(next(iter(found)))


def _times(paths: Sequence[Sequence[str]], budgeted: AbstractSet[Place]) -> dict[Place, int]:
    """How often what lies at the foot of the paths counts in each cell above that has a budget, so that it
    counts there and in all below it exactly nothing beside that cell's own budget."""
    counted: dict[tuple[int, ...], int] = {(0,) * len(paths): 1}
    found: dict[Place, int] = {}
    every = product(*(range(len(path)) for path in paths))
    for steps in sorted(every, key=lambda steps: (sum(steps), steps)):
        place = tuple(path[up] for path, up in zip(paths, steps, strict=True))
        if any(steps) and place in budgeted:
            inside = (n for at, n in counted.items() if all(a <= b for a, b in zip(at, steps, strict=True)))
            counted[steps] = found[place] = -sum(inside)
    return found
