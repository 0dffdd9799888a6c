"""Tryton's own figures, read over its RPC: what the gateway's answers are held against.

Budgets and actuals are Tryton's report fields (credit − debit, so spending is negative) turned to spending
positive. What is still to be invoiced is worked out here from purchase and invoice lines, by other means
than the product uses.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tests.tryton.rpc import Client, Domain, Row

ZERO = Decimal(0)
CENT = Decimal("0.01")
Amounts = dict[str, Decimal]
_BILLED = ("validated", "posted", "paid")
_ORDERED = ("confirmed", "processing")


@dataclass(frozen=True, slots=True)
class Report:
    """One line of a Tryton budget report, spending positive."""

    budget: Decimal
    actual: Decimal


def cost_center_report(client: Client, name: str) -> dict[str, Report]:
    """Analytic account code → Tryton's total and actual amount in the analytic budget called `name`.

    Tryton counts analytic lines of unposted moves too.
    """
    domain = [("budget.name", "=", name), ("account", "!=", None)]
    rows = client.search(
        "analytic_account.budget.line", domain, "account.code", "total_amount", "actual_amount"
    )
    return {row["account."]["code"]: _report(row) for row in rows}


def account_report(client: Client, name: str) -> dict[str, Report]:
    """Account code → Tryton's total and actual amount in the account budget called `name`, posted moves."""
    fields = ["account.code", "total_amount", "actual_amount"]
    domain = [("budget.name", "=", name), ("account", "!=", None)]
    rows = client.model("account.budget.line", "search_read", domain, 0, None, None, fields, posted=True)
    return {row["account."]["code"]: _report(row) for row in rows}


def _report(row: Row) -> Report:
    return Report(-row["total_amount"], -row["actual_amount"])


def analytic_sums(client: Client, start: date, end: date, *, posted: bool) -> Amounts:
    """Analytic account code → debit − credit of its analytic lines in the span; posted moves only, or all."""
    domain: Domain = [("date", ">=", start), ("date", "<=", end)]
    if posted:
        domain.append(("move_line.move.state", "=", "posted"))
    sums: Amounts = defaultdict(Decimal)
    for row in client.search("analytic_account.line", domain, "account.code", "debit", "credit"):
        sums[row["account."]["code"]] += row["debit"] - row["credit"]
    return dict(sums)


def waiting(client: Client, center: str) -> Decimal:
    """Lines of supplier invoices validated and not yet posted that are charged to the analytic account, net;
    credits negative."""
    domain = [
        ("invoice.type", "=", "in"),
        ("invoice.state", "=", "validated"),
        ("analytic_accounts.account.code", "=", center),
    ]
    return sum((row["amount"] for row in client.search("account.invoice.line", domain, "amount")), ZERO)


def ledger_sums(client: Client, start: date, end: date) -> Amounts:
    """Account code → debit − credit of posted moves that are not a year-end closing."""
    domain = [
        ("move.state", "=", "posted"),
        ("move.date", ">=", start),
        ("move.date", "<=", end),
        ("move.journal.type", "!=", "situation"),
    ]
    sums: Amounts = defaultdict(Decimal)
    for row in client.search("account.move.line", domain, "account.code", "debit", "credit"):
        sums[row["account."]["code"]] += row["debit"] - row["credit"]
    return dict(sums)


Span = tuple[date, date]
"""First and last day."""


def to_invoice_by_line(client: Client, ordered_in: Span | None = None) -> dict[int, Decimal]:
    """Purchase line id → amount still expected, at the order's price: ordered, on no validated, posted or
    paid invoice, and not given up by ignoring a cancelled one. Of a purchase done nothing is expected.
    """
    settled: dict[str, Decimal] = defaultdict(Decimal)
    ignored = _ignored(client)
    fields = ("origin", "quantity", "invoice.state")
    for row in client.search("account.invoice.line", [("origin", "like", "purchase.line,%")], *fields):
        if row["invoice."]["state"] in _BILLED or row["invoice."]["id"] in ignored:
            settled[row["origin"]] += Decimal(row["quantity"])
    ordered: Domain = [("purchase.state", "in", list(_ORDERED)), ("type", "=", "line")]
    if ordered_in is not None:
        first, last = ordered_in
        ordered += [("purchase.purchase_date", ">=", first), ("purchase.purchase_date", "<=", last)]
    amounts: dict[int, Decimal] = {}
    for row in client.search("purchase.line", ordered, "quantity", "unit_price"):
        left = max(Decimal(row["quantity"]) - settled[f"purchase.line,{row['id']}"], ZERO)
        amounts[row["id"]] = cents(left * row["unit_price"])
    return amounts


def _ignored(client: Client) -> set[int]:
    rows = client.search("purchase.purchase", [], "invoices_ignored")
    return {invoice for row in rows for invoice in row["invoices_ignored"]}


def to_invoice_by_center(client: Client, root: str, ordered_in: Span | None = None) -> Amounts:
    """The same per cost centre of the plan `root`, each line split over a distribution account's shares."""
    shares = _shares(client)
    entries = client.search(
        "analytic.account.entry",
        [("root.code", "=", root), ("origin", "like", "purchase.line,%")],
        "origin",
        "account.code",
    )
    center = {row["origin"]: row["account."]["code"] for row in entries if row["account."]}
    sums: Amounts = defaultdict(Decimal)
    for line, amount in to_invoice_by_line(client, ordered_in).items():
        code = center.get(f"purchase.line,{line}", "")
        for target, part in _split(amount, shares.get(code, {code: Decimal(1)})).items():
            sums[target] += part
    return dict(sums)


def _shares(client: Client) -> dict[str, Mapping[str, Decimal]]:
    rows = client.search(
        "analytic_account.account",
        [("type", "=", "distribution")],
        "code",
        "distributions.account.code",
        "distributions.ratio",
    )
    return {
        row["code"]: {part["account."]["code"]: part["ratio"] for part in row["distributions."]}
        for row in rows
    }


def _split(amount: Decimal, shares: Mapping[str, Decimal]) -> Amounts:
    """Exact shares cut to cents; the cents left over go to the largest remainders."""
    exact = {code: amount * share for code, share in shares.items()}
    parts = {code: (value // CENT) * CENT for code, value in exact.items()}
    left = int((amount - sum(parts.values(), ZERO)) / CENT)
    for code in sorted(exact, key=lambda code: parts[code] - exact[code])[:left]:
        parts[code] += CENT
    return parts


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
