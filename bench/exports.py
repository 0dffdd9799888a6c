"""Rows per second of every export format, beside pyarrow and orjson writing the same table."""

import io
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from bench.result import Result
from gateway.exports.binary import arrow, parquet
from gateway.exports.spool import Writing
from gateway.exports.text import csv, ndjson
from gateway.exports.workbook import xlsx
from resolvers.graph.exporting import Flat
from resolvers.graph.flat import Column
from resolvers.graph.selected import Kind

ROWS = 100_000
MANY = 1_000_000
MEBIBYTE = 1024 * 1024
MOST_MEBIBYTES = 96
"""What writing a million rows may take beside the table itself, in any format."""
COLUMNS = tuple(
    Column(name, (name,), kind, 0)
    for name, kind in (
        ("costCenter.code", Kind.TEXT),
        ("costCenter.name", Kind.TEXT),
        ("account.code", Kind.TEXT),
        ("period.start", Kind.DAY),
        ("currency", Kind.TEXT),
        ("budget", Kind.DECIMAL),
        ("commitment", Kind.DECIMAL),
        ("actual", Kind.DECIMAL),
        ("available", Kind.DECIMAL),
    )
)


def table(rows: int) -> Flat:
    """Four texts, a day and four exact amounts."""
    chance = random.Random(7)
    some = [f"US-OPS-{n}" for n in range(500)]
    amounts = [
        pl.Series(each.name, [chance.randrange(-(10**9), 10**9) for _ in range(5000)], dtype=pl.Int64)
        for each in COLUMNS
        if each.kind is Kind.DECIMAL
    ]
    small = pl.DataFrame(
        [
            pl.Series("costCenter.code", [some[n % 500] for n in range(5000)]),
            pl.Series("costCenter.name", [f"Operations, {some[n % 500]}" for n in range(5000)]),
            pl.Series("account.code", [str(6000 + n % 40) for n in range(5000)]),
            pl.Series("period.start", [date(2026, 1 + n % 12, 1) for n in range(5000)]),
            pl.Series("currency", ["USD"] * 5000),
            *(each.cast(pl.Decimal(38, 2)) / 100 for each in amounts),
        ]
    )
    frame = pl.concat([small] * (rows // 5000)).rechunk()
    return Flat(frame.with_columns(pl.selectors.decimal().cast(pl.Decimal(38, 2))), COLUMNS)


def written(name: str, flat: Flat) -> int:
    """Bytes of an export."""
    with Writing(None, time.monotonic() + 3600) as out:
        OURS[name](flat, out)
        return len(out.done())


OURS: dict[str, Callable[[Flat, Writing], None]] = {
    "csv": csv,
    "ndjson": lambda flat, out: ndjson(flat, out, numbers=False),
    "arrow": arrow,
    "parquet": parquet,
    "xlsx": xlsx,
}


def _arrow_csv(data: pa.Table) -> None:
    pa.csv.write_csv(data, io.BytesIO())


def _arrow_stream(data: pa.Table) -> None:
    with pa.ipc.new_stream(io.BytesIO(), data.schema) as out:
        out.write_table(data)


def _arrow_parquet(data: pa.Table) -> None:
    pa.parquet.write_table(data, io.BytesIO(), compression="zstd")


def _orjson_lines(data: pa.Table) -> None:
    out = io.BytesIO()
    for row in data.to_pylist():
        out.write(orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE))


THEIRS: dict[str, tuple[str, Callable[[pa.Table], None]]] = {
    "csv": ("pyarrow.csv", _arrow_csv),
    "ndjson": ("orjson, row by row", _orjson_lines),
    "arrow": ("pyarrow.ipc", _arrow_stream),
    "parquet": ("pyarrow.parquet", _arrow_parquet),
}


def measure() -> Result:
    flat = table(ROWS)
    other = flat.frame.to_arrow()
    rows, held = [], True
    for name in OURS:
        ours = _rate(lambda name=name: written(name, flat), 1 if name == "xlsx" else 5)
        beside, theirs = THEIRS.get(name, ("", None))
        rival = "" if theirs is None else f"{_rate(lambda write=theirs: write(other), 3):,.0f} ({beside})"
        extra = memory(name)
        held &= extra <= MOST_MEBIBYTES
        rows.append((name, f"{ours:,.0f}", rival, f"{extra:,.0f} MiB"))
    return Result(
        title="Exports",
        method=(
            f"{ROWS:,} rows of four texts, a day and four exact amounts, written to a file that is ready to "
            "be sent: its length and tag known, texts safe for spreadsheets. Beside it, libraries writing "
            "the same table to memory, without that. The memory is what a process of its own takes at most "
            f"beyond the table while it writes {MANY:,} rows."
        ),
        head=("format", "rows a second", "others", "memory"),
        rows=rows,
        goal=f"Required: at most {MOST_MEBIBYTES} MiB beside the table.",
        holds=held,
    )


def _rate(write: Callable[[], object], runs: int) -> float:
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        write()
        taken.append(time.perf_counter() - started)
    return ROWS / min(taken)


def memory(name: str) -> float:
    """MiB that writing takes at most beside the table, in a process of its own."""
    command = [sys.executable, "-m", "bench.exports", name, str(MANY)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def _resident(which: str) -> float:
    with Path("/proc/self/status").open(encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(which))


def _main(name: str, rows: int) -> None:
    written(name, table(5000))
    before = _resident("VmRSS")
    flat = table(rows)
    # From here on the peak is counted anew (proc_pid_clear_refs(5)).
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    written(name, flat)
    print(_resident("VmHWM") - before - flat.frame.estimated_size() / MEBIBYTE)


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
