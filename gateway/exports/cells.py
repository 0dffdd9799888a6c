"""A column as the cells of a sheet, in the words of SpreadsheetML: one text per row, nothing for nothing."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from gateway.exports.text import DANGEROUS
from resolvers.graph.flat import Column
from resolvers.graph.selected import Kind

DIGITS: Final = 15
_ZERO: Final = date(1899, 12, 30)
"""Day 0 of a spreadsheet. It takes 1900 for a leap year, so days count from here since March of that year."""
_FIRST: Final = date(1900, 3, 1)
_MICROSECONDS: Final = 86_400 * 10**6
_ESCAPED: Final = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    **{chr(n): f"_x{n:04X}_" for n in (*range(9), *range(0xB, 0x20), 0xFFFE, 0xFFFF)},
}
"""XML has no words for most of the control characters; a sheet has."""


@dataclass(frozen=True, slots=True)
class Styles:
    """The numbers of a book's styles: of decimals by their scale, of days and instants, and of texts that
    stay texts."""

    scales: tuple[str, ...]
    day: str
    instant: str
    quoted: str


def cell(column: Column, dtype: pl.DataType, letters: str, row: pl.Expr, styles: Styles) -> pl.Expr:
    """The cells of a column, whose values `dtype` is of: ``<c r="B7" s="3"><v>1.50</v></c>``."""
    value = pl.col(column.name)
    place = pl.concat_str(pl.lit(f'<c r="{letters}'), row, pl.lit('"'))
    if column.kind is Kind.DECIMAL:
        return _decimal(value.cast(pl.String), place, styles)
    if column.kind in (Kind.INTEGER, Kind.REAL):
        return _number(place, "", value.cast(pl.String))
    if column.kind is Kind.TRUTH:
        return _number(place, ' t="b"', value.cast(pl.Int8).cast(pl.String))
    if column.kind is Kind.DAY:
        day = value.str.to_date("%Y-%m-%d") if dtype == pl.String() else value
        count = (day - pl.lit(_ZERO)).dt.total_days().cast(pl.String)
        dated = _number(place, f' s="{styles.day}"', count)
        return pl.when(day >= pl.lit(_FIRST)).then(dated).otherwise(_text(day.cast(pl.String), place, styles))
    if column.kind is Kind.INSTANT:
        instant = value.str.to_datetime(time_unit="us", time_zone="UTC") if dtype == pl.String() else value
        passed = instant.dt.replace_time_zone(None) - pl.lit(_ZERO).cast(pl.Datetime("us"))
        count = (passed.dt.total_microseconds() / _MICROSECONDS).cast(pl.String)
        return _number(place, f' s="{styles.instant}"', count)
    return _text(value, place, styles)


def _decimal(text: pl.Expr, place: pl.Expr, styles: Styles) -> pl.Expr:
    fraction = text.str.extract(r"\.([0-9]+)$").fill_null("")
    whole = text.str.extract(r"^-?([0-9]+)").str.strip_chars_start("0")
    digits = pl.concat_str(whole, fraction.str.strip_chars_end("0")).str.strip_chars_start("0")
    plain = text.str.contains(r"^-?[0-9]+(\.[0-9]{1,16})?$") & (digits.str.len_bytes() <= DIGITS)
    look = fraction.str.len_bytes().replace_strict(
        list(range(len(styles.scales))), list(styles.scales), default=styles.scales[0], return_dtype=pl.String
    )
    number = pl.concat_str(place, pl.lit(' s="'), look, pl.lit('"><v>'), text, pl.lit("</v></c>"))
    return pl.when(plain).then(number).otherwise(_text(text, place, styles))


def _number(place: pl.Expr, look: str, text: pl.Expr) -> pl.Expr:
    return pl.concat_str(place, pl.lit(f"{look}><v>"), text, pl.lit("</v></c>"))


def _text(value: pl.Expr, place: pl.Expr, styles: Styles) -> pl.Expr:
    """A text may look like an escape itself; then it is escaped."""
    told = value.str.replace_all("_(x[0-9a-fA-F]{4}_)", "_x005F_$1")
    told = told.str.replace_many(list(_ESCAPED), list(_ESCAPED.values()))
    dangerous = value.str.contains(DANGEROUS) | value.str.contains(r"^-?[0-9]+$")
    look = pl.when(dangerous).then(pl.lit(f' s="{styles.quoted}"')).otherwise(pl.lit(""))
    begun = pl.lit(' t="inlineStr"><is><t xml:space="preserve">')
    return pl.concat_str(place, look, begun, told, pl.lit("</t></is></c>"))
