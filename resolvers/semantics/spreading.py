"""Annual budgets by period: an amount of a fiscal year is spread over its ordinary periods by a profile.

    100,000 over twelve periods, EVEN            →  4 × 8,333.34 and 8 × 8,333.33
    12,000 over twelve periods, WEEKS_445        →  923.08  923.08  1,153.84, each quarter the same

Largest remainder, ties to the lowest period, so that the periods add up to the year to the cent. What is
spread is the finest balance of the plan, whatever the question groups by; the entries behind it get their
shares of each period.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

import polars as pl

from resolvers.semantics.calendar import Calendar
from resolvers.semantics.dimensions import UNASSIGNED, AccountClass
from resolvers.semantics.placement import ANNUAL_OF, OUTSIDE, UNSPREAD, Timeframe, of_year, places
from resolvers.semantics.rounding import apportioned
from sources.spi.facts import EXACT

_WEEKS: Final = (Decimal(4), Decimal(4), Decimal(5))
_ONE: Final = Decimal(1)
_PLACE: Final = ["source", "measure", "legal_entity", "kind", "period"]
_BALANCE: Final = ["account", "cost_center", "project", "currency", *_PLACE]
"""The finest balance of a plan."""


class Profile(StrEnum):
    """How the amount of a year lies in its periods; NONE: in none of them, but in UNASSIGNED."""

    EVEN = "EVEN"
    WEEKS_445 = "WEEKS_445"
    PROFILE = "PROFILE"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Spreading:
    """The profile of annual budgets of a version and an account class (None: of any); `weights` are those of
    the periods 1 to 12 of a PROFILE."""

    profile: Profile = Profile.EVEN
    weights: tuple[Decimal, ...] = ()
    version: str | None = None
    account_class: AccountClass | None = None

    def weight(self, number: int) -> Decimal:
        """The weight of the ordinary period of that number."""
        if self.profile is Profile.WEEKS_445:
            return _WEEKS[(number - 1) % len(_WEEKS)]
        if self.profile is Profile.PROFILE:
            return self.weights[number - 1] if number <= len(self.weights) else Decimal(0)
        return _ONE


def rule(rules: Iterable[Spreading], version: str, kind: str | None) -> Spreading:
    """The rule of a version and an account class: the most specific one, a version before a class. EVEN where
    there is none."""
    fitting = [
        each for each in rules if each.version in (None, version) and each.account_class in (None, kind)
    ]
    return max(
        fitting, key=lambda r: (r.version is not None, r.account_class is not None), default=Spreading()
    )


Home = Callable[[str, str], Calendar]
"""The calendar that the years of a source are of, for a legal entity."""
Versions = Mapping[str, str]
"""The version of the plan that the amounts of a measure are of."""


def spread(
    parts: pl.DataFrame,
    home: Home,
    rules: Sequence[Spreading],
    versions: Versions,
    time: Timeframe,
    amounts: Sequence[str] = ("amount",),
) -> pl.DataFrame:
    """`parts` (with `kind`) with annual amounts in the periods of the question; all others as they are. Every
    column of `amounts` is spread by itself."""
    annual = parts.filter(pl.col("period").str.starts_with(ANNUAL_OF))
    if annual.is_empty():
        return parts
    rows = [
        (source, measure, entity, kind, period, *share)
        for source, measure, entity, kind, period in annual.select(_PLACE).unique().iter_rows()
        for share in _shares(home(source, entity), period, rule(rules, versions[measure], kind), time)
    ]
    schema: dict[str, pl.DataType] = dict.fromkeys(_PLACE, pl.String())
    schema |= {"_number": pl.Int32(), "_at": pl.String(), "_weight": EXACT}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    table = table.with_columns(_sum=pl.col("_weight").sum().over(_PLACE))
    divided = annual.join(table, on=_PLACE, nulls_equal=True, maintain_order="left")
    shares = [_divided(annual, table, divided, name) for name in amounts]
    rest = parts.filter(~pl.col("period").str.starts_with(ANNUAL_OF))
    return pl.concat([rest, divided.with_columns(*shares, period=pl.col("_at")).select(parts.columns)])


def _divided(annual: pl.DataFrame, table: pl.DataFrame, entries: pl.DataFrame, name: str) -> pl.Series:
    """Each balance over its periods, then each period's amount over the `entries` of the balance."""
    exact = (pl.col(name) * pl.col("_weight") / pl.col("_sum")).cast(EXACT)
    balances = (
        annual.group_by(_BALANCE)
        .agg(pl.col(name).sum(), pl.col("exponent").first())
        .join(table, on=_PLACE, nulls_equal=True)
        .with_columns(_exact=exact)
    )
    one = [*_BALANCE, "_number"]
    whole = apportioned(balances, by=_BALANCE, exact="_exact", order=("_number",))
    known = balances.with_columns(_whole=whole).select(*one, "_whole")
    shared = entries.join(known, on=one, nulls_equal=True, maintain_order="left").with_columns(_exact=exact)
    return apportioned(shared, by=one, exact="_exact", whole="_whole", order=("id", "line")).alias(name)


def known_years(parts: pl.DataFrame, home: Home) -> pl.DataFrame:
    """`parts` with annual amounts of years that their calendar does not have OUTSIDE it."""
    annual = pl.col("period").str.starts_with(ANNUAL_OF)
    place = ["source", "legal_entity", "period"]
    strange = [
        (source, entity, period)
        for source, entity, period in parts.filter(annual).select(place).unique().iter_rows()
        if period.removeprefix(ANNUAL_OF) not in {str(p.fiscal_year) for p in home(source, entity).periods}
    ]
    if not strange:
        return parts
    lost = pl.struct(place).is_in([dict(zip(place, each, strict=True)) for each in strange])
    return parts.with_columns(period=pl.when(lost).then(pl.lit(OUTSIDE)).otherwise("period"))


def _shares(home: Calendar, annual: str, rule_: Spreading, time: Timeframe) -> list[tuple[int, str, Decimal]]:
    """The periods of a year that an amount lies in: number, where that is for the question, and weight."""
    year = annual.removeprefix(ANNUAL_OF)
    own = [p for p in home.periods if not p.adjustment and str(p.fiscal_year) == year]
    if rule_.profile is Profile.NONE:
        whole = time.holds(own[0].start, own[-1].end)
        return [(0, of_year(UNASSIGNED, own[0].fiscal_year) if whole else UNSPREAD, _ONE)]
    found = places(home, time)
    weights = [rule_.weight(period.number) for period in own]
    even = not any(weights)
    return [(p.number, found[p.id], _ONE if even else w) for p, w in zip(own, weights, strict=True)]
