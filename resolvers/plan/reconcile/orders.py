"""PURCHASE_COMMITMENTS: what two systems say is open of the same orders.

The left side are the open commitments by the copies of the source that owns them (`commitmentOwner`), the
right by the copies of the other one. Both are relieved by the same receipts, invoices and vouchers, so that a
difference is a difference between the copies and not between what has reached them.

    order  owner   other   item
    PO1    900     900     –
    PO2    400     –       NOT_COPIED 400
    PO3    500     450     AMOUNT_DIFFERS 50
    PO4    –       80      COPY_ONLY −80
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.compute import compute
from resolvers.plan.engine import Desk
from resolvers.plan.execute import Collected
from resolvers.plan.plan import Plan
from resolvers.plan.reconcile.question import Reason
from resolvers.plan.reconcile.reading import Found, item, sides
from resolvers.semantics.breaks import DOCUMENT, paper
from sources.spi.context import Context
from sources.spi.facts import EXACT, Fact

MEASURES: Final = frozenset(("commitment",))
_PLACE: Final = ["legal_entity", "account"]
_CELL: Final = [*_PLACE, "number"]
Copies = Mapping[str, tuple[str, str]]
"""The source that owns an entity's orders, and the other one that holds them."""


def _copies(bound: Bound, desk: Desk) -> Copies:
    found: dict[str, tuple[str, str]] = {}
    for entity in bound.entities:
        owner = bound.policies[entity].commitment_owner
        holding = [source.name for source in desk.finder.providers(Fact.ORDER, entity)]
        others = [name for name in holding if name != owner]
        if owner in holding and owner is not None and others:
            found[entity] = owner, others[0]
    return found


def plans(bound: Bound, desk: Desk) -> tuple[Plan, ...]:
    """Both copies of the orders, and what relieves them."""
    return (desk.planner.plan(replace(bound, entities=tuple(_copies(bound, desk)))),)


async def read(bound: Bound, desk: Desk, ctx: Context) -> Found:
    copies = _copies(bound, desk)
    (plan,) = plans(bound, desk)
    collected = await desk.executor.run(plan, ctx)
    owners = {entity: owner for entity, (owner, _) in copies.items()}
    others = {entity: other for entity, (_, other) in copies.items()}
    left = _open(collected, plan.bound, desk, owners)
    right = _open(collected, plan.bound, desk, others)
    alone = [entity for entity in bound.entities if entity not in copies]
    notes = tuple(f"{entity}: no second source holds the orders of its commitmentOwner" for entity in alone)
    outcomes = tuple(collected.outcomes)
    return Found(sides(left, right), _items(left, right), plan, tuple(copies), outcomes, notes, copies=copies)


def _open(collected: Collected, bound: Bound, desk: Desk, owners: Mapping[str, str]) -> pl.DataFrame:
    """The open commitments by the copies of some sources, by account and order."""
    policies = {e: replace(p, commitment_owner=owners.get(e)) for e, p in bound.policies.items()}
    parts = compute(collected, replace(bound, policies=policies), desk.model, desk.signs).parts
    table = pl.DataFrame(
        list(owners.items()), schema={"legal_entity": pl.String, "source": pl.String}, orient="row"
    )
    return (
        parts.filter((pl.col("measure") == "commitment") & (pl.col("fact") == Fact.ORDER.value))
        .join(table, on=["legal_entity", "source"], how="semi")
        .group_by(_CELL, maintain_order=True)
        .agg(
            pl.col("amount").sum().cast(EXACT),
            pl.col("source", "id").first(),
            since=pl.col("date").min(),
        )
        .with_columns(document=paper(Fact.ORDER))
    )


def _items(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    both = (
        left.join(right, on=_CELL, how="full", coalesce=True, suffix="_other")
        .with_columns(
            _here=pl.col("number").is_in(left["number"].implode()),
            _there=pl.col("number").is_in(right["number"].implode()),
            _one=pl.col("amount").is_null() | pl.col("amount_other").is_null(),
        )
        .with_columns(
            amount=pl.col("amount").fill_null(0) - pl.col("amount_other").fill_null(0),
            since=pl.coalesce("since", "since_other"),
            place=pl.col("number"),
            documents=pl.concat_list(
                pl.col(name).cast(pl.Struct(DOCUMENT)) for name in ("document", "document_other")
            ).list.drop_nulls(),
        )
    )
    here, there = pl.col("_here"), pl.col("_there")
    return pl.concat(
        [
            item(both.filter(here & ~there), Reason.NOT_COPIED),
            item(both.filter(there & ~here), Reason.COPY_ONLY),
            item(both.filter(here & there & pl.col("_one")), Reason.RECODED),
            item(both.filter(here & there & ~pl.col("_one")), Reason.AMOUNT_DIFFERS),
        ]
    )
