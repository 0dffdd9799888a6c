"""The models of purchases and invoices."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from sources.sandbox.tryton.masters import Masters
from sources.sandbox.tryton.model import (
    Field,
    Model,
    Type,
    always,
    boolean,
    char,
    day,
    integer,
    many2many,
    many2one,
    model,
    numeric,
    one2many,
    quantity,
    reference,
    selection,
    text,
)
from sources.sandbox.tryton.records import Invoice, Move, Purchase, PurchaseLine
from sources.sandbox.tryton.trading import Trading

_LINE_TYPES: Final = ("line", "subtotal", "title", "comment")
_PURCHASE_STATES: Final = ("draft", "quotation", "confirmed", "processing", "done", "cancelled")
_EXCEPTIONS: Final = ("", "ignored", "recreated")
_INVOICE_STATES: Final = ("draft", "validated", "posted", "paid", "cancelled")


def models(masters: Masters, trading: Trading) -> Iterator[Model]:
    """Of purchases and their lines, invoices and theirs, and what lines are charged to."""
    yield _purchase(masters, trading)
    yield _purchase_line(trading)
    yield _invoice(masters, trading)
    yield _invoice_line(trading)
    yield model(
        "analytic.account.entry",
        trading.entries,
        many2one("root", "analytic_account.account", lambda e: e.root),
        many2one("account", "analytic_account.account", lambda e: e.account),
        reference("origin", lambda e: e.origin),
    )


def _purchase(masters: Masters, trading: Trading) -> Model:
    return model(
        "purchase.purchase",
        [*trading.purchases.values()],
        char("number", lambda p: p.number),
        char("rec_name", lambda p: p.number or f"({p.id})"),
        char("reference", always(None)),
        char("description", always(None)),
        selection("state", _PURCHASE_STATES, lambda p: p.state),
        selection("invoice_state", ("none", "pending", "paid"), lambda p: p.invoice_state),
        selection("invoice_method", ("manual", "order", "fulfillment"), always("order")),
        day("purchase_date", lambda p: p.day),
        many2one("party", "party.party", lambda p: p.party),
        many2one("currency", "currency.currency", lambda p: p.currency),
        many2one("company", "company.company", lambda _: masters.company),
        numeric("untaxed_amount", _ordered, stored=False),
        one2many("lines", "purchase.line", lambda p: p.lines),
        many2many("invoices_ignored", "account.invoice", lambda _: []),
        order=(("purchase_date", True), ("id", True)),
    )


def _purchase_line(trading: Trading) -> Model:
    return model(
        "purchase.line",
        [*trading.purchase_lines.values()],
        many2one("purchase", "purchase.purchase", lambda line: line.purchase),
        selection("purchase_state", _PURCHASE_STATES, lambda line: line.purchase.state, sortable=False),
        *_line_fields(),
        day("purchase_date", lambda line: line.purchase.day),
        many2one("supplier", "party.party", lambda line: line.purchase.party, sortable=False),
        quantity("quantity_to_invoice", _to_invoice),
        one2many("invoice_lines", "account.invoice.line", lambda line: line.invoice_lines),
        many2one("currency", "currency.currency", lambda line: line.purchase.currency, stored=False),
        order=(("purchase.purchase_date", True), ("purchase.id", True), ("id", False)),
    )


def _invoice(masters: Masters, trading: Trading) -> Model:
    return model(
        "account.invoice",
        [*trading.invoices.values()],
        char("number", lambda i: i.number),
        char("rec_name", lambda i: i.number or i.reference),
        char("reference", lambda i: i.reference),
        char("description", always(None)),
        selection("type", ("out", "in"), always("in")),
        selection("state", _INVOICE_STATES, lambda i: i.state),
        selection(
            "sequence_type_cache",
            ("invoice", "credit_note"),
            lambda i: "credit_note" if i.credit else "invoice",
        ),
        day("invoice_date", lambda i: i.day),
        day("accounting_date", lambda i: i.accounting_date),
        many2one("party", "party.party", lambda i: i.party),
        many2one("currency", "currency.currency", lambda i: i.currency),
        many2one("company", "company.company", lambda _: masters.company),
        many2one("move", "account.move", _move),
        numeric("untaxed_amount", _total, sortable=False),
        numeric("tax_amount", lambda _: Decimal(0), sortable=False),
        numeric("total_amount", _total, sortable=False),
        one2many("lines", "account.invoice.line", lambda i: i.lines),
        Field("purchase_exception_state", Type.SELECTION, always(""), selection=_EXCEPTIONS, stored=False),
        order=(("number", True), ("id", True)),
    )


def _invoice_line(trading: Trading) -> Model:
    return model(
        "account.invoice.line",
        trading.invoice_lines,
        many2one("invoice", "account.invoice", lambda line: line.invoice),
        selection("invoice_type", ("out", "in"), always("in")),
        *_line_fields(),
        many2one("account", "account.account", lambda line: line.account),
        many2one("party", "party.party", lambda line: line.invoice.party),
        many2one("currency", "currency.currency", lambda line: line.invoice.currency),
        reference("origin", lambda line: None if line.origin is None else ("purchase.line", line.origin)),
        boolean("correction", lambda line: line.correction),
    )


def _line_fields() -> tuple[Field, ...]:
    """What lines of purchases and of invoices have in common."""
    return (
        integer("sequence", lambda line: line.sequence),
        selection("type", _LINE_TYPES, always("line")),
        text("description", lambda line: line.description),
        char("rec_name", lambda line: line.description),
        many2one("product", "product.product", lambda line: line.product),
        quantity("quantity", lambda line: float(line.quantity)),
        numeric("unit_price", lambda line: line.price),
        numeric("amount", lambda line: line.amount, stored=False),
        one2many("analytic_accounts", "analytic.account.entry", lambda line: line.entries),
    )


def _ordered(purchase: Purchase) -> Decimal:
    return sum((line.amount for line in purchase.lines), Decimal(0))


def _to_invoice(line: PurchaseLine) -> float:
    """What is left to invoice of a purchase in progress, as Tryton keeps it up to date itself."""
    if line.purchase.state not in ("confirmed", "processing", "done"):
        return 0.0
    billed = sum(
        found.quantity
        for found in line.invoice_lines
        if found.invoice.state != "cancelled" and not found.correction
    )
    return float(line.quantity - billed)


def _total(invoice: Invoice) -> Decimal:
    return sum((line.amount for line in invoice.lines), Decimal(0))


def _move(invoice: Invoice) -> Move | None:
    return invoice.moves[0] if invoice.moves else None
