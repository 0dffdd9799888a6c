"""Members of dimensions as columns, to be laid beside the ids of a table."""

import polars as pl

from resolvers.semantics.calendar import PERIOD_MISSING, Calendar
from resolvers.semantics.dimensions import ELIMINATION, INVALID, UNASSIGNED, UNMAPPED, Dimension
from resolvers.semantics.model import Model

_SPECIAL = {
    UNMAPPED: "Unmapped",
    UNASSIGNED: "Unassigned",
    INVALID: "Invalid",
    ELIMINATION: "Intercompany elimination",
    PERIOD_MISSING: "No period",
}


def with_members(
    frame: pl.DataFrame, dimensions: tuple[Dimension, ...], model: Model, calendar: Calendar
) -> pl.DataFrame:
    """`frame` with ``<dimension>__id``, ``__code``, ``__name`` … for each dimension it is grouped by, periods
    as the calendar has them."""
    for dimension in dimensions:
        ids = frame[dimension.column].unique().drop_nulls().to_list()
        attributes = (
            _periods(ids, calendar) if dimension is Dimension.PERIOD else _members(dimension, ids, model)
        )
        prefixed = attributes.rename({name: f"{dimension.column}__{name}" for name in attributes.columns})
        key = f"{dimension.column}__id"
        frame = frame.join(
            prefixed.with_columns(pl.col(key).alias(dimension.column)),
            on=dimension.column,
            how="left",
            maintain_order="left",
        )
    return frame


def _members(dimension: Dimension, ids: list[str], model: Model) -> pl.DataFrame:
    listed = model.members.get(dimension, {})
    rows = []
    for id_ in ids:
        entity = model.legal_entities.get(id_) if dimension is Dimension.LEGAL_ENTITY else None
        member = listed.get(id_)
        name = entity.name if entity else member.name if member else _SPECIAL.get(id_, id_)
        rows.append(
            {
                "id": id_,
                "code": (member.code if member else "") or id_,
                "name": name,
                "owner": member.owner if member else None,
                "parent": member.parent if member else None,
                "legal_entity": member.legal_entity if member else None,
                "class": member.kind.value if member and member.kind else None,
                "currency": entity.currency if entity else None,
                "calendar": entity.calendar if entity else None,
            }
        )
    columns = ("id", "code", "name", "owner", "parent", "legal_entity", "class", "currency", "calendar")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))


def _periods(ids: list[str], calendar: Calendar) -> pl.DataFrame:
    known = {period.id: period for period in calendar.periods}
    rows = [
        {
            "id": id_,
            "label": period.label if period else _SPECIAL.get(id_, id_),
            "start": period.start if period else None,
            "end": period.end if period else None,
            "fiscal_year": period.fiscal_year if period else None,
            "number": period.number if period else None,
            "adjustment": period.adjustment if period else None,
            "calendar": calendar.id if period else None,
        }
        for id_ in ids
        for period in (known.get(id_),)
    ]
    schema = {"id": pl.String, "label": pl.String, "start": pl.Date, "end": pl.Date, "fiscal_year": pl.Int32}
    schema |= {"number": pl.Int32, "adjustment": pl.Boolean, "calendar": pl.String}
    return pl.DataFrame(rows, schema=schema)
