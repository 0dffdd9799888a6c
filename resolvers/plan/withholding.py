"""What of an answer is held back from somebody who may not see all of it, once it is complete.

Figures are cut before they are summed (`admission`). Documents, and how they hang together, are found out
whole, because what a voucher carries does not depend on who asks; and then cut.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import polars as pl

from resolvers.plan.answer import Drilldown
from resolvers.plan.bind import Bound
from resolvers.plan.chain import Edge, Node
from resolvers.plan.errors import QuestionError, unknown_member
from resolvers.plan.guard import Guard
from resolvers.plan.holes import Hole, Missing
from resolvers.plan.listing import Listing
from resolvers.plan.matches import Match, Outcome
from resolvers.plan.papers import Paper
from resolvers.plan.scope import let_through
from resolvers.plan.systems import SystemCard
from resolvers.plan.trace import FACTS, Beginning, Trace
from resolvers.semantics.access import PLACES, Scope, View, union
from resolvers.semantics.control import PLACE
from sources.spi.facts import Fact

_UNREAD: Final = "something could not be looked up"


def of_measures(parts: pl.DataFrame, bound: Bound) -> pl.DataFrame:
    """The parts whose own measure may be seen: of a derived one, not all those it is made of may be."""
    return parts.filter(_measured(bound))


def _measured(bound: Bound, *, documents: bool = False) -> pl.Expr:
    told = pl.lit(value=False)
    booked = {"legal_entity": pl.coalesce("booked_by", "legal_entity")}
    for permit in bound.permits:
        grant = permit.grant
        seen = let_through(permit, bound.stand_ins, booked)
        if grant.measures is not None:
            seen &= pl.col("measure").is_in(sorted(grant.measures))
        if documents and grant.documents is not None:
            seen &= pl.col("fact").is_in([fact.value for fact in Fact if grant.shows(fact)])
        told |= seen
    return told


def drilldown(found: Drilldown, seen: View, bound: Bound) -> Drilldown:
    """The documents behind figures that may be seen, without the cells above that control them."""
    parts = found.parts.filter(_measured(bound, documents=True))
    if seen.limited:
        parts = parts.with_columns(control=_controlling(seen))
    return replace(found, parts=parts, restricted=bound.restricted or parts.height < found.parts.height)


def _controlling(seen: View) -> pl.Expr:
    """The cell that controls a budget; empty where it is one that may not be known."""
    known, members = pl.lit(value=True), pl.col("control").str.split("|")
    for dimension, allowed in union(seen.permits).items():
        if dimension in PLACES:
            known &= members.list.get(PLACE.index(dimension.column), null_on_oob=True).is_in(sorted(allowed))
    hidden = pl.col("control").is_not_null() & ~known.fill_null(value=False)
    return pl.when(hidden).then(pl.lit("")).otherwise("control")


def shown_to(listing: Listing, scope: Scope | None) -> Listing:
    """The listing for who may see documents of its kind. Raises QuestionError for the others."""
    if scope is None:
        return listing
    able = scope.showing(listing.fact)
    if not able.grants:
        raise QuestionError("FORBIDDEN_DOCUMENT", f"{listing.fact}: none of your roles lets you see these")
    return replace(listing, scope=able)


def provided_to(start: Beginning, seen: View, systems: Iterable[SystemCard]) -> Beginning:
    """Where a trace begins. What may not be known is told like what is not there. Raises QuestionError."""
    names, entities = sorted(card.name for card in systems), seen.model.legal_entities
    if start.source not in names:
        known = ", ".join(names) or "none"
        raise QuestionError("UNKNOWN_SOURCE", f"document.source: {start.source!r} is not one of {known}")
    if start.entity is not None and start.entity not in entities:
        raise unknown_member("document.legalEntity", start.entity, entities)
    if not any(seen.showing(fact) for fact in FACTS[start.kind]):
        told = f"document.type: {start.kind}: none of your roles lets you see these"
        raise QuestionError("FORBIDDEN_DOCUMENT", told)
    return replace(start, among=frozenset(entities))


async def trace_of(found: Trace, guard: Guard) -> Trace:
    """What of a trace may be seen. A document of which some lines may not is worth nothing known."""
    papers = await guard.papers([node.paper for node in found.nodes])
    kept: dict[str, Node] = {}
    for node, paper in zip(found.nodes, papers, strict=True):
        if paper is not None:
            cut = len(paper.rows) < len(node.paper.rows)
            kept[node.key] = replace(node, paper=paper, amount=None) if cut else node
    whole = {node.key for node in found.nodes if kept.get(node.key) is node}
    if len(whole) == len(found.nodes):
        return found
    return replace(
        found,
        nodes=tuple(kept.values()),
        edges=tuple(_edge(edge, whole) for edge in found.edges if {edge.start, edge.end} <= kept.keys()),
        gaps=tuple(gap for each in found.gaps if (gap := _gap(each, kept)) is not None),
        restricted=True,
    )


def _edge(edge: Edge, whole: set[str]) -> Edge:
    return edge if {edge.start, edge.end} <= whole else replace(edge, amount=None)


def _gap(gap: Missing, kept: dict[str, Node]) -> Missing | None:
    """A gap at a document that may be seen. What could not be read is not named: it may be another's."""
    if gap.node is None:
        return replace(gap, message=_UNREAD) if gap.hole is Hole.UNREAD else None
    return replace(gap, node=kept[gap.node.key]) if gap.node.key in kept else None


async def seen_of(found: Outcome, guard: Guard) -> Outcome:
    """The matches whose documents may be seen."""
    if not isinstance(found, tuple):
        return found
    papers = await guard.papers([match.paper for match in found])
    return tuple(
        match if len(paper.rows) == len(match.paper.rows) else _part(match, paper)
        for match, paper in zip(found, papers, strict=True)
        if paper is not None
    )


def _part(match: Match, paper: Paper) -> Match:
    return replace(match, paper=paper, amount=None)
