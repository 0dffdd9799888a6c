"""The pen of the hazards: documents of one legal entity, written one by one, with numbers of their own.

A document is charged to one cost centre and has one line unless said otherwise. Prices are given in dollars
and written in the entity's currency.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sources.sandbox.estate.agreements import Blanket, Instalment, Phase
from sources.sandbox.estate.billing import Way
from sources.sandbox.estate.documents import (
    BudgetEntry,
    Distribution,
    Invoice,
    InvoiceLine,
    Journal,
    Order,
    OrderLine,
    Receipt,
    Requisition,
    RequisitionLine,
)
from sources.sandbox.estate.goods import booking
from sources.sandbox.estate.journals import Ledger
from sources.sandbox.estate.money import ONE, ZERO, rounded
from sources.sandbox.estate.numbers import Numbers
from sources.sandbox.estate.trade import Trade

Numbered = Requisition | Order | Receipt | Invoice | Journal | Blanket | Instalment | BudgetEntry


@dataclass(frozen=True, slots=True)
class Written:
    """What the hazards add to the history, by kind; `copied` and `summed` as in `Estate`."""

    budget: list[BudgetEntry] = field(default_factory=list)
    requisitions: list[Requisition] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    journals: list[Journal] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    blankets: list[Blanket] = field(default_factory=list)
    deferrals: list[Instalment] = field(default_factory=list)
    subscriptions: list[Instalment] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)
    summed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Clerk:
    """Writes `into` the history of one entity, for one cost centre and one account its budget has. The
    `project` is for agreements only."""

    trade: Trade
    supplier: str
    center: str
    neighbour: str
    account: str
    project: str
    numbers: Numbers
    into: Written

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.trade.entity, self.trade.currency, self.numbers)

    def money(self, dollars: int) -> Decimal:
        return rounded(dollars * self.trade.level, self.trade.currency)

    def charge(self, *shares: tuple[str, int]) -> tuple[Distribution, ...]:
        """Cost centres and percentages; without any, all of it to this one."""
        return tuple(
            Distribution(n, self.account, center, None, Decimal(percent))
            for n, (center, percent) in enumerate(shares or ((self.center, 100),), start=1)
        )

    def request(self, quantity: int, dollars: int, day: date) -> Requisition:
        id_, number = self.numbers.requisition(self.trade.entity)
        wish = RequisitionLine(1, "Asked for", Decimal(quantity), self.money(dollars), ZERO, self.charge())
        made = Requisition(
            id_,
            number,
            self.trade.entity,
            self.supplier,
            day,
            "APPROVED",
            self.trade.currency,
            ONE,
            (wish,),
        )
        self.into.requisitions.append(made)
        return made

    def order(
        self,
        quantity: int,
        dollars: int,
        day: date,
        *,
        status: str = "OPEN",
        by_amount: bool = False,
        receipts: bool = False,
        taken: Requisition | None = None,
        charge: tuple[Distribution, ...] = (),
    ) -> Order:
        """`receipts`: the line needs them. `by_amount`: one unit, matched by amount."""
        id_, number = self.numbers.order(self.trade.entity)
        price = self.money(dollars)
        line = OrderLine(
            line=self.trade.first_line,
            description="Ordered",
            match_basis="AMOUNT" if by_amount else "QTY",
            quantity=Decimal(quantity),
            price=price,
            amount=price if by_amount else None,
            cancelled_quantity=ZERO,
            tax_rate=ZERO,
            receipt_required=receipts,
            status=None,
            requisition=None if taken is None else (taken.number, 1, Decimal(quantity)),
            distributions=charge or self.charge(),
        )
        made = Order(
            id_, number, self.trade.entity, self.supplier, day, status, self.trade.currency, ONE, (line,)
        )
        self.into.orders.append(made)
        return made

    def amend(self, order: Order) -> Order:
        """Writes the last order again, as it now is."""
        self.into.orders[-1] = order
        return order

    def receive(self, order: Order, quantity: int, day: date) -> Receipt:
        """Where the ledger books receipts, with its journal."""
        id_, number = self.numbers.receipt(self.trade.entity)
        line, units = order.lines[0], Decimal(quantity)
        made = Receipt(id_, number, self.trade.entity, order.number, line.line, day, units, None)
        self.into.receipts.append(made)
        if self.trade.books_receipts:
            self.into.journals.append(booking(self.ledger, order, line, made, units))
        return made

    def bill(
        self, order: Order, quantity: int, way: Way, *, amount: Decimal | None = None, dist: int | None = None
    ) -> Invoice:
        """An invoice the system upstream has. `amount` instead of quantity and price; `dist`: the
        distribution of the order line it names."""
        made = self.paper(order, quantity, way, amount=amount, dist=dist)
        id_, number = self.numbers.invoice(self.trade.entity, made.supplier_invoice, made.date)
        self.into.invoices.append(replace(made, id=id_, number=number))
        return self.into.invoices[-1]

    def paper(
        self, order: Order, quantity: int, way: Way, *, amount: Decimal | None = None, dist: int | None = None
    ) -> Invoice:
        """An invoice as it came in the post: no system upstream has it."""
        line, units = order.lines[0], Decimal(quantity)
        billed = InvoiceLine(
            line=1,
            description="Billed",
            po=order.number,
            po_line=line.line,
            quantity=units if amount is None else None,
            price=line.price if amount is None else None,
            amount=units * line.price if amount is None else amount,
            tax=ZERO,
            final_match=False,
            distributions=(),
            po_dist=dist,
        )
        return Invoice(
            id="",
            number="",
            entity=self.trade.entity,
            supplier=order.supplier,
            supplier_invoice=self.numbers.supplier_invoice(order.supplier),
            date=way.approved_on or order.date,
            approved_on=way.approved_on,
            exported_on=way.exported_on,
            status=way.status,
            type="INVOICE",
            currency=order.currency,
            rate=order.rate,
            lines=(billed,),
        )


def numbers(*documents: Numbered) -> tuple[str, ...]:
    """The numbers of documents, in their order, each once."""
    return tuple(dict.fromkeys(document.number for document in documents))
