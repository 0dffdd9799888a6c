"""One purchase walked through a real Tryton; after every step the gateway says what it did to the budget."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.tryton import door, oracle
from tests.tryton.door import SOURCE, Gateway
from tests.tryton.purchase import Purchase
from tests.tryton.rpc import Client
from tests.tryton.server import Server

pytestmark = [pytest.mark.tryton, pytest.mark.slow]

# Ten ordered at 100.00, four of them billed at 105.00. Steps are methods of `Purchase`, one after the other.
WALK = """
step             tryton      commitment invoicedNotPosted actual consumed available
open_budget      -                 0.00              0.00   0.00     0.00   5000.00
draft            draft             0.00              0.00   0.00     0.00   5000.00
quote            quotation         0.00              0.00   0.00     0.00   5000.00
cancel           cancelled         0.00              0.00   0.00     0.00   5000.00
draft_again      draft             0.00              0.00   0.00     0.00   5000.00
confirm          processing     1000.00              0.00   0.00  1000.00   4000.00
bill             processing     1000.00              0.00   0.00  1000.00   4000.00
validate         processing      600.00            420.00   0.00  1020.00   3980.00
take_back        processing     1000.00              0.00   0.00  1000.00   4000.00
post             processing      600.00              0.00 420.00  1020.00   3980.00
draft_credit     processing      600.00              0.00 420.00  1020.00   3980.00
validate_credit  processing      700.00           -105.00 420.00  1015.00   3985.00
post_credit      processing      700.00              0.00 315.00  1015.00   3985.00
press_credit     processing      700.00              0.00 315.00  1015.00   3985.00
validate_button  processing      700.00           -105.00 315.00   910.00   4090.00
post_button      processing      700.00              0.00 210.00   910.00   4090.00
cancel_button    processing      700.00              0.00 315.00  1015.00   3985.00
cancel_rest      processing      700.00              0.00 315.00  1015.00   3985.00
ignore_rest      processing        0.00              0.00 315.00   315.00   4685.00
pay              done              0.00              0.00 315.00   315.00   4685.00
"""
# Ten ordered and twelve billed at 100.00: Tryton itself drafts a credit note of two, on the purchase's line.
TOO_MUCH = """
step                tryton      commitment invoicedNotPosted  actual consumed available
bill_too_much       processing     1000.00              0.00    0.00  1000.00   4000.00
validate            processing        0.00           1200.00    0.00  1200.00   3800.00
post                processing        0.00              0.00 1200.00  1200.00   3800.00
take_trytons_credit processing        0.00              0.00 1200.00  1200.00   3800.00
validate_credit     processing        0.00           -200.00 1200.00  1000.00   4000.00
post_credit         processing        0.00              0.00 1000.00  1000.00   4000.00
"""
MEASURES = ("commitment", "invoicedNotPosted", "actual", "consumed", "available")
Figures = tuple[str, tuple[str, ...]]
"""Tryton's state of the purchase; the measures."""


def _steps(table: str) -> dict[str, Figures]:
    head, *rows = (line.split() for line in table.strip().split("\n"))
    assert head == ["step", "tryton", *MEASURES]
    return {step: (state, tuple(figures)) for step, state, *figures in rows}


EXPECTED = _steps(WALK)
# Tryton's purchases know neither; prepaid expenses are not read. Zero throughout, and never null.
NOT_THERE = ("preCommitment", "receivedNotInvoiced", "prepaidRemaining")
FIGURES = " ".join(("budget", *NOT_THERE, *MEASURES))
YEARS = 'period: {from: "2025-P01", to: "2026-P12"}'
POSITION = f"""{{
    all: budgetPosition({YEARS} groupBy: [COST_CENTER]) {{
        completeness rows {{ cellId {FIGURES} }} totals {{ {FIGURES} }}
    }}
    one: budgetPosition({YEARS} where: {{costCenter: {{in: ["%s"]}}}}) {{ totals {{ {FIGURES} }} }}
}}"""
TRACE = """{ trace(document: {source: "%s", type: PURCHASE_ORDER, number: "%s"}) {
    completeness truncated
    nodes { id stage amount document { id number status } }
    edges { from to kind rung amount }
    gaps { kind message }
} }"""


