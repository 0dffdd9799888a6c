"""The resources under ``/api``: their shapes, scopes and records."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from sources.sandbox.coupa import invoices, orders, receipts, requisitions
from sources.sandbox.coupa.conditions import Path, reader, select
from sources.sandbox.coupa.library import Library
from sources.sandbox.coupa.parts import SUPPLIER
from sources.sandbox.coupa.query import Query
from sources.sandbox.coupa.shape import Shape
from sources.sandbox.estate.documents import Estate
from sources.sandbox.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Resource:
    """`load` reads the records of the entity's history."""

    shape: Shape
    scope: str
    load: Callable[[Library], Iterable[Any]]


RESOURCES: Final[Mapping[str, Resource]] = {
    "requisitions": Resource(requisitions.REQUISITION, "core.requisition.read", requisitions.requisitions),
    "purchase_orders": Resource(orders.ORDER, "core.purchase_order.read", orders.orders),
    "receiving_transactions": Resource(receipts.RECEIPT, "core.inventory.receiving.read", receipts.receipts),
    "invoices": Resource(invoices.INVOICE, "core.invoice.read", invoices.invoices),
    "suppliers": Resource(SUPPLIER, "core.supplier.read", lambda library: library.suppliers.values()),
}
SCOPES: Final = frozenset(resource.scope for resource in RESOURCES.values())


class Catalog:
    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._shelves: dict[str, Shelf[Path, Any]] = {}

    @cached_property
    def _library(self) -> Library:
        return Library(self._estate)

    def shelf(self, name: str) -> Shelf[Path, Any]:
        """All records of a resource, in the order of their ids."""
        if name not in self._shelves:
            resource = RESOURCES[name]
            by_id = resource.shape.members["id"].get
            records = sorted(resource.load(self._library), key=by_id)
            self._shelves[name] = Shelf(records, lambda path: reader(resource.shape, path), many=True)
        return self._shelves[name]

    def find(self, name: str, query: Query) -> list[Any]:
        """The records of one page."""
        shelf = self.shelf(name)

        def compute() -> list[int]:
            rows = sorted(select(query.conditions, shelf))
            if query.order_by != "id":
                values = shelf.column((query.order_by,))
                rows.sort(key=lambda row: _rank(values[row][0]))
            return rows[::-1] if query.descending else rows

        found = shelf.remember((query.conditions, query.order_by, query.descending), compute)
        return [shelf.records[row] for row in found[query.offset : query.offset + query.limit]]


def _rank(value: Any) -> tuple[bool, Any]:
    return (value is not None, 0 if value is None else value)
