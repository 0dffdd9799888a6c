"""The services of the sandbox's SAP system: which sets each one has and where their records come from."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from sources.sandbox.estate.documents import Estate
from sources.sandbox.sap import centers, invoices, ledger, orders
from sources.sandbox.sap.aggregate import group_set
from sources.sandbox.sap.edm import EntitySet
from sources.sandbox.sap.master import Master
from sources.sandbox.sap.postings import Posting, postings
from sources.sandbox.shelf import Shelf

SERVICES: Final[Mapping[str, tuple[EntitySet, ...]]] = {
    "API_JOURNALENTRYITEMBASIC_SRV": (ledger.JOURNAL_CUBE,),
    "API_OPLACCTGDOCITEMCUBE_SRV": (ledger.LINE_ITEMS,),
    "API_PURCHASEORDER_PROCESS_SRV": (orders.ORDERS, orders.ORDER_ITEMS, orders.ASSIGNMENTS),
    "API_SUPPLIERINVOICE_PROCESS_SRV": (invoices.INVOICES, invoices.ORDER_ITEMS, invoices.ACCOUNT_ITEMS),
    "API_COSTCENTER_SRV": (centers.CENTERS, centers.TEXTS),
}


class Collection:
    """One set with its records, read when first asked for. `rows` is the type of what is written: of
    aggregating sets, the groups.
    """

    def __init__(self, target: EntitySet, load: Callable[[], Sequence[Any]]) -> None:
        self.target = target
        self.rows = group_set(target) if target.aggregate else target
        self._load = load

    @cached_property
    def shelf(self) -> Shelf[str, Any]:
        properties = self.target.properties
        return Shelf(self._load(), lambda name: properties[name].get)


class Catalog:
    """All collections by service and set name."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._master = Master(estate.company)
        self._loads: dict[str, Callable[[], Sequence[Any]]] = {
            "A_JournalEntryItemBasic": lambda: self._postings,
            "A_OperationalAcctgDocItemCube": lambda: self._postings,
            "A_PurchaseOrder": lambda: self._purchases,
            "A_PurchaseOrderItem": lambda: [i for o in self._purchases for i in o.items],
            "A_PurOrdAccountAssignment": lambda: [
                a for o in self._purchases for i in o.items for a in i.assignments
            ],
            "A_SupplierInvoice": lambda: self._invoices,
            "A_SuplrInvcItemPurOrdRef": lambda: [i for d in self._invoices for i in d.order_items],
            "A_SupplierInvoiceItemGLAcct": lambda: [i for d in self._invoices for i in d.account_items],
            "A_CostCenter": lambda: self._centers,
            "A_CostCenterText": lambda: self._centers,
        }
        self._collections = {
            service: {target.name: Collection(target, self._loads[target.name]) for target in targets}
            for service, targets in SERVICES.items()
        }

    def service(self, name: str) -> Mapping[str, Collection] | None:
        return self._collections.get(name)

    @cached_property
    def _postings(self) -> list[Posting]:
        return [*postings(self._estate, self._master)]

    @cached_property
    def _purchases(self) -> list[orders.Purchase]:
        return [*orders.purchases(self._estate, self._master)]

    @cached_property
    def _invoices(self) -> list[invoices.SupplierInvoice]:
        return [*invoices.supplier_invoices(self._estate, self._master)]

    @cached_property
    def _centers(self) -> list[centers.Validity]:
        return [*centers.validities(self._master)]
