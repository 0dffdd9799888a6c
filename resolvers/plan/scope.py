"""Which rows a question is about, once they are in canonical terms."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.semantics.access import Permit
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.placement import ANNUAL_OF


def in_scope(bound: Bound) -> pl.Expr:
    """Rows with `legal_entity … period` and `kind` (the account's class) that the question asks about."""
    return (in_window(bound) & in_place(bound) & in_view(bound)).fill_null(value=False)


def in_view(bound: Bound) -> pl.Expr:
    """Rows whose members are allowed in their own period, where that differs from period to period. For what
    no period holds, the last one asked about decides; what is still to be spread over periods is let through
    until it is."""
    keep, last = pl.lit(value=True), bound.periods[-1].id
    for dimension, groups in bound.among.items():
        column, several = pl.col(dimension.column), bound.stand_ins.get(dimension, frozenset())
        beside = ~pl.col("period").is_in([period for among in groups for period in among.periods])
        keep &= pl.col("period").str.starts_with(ANNUAL_OF) | pl.any_horizontal(
            (pl.col("period").is_in(among.periods) | (beside & pl.lit(last in among.periods)))
            & column.is_in(sorted(among.members | several))
            for among in groups
        )
    return keep


def in_window(bound: Bound) -> pl.Expr:
    """Rows of the periods asked about; what cannot be placed is in where its days touch them."""
    return pl.col("period").is_in(bound.window)


def in_place(bound: Bound) -> pl.Expr:
    """Rows that the question asks about, whatever their period: in some period, they would be. Of a row that
    may be several members, one of them is enough: what is of the others falls away when it is split."""
    keep = pl.lit(value=True)
    for dimension, members in bound.members.items():
        if dimension is not Dimension.PERIOD:
            allowed = members | bound.stand_ins.get(dimension, frozenset())
            keep &= pl.col(dimension.column).is_in(sorted(allowed))
    classes = sorted(kind.value for kind in bound.classes)
    scoped = pl.col("kind").is_in(classes)
    if bound.stand_in_accounts:
        scoped |= pl.col("account").is_in(sorted(bound.stand_in_accounts))
    if bound.unlisted:
        scoped |= pl.col("kind").is_null()
    if bound.permits and all(permit.members for permit in bound.permits):
        keep &= pl.any_horizontal(let_through(permit, bound.stand_ins) for permit in bound.permits)
    return (keep & scoped).fill_null(value=False)


def let_through(
    permit: Permit,
    stand_ins: Mapping[Dimension, frozenset[str]],
    columns: Mapping[str, pl.Expr] = MappingProxyType({}),
) -> pl.Expr:
    """Rows that a grant lets through. Of a row that may be several members, one of them is enough. `columns`
    are other places than the usual ones to find a dimension's members in."""
    keep = pl.lit(value=True)
    for dimension, allowed in permit.members.items():
        several = stand_ins.get(dimension, frozenset())
        member = columns.get(dimension.column, pl.col(dimension.column))
        keep &= member.is_in(sorted(allowed | several))
    return keep.fill_null(value=False)
