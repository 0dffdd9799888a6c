"""Tables as text: CSV that no spreadsheet takes for a program, and one JSON object per line."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

import orjson
import polars as pl

from gateway.exports.spool import Writing
from resolvers.graph.exporting import Flat
from resolvers.graph.flat import Column
from resolvers.graph.selected import Kind

SLICE: Final = 20_000
"""Rows that are written at a time."""
DANGEROUS: Final = r"^[\s']*[=+\-@\t\r\n＝＋－＠]"
"""Texts that a spreadsheet may take for a formula, and those that look like one made safe already."""
_TEXTS: Final = (Kind.TEXT, Kind.LIST)


def csv(table: Flat, out: Writing) -> None:
    """As RFC 4180 has it. A text that could be a formula gets a leading apostrophe; null is nothing, an empty
    text is ``""``."""
    texts = [each.name for each in table.columns if each.kind in _TEXTS]
    for first, part in _slices(table):
        safe = part.with_columns(_safe(name) for name in texts)
        if safe.width == 1:
            # A line with nothing on it is none for most readers.
            safe = safe.with_columns(pl.all().cast(pl.String).fill_null(""))
        safe.write_csv(out.file, include_header=first, line_terminator="\r\n")


def ndjson(table: Flat, out: Writing, *, numbers: bool) -> None:
    """Decimals are strings as in every answer; with `numbers` they are JSON numbers of as many digits."""
    for _, part in _slices(table):
        if not numbers:
            part.write_ndjson(out.file)
            continue
        lines = part.select(pl.concat_str(list(_members(table.columns)), separator=",")).to_series()
        out.write("".join(f"{{{line}}}\n" for line in lines).encode())


def _slices(table: Flat) -> Iterator[tuple[bool, pl.DataFrame]]:
    """The table in parts, and which is the first; one part of an empty table."""
    for at in range(0, max(1, table.frame.height), SLICE):
        yield at == 0, table.frame.slice(at, SLICE)


def _safe(name: str) -> pl.Expr:
    text = pl.col(name)
    return (
        pl.when(text.str.contains(DANGEROUS))
        .then(pl.concat_str(pl.lit("'"), text))
        .otherwise(text)
        .alias(name)
    )


def _members(columns: tuple[Column, ...]) -> Iterator[pl.Expr]:
    """The members of a row's object, decimals as numbers: JSON is written by Polars but for these."""
    for decimals, run in groupby(columns, lambda each: each.kind is Kind.DECIMAL):
        if decimals:
            for each in run:
                name = orjson.dumps(each.name).decode() + ":"
                value = pl.col(each.name).cast(pl.String).fill_null("null")
                yield pl.concat_str(pl.lit(name), value)
        else:
            yield pl.struct(each.name for each in run).struct.json_encode().str.slice(1).str.head(-1)
