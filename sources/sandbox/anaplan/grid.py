"""Reading a view: page selectors in, a grid of strings out, as JSON or CSV."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from itertools import product
from math import prod
from typing import Any, Final

from sources.sandbox.anaplan.model import Coordinates, Dimension, Item, Model, View

MAX_CELLS: Final = 1_000_000

Row = tuple[Coordinates, Sequence[str]]
"""coordinates, and the cells in the order of the columns"""


class RefusedError(Exception):
    """A bad request; the message says why, in Anaplan's words where they are known."""


@dataclass(frozen=True, slots=True)
class Grid:
    pages: Coordinates
    columns: tuple[Coordinates, ...]
    rows: tuple[Row, ...]
    row_axes: int


def read(model: Model, view: View, selectors: Sequence[str]) -> Grid:
    """The page of a view that the selectors (`dimensionId:itemId`) name; where one is missing, the first
    item of its dimension is shown.
    """
    chosen = _chosen(model, view, selectors)
    pages = tuple(chosen[dimension].name for dimension in view.pages)
    columns = tuple(_combinations(model, view.columns))
    cells = _page(model, view, pages)
    combinations = sorted(cells, key=_order(model, view)) if view.suppressed else _all_rows(model, view)
    if len(combinations) * len(columns) > MAX_CELLS:
        raise RefusedError(f"The view has more than {MAX_CELLS} cells")
    rows = tuple((at, [_shown(cells.get(at, {}).get(column)) for column in columns]) for at in combinations)
    return Grid(pages, columns, rows, len(view.rows))


def _chosen(model: Model, view: View, selectors: Sequence[str]) -> dict[str, Item]:
    chosen = {dimension: _first(model.dimensions[dimension]) for dimension in view.pages}
    for selector in selectors:
        dimension, _, id_ = selector.partition(":")
        if dimension not in view.pages:
            raise RefusedError(f"Invalid page selector [{dimension}]")
        item = model.dimensions[dimension].item(id_)
        if item is None:
            raise RefusedError(f"Invalid page selector [{selector}]")
        chosen[dimension] = item
    return chosen


def _first(dimension: Dimension) -> Item:
    if not dimension.items:
        raise RefusedError(f"The dimension [{dimension.id}] has no items")
    return dimension.items[0]


def _combinations(model: Model, dimensions: Sequence[str]) -> Iterator[Coordinates]:
    return product(*([item.name for item in model.dimensions[d].items] for d in dimensions))


def _all_rows(model: Model, view: View) -> list[Coordinates]:
    if prod(len(model.dimensions[d].items) for d in (*view.rows, *view.columns)) > MAX_CELLS:
        raise RefusedError(f"The view has more than {MAX_CELLS} cells")
    return list(_combinations(model, view.rows))


def _order(model: Model, view: View) -> Any:
    """A sort key: items stand in the order of their lists."""
    places = [{item.name: i for i, item in enumerate(model.dimensions[d].items)} for d in view.rows]
    return lambda at: [place[name] for place, name in zip(places, at, strict=True)]


def _page(
    model: Model, view: View, pages: Coordinates
) -> Mapping[Coordinates, Mapping[Coordinates, Decimal]]:
    """Values by row and column of the page shown."""
    page_at, row_at, column_at = (
        [Model.AXES.index(dimension) for dimension in axis] for axis in (view.pages, view.rows, view.columns)
    )
    found: dict[Coordinates, dict[Coordinates, Decimal]] = {}
    for at, value in model.cells.items():
        if all(at[i] == name for i, name in zip(page_at, pages, strict=True)):
            row, column = tuple(at[i] for i in row_at), tuple(at[i] for i in column_at)
            found.setdefault(row, {})[column] = value
    return found


def _shown(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def as_json(grid: Grid) -> dict[str, Any]:
    """Empty lists are left out, as everywhere in this API."""
    body = {
        "pages": list(grid.pages),
        "columnCoordinates": [list(column) for column in grid.columns],
        "rows": [{"rowCoordinates": list(at), "cells": cells} for at, cells in grid.rows],
    }
    return {name: value for name, value in body.items() if value}


def as_csv(grid: Grid, *, escaped: bool) -> str:
    """A line of page selections, a line per dimension on columns, then the rows."""
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL if escaped else csv.QUOTE_MINIMAL, lineterminator="\n")
    if grid.pages:
        writer.writerow(grid.pages)
    for names in zip(*grid.columns, strict=True):
        writer.writerow([*[""] * grid.row_axes, *names])
    for at, cells in grid.rows:
        writer.writerow([*at, *cells])
    return out.getvalue()


def described(dimension: Dimension) -> list[dict[str, str]]:
    """Items of a dimension; a code that was never set is left out."""
    return [
        {"id": item.id, "name": item.name} | ({"code": item.code} if item.code else {})
        for item in dimension.items
    ]
