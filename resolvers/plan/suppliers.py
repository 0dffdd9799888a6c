"""What suppliers and days find where no number does: invoices by the supplier's number however it is written,
and ledger lines around a day.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import polars as pl

from resolvers.plan.finding import Finder
from resolvers.plan.spelling import compared
from resolvers.semantics.dimensions import RESERVED, Dimension
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.scan import Guarantee, Keys, Op, Predicate
from sources.spi.source import Source

Named = tuple[str, str]
"""A supplier, and a number of its own as it is compared."""
_PAST: Final = timedelta(days=400)
_AHEAD: Final = timedelta(days=31)


def named(rows: pl.DataFrame, column: str) -> set[Named]:
    """The suppliers and numbers in rows; what has no supplier or no number names nothing."""
    pairs = rows.select("supplier", column).unique().iter_rows()
    found = ((supplier, compared(number)) for supplier, number in pairs)
    return {(s, number) for s, number in found if number and s not in (None, *RESERVED)}


def having(rows: pl.DataFrame, column: str, wanted: Iterable[Named]) -> pl.DataFrame:
    """The rows that name one of the wanted."""
    asked = set(wanted)
    pairs = rows.select("supplier", column).iter_rows()
    return rows.filter(pl.Series([(s, compared(n)) in asked for s, n in pairs], dtype=pl.Boolean))


async def invoices(
    finder: Finder, entity: str, wanted: set[Named], days: Iterable[date], ctx: Context
) -> pl.DataFrame:
    """The invoices of one legal entity that name one of the wanted, as far as their source can be asked by
    supplier; dated up to some months before the ledger's `days`. Raises SourceError."""
    found = [finder.nothing(Fact.INVOICE)]
    suppliers, around = {supplier for supplier, _ in wanted}, sorted(days)
    for source in finder.providers(Fact.INVOICE, entity)[:1] if wanted and around else ():
        able = source.facts[Fact.INVOICE].filters.get(("supplier", Op.IN), Guarantee.NEVER)
        if able is not Guarantee.NEVER:
            since, until = around[0] - _PAST, around[-1] + _AHEAD
            found.append(await of(finder, source, Fact.INVOICE, entity, suppliers, since, until, ctx))
    return having(pl.concat(found), "supplier_invoice", wanted)


async def vouchers(finder: Finder, entity: str, wanted: set[Named], ctx: Context) -> pl.DataFrame:
    """The ledger lines of one legal entity that name one of the wanted, as far as its ledger can be looked up
    by supplier. Raises SourceError."""
    found = [finder.nothing(Fact.VOUCHER)]
    for source in finder.providers(Fact.VOUCHER, entity)[:1] if wanted else ():
        if "supplier" in source.facts[Fact.VOUCHER].keys:
            codes = finder.planner.crosswalk(source.name).codes(Dimension.SUPPLIER, {s for s, _ in wanted})
            accepted = finder.accept(source, Fact.VOUCHER, (), Keys("supplier", codes or ()))
            found.append(await finder.read(source, Fact.VOUCHER, (entity,), accepted, ctx))
    return having(pl.concat(found), "ref_supplier_invoice", wanted)


async def of(
    finder: Finder,
    source: Source,
    fact: Fact,
    entity: str,
    suppliers: Iterable[str],
    since: date,
    until: date,
    ctx: Context,
) -> pl.DataFrame:
    """The documents of some suppliers between two days. Raises SourceError."""
    wanted = sorted(suppliers)
    codes = finder.planner.crosswalk(source.name).known_codes(Dimension.SUPPLIER, wanted)
    able = source.facts[fact].columns
    offered = (
        *finder.owned(source, fact, (entity,)),
        Predicate("supplier", Op.IN, codes),
        Predicate("date", Op.GE, (since,)),
        Predicate("date", Op.LE, (until,)),
    )
    accepted = finder.accept(source, fact, tuple(p for p in offered if p.column in able))
    rows = await finder.read(source, fact, (entity,), accepted, ctx)
    return rows.filter(
        pl.col("supplier").is_in(wanted) & pl.col("date").is_between(since, until).fill_null(value=False)
    )
