"""A table as a workbook: one sheet, numbers as numbers where a spreadsheet can hold them, no formula ever.

XlsxWriter makes the book, its styles and its heading. The rows are nearly all of it, and are written column
by column into the place of a sample row: one cell at a time would take several times as long and hold up all
other questions meanwhile. A spreadsheet holds fifteen digits: a number with more is written as text, because
it would be another one.
"""

import io
import re
import zipfile
from datetime import datetime
from typing import IO, Final

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from gateway.exports.cells import Styles, cell
from gateway.exports.spool import Writing
from resolvers.graph.exporting import Flat
from resolvers.graph.selected import Kind
from resolvers.plan.errors import QuestionError

MOST_ROWS: Final = 1_048_575
"""Beside the heading."""
MOST_CHARACTERS: Final = 32_767
_MOST_SCALE: Final = 16
_CREATED: Final = datetime(1980, 1, 1)  # noqa: DTZ001  the archive's own zero: the same table, the same bytes
_SLICE: Final = 4_000
"""Rows that are written at a time; as text they are ten times as large."""
_SHEET: Final = "xl/worksheets/sheet1.xml"
_LARGE: Final = 10_000_000
"""Cells from which the sheet may be larger than an archive's short headers can say."""


def xlsx(table: Flat, out: Writing) -> None:
    """Raises QuestionError for what a sheet has no room for."""
    if table.frame.height > MOST_ROWS:
        message = f"format: a sheet holds {MOST_ROWS} rows and this table has {table.frame.height}"
        raise QuestionError("SHEET_TOO_SMALL", f"{message}; ask for csv or parquet")
    sample = zipfile.ZipFile(_sample(table))
    with zipfile.ZipFile(out.file, "w", zipfile.ZIP_DEFLATED) as book:
        for name in sample.namelist():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            if name != _SHEET:
                book.writestr(part, sample.read(name))
                continue
            large = table.frame.height * table.frame.width > _LARGE
            with book.open(part, "w", force_zip64=large) as sheet:
                _rows(sample.read(name).decode(), table, sheet, out)


def _sample(table: Flat) -> io.BytesIO:
    """A book with the heading, and below it a row that has a cell of every style."""
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        sheet = book.add_worksheet("Export")
        sheet.freeze_panes(1, 0)
        heading = book.add_format({"bold": True})
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, min(40, max(12, len(column.name) + 2)))
            sheet.write_string(0, place, column.name, heading)
        decimals = ("#,##0", *(f"#,##0.{'0' * scale}" for scale in range(1, _MOST_SCALE + 1)))
        looks = [{"num_format": each} for each in (*decimals, "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss")]
        for place, look in enumerate([*looks, {"quote_prefix": True}]):
            sheet.write_number(1, place, 0, book.add_format(look))
    return content


def _rows(sample: str, table: Flat, sheet: IO[bytes], out: Writing) -> None:
    """The sheet of the sample, with the table's rows in place of its second."""
    head, below, tail = re.split(r'(<row r="2".*?</row>)', sample, flags=re.DOTALL)
    *scales, day, instant, quoted = re.findall(r' s="(\d+)"', below)
    styles = Styles(tuple(scales), day, instant, quoted)
    corner = xl_rowcol_to_cell(table.frame.height, len(table.columns) - 1)
    sheet.write(re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{corner}"/>', head).encode())
    for at in range(0, table.frame.height, _SLICE):
        out.hurry()
        part = table.frame.slice(at, _SLICE)
        _check(table, part)
        row = (pl.int_range(pl.len()) + at + 2).cast(pl.String)
        cells = [
            cell(column, part.schema[column.name], xl_col_to_name(place), row, styles).fill_null("")
            for place, column in enumerate(table.columns)
        ]
        lines = part.select(pl.concat_str(pl.lit('<row r="'), row, pl.lit('">'), *cells, pl.lit("</row>")))
        sheet.write(lines.to_series().str.join("").item().encode())
    sheet.write(tail.encode())


def _check(table: Flat, part: pl.DataFrame) -> None:
    """Raises QuestionError for a text that is too long."""
    for column in table.columns:
        if column.kind in (Kind.TEXT, Kind.LIST):
            longest = part[column.name].str.len_chars().max()
            if isinstance(longest, int) and longest > MOST_CHARACTERS:
                message = f"{column.name}: a cell holds {MOST_CHARACTERS} characters, not {longest}"
                raise QuestionError("SHEET_TOO_SMALL", f"{message}; ask for csv or parquet")
