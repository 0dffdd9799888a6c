"""One purchase, moved step by step through Tryton's own API: ordered, billed, credited, given up, paid.

It is charged to a cost centre that nothing else is charged to, so that every figure of that cost centre is
the purchase's. Tryton refuses to change the lines of an ordered purchase: what is no longer wanted is given
up by cancelling the draft invoices that hold it and ignoring them.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.tryton.rpc import Client, Row

BUDGET = Decimal(5000)
ORDERED, ORDER_PRICE = 10.0, Decimal("100.00")
BILLED, BILLED_PRICE = 4.0, Decimal("105.00")
OVERBILLED = 12.0
ACCOUNT = "5.1.1"
_INVOICE = "account.invoice"


@dataclass(slots=True)
class Purchase:
    """`center` is the code of its cost centre, made by the first step. `invoice`, `credit` (on the purchase's
    line) and `button` (made of the invoice by Tryton's *Credit* button) are ids, known from the step that
    makes them."""

    client: Client
    center: str
    id: int = 0
    invoice: int = 0
    credit: int = 0
    button: int = 0
    _entries: list[Row] = field(default_factory=list)

    def open_budget(self) -> None:
        """A cost centre of its own, with an amount in the budget of the year."""
        accounts = self.client.search("analytic_account.account", [("type", "=", "root")], "code")
        roots = {row["code"]: row["id"] for row in accounts}
        center = {"type": "normal", "state": "opened", "root": roots["CC"], "parent": roots["CC"]}
        (account,) = self.client.create(
            "analytic_account.account", {**center, "code": self.center, "name": self.center}
        )
        budget = self.client.one("analytic_account.budget", [("name", "=", "Budget 2026")])["id"]
        line = {"budget": budget, "account": account, "amount": -BUDGET}
        self.client.create("analytic_account.budget.line", line)
        self._entries = [
            {"root": roots["CC"], "account": account},
            {"root": roots["PJ"], "account": None},
        ]

    def draft(self) -> None:
        supplier = self.client.one("party.party", [("code", "=", "S001")], "addresses")
        purchase = {
            "company": 1,
            "party": supplier["id"],
            "invoice_address": supplier["addresses"][0],
            "payment_term": self.client.one("account.invoice.payment_term", [("name", "=", "At once")])["id"],
            "purchase_date": date(2026, 3, 2),
            "invoice_method": "order",
            "lines": [("create", [self._line(ORDERED, ORDER_PRICE)])],
        }
        (self.id,) = self.client.create("purchase.purchase", purchase)

    def _line(self, quantity: float, price: Decimal) -> Row:
        """Of a product with value added tax, all of it deductible: it is in no figure."""
        name = "Software licence"
        product = self.client.one("product.product", [("template.name", "=", name)], "default_uom")
        tax = self.client.one("account.tax", [("name", "=", "VAT")])["id"]
        return {
            "type": "line",
            "product": product["id"],
            "unit": product["default_uom"],
            "quantity": quantity,
            "unit_price": price,
            "taxes": [("add", [tax])],
            "analytic_accounts": [("create", self._entries)],
        }

    def quote(self) -> None:
        self._press("quote")

    def cancel(self) -> None:
        self._press("cancel")

    def draft_again(self) -> None:
        self._press("draft")

    def confirm(self) -> None:
        """Quoted and confirmed; Tryton processes it at once and drafts an invoice for all of it."""
        self._press("quote")
        self._press("confirm")

    def _press(self, button: str) -> None:
        self.client.model("purchase.purchase", button, [self.id])

    def bill(self) -> None:
        """The supplier bills four of ten, dearer than ordered: Tryton's draft is changed to that."""
        self._bill(BILLED, BILLED_PRICE)

    def bill_too_much(self) -> None:
        self._bill(OVERBILLED, ORDER_PRICE)

    def _bill(self, quantity: float, price: Decimal) -> None:
        draft = self.client.one(_INVOICE, [("purchases", "=", self.id)], "lines")
        (line,) = draft["lines"]
        self.invoice = draft["id"]
        self._sent(self.invoice, "1", line, {"quantity": quantity, "unit_price": price})

    def _sent(self, invoice: int, reference: str, line: int, values: Row) -> None:
        sent = {"invoice_date": date(2026, 4, 1), "reference": f"{self.center}-{reference}"}
        self.client.model(_INVOICE, "write", [invoice], {**sent, "lines": [("write", [line], values)]})

    def validate(self) -> None:
        self.client.model(_INVOICE, "validate_invoice", [self.invoice])

    def take_back(self) -> None:
        self.client.model(_INVOICE, "draft", [self.invoice])

    def post(self) -> None:
        """Tryton then drafts another invoice for the six that are left."""
        self.client.model(_INVOICE, "post", [self.invoice])

    def draft_credit(self) -> None:
        """One is given back: a credit note typed on the purchase's line."""
        bill = self.client.one(
            _INVOICE, [("id", "=", self.invoice)], "party", "invoice_address", "account", "journal"
        )
        line = self.client.one("purchase.line", [("purchase", "=", self.id)])["id"]
        account = self.client.one("account.account", [("code", "=", ACCOUNT)])["id"]
        back = self._line(-1.0, BILLED_PRICE) | {"account": account, "origin": f"purchase.line,{line}"}
        values = {name: bill[name] for name in ("party", "invoice_address", "account", "journal")}
        about = {
            "type": "in",
            "company": 1,
            "invoice_date": date(2026, 5, 4),
            "reference": f"{self.center}-CN-1",
        }
        (self.credit,) = self.client.create(_INVOICE, {**values, **about, "lines": [("create", [back])]})

    def take_trytons_credit(self) -> None:
        """The one that Tryton drafted itself, because more is billed than ordered."""
        (self.credit,) = self._of_state("draft")
        sent = {"invoice_date": date(2026, 5, 4), "reference": f"{self.center}-CN-3"}
        self.client.model(_INVOICE, "write", [self.credit], sent)

    def validate_credit(self) -> None:
        self.client.model(_INVOICE, "validate_invoice", [self.credit])

    def post_credit(self) -> None:
        """Tryton then drafts another invoice for the one that is expected again."""
        self.client.model(_INVOICE, "post", [self.credit])

    def press_credit(self) -> None:
        """Tryton's *Credit* button, one of the four: a credit of the invoice, not on the purchase."""
        form = {"start": {"with_refund": False, "with_refund_allowed": False, "invoice_date": None}}
        record = {"active_model": _INVOICE, "active_id": self.invoice, "active_ids": [self.invoice]}
        self.client.wizard("account.invoice.credit", ("credit", form), **record)
        of = [("lines.origin.invoice", "=", self.invoice, "account.invoice.line")]
        note = self.client.one(_INVOICE, of, "lines")
        self.button = note["id"]
        self._sent(self.button, "CN-2", note["lines"][0], {"quantity": -1.0})

    def validate_button(self) -> None:
        self.client.model(_INVOICE, "validate_invoice", [self.button])

    def post_button(self) -> None:
        self.client.model(_INVOICE, "post", [self.button])

    def cancel_button(self) -> None:
        """Its move is reversed by another."""
        self.client.model(_INVOICE, "cancel", [self.button])

    def cancel_rest(self) -> None:
        """The drafts for what is still to be billed. The purchase awaits a decision then."""
        self.client.model(_INVOICE, "cancel", self._of_state("draft"))

    def ignore_rest(self) -> None:
        rest = self._of_state("cancelled")
        form = {"domain_invoices": rest, "ignore_invoices": rest, "recreate_invoices": []}
        record = {"active_model": "purchase.purchase", "active_id": self.id, "active_ids": [self.id]}
        self.client.wizard("purchase.handle.invoice.exception", ("handle", {"ask": form}), **record)

    def _of_state(self, state: str) -> list[int]:
        return [row["id"] for row in self.invoices("state") if row["state"] == state]

    def invoices(self, *fields: str) -> list[Row]:
        """Tryton's invoices and credit notes on the purchase's line."""
        return self.client.search(_INVOICE, [("purchases", "=", self.id)], *fields)

    def pay(self) -> None:
        """Invoice and credit note, each in full: the purchase is done."""
        method = self.client.one("account.invoice.payment.method", [])["id"]
        fields = ("total_amount", "party", "currency", "account")
        for bill in self.client.search(_INVOICE, [("id", "in", [self.invoice, self.credit])], *fields):
            form = {
                "payee": bill["party"],
                "payees": [bill["party"]],
                "amount": bill["total_amount"],
                "currency": bill["currency"],
                "company": 1,
                "invoice_account": bill["account"],
                "payment_method": method,
                "date": date(2026, 6, 1),
            }
            record = {"active_model": _INVOICE, "active_id": bill["id"], "active_ids": [bill["id"]]}
            self.client.wizard("account.invoice.pay", ("choice", {"start": form}), **record)

    def state(self) -> str:
        """Tryton's, of the purchase; empty before there is one."""
        rows = self.client.search("purchase.purchase", [("id", "=", self.id)], "state")
        return str(rows[0]["state"]) if rows else ""

    def number(self) -> str:
        return str(self.client.one("purchase.purchase", [("id", "=", self.id)], "number")["number"])
