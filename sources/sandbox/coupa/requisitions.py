"""``/api/requisitions``. A requisition's number is its id; once ordered, its status says so."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from sources.sandbox.coupa.amounts import shares
from sources.sandbox.coupa.library import Library
from sources.sandbox.coupa.parts import (
    ACCOUNT,
    CURRENCY,
    EACH,
    ENTITY,
    SUPPLIER,
    Account,
    Allocation,
    allocation_shape,
    line_id,
)
from sources.sandbox.coupa.shape import (
    Association,
    Shape,
    always,
    decimal,
    flag,
    integer,
    midnight,
    moment,
    morning,
    shape,
    text,
)
from sources.sandbox.estate.documents import Requisition, RequisitionLine

_STATUS: Final = {"PENDING": "pending_approval", "APPROVED": "approved", "CANCELLED": "withdrawn"}


@dataclass(frozen=True)
class Line:
    header: "Header"
    line: RequisitionLine

    @property
    def id(self) -> int:
        return line_id(self.header.requisition.id, self.line.line)

    @property
    def total(self) -> Decimal:
        return (self.line.quantity * self.line.price).quantize(Decimal("0.01"))

    @property
    def ordered(self) -> int | None:
        return self.header.library.fulfilled_by.get((self.header.requisition.number, self.line.line))

    @property
    def account(self) -> Account | None:
        split = len(self.line.distributions) > 1
        return None if split else self.header.library.accounts.of(self.line.distributions[0])

    @property
    def allocations(self) -> list[Allocation]:
        parts = self.line.distributions
        if len(parts) == 1:
            return []
        amounts = shares(self.total, parts, self.header.requisition.currency)
        return self.header.library.accounts.allocations(self.id, parts, amounts)


@dataclass(frozen=True)
class Header:
    requisition: Requisition
    library: Library

    @cached_property
    def lines(self) -> list[Line]:
        return [Line(self, line) for line in self.requisition.lines]

    @property
    def status(self) -> str:
        if self.requisition.status == "APPROVED" and any(line.ordered for line in self.lines):
            return "ordered"
        return _STATUS[self.requisition.status]


def requisitions(library: Library) -> Iterator[Header]:
    return (Header(r, library) for r in library.estate.requisitions if r.entity == ENTITY)


LINE_FIELDS: Final[Shape] = shape(
    "RequisitionLine custom fields",
    decimal("non-recoverable-tax-rate", lambda line: line.line.tax_rate),
)

HEADER_FIELDS: Final[Shape] = shape(
    "RequisitionHeader custom fields",
    decimal("exchange-rate", lambda header: header.requisition.rate),
)

REQUISITION_LINE: Final[Shape] = shape(
    "RequisitionLine",
    integer("id", lambda line: line.id),
    integer("line-num", lambda line: line.line.line),
    text("line-type", always("RequisitionQuantityLine")),
    text("description", lambda line: line.line.description),
    text("status", lambda line: "ordered" if line.ordered else None),
    text("source-type", always("Non-Catalog Request")),
    decimal("quantity", lambda line: line.line.quantity),
    decimal("unit-price", lambda line: line.line.price),
    decimal("total", lambda line: line.total),
    integer("order-line-id", lambda line: line.ordered),
    moment("need-by-date", lambda line: midnight(line.header.requisition.date)),
    flag("receipt-required", always(False)),
    Association("currency", CURRENCY, lambda line: line.header.requisition.currency),
    Association("supplier", SUPPLIER, lambda line: _supplier(line.header)),
    Association("account", ACCOUNT, lambda line: line.account),
    Association(
        "account-allocations", allocation_shape("ReqLineAllocation"), lambda line: line.allocations, many=True
    ),
    Association("uom", EACH, lambda line: line),
    Association("custom-fields", LINE_FIELDS, lambda line: line),
)

REQUISITION: Final[Shape] = shape(
    "RequisitionHeader",
    integer("id", lambda header: int(header.requisition.id)),
    text("status", lambda header: header.status),
    text("req-title", lambda header: header.requisition.lines[0].description),
    integer("line-count", lambda header: len(header.lines)),
    decimal("total", lambda header: sum((line.total for line in header.lines), Decimal(0))),
    flag("exported", always(False)),
    moment("submitted-at", lambda header: morning(header.requisition.date)),
    moment("need-by-date", lambda header: midnight(header.requisition.date)),
    moment("created-at", lambda header: morning(header.requisition.date)),
    moment("updated-at", lambda header: morning(header.requisition.date)),
    Association("requisition-lines", REQUISITION_LINE, lambda header: header.lines, many=True),
    Association("custom-fields", HEADER_FIELDS, lambda header: header),
)


def _supplier(header: Header) -> object:
    return header.library.suppliers.get(header.requisition.supplier or "")
