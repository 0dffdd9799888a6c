"""Keys for the later waves, from the rows of the earlier ones."""

from collections.abc import Mapping, Sequence

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.normal import blank
from resolvers.plan.plan import KeySet
from resolvers.plan.scope import in_scope
from resolvers.semantics.matching import matched, normalised
from resolvers.semantics.model import Model
from resolvers.semantics.parts import with_class
from resolvers.semantics.relief import APPROVED
from sources.spi.facts import Fact


def keys_of(
    keys: KeySet, entities: Sequence[str], bound: Bound, frames: Mapping[Fact, pl.DataFrame], model: Model
) -> tuple[str, ...]:
    """The values a keyed node looks up for its entities, sorted, each once."""

    def rows(fact: Fact) -> pl.DataFrame:
        frame = frames.get(fact, blank(fact))
        return frame.filter(pl.col("legal_entity").is_in(entities))

    if keys is KeySet.ORDERS:
        found = orders_in_scope(rows(Fact.ORDER), bound, model)["number"]
    elif keys is KeySet.REQUISITIONS:
        found = with_class(rows(Fact.REQUISITION), model).filter(in_scope(bound))["number"]
    elif keys is KeySet.STRANGERS:
        named = rows(Fact.INVOICE).filter(pl.col("status").is_in(APPROVED) & pl.col("po").is_not_null())
        lines = rows(Fact.ORDER).select("legal_entity", po="number", po_line="line")
        found = named.join(lines, on=["legal_entity", "po", "po_line"], how="anti")["po"]
    else:
        waiting = "invoiced_not_posted" in bound.base
        found = _invoices(keys, rows(Fact.INVOICE), rows(Fact.VOUCHER), waiting=waiting)
    return tuple(found.drop_nulls().unique().sort().to_list())


def orders_in_scope(orders: pl.DataFrame, bound: Bound, model: Model) -> pl.DataFrame:
    """Every row of each order that has at least one distribution the question is about."""
    asked = with_class(orders, model).filter(in_scope(bound)).select("legal_entity", "number").unique()
    return orders.join(asked, on=["legal_entity", "number"], how="semi")


def _invoices(keys: KeySet, invoices: pl.DataFrame, vouchers: pl.DataFrame, *, waiting: bool) -> pl.Series:
    """Invoices that no voucher found so far carries: those that would be `waiting` for one, and those not
    approved that a voucher would make relieve their order. Supplier numbers as written, in capitals and as
    they are compared, since ledgers are keyed by people."""
    approved = pl.col("status").is_in(APPROVED)
    matters = (approved & waiting) | (~approved & pl.col("po").is_not_null())
    open_ = invoices.filter(matters).join(
        matched(invoices, vouchers).posted, on=["legal_entity", "id"], how="anti"
    )
    if keys is KeySet.INVOICES:
        return open_["id"]
    number = pl.col("supplier_invoice")
    ways = (number, number.str.to_uppercase(), normalised(number))
    return pl.concat([open_.select(way)["supplier_invoice"] for way in ways])
