"""What of documents may be seen: their lines, one by one, wherever the documents come from.

A line may be seen where one of the grants shows documents of its kind and lets through where it stands. An
invoice or a receipt stands where it says, else where the order line it names does; of a line that is in
several places, one of them is enough, as it is for a filter. Where the order cannot be read, nobody knows,
and the line is held back. Of what is held back nothing is told: not its amount, and not that it is there.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from resolvers.plan.finding import Finder
from resolvers.plan.papers import Paper
from resolvers.semantics.access import PLACES, Permit, View
from resolvers.semantics.dimensions import UNASSIGNED, Dimension
from resolvers.semantics.shares import standing_for
from sources.spi.context import Context
from sources.spi.errors import SourceError
from sources.spi.facts import Fact
from sources.spi.scan import Keys

_BEHIND: Final = (Fact.RECEIPT, Fact.INVOICE)
_STANDS: Final = ("legal_entity", *(dimension.column for dimension in PLACES))
_NAMES: Final = ("po", "po_line", "po_dist")


@dataclass(frozen=True, slots=True)
class Guard:
    """What of documents may be seen by somebody whose view it is."""

    view: View
    finder: Finder
    ctx: Context

    async def rows(self, fact: Fact, rows: pl.DataFrame) -> pl.DataFrame:
        """Those of `rows`, which are of a fact, that may be seen."""
        permits = self.view.showing(fact)
        if not permits:
            return rows.clear()
        if any(not permit.members for permit in permits) or rows.is_empty():
            return rows
        places = await self._placed(fact, _bare(rows), permits)
        seen = places.filter(pl.any_horizontal(self._through(permit) for permit in permits))["_row"].unique()
        return rows.with_row_index("_row").filter(pl.col("_row").is_in(seen.implode())).drop("_row")

    async def papers(self, papers: Sequence[Paper]) -> list[Paper | None]:
        """Each document with the lines that may be seen; None in the place of one without any."""
        whole = await asyncio.gather(*(self._paper(paper) for paper in papers))
        return list(whole)

    async def _paper(self, paper: Paper) -> Paper | None:
        columns = (*_STANDS, *_NAMES)
        said = [{column: row.get(column) for column in columns} for row in paper.rows]
        frame = pl.DataFrame(said, schema=dict.fromkeys(columns, pl.String)).with_row_index("_line")
        kept = await self.rows(paper.fact, frame)
        rows = tuple(paper.rows[index] for index in kept["_line"])
        return Paper(paper.fact, rows) if rows else None

    def _through(self, permit: Permit) -> pl.Expr:
        shares = self.finder.model.shares
        return pl.all_horizontal(
            pl.col(d.column).is_in(sorted(allowed | standing_for(shares, d.column, allowed)))
            for d, allowed in permit.members.items()
        ).fill_null(value=False)

    async def _placed(self, fact: Fact, rows: pl.DataFrame, permits: Iterable[Permit]) -> pl.DataFrame:
        """Where each row stands, by `_row`: once for each place."""
        limited = {d for permit in permits for d in permit.members} - {Dimension.LEGAL_ENTITY}
        if fact not in _BEHIND or not limited:
            return rows
        orders = await self._orders(rows)
        named = rows.join(orders, on=["legal_entity", "po", "po_line"], how="left", suffix="_of_order")
        apart = pl.col("po_dist").is_not_null() & pl.col("_dist").is_not_null()
        there = named.filter(~apart | (pl.col("po_dist") == pl.col("_dist")))
        return there.with_columns(
            pl.when(pl.col(d.column).is_in([UNASSIGNED]) | pl.col(d.column).is_null())
            .then(pl.coalesce(f"{d.column}_of_order", d.column))
            .otherwise(d.column)
            .alias(d.column)
            for d in PLACES
        )

    async def _orders(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Where the order lines stand that rows name."""
        found = [self.finder.nothing(Fact.ORDER)]
        for (entity,), some in rows.partition_by(["legal_entity"], as_dict=True).items():
            numbers = tuple(some["po"].drop_nulls().unique().sort())
            if numbers:
                try:
                    found.append(
                        await self.finder.find(Fact.ORDER, Keys("number", numbers), str(entity), self.ctx)
                    )
                except SourceError:
                    continue
        return pl.concat(found).select(*_STANDS, po="number", po_line="line", _dist="dist")


def _bare(rows: pl.DataFrame) -> pl.DataFrame:
    """What of rows says where they stand, each with its number."""
    absent = [name for name in (*_STANDS, *_NAMES) if name not in rows.columns]
    full = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    return full.with_row_index("_row").select("_row", *_STANDS, *_NAMES)
