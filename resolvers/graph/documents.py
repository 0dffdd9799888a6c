"""The documents behind a figure: every cell is a sum of these amounts, each from one document."""

import base64
import binascii
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import polars as pl
import strawberry
from graphql import GraphQLError

from resolvers.graph.enums import Fact, Stage
from resolvers.graph.nodes import Document, document
from resolvers.graph.report import Completeness
from resolvers.semantics.control import PLACE, written
from resolvers.semantics.dimensions import UNASSIGNED
from resolvers.semantics.measures import MEMOS, STAGES
from sources.spi.source import Source

MOST: Final = 1000
_CURSOR: Final = re.compile(rb"document:([0-9]{1,9})")


@strawberry.type(description="One document's share of the cell.")
class DocumentEdge:
    cursor: str = strawberry.field(description="Position, for `after`.")
    amount: Decimal = strawberry.field(description="Its part of the figure, in the row's currency.")
    stage: Stage = strawberry.field(description="The stage the amount stands in.")
    node: Document = strawberry.field(description="The document.")
    control_node: strawberry.ID | None = strawberry.field(
        description="Of a budget: the cell that controls it, `costCenter|account|project`: the nearest one "
        "upwards that has a budget, or its own.",
        default=None,
    )


@strawberry.type(description="Relay page information.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge.")


@strawberry.type(description="The documents a cell is the sum of, largest share first.")
class DocumentConnection:
    edges: list[DocumentEdge] = strawberry.field(description="One per document share.")
    page_info: PageInfo = strawberry.field(description="Paging.")
    total_count: int = strawberry.field(description="Number of shares in the cell.")
    completeness: Completeness = strawberry.field(
        description="PARTIAL where a source could not be read, or an amount not be translated: the documents "
        "then add up to less than the row."
    )
    restricted: bool = strawberry.field(
        description="Whether your roles hold back documents, or may do so: those shown then add up to less "
        "than the row."
    )


def start(first: int, after: str | None) -> int:
    """Where a page begins; an error, before anyone is asked, when there is no such page."""
    if not 0 <= first <= MOST:
        raise GraphQLError(
            f"first: {first} is not accepted; give 0 to {MOST}", extensions={"code": "LIMIT_EXCEEDED"}
        )
    return _position(after)


def connection(
    parts: pl.DataFrame,
    start: int,
    first: int,
    sources: Mapping[str, Source],
    *,
    whole: bool,
    restricted: bool = False,
) -> DocumentConnection:
    """A page of one cell's parts. A cell that holds spend and revenue shows spend; so do its documents.
    Memos stand beside the figures, and so are not among them.
    `whole` says whether every source of them could be read, `restricted` whether some may be held back."""
    frame = parts.filter(pl.col("amount") != 0)
    if (~frame["revenue"]).any():
        frame = frame.filter(~pl.col("revenue"))
    frame = frame.filter(~pl.col("measure").is_in(MEMOS))
    ordered = frame.sort(
        [pl.col("amount").abs(), "measure", "source", "id", "line", "dist"],
        descending=[True, False, False, False, False, False],
        nulls_last=True,
    )
    rows = ordered.slice(start, first).iter_rows(named=True)
    edges = [_edge(start + index, row, sources) for index, row in enumerate(rows)]
    more = start + len(edges) < frame.height
    page = PageInfo(has_next_page=more, end_cursor=edges[-1].cursor if edges else None)
    told = whole and not parts["amount"].has_nulls()
    return DocumentConnection(
        edges=edges,
        page_info=page,
        total_count=frame.height,
        completeness=Completeness.COMPLETE if told else Completeness.PARTIAL,
        restricted=restricted,
    )


def _edge(index: int, row: Mapping[str, Any], sources: Mapping[str, Source]) -> DocumentEdge:
    booked = row["booked_by"] or row["legal_entity"]
    node = document(Fact(row["fact"]), {**row, "legal_entity": booked}, sources)
    amount = row["amount"].quantize(Decimal(1).scaleb(-row["exponent"]))
    return DocumentEdge(
        cursor=_cursor(index),
        amount=amount,
        stage=STAGES[row["measure"]],
        node=node,
        control_node=_control(row),
    )


def _control(row: Mapping[str, Any]) -> strawberry.ID | None:
    if row["fact"] != Fact.BUDGET:
        return None
    if row["control"] == "":  # the cell may not be known
        return None
    return strawberry.ID(row["control"] or written([row[name] or UNASSIGNED for name in PLACE]))


def _cursor(index: int) -> str:
    return base64.b64encode(f"document:{index}".encode()).decode()


def _position(after: str | None) -> int:
    if after is None:
        return 0
    try:
        cursor = _CURSOR.fullmatch(base64.b64decode(after, validate=True))
    except (ValueError, binascii.Error):
        cursor = None
    if cursor is None:
        raise GraphQLError(
            "after: not a cursor of this connection; give an endCursor of an earlier page",
            extensions={"code": "BAD_INPUT"},
        )
    return int(cursor[1]) + 1
