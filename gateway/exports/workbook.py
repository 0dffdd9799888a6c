"""A table as a workbook: one sheet, numbers as numbers where a spreadsheet can hold them, no formula ever.

A spreadsheet holds fifteen digits. A number with more is written as text, because it would be another one.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gateway.exports.spool import Writing
from gateway.exports.text import DANGEROUS, SLICE
from resolvers.graph.exporting import Flat
from resolvers.graph.flat import Column
from resolvers.graph.selected import Kind
from resolvers.plan.errors import QuestionError

MOST_ROWS: Final = 1_048_575
"""Beside the heading."""
MOST_CHARACTERS: Final = 32_767
DIGITS: Final = 15
_DANGEROUS: Final = re.compile(DANGEROUS)
_EPOCH: Final = datetime(1980, 1, 1)  # noqa: DTZ001  the archive's own zero: the same table, the same bytes
_SETTINGS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "remove_timezone": True,
}
_Cell = Callable[[int, int, Any], None]


def xlsx(table: Flat, out: Writing) -> None:
    """Raises QuestionError for what a sheet has no room for."""
    if table.frame.height > MOST_ROWS:
        message = f"format: a sheet holds {MOST_ROWS} rows and this table has {table.frame.height}"
        raise QuestionError("SHEET_TOO_SMALL", f"{message}; ask for csv or parquet")
    with tempfile.TemporaryDirectory() as scratch:
        book = Workbook(out, {**_SETTINGS, "tmpdir": scratch})
        book.set_properties({"created": _EPOCH})
        sheet = book.add_worksheet("Export")
        try:
            _filled(book, sheet, table, out)
        except BaseException:
            sheet.row_data_fh.close()
            raise
        book.close()


def _filled(book: Workbook, sheet: Worksheet, table: Flat, out: Writing) -> None:
    styles = _Styles(book)
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, min(40, max(12, len(column.name) + 2)))
        sheet.write_string(0, place, column.name, styles.heading)
    cells = [_cell(sheet, styles, column, table.frame.schema[column.name]) for column in table.columns]
    for at, part in _parts(table):
        out.hurry()
        values = [part[column.name].to_list() for column in table.columns]
        for row in range(part.height):
            for place, write in enumerate(cells):
                value = values[place][row]
                if value is not None:
                    write(at + row + 1, place, value)


def _parts(table: Flat) -> Iterator[tuple[int, pl.DataFrame]]:
    for at in range(0, table.frame.height, SLICE):
        yield at, table.frame.slice(at, SLICE)


class _Styles:
    """How cells look. Made once each, and found again by what they are for."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._numbers: dict[int, Format] = {}
        self.heading = book.add_format({"bold": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.quoted = book.add_format({"quote_prefix": True})
        self.digits = book.add_format({"align": "right", "quote_prefix": True})

    def number(self, decimals: int) -> Format:
        """With as many decimals as the currency has."""
        if decimals not in self._numbers:
            shown = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
            self._numbers[decimals] = self._book.add_format({"num_format": shown})
        return self._numbers[decimals]


def _cell(sheet: Worksheet, styles: _Styles, column: Column, dtype: pl.DataType) -> _Cell:
    """Writes one value of a column, by row and column of the sheet."""
    text = dtype == pl.String()

    def decimal(row: int, place: int, value: Any) -> None:
        exact = Decimal(value)
        _, digits, exponent = exact.as_tuple()
        if len(digits) > DIGITS or not isinstance(exponent, int):
            sheet.write_string(row, place, str(value), styles.digits)
        else:
            sheet.write_number(row, place, float(exact), styles.number(max(0, -exponent)))

    def written(row: int, place: int, value: str) -> None:
        if len(value) > MOST_CHARACTERS:
            message = f"{column.name}: a cell holds {MOST_CHARACTERS} characters, not {len(value)}"
            raise QuestionError("SHEET_TOO_SMALL", f"{message}; ask for csv or parquet")
        if _DANGEROUS.match(value):
            sheet.write_string(row, place, value, styles.quoted)
        else:
            sheet.write_string(row, place, value)

    def instant(row: int, place: int, value: Any) -> None:
        sheet.write_datetime(row, place, datetime.fromisoformat(value) if text else value, styles.instant)

    def day(row: int, place: int, value: Any) -> None:
        sheet.write_datetime(row, place, datetime.fromisoformat(value) if text else value, styles.day)

    cells: dict[Kind, _Cell] = {
        Kind.DECIMAL: decimal,
        Kind.INTEGER: sheet.write_number,
        Kind.REAL: sheet.write_number,
        Kind.TRUTH: sheet.write_boolean,
        Kind.DAY: day,
        Kind.INSTANT: instant,
    }
    return cells.get(column.kind, written)
