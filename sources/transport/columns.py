"""What a connector says about one column: where it stands in a record, how it is written, what can be asked.

A path is a dotted walk through a record (``order-lines.account.code``). Lists on the way have been
exploded before (see `decode.explode`); in one that has not there is nothing to find but, for a `date`, the
last one. ``A+B`` joins what stands at two paths, without anything between (``FiscalYear+FiscalPeriod``:
'2026' and '003' give '2026003'). Of several paths the first that yields a value wins.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sources.spi.facts import Kind
from sources.spi.scan import Guarantee, Op


class Codec(StrEnum):
    """How the source writes a value.

    CODE      a string kept as it is, leading zeros included; JSON integers are written out; '' is absent
    DECIMAL   an exact number, as a JSON string or number (floats are parsed as decimals, never as floats)
    DATE      YYYY-MM-DD, or an ISO timestamp of which the date is taken as written
    MSDATE    /Date(milliseconds)/, a date without a zone
    FLAG      JSON true/false, or a string listed in the column's `map` as "true"/"false"
    PERIOD    YYYYPPP (SAP FiscalYearPeriod) → YYYY-Pnn
    INSTANT   an ISO timestamp with its offset
    MONTH     'Jan 26' or 'Jan 2026' → YYYY-Pnn of the calendar year
    """

    CODE = "code"
    DECIMAL = "decimal"
    DATE = "date"
    MSDATE = "msdate"
    FLAG = "flag"
    PERIOD = "period"
    MONTH = "month"
    INSTANT = "instant"


WRITTEN: Final[Mapping[Kind, tuple[Codec, ...]]] = MappingProxyType(
    {
        Kind.CODE: (Codec.CODE, Codec.PERIOD, Codec.MONTH),
        Kind.TEXT: (Codec.CODE,),
        Kind.NUMBER: (Codec.DECIMAL,),
        Kind.DATE: (Codec.DATE, Codec.MSDATE),
        Kind.FLAG: (Codec.FLAG,),
        Kind.INSTANT: (Codec.INSTANT,),
    }
)
"""The codecs that yield each kind of column; the first reads a connector's constants."""


class ColumnSpec(BaseModel):
    """One canonical column of one connector entity. Exactly one of `from` and `const` is given.

    map           the source's words in ours; a word mapped to '' is no value, so the next path is tried
    otherwise     for words the map does not list; without it an unknown word is an error
    absent        words that stand for no value ('00000'; numbers are compared as numbers)
    absentWhen    no value in rows whose word at the path is one of these
    minus         path of a part that is taken off (what was voided of a receipt)
    divideBy      path of a divisor (a price per 100)
    positiveWhen  takes the sign off in rows whose word at the path is one of these
    negate, negativeWhen   turns the sign: always, or in rows whose word at the path is one of these
    filter        which predicates can be sent, and how truthfully
    param         the name to filter by, where it is not the first path
    widths        characters of each part of a joined path, so that a value can be taken apart to filter
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    from_: tuple[str, ...] = Field(default=(), alias="from")
    const: str | bool | None = None
    type: Codec = Codec.CODE
    map: dict[str, str] | None = None
    otherwise: str | None = None
    absent: tuple[str, ...] = ()
    absent_when: dict[str, tuple[str, ...]] = Field(default_factory=dict, alias="absentWhen")
    minus: str | None = None
    divide_by: str | None = Field(default=None, alias="divideBy")
    positive_when: dict[str, tuple[str, ...]] = Field(default_factory=dict, alias="positiveWhen")
    negate: bool = False
    negative_when: dict[str, tuple[str, ...]] | None = Field(default=None, alias="negativeWhen")
    filter: dict[Op, Guarantee] = Field(default_factory=dict)
    param: str | None = None
    widths: tuple[int, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _one_path_is_a_list_of_one(cls, data: object) -> object:
        if isinstance(data, str):
            return {"from": (data,)}
        if isinstance(data, dict) and isinstance(data.get("from"), str):
            return {**data, "from": (data["from"],)}
        return data

    @model_validator(mode="after")
    def _one_origin(self) -> "ColumnSpec":
        if bool(self.from_) == (self.const is not None):
            raise ValueError("give exactly one of 'from' and 'const'")
        if self.widths and len(self.widths) != len(parts(self.name)):
            raise ValueError(f"widths need one number for each part of {self.name}")
        return self

    @property
    def name(self) -> str:
        """The name the source filters by."""
        return self.param or (self.from_[0] if self.from_ else "")

    @property
    def reads(self) -> tuple[str, ...]:
        """Every path the column is made of: what to ask for when the source returns chosen fields."""
        paths = (*self.from_, *self.absent_when, *self.positive_when, *(self.negative_when or ()))
        others = tuple(path for path in (self.minus, self.divide_by) if path)
        return tuple(dict.fromkeys(part for path in (*paths, *others) for part in parts(path)))

    def words(self, value: str) -> tuple[str, ...]:
        """The source's words for one of ours: what to send when filtering by it."""
        if self.map is None:
            return (value,)
        return tuple(theirs for theirs, ours in self.map.items() if ours == value)


def parts(path: str) -> tuple[str, ...]:
    """The single paths of a joined one."""
    return tuple(path.split("+"))
