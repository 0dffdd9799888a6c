"""One column's raw values as a Polars series: how a source writes numbers, dates, flags and periods.

Values repeat, so all but numbers are read once per distinct value; numbers are checked and cast together.
`None` and ``''`` are absent.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from functools import lru_cache
from types import MappingProxyType, NoneType
from typing import Any, Final

import polars as pl

from sources.spi.facts import EXACT
from sources.transport.columns import Codec

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN: Final = r"^-?[0-9]{1,22}(\.[0-9]{1,16}0*)?$"
"""What fits the type and is read exactly. Polars rounds further decimals without a word, so none may pass."""

_SHORT: Final = 17
"""Characters in which there is no room for more than sixteen decimals."""

_LAST: Final = Decimal("1e-16")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?=T| |$)", re.ASCII)
_MSDATE: Final = re.compile(r"/Date\((-?\d{1,15})([+-]\d{4})?\)/", re.ASCII)
_PERIOD: Final = re.compile(r"(\d{4})(\d{3})", re.ASCII)
_MONTH: Final = re.compile(r"([A-Za-z]{3})[A-Za-z]* (\d{2}|\d{4})", re.ASCII)
_MONTHS: Final = MappingProxyType({
    name: number for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
})  # fmt: skip


class UnreadableError(ValueError):
    """A value that is not of the promised kind; its text says what was found, never the value."""


def read(values: list[Any], codec: Codec) -> pl.Series:
    """The series of one codec. Raises UnreadableError."""
    types = set(map(type, values))
    if types <= {NoneType}:
        return _NOTHING[codec].new_from_index(0, len(values))
    if codec is Codec.DECIMAL:
        return _decimals(values, types)
    if codec is Codec.CODE and types <= {str, NoneType}:
        return pl.Series([value or None for value in values], dtype=pl.String)
    dtype, allowed, one = _CODECS[codec]
    for found in types - allowed - {NoneType}:
        raise UnreadableError(_article(found))
    known: dict[Any, Any] = {None: None, "": None}
    known.update((value, _one(one, value)) for value in set(values) - {None, ""})
    series = pl.Series([known[value] for value in values], dtype=dtype)
    return series.cast(pl.Date) if dtype == DAYS else series


def _one(read_one: Callable[[Any], Any], value: Any) -> Any:
    try:
        return read_one(value)
    except (ValueError, KeyError, OverflowError):
        raise UnreadableError(f"{_article(type(value))} of {len(str(value))} characters") from None


def _article(found: type) -> str:
    return f"{'an' if found.__name__[0] in 'aeiou' else 'a'} {found.__name__}"


def decimals(values: list[Any]) -> pl.Series:
    """Exact numbers, written as JSON strings or numbers. Raises UnreadableError for what is no number, is not
    finite, or has more digits than `EXACT` holds (22 before the point, 16 after it).
    """
    return _decimals(values, set(map(type, values)))


def _decimals(values: list[Any], types: set[type]) -> pl.Series:
    for found in types - {str, int, Decimal, NoneType}:
        raise UnreadableError(_article(found))
    texts = [v or None for v in values] if types <= {str, NoneType} else [_text(v) for v in values]
    series = pl.Series(texts, dtype=pl.String)
    if _short(texts):
        with suppress(pl.exceptions.InvalidOperationError):  # what is no number is told below
            return series.cast(EXACT)
    plain = series.str.contains(_PLAIN)
    if not plain.all():
        texts = [v if fits is not False else _written_out(v) for v, fits in zip(texts, plain, strict=True)]
        series = pl.Series(texts, dtype=pl.String)
    return series.cast(EXACT)


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _short(texts: list[str | None]) -> bool:
    """Short, and nothing but digits, points and signs: Polars reads those exactly or refuses them."""
    given = [text for text in texts if text]
    written = "".join(given)
    digits = written.replace(".", "").replace("-", "")
    return max(map(len, given), default=0) <= _SHORT and digits.isdecimal() and digits.isascii()


def _written_out(text: str | None) -> str:
    """'1.5E+3' as '1500'."""
    if not _NUMBER.fullmatch(text or ""):
        raise UnreadableError("a str that is no finite number")
    plain = format(Decimal(text or ""), "f")
    if not re.fullmatch(_PLAIN, plain):
        raise UnreadableError("a number with more digits than are kept exactly")
    return plain


def divided(values: pl.Series, divisors: pl.Series) -> pl.Series:
    """Exact quotients, rounded half even at the last of sixteen decimals; an absent divisor is 1."""
    known: dict[tuple[Decimal, Decimal], Decimal] = {}
    quotients: list[Decimal | None] = []
    with localcontext() as context:
        context.prec = 60
        for value, divisor in zip(values, divisors, strict=True):
            if value is None or divisor is None:
                quotients.append(value)
                continue
            if divisor == 0:
                raise UnreadableError("a divisor of zero")
            pair = (value, divisor)
            if pair not in known:
                known[pair] = (value / divisor).quantize(_LAST)
            quotients.append(known[pair])
    return pl.Series(quotients, dtype=EXACT)


@lru_cache(maxsize=10_000)
def _date(raw: str) -> int:
    match = _ISO.match(raw)
    if match is None:
        raise ValueError
    return _day(date.fromisoformat(match[0]))


def _msdate(raw: str) -> int:
    match = _MSDATE.fullmatch(raw)
    if match is None:
        raise ValueError
    return _day((_EPOCH + timedelta(milliseconds=int(match[1]))).date())


def _day(day: date) -> int:
    return (day - _EPOCH.date()).days


def _flag(raw: str | bool) -> bool:
    return raw if isinstance(raw, bool) else {"true": True, "false": False}[raw]


def _period(raw: str) -> str:
    match = _PERIOD.fullmatch(raw)
    if match is None:
        raise ValueError
    return f"{match[1]}-P{int(match[2]):02d}"


def _month(raw: str) -> str:
    match = _MONTH.fullmatch(raw)
    if match is None:
        raise ValueError
    year = match[2] if len(match[2]) == len("2026") else f"20{match[2]}"
    return f"{year}-P{_MONTHS[match[1].lower()]:02d}"


def _instant(raw: str) -> datetime:
    moment = datetime.fromisoformat(raw)
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


DAYS: Final = pl.Int32()
"""Dates as days since 1970, as Polars keeps them: it takes several times as long to read dates."""

_CODECS: Final[Mapping[Codec, tuple[pl.DataType, frozenset[type], Callable[[Any], Any]]]] = MappingProxyType(
    {
        Codec.CODE: (pl.String(), frozenset({str, int}), str),
        Codec.DATE: (DAYS, frozenset({str}), _date),
        Codec.MSDATE: (DAYS, frozenset({str}), _msdate),
        Codec.FLAG: (pl.Boolean(), frozenset({str, bool}), _flag),
        Codec.PERIOD: (pl.String(), frozenset({str}), _period),
        Codec.MONTH: (pl.String(), frozenset({str}), _month),
        Codec.INSTANT: (pl.Datetime("us", "UTC"), frozenset({str}), _instant),
    }
)
_NOTHING: Final = {
    Codec.DECIMAL: pl.Series([None], dtype=EXACT),
    **{
        codec: pl.Series([None], dtype=pl.Date() if kind == DAYS else kind)
        for codec, (kind, _, _) in _CODECS.items()
    },
}
"""One absent value of each codec."""
