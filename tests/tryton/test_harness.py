"""The provisioned company: Tryton's own figures must agree with each other before we are held to them."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from tests.tryton import oracle
from tests.tryton.books import BUDGETS, CLOSED_CENTER, EXPENSES, READER
from tests.tryton.rpc import Client, RpcError
from tests.tryton.server import RECORDS_LIMIT, Server

pytestmark = [pytest.mark.tryton, pytest.mark.slow]
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
LAST_YEAR = (date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture(scope="module")
def client(tryton: Server) -> Client:
    return tryton.client()


def _states(client: Client, model: str) -> Counter[str]:
    return Counter(row["state"] for row in client.search(model, [], "state"))


def test_there_are_purchases_and_invoices_in_every_state(client: Client) -> None:
    purchases = _states(client, "purchase.purchase")
    assert purchases.total() >= 200
    assert purchases.keys() >= {"draft", "quotation", "cancelled", "processing", "done"}
    invoices = _states(client, "account.invoice")
    assert invoices["posted"] + invoices["paid"] >= 100
    assert invoices.keys() >= {"draft", "validated", "posted", "paid", "cancelled"}
    assert client.search("purchase.purchase", [("invoices_ignored", "!=", None)])
    assert client.search("account.move", [("origin.id", "!=", None, "account.move")])


def test_the_report_of_cost_centres_is_the_sum_of_their_analytic_lines(client: Client) -> None:
    report = oracle.cost_center_report(client, "Budget 2026")
    assert {code: line.budget for code, line in report.items()} == {k: Decimal(v) for k, v in BUDGETS.items()}
    sums = oracle.analytic_sums(client, *YEAR, posted=True)
    assert {code: line.actual for code, line in report.items()} == {code: sums[code] for code in report}
    assert all(line.actual > 0 for line in report.values())


def test_moves_that_wait_for_posting_lie_in_the_previous_year_only(client: Client) -> None:
    assert oracle.analytic_sums(client, *YEAR, posted=True) == oracle.analytic_sums(
        client, *YEAR, posted=False
    )
    assert oracle.analytic_sums(client, *LAST_YEAR, posted=True) != oracle.analytic_sums(
        client, *LAST_YEAR, posted=False
    )


def test_the_report_of_accounts_is_the_sum_of_their_posted_lines(client: Client) -> None:
    report = oracle.account_report(client, "Accounts 2026")
    sums = oracle.ledger_sums(client, *YEAR)
    assert {code: line.actual for code, line in report.items()} == {code: sums[code] for code in EXPENSES}


def test_the_closing_would_erase_last_year(client: Client) -> None:
    """5.2.2 of 2025: wages of twelve months, and a closing line of the same amount the other way."""
    sums = oracle.ledger_sums(client, *LAST_YEAR)
    lines = client.search(
        "account.move.line",
        [("account.code", "=", "5.2.2"), ("move.journal.type", "=", "situation")],
        "credit",
    )
    assert [line["credit"] for line in lines] == [sums["5.2.2"]]


def test_what_is_left_to_invoice_is_split_over_cost_centres_to_the_cent(client: Client) -> None:
    by_line = oracle.to_invoice_by_line(client)
    by_center = oracle.to_invoice_by_center(client, "CC")
    assert sum(by_center.values()) == sum(by_line.values()) > 0
    assert by_center.keys() == BUDGETS.keys()
    assert {0} < {amount > 0 for amount in by_line.values()}


def test_a_partly_invoiced_line_agrees_with_trytons_own_counter(client: Client) -> None:
    """Where no draft invoice holds the rest (invoicing on demand), Tryton's counter says the same."""
    lines = client.search(
        "purchase.line",
        [
            ("purchase.invoice_method", "=", "manual"),
            ("purchase.state", "=", "processing"),
            ("type", "=", "line"),
        ],
        "quantity_to_invoice",
        "unit_price",
    )
    left = oracle.to_invoice_by_line(client)
    assert lines
    for line in lines:
        assert left[line["id"]] == pytest.approx(
            line["quantity_to_invoice"] * line["unit_price"], abs=Decimal("0.01")
        )


def test_the_reading_user_reads_and_cannot_write(tryton: Server) -> None:
    reader = tryton.client(*READER)
    center = reader.one("analytic_account.account", [("code", "=", "CC-110")])["id"]
    assert reader.search("account.move.line", [], "debit")
    with pytest.raises(RpcError):
        reader.model("account.move", "write", [1], {"description": "mine"})
    with pytest.raises(RpcError):
        reader.model("analytic_account.account", "write", [center], {"name": "mine"})


def test_an_inactive_cost_centre_is_hidden_unless_asked_for(client: Client) -> None:
    domain = [("code", "=", CLOSED_CENTER)]
    assert client.search("analytic_account.account", domain) == []
    assert client.search("analytic_account.account", [*domain, ("active", "=", False)])


def test_pages_over_the_servers_limit_are_refused(client: Client) -> None:
    with pytest.raises(RpcError, match="413"):
        client.model("account.move.line", "search_read", [], 0, RECORDS_LIMIT + 1, None, ["id"])
