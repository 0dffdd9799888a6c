"""Purchase orders: ``API_PURCHASEORDER_PROCESS_SRV`` with items and account assignments.

How SAP tells what became of an order: a deletion code 'L' (header or item), the release indicator
(ReleaseIsNotCompleted), the processing status, and on each item the delivery-completed and final-invoice
flags. There is no received or invoiced quantity here and no partial cancellation: the ordered quantity is
what is still wanted. A price below a cent stands for 10, 100 … units (NetPriceQuantity).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Final

from sources.sandbox.estate.documents import Distribution, Estate, Order, OrderLine
from sources.sandbox.sap.edm import EntitySet, Navigation, always, day, entity_set, flag, moment, number, text
from sources.sandbox.sap.master import CONTROLLING_AREA, Master
from sources.sandbox.sap.split import shares, step_of

ENTITY: Final = "GB01"
_PROCESSING: Final = {"DRAFT": "01", "PENDING": "03"}
_RELEASED: Final = "05"
_CLOSED: Final = frozenset(("CLOSED", "FINALLY_CLOSED"))
_UNIT: Final = "EA"


@dataclass(frozen=True)
class Assignment:
    """One distribution of an item: `number` from 1, its share of the item's quantity and net amount."""

    item: "Item"
    number: int
    target: Distribution
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Item:
    purchase: "Purchase"
    line: OrderLine

    @property
    def limit(self) -> bool:
        """An item ordered by amount, up to a limit, rather than by quantity."""
        return self.line.match_basis == "AMOUNT"

    @property
    def quantity(self) -> Decimal:
        return self.line.quantity if self.limit else self.line.quantity - self.line.cancelled_quantity

    @property
    def expected(self) -> Decimal:
        """The expected value of a limit item; 0 on others."""
        return (self.line.amount or Decimal(0)) - self.line.cancelled_quantity if self.limit else Decimal(0)

    @property
    def net(self) -> Decimal:
        exact = self.expected if self.limit else self.quantity * self.line.price
        return exact.quantize(step_of(self.purchase.order.currency))

    @cached_property
    def price(self) -> tuple[Decimal, Decimal]:
        """Net price with at most two decimals, and the number of units it is for."""
        price = self.expected if self.limit else self.line.price
        per = Decimal(1)
        while price * per != (price * per).quantize(step_of(self.purchase.order.currency)):
            per *= 10
        return (price * per).quantize(step_of(self.purchase.order.currency)), per

    @property
    def deletion(self) -> str:
        return "L" if "CANCELLED" in (self.purchase.order.status, self.line.status) else ""

    @property
    def closed(self) -> bool:
        return not _CLOSED.isdisjoint((self.purchase.order.status, self.line.status or ""))

    @cached_property
    def assignments(self) -> list[Assignment]:
        weights = [target.percent for target in self.line.distributions]
        quantities = shares(self.quantity, weights, Decimal("0.001"))
        amounts = shares(self.net, weights, step_of(self.purchase.order.currency))
        parts = zip(self.line.distributions, quantities, amounts, strict=True)
        return [Assignment(self, n, *part) for n, part in enumerate(parts, start=1)]


@dataclass(frozen=True)
class Purchase:
    order: Order
    master: Master

    @cached_property
    def items(self) -> list[Item]:
        return [Item(self, line) for line in self.order.lines]

    @property
    def released(self) -> bool:
        return self.order.status not in _PROCESSING

    @property
    def changed(self) -> datetime:
        return datetime.combine(self.order.date, time(12), UTC)


def purchases(estate: Estate, master: Master) -> Iterator[Purchase]:
    """The entity's own, and the copies of orders that were placed elsewhere."""
    copied = frozenset(estate.copied)
    return (Purchase(o, master) for o in estate.orders if o.entity == ENTITY or o.number in copied)


