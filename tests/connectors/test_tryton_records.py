"""What becomes of Tryton's records: divided lines, joined references, clauses."""

from decimal import Decimal
from typing import Any

import pytest

from sources.spi.errors import Malformed
from sources.spi.facts import Fact
from sources.spi.scan import Op, Predicate
from tests.connectors.tryton_server import Server, decimal, read


def test_a_ledger_line_is_split_by_the_plan_and_what_is_left_has_no_cost_centre() -> None:
    def entry(code: str, plan: str, debit: str) -> dict[str, Any]:
        account = {"id": 1, "code": code, "name": code, "root.": {"id": 9, "code": plan}}
        return {"id": 1, "account.": account, "debit": decimal(debit), "credit": decimal("0")}

    lines = [entry("C1", "CC", "60.00"), entry("C2", "CC", "30.00"), entry("P1", "PJ", "100.00")]
    line = {"id": 5, "debit": decimal("100.00"), "credit": decimal("0"), "analytic_lines.": lines}
    credit = {"id": 6, "debit": decimal("0"), "credit": decimal("40"), "analytic_lines.": []}
    rows = read(Server([line, credit]), Fact.LEDGER, "line", "cost_center", "amount").rows()
    assert rows == [
        ("5", "C1", Decimal(60)),
        ("5", "C2", Decimal(30)),
        ("5", None, Decimal(10)),
        ("6", None, Decimal(-40)),
    ]


def shared(code: str, *shares: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    parts = [
        {"id": n, "ratio": decimal(ratio), "account.": account} for n, (ratio, account) in enumerate(shares)
    ]
    return {"id": 1, "code": code, "name": f"Account {code}", "distributions.": parts}


def order(account: dict[str, Any] | None) -> dict[str, Any]:
    entries = [
        {"id": 1, "root.": {"id": 9, "code": "CC"}, "account.": account},
        {"id": 2, "root.": {"id": 8, "code": "PJ"}, "account.": shared("P1")},
    ]
    return {"id": 3, "analytic_accounts.": entries}


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (None, [("1", None, "1")]),
        (shared("C1"), [("1", "C1", "1")]),
        ({**shared("C1"), "code": None}, [("1", "Account C1", "1")]),
        (
            shared(
                "S", ("0.6", shared("C1")), ("0.4", shared("T", ("0.5", shared("C2")), ("0.5", shared("C3"))))
            ),
            [("1", "C1", "0.6"), ("2", "C2", "0.2"), ("3", "C3", "0.2")],
        ),
    ],
)
def test_an_order_line_is_split_over_the_shares_of_its_account(
    account: dict[str, Any] | None, expected: list[Any]
) -> None:
    rows = read(Server([order(account)]), Fact.ORDER, "dist", "cost_center", "percent").rows()
    assert rows == [(dist, code, Decimal(percent)) for dist, code, percent in expected]


def test_shares_of_shares_of_shares_are_refused() -> None:
    deep = {"id": 4, "code": "D", "name": "D", "distributions": [1, 2]}
    nested = shared("S", ("1", shared("T", ("1", deep))))
    with pytest.raises(Malformed, match="shared out more than 2 times"):
        read(Server([order(nested)]), Fact.ORDER, "cost_center")


def test_an_account_of_products_comes_before_the_configured_one() -> None:
    product = {"id": 1, "account_category.": {"id": 1, "account_expense.": {"id": 2, "code": "6100"}}}
    server = Server([{**order(None), "product.": product}, {**order(None), "id": 4, "product.": None}])
    assert read(server, Fact.ORDER, "account")["account"].to_list() == ["6100", "6000"]


@pytest.mark.parametrize(
    ("quantity", "ordered", "expected"),
    [(3.5, 10.0, ("INVOICE", "3.5")), (-3.5, 10.0, ("CREDIT", "3.5")), (-2.0, -5.0, ("INVOICE", "-2"))],
)
def test_a_line_against_its_order_s_direction_is_a_credit(
    quantity: float, ordered: float, expected: tuple[str, str]
) -> None:
    server = Server(
        [{"id": 1, "quantity": quantity}], behind=[{"id": 1, "origin.": {"id": 2, "quantity": ordered}}]
    )
    rows = read(server, Fact.INVOICE, "type", "quantity").rows()
    assert rows == [(expected[0], Decimal(expected[1]))]


def test_what_is_behind_a_reference_is_asked_of_the_records_that_have_it() -> None:
    behind = [
        {"id": 2, "origin.": {"id": 30, "purchase.": {"id": 3, "number": "P3"}}},
        {"id": 77, "origin.": {}},
    ]
    server = Server([{"id": 1}, {"id": 2}], behind=behind)
    rows = read(server, Fact.INVOICE, "line", "po", "po_line").rows()
    assert rows == [("1", None, None), ("2", "P3", "30")]
    conditions = [clause for call in server.calls for clause in call["params"][0] if "origin.id" in clause]
    assert conditions == [["origin.id", "!=", None, "purchase.line"]]


@pytest.mark.parametrize(
    ("fact", "predicate", "clause"),
    [
        (
            Fact.LEDGER,
            Predicate("ref_po", Op.IN, ("P1",)),
            ["origin.origin.purchase.number", "in", ["P1"], "account.invoice.line", "purchase.line"],
        ),
        (
            Fact.SUPPLIER,
            Predicate("code", Op.IN, ("S1",)),
            ["OR", ["code", "in", ["S1"]], [["code", "in", [None, ""]], ["name", "in", ["S1"]]]],
        ),
        (
            Fact.ORDER,
            Predicate("status", Op.IN, ("OPEN",)),
            ["purchase.state", "in", ["confirmed", "processing"]],
        ),
        (Fact.ORDER, Predicate("id", Op.IN, ("7", "seven", "9" * 20)), ["purchase.id", "in", [7]]),
    ],
)
def test_predicates_are_clauses(fact: Fact, predicate: Predicate, clause: list[Any]) -> None:
    server = Server()
    read(server, fact, "legal_entity" if fact is not Fact.SUPPLIER else "name", where=(predicate,))
    assert server.calls[0]["params"][0][-1] == clause
    assert server.calls[0]["params"][-1] == {"active_test": False}