@dataclass(frozen=True, slots=True)
class Seen:
    """After a step: the cost centre as a row of all, and asked for alone; the totals of all; and Tryton's own
    account of it: what is still to be billed, what waits to be posted, what is posted."""

    state: str
    completeness: str
    row: dict[str, str]
    alone: dict[str, str]
    totals: dict[str, str]
    tryton: tuple[Decimal, Decimal, Decimal]

    def figure(self, name: str) -> Decimal:
        return Decimal(self.row[name])

    def figures(self) -> Figures:
        return self.state, tuple(self.row[name] for name in MEASURES)


@dataclass(frozen=True, slots=True)
class Walked:
    purchase: Purchase
    gateway: Gateway
    seen: dict[str, Seen]


@pytest.fixture(scope="module")
def walked(own_tryton: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    purchase = Purchase(own_tryton.client(), "CC-900")
    with door.opened(door.configured(own_tryton, tmp_path_factory.mktemp("purchase"))) as gateway:
        seen: dict[str, Seen] = {}
        for step in EXPECTED:
            getattr(purchase, step)()
            seen[step] = _seen(gateway, purchase)
        yield Walked(purchase, gateway, seen)


def _seen(gateway: Gateway, purchase: Purchase) -> Seen:
    data = gateway.ask(POSITION % purchase.center)
    everything = data["all"]
    (row,) = (row for row in everything["rows"] if row.pop("cellId") == purchase.center)
    return Seen(
        purchase.state() or "-",
        everything["completeness"],
        row,
        data["one"]["totals"],
        everything["totals"],
        _by_tryton(purchase.client, purchase.center),
    )


def _by_tryton(client: Client, center: str) -> tuple[Decimal, Decimal, Decimal]:
    posted = oracle.analytic_sums(client, date(2026, 1, 1), date(2026, 12, 31), posted=True)
    left = oracle.to_invoice_by_center(client, "CC")
    return left.get(center, oracle.ZERO), oracle.waiting(client, center), posted.get(center, oracle.ZERO)


@pytest.mark.parametrize("step", EXPECTED)
def test_every_step_moves_the_figures_as_the_rule_says(walked: Walked, step: str) -> None:
    """The table `WALK`, by the rule `open = Q − I`, relieved at the order's price, billed at the invoice's:

    * Nothing is committed before Tryton orders: not by a draft, a quotation, or a purchase cancelled before.
    * A draft invoice bills nothing. Once validated it does: 10 − 4 stay open at 100.00, 4 wait at 105.00.
      Made a draft again, it does not; posted, its 420.00 move to the ledger and nowhere else.
    * A credit note on the purchase's line re-opens it: Q = 10, I = 4 − 1, so 700.00 are open.
    * The *Credit* button makes a credit of the invoice, not on the purchase: Tryton expects none again, so
      what is open stays; only what is billed is less. Cancelled, its move and the reversal are nothing.
    * Cancelling the drafts that hold the rest decides nothing. Ignoring them gives 6 + 1 up: Q = 10 − 7 = I.
    * Payment makes the purchase done, and changes no figure.
    """
    seen = walked.seen[step]
    assert seen.figures() == EXPECTED[step]
    assert seen.row["budget"] == "5000.00"
    assert {seen.row[name] for name in NOT_THERE} == {"0.00"}
    assert seen.completeness == "COMPLETE"


@pytest.mark.parametrize("step", EXPECTED)
def test_nothing_is_counted_twice_or_left_out(walked: Walked, step: str) -> None:
    """Each stage is what Tryton has of it, and `consumed` is these and nothing else, once."""
    seen = walked.seen[step]
    assert tuple(seen.figure(name) for name in MEASURES[:3]) == seen.tryton
    assert seen.figure("consumed") == sum(seen.tryton)
    assert seen.figure("available") == seen.figure("budget") - sum(seen.tryton)


@pytest.mark.parametrize("step", EXPECTED)
def test_the_cost_centre_asked_for_alone_is_its_row_among_all(walked: Walked, step: str) -> None:
    """Filtered by Tryton or grouped here, it is the same; and no other cost centre moves with it."""
    seen, before = walked.seen[step], walked.seen["open_budget"]
    assert seen.alone == seen.row
    for name in FIGURES.split():
        moved = seen.figure(name) - before.figure(name)
        assert Decimal(seen.totals[name]) - Decimal(before.totals[name]) == moved


def test_what_is_billed_too_much_is_credited_by_tryton_itself(walked: Walked) -> None:
    """The credit is on the purchase's line and re-opens nothing: Q = 10, I = 12 − 2."""
    purchase = Purchase(walked.purchase.client, "CC-901")
    for step in ("open_budget", "draft", "confirm"):
        getattr(purchase, step)()
    expected = _steps(TOO_MUCH)
    seen: dict[str, Seen] = {}
    for step in expected:
        getattr(purchase, step)()
        seen[step] = _seen(walked.gateway, purchase)
    assert {step: each.figures() for step, each in seen.items()} == expected
    assert all(each.figure("consumed") == sum(each.tryton) for each in seen.values())


def test_the_trace_of_the_purchase_reaches_all_that_names_it(walked: Walked) -> None:
    """The order, reduced to 3 at 100.00; invoice and credit with their moves; the drafts given up, without a
    move. What the button made named the invoice only, so it is not of the purchase."""
    purchase = walked.purchase
    trace = walked.gateway.ask(TRACE % (SOURCE, purchase.number()))["trace"]
    billed = {row["id"]: row for row in purchase.invoices("number", "state", "move.number")}
    invoice, credit = billed.pop(purchase.invoice), billed.pop(purchase.credit)
    assert {row["state"] for row in billed.values()} == {"cancelled"}
    assert _nodes(trace) == sorted(
        [
            ("ORDER", purchase.number(), "CLOSED", "300.00"),
            ("INVOICE", invoice["number"], "PAID_PER_S2P", "420.00"),
            ("INVOICE", credit["number"], "PAID_PER_S2P", "-105.00"),
            ("INVOICE", "", "VOIDED", "600.00"),
            ("INVOICE", "", "VOIDED", "100.00"),
            ("LEDGER", invoice["move."]["number"], "POSTED", "420.00"),
            ("LEDGER", credit["move."]["number"], "POSTED", "-105.00"),
        ]
    )
    assert _edges(trace) == sorted(
        [
            ("INVOICED", purchase.id, purchase.invoice, "420.00"),
            ("INVOICED", purchase.id, purchase.credit, "-105.00"),
            *(
                ("INVOICED", purchase.id, id_, amount)
                for id_, amount in zip(sorted(billed), ("600.00", "100.00"), strict=True)
            ),
            ("POSTED", purchase.invoice, invoice["move."]["id"], "420.00"),
            ("POSTED", purchase.credit, credit["move."]["id"], "-105.00"),
        ]
    )
    assert (trace["completeness"], trace["truncated"], trace["gaps"]) == ("COMPLETE", False, [])


def _nodes(trace: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    found = ((node, node["document"]) for node in trace["nodes"])
    return sorted(
        (node["stage"], document["number"] or "", document["status"], node["amount"])
        for node, document in found
    )


def _edges(trace: dict[str, Any]) -> list[tuple[str, int, int, str]]:
    """Kind, Tryton's ids of both documents, amount; postings by the invoice's own id (rung 1)."""
    ids = {node["id"]: int(node["document"]["id"]) for node in trace["nodes"]}
    assert {edge["rung"] for edge in trace["edges"] if edge["kind"] == "POSTED"} == {1}
    return sorted(
        (edge["kind"], ids[edge["from"]], ids[edge["to"]], edge["amount"]) for edge in trace["edges"]
    )