ORDERS: Final[EntitySet] = entity_set(
    "A_PurchaseOrder",
    ("PurchaseOrder",),
    text("PurchaseOrder", lambda o: o.order.number),
    text("CompanyCode", lambda o: o.master.company_code(o.order.entity)),
    text("PurchaseOrderType", always("NB")),
    text("PurchasingDocumentDeletionCode", lambda o: "L" if o.order.status == "CANCELLED" else ""),
    text("PurchasingProcessingStatus", lambda o: _PROCESSING.get(o.order.status, _RELEASED)),
    text("CreatedByUser", always("BUYER")),
    day("CreationDate", lambda o: o.order.date),
    moment("LastChangeDateTime", lambda o: o.changed),
    text("Supplier", lambda o: o.master.supplier(o.order.supplier)),
    text("Language", always("EN")),
    text("PurchasingOrganization", lambda o: o.master.company_code(o.order.entity)),
    text("PurchasingGroup", always("001")),
    day("PurchaseOrderDate", lambda o: o.order.date),
    text("DocumentCurrency", lambda o: o.order.currency),
    text("ExchangeRate", lambda o: f"{o.order.rate:.5f}"),
    flag("ExchangeRateIsFixed", always(True)),
    flag("ReleaseIsNotCompleted", lambda o: o.order.status == "PENDING"),
    flag("PurchasingCompletenessStatus", lambda o: o.order.status == "DRAFT"),
    Navigation("to_PurchaseOrderItem", "A_PurchaseOrderItem", lambda o: o.items),
)

ORDER_ITEMS: Final[EntitySet] = entity_set(
    "A_PurchaseOrderItem",
    ("PurchaseOrder", "PurchaseOrderItem"),
    text("PurchaseOrder", lambda i: i.purchase.order.number),
    text("PurchaseOrderItem", lambda i: f"{i.line.line:05d}"),
    text("PurchasingDocumentDeletionCode", lambda i: i.deletion),
    text("PurchaseOrderItemText", lambda i: i.line.description[:40]),
    text("Plant", lambda i: i.purchase.master.company_code(i.purchase.order.entity)),
    number("OrderQuantity", lambda i: i.quantity, "PurchaseOrderQuantityUnit"),
    text("PurchaseOrderQuantityUnit", always(_UNIT)),
    text("OrderPriceUnit", always(_UNIT)),
    text("DocumentCurrency", lambda i: i.purchase.order.currency),
    number("NetPriceAmount", lambda i: i.price[0], "DocumentCurrency"),
    number("NetPriceQuantity", lambda i: i.price[1], "OrderPriceUnit"),
    text("TaxCode", always("V1")),
    flag("IsCompletelyDelivered", lambda i: i.closed),
    flag("IsFinallyInvoiced", lambda i: i.closed),
    text("PurchaseOrderItemCategory", lambda i: "A" if i.limit else "0"),
    text("AccountAssignmentCategory", lambda i: "P" if i.line.distributions[0].project else "K"),
    text("MultipleAcctAssgmtDistribution", lambda i: "2" if len(i.line.distributions) > 1 else ""),
    flag("GoodsReceiptIsExpected", lambda i: i.line.receipt_required),
    flag("InvoiceIsExpected", always(True)),
    flag("InvoiceIsGoodsReceiptBased", lambda i: i.line.receipt_required),
    text("PurchaseRequisition", lambda i: i.line.requisition[0] if i.line.requisition else ""),
    text("PurchaseRequisitionItem", lambda i: f"{i.line.requisition[1] if i.line.requisition else 0:05d}"),
    number("ExpectedOverallLimitAmount", lambda i: i.expected, "DocumentCurrency"),
    number("OverallLimitAmount", lambda i: i.expected, "DocumentCurrency"),
    Navigation("to_AccountAssignment", "A_PurOrdAccountAssignment", lambda i: i.assignments),
    Navigation("to_PurchaseOrder", "A_PurchaseOrder", lambda i: i.purchase, many=False),
)

ASSIGNMENTS: Final[EntitySet] = entity_set(
    "A_PurOrdAccountAssignment",
    ("PurchaseOrder", "PurchaseOrderItem", "AccountAssignmentNumber"),
    text("PurchaseOrder", lambda a: a.item.purchase.order.number),
    text("PurchaseOrderItem", lambda a: f"{a.item.line.line:05d}"),
    text("AccountAssignmentNumber", lambda a: f"{a.number:02d}"),
    flag("IsDeleted", lambda a: bool(a.item.deletion)),
    text("PurchaseOrderQuantityUnit", always(_UNIT)),
    number("Quantity", lambda a: a.quantity, "PurchaseOrderQuantityUnit"),
    number("MultipleAcctAssgmtDistrPercent", lambda a: a.target.percent.quantize(Decimal("0.1"))),
    text("DocumentCurrency", lambda a: a.item.purchase.order.currency),
    number("PurgDocNetAmount", lambda a: a.amount, "DocumentCurrency"),
    text("GLAccount", lambda a: a.item.purchase.master.account(a.target.account)),
    text("CostCenter", lambda a: a.item.purchase.master.cost_center(a.target.cost_center)),
    text("ControllingArea", always(CONTROLLING_AREA)),
    text("WBSElement", lambda a: a.item.purchase.master.project(a.target.project)),
)
