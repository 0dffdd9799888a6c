"""Tables for programs: an Arrow stream in batches, and Parquet; decimals are decimal128 in both."""

import io
from typing import Final

import polars as pl

from gateway.exports.spool import Writing
from gateway.exports.text import SLICE
from resolvers.graph.exporting import Flat

_OLDEST: Final = pl.CompatLevel.oldest()
"""Texts as every reader knows them, also those that know no string views."""
_CONTINUED: Final = b"\xff\xff\xff\xff"
_END: Final = _CONTINUED + bytes(4)
"""The end of a stream (Arrow columnar format, "IPC Streaming Format")."""


def arrow(table: Flat, out: Writing) -> None:
    """One stream of batches. Polars writes a table as one batch; so each part is written as a stream of its
    own, without the schema, which all share, and without the end."""
    frame = table.typed()
    whole = _stream(frame.clear())
    head = whole[: 8 + int.from_bytes(whole[4:8], "little")]
    out.write(head)
    for at in range(0, frame.height, SLICE):
        out.write(_stream(frame.slice(at, SLICE))[len(head) : -len(_END)])
    out.write(_END)


def _stream(frame: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    frame.write_ipc_stream(written, compat_level=_OLDEST)
    return written.getvalue()


def parquet(table: Flat, out: Writing) -> None:
    """Compressed with zstd, in row groups."""
    table.typed().write_parquet(out.file, compression="zstd", row_group_size=5 * SLICE)
