"""Keys for the later waves, from the rows of the earlier ones."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.normal import blank
from resolvers.plan.plan import KeySet
from resolvers.plan.scope import in_place, in_scope, in_window
from resolvers.semantics import vouchers as voucher
from resolvers.semantics.dimensions import RESERVED
from resolvers.semantics.matching import identified
from resolvers.semantics.model import Model
from resolvers.semantics.parts import with_class
from resolvers.semantics.policy import dated
from resolvers.semantics.values import APPROVED
from sources.spi.facts import Fact

_CARRIED: Final = (KeySet.CARRIED, KeySet.CARRIED_NUMBERS, KeySet.CARRIED_ORDERS)


def keys_of(
    keys: KeySet, entities: Sequence[str], bound: Bound, frames: Mapping[Fact, pl.DataFrame], model: Model
) -> dict[KeySet, tuple[str, ...]]:
    """The values a keyed node looks up for its entities, sorted, each once; and those found along the way."""

    def rows(fact: Fact) -> pl.DataFrame:
        frame = frames.get(fact, blank(fact))
        if {*entities} >= {*bound.entities}:
            return frame
        return frame.filter(pl.col("legal_entity").is_in(entities))

    if keys is KeySet.ORDERS:
        phases = rows(Fact.ORDER_SCHEDULE)
        placed = dated(rows(Fact.ORDER), bound.policies, bound.calendar)
        known = orders_in_scope(placed, phases, bound, model)["number"]
        found = pl.concat([known, phases.filter(in_window(bound))["number"]])
    elif keys is KeySet.PHASED:
        found = rows(Fact.ORDER_SCHEDULE).filter(in_window(bound))["number"]
    elif keys is KeySet.BLANKETS:
        found = with_class(rows(Fact.BLANKET), model).filter(in_scope(bound))["number"]
    elif keys is KeySet.REQUISITIONS:
        found = with_class(rows(Fact.REQUISITION), model).filter(in_scope(bound))["number"]
    elif keys is KeySet.NAMED:
        referring = rows(Fact.VOUCHER).select("legal_entity", number="ref_po")
        orders = rows(Fact.ORDER).select("legal_entity", "number")
        found = referring.join(orders, on=["legal_entity", "number"], how="anti")["number"]
    elif keys is KeySet.REVERSIBLE:
        found = rows(Fact.VOUCHER)["number"]
    elif keys is KeySet.STRANGERS:
        named = rows(Fact.INVOICE).filter(pl.col("status").is_in(APPROVED) & pl.col("po").is_not_null())
        lines = rows(Fact.ORDER).select("legal_entity", po="number", po_line="line")
        found = named.join(lines, on=["legal_entity", "po", "po_line"], how="anti")["po"]
    else:
        vouchers = with_class(rows(Fact.VOUCHER), model)
        return {key: _once(found) for key, found in _by_voucher(keys, rows(Fact.INVOICE), vouchers, bound)}
    return {keys: _once(found)}


def _once(values: pl.Series) -> tuple[str, ...]:
    return tuple(sorted(set(values) - {None}))


def orders_in_scope(orders: pl.DataFrame, phases: pl.DataFrame, bound: Bound, model: Model) -> pl.DataFrame:
    """Every row of each order that has at least one distribution the question is about: one whose date lies
    in the window, or one of a line whose schedule reaches into it."""
    order = ["legal_entity", "number"]
    classed = with_class(orders, model)
    asked = classed.filter(in_scope(bound)).select(order)
    if not phases.is_empty():
        reaching = phases.filter(in_window(bound)).select(*order, "line")
        phased = classed.filter(in_place(bound)).join(reaching, on=[*order, "line"], how="semi")
        asked = pl.concat([asked, phased.select(order)])
    return orders.join(asked.unique(), on=order, how="semi")


def _open(invoices: pl.DataFrame, named: pl.DataFrame, bound: Bound) -> pl.DataFrame:
    """Invoices that no voucher found so far carries (`named` are those that name one): those that would wait
    for one, and those not approved that a voucher would make relieve their order."""
    approved = pl.col("status").is_in(APPROVED)
    waiting = "invoiced_not_posted" in bound.needed
    matters = (approved & waiting) | (~approved & pl.col("po").is_not_null())
    carried = named.filter(~pl.col("void")).select("legal_entity", id="invoice")
    return invoices.filter(matters).join(carried, on=["legal_entity", "id"], how="anti")


def _by_voucher(
    keys: KeySet, invoices: pl.DataFrame, vouchers: pl.DataFrame, bound: Bound
) -> Iterator[tuple[KeySet, pl.Series]]:
    """What vouchers are looked up by: in the third wave by what invoices say, in the fourth by what is still
    open then. Supplier numbers are asked for as written, in capitals and as they are compared; where none of
    these is found, by their suppliers, since ledgers are keyed by people."""
    if keys in _CARRIED:
        _, left = identified(_unsure(invoices), voucher.lines(vouchers.filter(in_scope(bound))))
        yield KeySet.CARRIED, left["ref_invoice"]
        own = vouchers.join(left.select(voucher.VOUCHER[:3]), on=voucher.VOUCHER[:3], how="semi")
        yield KeySet.CARRIED_NUMBERS, own["ref_supplier_invoice"]
        yield KeySet.CARRIED_ORDERS, own["ref_po"]
        return
    made = voucher.lines(vouchers)
    named, left = identified(_unsure(invoices), made)
    open_ = _open(invoices, named, bound)
    number = pl.col("supplier_invoice")
    if keys in (KeySet.SUPPLIERS, KeySet.UNPLACED):
        told = (voucher.normalised(number) != "") & ~pl.col("supplier").is_in(RESERVED)
        yield KeySet.SUPPLIERS, open_.filter(told)["supplier"]
        yield KeySet.UNPLACED, vouchers["number"] if bound.question.breaks else _unplaced(made, left)
        return
    yield KeySet.INVOICES, open_["id"]
    yield KeySet.BILLED, open_.filter(pl.col("status").is_in(APPROVED))["po"]
    ways = (number, number.str.to_uppercase(), voucher.normalised(number))
    yield KeySet.SUPPLIER_INVOICES, pl.concat([open_.select(way).to_series() for way in ways])


def _unplaced(made: pl.DataFrame, left: pl.DataFrame) -> pl.Series:
    """Documents whose amount matters: those that name an order and, so far, no invoice (all of them where
    breaks are asked for). A lookup by reference brings the lines that have it, and a document may have
    others."""
    naming = made.filter(pl.col("ref_po").is_not_null()).select(voucher.VOUCHER)
    return left.join(naming, on=voucher.VOUCHER, how="semi")["number"]


def _unsure(invoices: pl.DataFrame) -> pl.DataFrame:
    """Invoices whose currency is still to be had from their orders match no voucher that names one: looking
    up too much is harmless."""
    return invoices.with_columns(pl.col("currency").fill_null("?"))
