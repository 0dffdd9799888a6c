"""Documents on a shelf: what a told engine finds when one is looked up. All but the unknown are there.

Those behind the figures have the names they were drawn with, others what they are asked for by.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from resolvers.plan.chain import Confidence
from resolvers.plan.matches import Asked, Match, Outcome
from resolvers.plan.normal import blank
from resolvers.plan.papers import ENTRIES, Paper, with_worth
from resolvers.semantics.dimensions import UNASSIGNED
from resolvers.semantics.model import Model
from sources.spi.facts import Fact, Sign
from sources.spi.scan import Keys

_SAID: Final[Mapping[str, Any]] = {
    "status": "OPEN",
    "line_status": "CLOSED",
    "type": 'a "type"',
    "account": "A",
    "cost_center": "é|",
    "project": "B",
    "supplier": "not listed",
    "period": "2026-P01",
    "scenario": "BUDGET",
    "version": "APPROVED",
    "origin": "AP",
    "reverses": "J-0",
    "blanket": "B-1",
    "committed_through": "2026-P01",
    "currency": "JPY",
    "supplier_invoice": "A 1",
    "ref_supplier_invoice": "A 1",
    "ref_invoice": "I-1",
    "ref_po": "PO-1",
    "po": "PO-1",
    "po_line": "1",
    "req": "PR-1",
    "req_line": "1",
    "match_basis": "QTY",
    "quantity": Decimal("2.50"),
    "cancelled_quantity": Decimal("-0.5"),
    "price": Decimal("1234.5600"),
    "price_unit": Decimal(1000),
    "percent": Decimal("33.3"),
    "worth": Decimal("-12.340"),
    "date": date(2026, 1, 1),
    "document_date": date(2026, 1, 2),
    "requested_on": date(2026, 1, 3),
    "ordered_on": date(2026, 1, 4),
    "need_by": date(2026, 1, 5),
    "approved_on": date(2026, 1, 6),
    "exported_on": date(2026, 1, 7),
}
"""What the first line of a document says. The second says nothing but its name, as far as it may."""
_SINGLE: Final = (*ENTRIES, Fact.VOUCHER, Fact.RECEIPT)


def found(fact: Fact, keys: Keys, entity: str, parts: pl.DataFrame, model: Model) -> pl.DataFrame:
    """The rows of a fact whose `keys.column` is one of the values, in the shape of `Finder.find`."""
    nothing = with_worth(fact, blank(fact), Sign.NATURAL, model)
    behind = [part for part in parts.iter_rows(named=True) if part["fact"] == fact.value]
    said = [
        row
        for value in keys.values
        if value != "unknown"
        for named in _named(fact, keys.column, value, entity, behind)
        for row in _lines(fact, named)
    ]
    rows = pl.DataFrame(
        [{name: row.get(name) for name in nothing.columns} for row in said], schema=nothing.schema
    )
    return pl.concat([nothing, rows], how="diagonal")


def matching(asked: Asked, parts: pl.DataFrame, model: Model) -> Outcome:
    """What a document matches: an invoice a ledger line, a ledger line an order; the unknown nobody knows."""
    if asked.number == "unknown":
        return None
    other = Fact.VOUCHER if asked.fact is Fact.INVOICE else Fact.ORDER
    rows = found(other, Keys("number", ("J-1",)), asked.entity, parts, model).iter_rows(named=True)
    return (Match(1, Confidence.EXACT, True, Decimal("1.20"), "EUR", Paper(other, tuple(rows))),)


def _named(
    fact: Fact, column: str, value: str, entity: str, behind: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    names = ("source", "id", "number", "line")
    own = [{name: part[name] for name in names} for part in behind if part.get(column) == value]
    source = "s2p" if fact in (Fact.ORDER, Fact.INVOICE) else "erp"
    other = {"source": source, "id": value, "number": value, "line": "1"}
    for name in own or [other]:
        yield {**name, "legal_entity": entity, column: value, "exponent": 2, "decimals": 2}


def _lines(fact: Fact, named: dict[str, Any]) -> list[dict[str, Any]]:
    """What PO-1 is worth nobody knows in full."""
    told = {**_SAID, "dist": "1", **named}
    worth = None if named["id"] == "PO-1" else Decimal("0.01")
    silent = {"status": "OPEN", "project": UNASSIGNED, "dist": "2", "worth": worth, **named}
    return [told] if fact in _SINGLE else [told, silent]
