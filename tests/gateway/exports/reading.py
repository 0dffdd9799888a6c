"""Exports read back by libraries that know nothing of ours, as the values that the JSON answer has.

Decimals become Decimal, days and instants the texts of JSON, and nothing is None.
"""

import csv as csv_module
import io
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

Row = dict[str, Any]
_ESCAPE = re.compile("_x([0-9A-F]{4})_")
_QUOTED = re.compile(r"^'[\s']*[=+\-@\t\r\n＝＋－＠]")


def csv(content: bytes) -> list[Row]:
    """Every value as text; nothing and empty text are the same here."""
    text = io.StringIO(content.decode(), newline="")
    return [{name: _unquoted(value) for name, value in row.items()} for row in csv_module.DictReader(text)]


def _unquoted(text: str) -> str:
    return text[1:] if _QUOTED.match(text) else text


def csv_by_arrow(content: bytes) -> list[Row]:
    """Every value as text, where nothing is not the same as empty text."""
    names = next(csv_module.reader([content.decode().split("\r\n")[0]]))
    texts = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=[""],
    )
    lines = pa_csv.ParseOptions(newlines_in_values=True)
    rows = pa_csv.read_csv(io.BytesIO(content), parse_options=lines, convert_options=texts).to_pylist()
    return [{n: None if v is None else _unquoted(v) for n, v in row.items()} for row in rows]


def ndjson(content: bytes) -> list[Row]:
    """With numbers as Decimal."""
    return [json.loads(line, parse_float=Decimal) for line in content.decode().split("\n")[:-1]]


def arrow(content: bytes) -> list[Row]:
    return _plain(pa.ipc.open_stream(content).read_all().to_pylist())


def arrow_by_polars(content: bytes) -> list[Row]:
    return _plain(pl.read_ipc_stream(content).to_dicts())


def parquet(content: bytes) -> list[Row]:
    return _plain(pq.read_table(io.BytesIO(content)).to_pylist())


def parquet_by_polars(content: bytes) -> list[Row]:
    return _plain(pl.read_parquet(content).to_dicts())


def xlsx(content: bytes) -> list[Row]:
    """Numbers as the spreadsheet has them: the Decimal of the shortest text of a double."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    heading, *rows = book.active.iter_rows()
    assert all(cell.data_type != "f" for row in rows for cell in row)
    names = [cell.value for cell in heading]
    return _plain([dict(zip(names, [_number(cell.value) for cell in row], strict=True)) for row in rows])


def _number(value: Any) -> Any:
    """What the file says: openpyxl leaves the escapes of characters that XML has none for."""
    if isinstance(value, str):
        return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value)
    return Decimal(repr(value)) if isinstance(value, float) else value


def _plain(rows: list[Row]) -> list[Row]:
    return [{name: _text(value) for name, value in row.items()} for row in rows]


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return (
            value.replace(tzinfo=value.tzinfo or UTC).isoformat()
            if value.time()
            else value.date().isoformat()
        )
    return value.isoformat() if isinstance(value, date) else value


TYPED: Mapping[str, tuple[Callable[[bytes], list[Row]], ...]] = {
    "arrow": (arrow, arrow_by_polars),
    "parquet": (parquet, parquet_by_polars),
}


def flattened(rows: list[Any], decimals: set[str], before: str = "") -> list[Row]:
    """Items of a list of the JSON answer, their values named by their way, those `decimals` as Decimal."""
    return [_flat(row, decimals, before) for row in rows]


def _flat(item: Mapping[str, Any], decimals: set[str], before: str) -> Row:
    found: Row = {}
    for key, value in item.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            found |= _flat(value, decimals, f"{name}.")
        else:
            found[name] = Decimal(value) if key in decimals and value is not None else value
    return found
