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

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import polars as pl

from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.parts import RAW, SCHEMA
from resolvers.semantics.tree import Tree, upwards
from sources.spi.facts import EXACT

CONTROLLING: Final = (Dimension.COST_CENTER, Dimension.ACCOUNT, Dimension.PROJECT)
PLACE: Final = tuple(dimension.column for dimension in CONTROLLING)
_CELL: Final = ["legal_entity", "period", *PLACE]
_ABOVE: Final = [f"_above_{name}" for name in PLACE]
_STEPS: Final = [f"_steps_{name}" for name in PLACE]
Trees = Mapping[Dimension, Mapping[str, Tree]]
"""Of each dimension, the tree that is valid at the end of each period."""


def undistributed(budgets: pl.DataFrame, trees: Trees, years: Mapping[str, int]) -> pl.DataFrame:
    """Parts of budgets, with what is below a node's budget taken off it: `less` names the cell it was entered
    for, `entry` is the same for an entry and what is taken off for it. `control` is the nearest cell above
    that has a budget. `years` are the fiscal years of the periods; what lies in none stays as it is."""
    nodes = budgets.filter((pl.col("amount") != 0).fill_null(value=True), _on_node(trees))
    if nodes.is_empty():
        return budgets
    shares = _shares(budgets.select(_CELL).unique(maintain_order=True), nodes, trees, years)
    nearest = shares.unique(_CELL, keep="first", maintain_order=True).select(*_CELL, control=_written(_ABOVE))
    entered = budgets.drop("entry", "control", "less").with_row_index("entry")
    controlled = entered.join(nearest, on=_CELL, how="left", maintain_order="left")
    kept = controlled.with_columns(less=pl.lit(None, pl.String))
    again = pl.int_ranges(pl.col("_times").abs().cast(pl.Int64))
    taken = (
        controlled.join(shares.with_columns(_again=again).explode("_again"), on=_CELL, maintain_order="left")
        .filter(pl.col("_times") != 0)
        .with_columns(
            amount=pl.col("amount") * pl.col("_times").sign().cast(EXACT),
            less=pl.concat_str(_written(PLACE), pl.col("_again").cast(pl.String), separator="|"),
        )
        .with_columns(pl.col(above).alias(own) for above, own in zip(_ABOVE, PLACE, strict=True))
        .with_columns(pl.lit(None, pl.String).alias(name) for name in RAW)
    )
    return pl.concat(
        frame.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()) for frame in (kept, taken)
    )


def written(place: Sequence[str]) -> str:
    """A cell as people read it: costCenter|account|project."""
    return "|".join(place)


def _written(place: Iterable[str]) -> pl.Expr:
    return pl.concat_str(place, separator="|")


def _on_node(trees: Trees) -> pl.Expr:
    """Rows of members that others are below, in any period."""
    found = pl.lit(value=False)
    for dimension, by_period in trees.items():
        inner = {parent for _, tree in _distinct(by_period) for parent in tree.values()}
        found |= pl.col(dimension.column).is_in(sorted(inner))
    return found


def _distinct(by_period: Mapping[str, Tree]) -> list[tuple[list[str], Tree]]:
    """Each tree with the periods it is valid in."""
    found: dict[int, tuple[list[str], Tree]] = {}
    for period, tree in by_period.items():
        found.setdefault(id(tree), ([], tree))[0].append(period)
    return list(found.values())


def _shares(cells: pl.DataFrame, nodes: pl.DataFrame, trees: Trees, years: Mapping[str, int]) -> pl.DataFrame:
    """The cells above each cell that have a budget (`_above_…`), nearest first, and how many times what the
    cell has counts there."""
    year = pl.DataFrame({"period": list(years), "_year": list(years.values())})
    budgeted = nodes.join(year, on="period").select("legal_entity", "_year", *PLACE).unique()
    found = cells.join(year, on="period", maintain_order="left")
    for dimension, above, steps in zip(CONTROLLING, _ABOVE, _STEPS, strict=True):
        own = dimension.column
        paths = _paths(own, above, steps, cells, budgeted, trees.get(dimension, {}))
        found = found.join(paths, on=["period", own], how="left", maintain_order="left").with_columns(
            pl.col(above).fill_null(pl.col(own)), pl.col(steps).fill_null(0)
        )
    places = budgeted.rename(dict(zip(PLACE, _ABOVE, strict=True)))
    over = (
        found.with_columns(_far=pl.sum_horizontal(_STEPS), _at=pl.concat_str(_STEPS, separator=" "))
        .filter(pl.col("_far") > 0)
        .join(places, on=["legal_entity", "_year", *_ABOVE], how="semi")
        .sort(*_CELL, "_far", *_STEPS)
        .with_columns(_all=pl.col("_at").implode().list.join(",").over(_CELL))
    )
    counted = [(every, at, n) for every in set(over["_all"]) for at, n in _times(every.split(",")).items()]
    times = pl.DataFrame(counted, {"_all": pl.String, "_at": pl.String, "_times": pl.Int64}, orient="row")
    return over.join(times, on=["_all", "_at"], maintain_order="left").select(*_CELL, *_ABOVE, "_times")


def _paths(
    own: str,
    above: str,
    steps: str,
    cells: pl.DataFrame,
    budgeted: pl.DataFrame,
    by_period: Mapping[str, Tree],
) -> pl.DataFrame:
    """Members, the nodes above them that any budget is for, and how many steps these are away."""
    wanted, members = set(budgeted[own]), cells[own].unique().to_list()
    rows = [
        (period, member, node, step)
        for periods, tree in _distinct(by_period)
        for member in members
        for step, node in enumerate(upwards(tree, member))
        if step == 0 or node in wanted
        for period in periods
    ]
    return pl.DataFrame(
        rows, {"period": pl.String, own: pl.String, above: pl.String, steps: pl.Int64}, orient="row"
    )


def _times(cells: Sequence[str]) -> dict[str, int]:
    """How often what lies at the foot counts in each cell above, so that in each of them, together with all
    below it, it comes to nothing beside that cell's own budget. Cells are told by the steps up to them."""
    counted: dict[tuple[int, ...], int] = {(0,) * len(PLACE): 1}
    found: dict[str, int] = {}
    for cell in cells:
        steps = tuple(map(int, cell.split()))
        inside = (n for at, n in counted.items() if all(a <= b for a, b in zip(at, steps, strict=True)))
        counted[steps] = found[cell] = -sum(inside)
    return found
