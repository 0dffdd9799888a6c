"""Documents that belong together, followed in batches: never one call per document."""

from dataclasses import replace

import pytest

from sources.spi.facts import Fact
from tests.graph.papers import Reply, replied, systems
from tests.plan.doubles import Failing

TRADE = """
    requisitions
    number quantity price
    R1     10       100

    purchase-orders
    number line quantity price req req_line supplier
    PO1    1    6        100   R1  1        S1
    PO1    2    1        40    -   -        S1
    PO2    1    4        100   R1  1        S2

    receipts
    number po  quantity
    G1     PO1 4
    G2     PO1 -1

    invoices
    number po  quantity price supplier supplier_invoice
    I1     PO1 2        100   S1       inv-001
    I2     PO1 1        100   S1       inv-002
    I3     PO2 4        100   S2       inv-001

    journal-lines
    number line account ref_invoice ref_supplier_invoice ref_po ref_po_line amount supplier date
    J1     1    6100    I1          -                    -      -           200    S1       2026-02-01
    J1     2    2100    I1          -                    -      -           -200   S1       2026-02-01
    J2     1    6100    -           INV002               -      -           100    S1       2026-02-02
    J3     1    6100    -           -                    PO2    1           10     S2       2026-02-03
"""
NAMES = "{ number }"


def linked(selection: str, reply: Reply) -> dict[str, dict[str, object]]:
    nodes = [edge["node"] for edge in reply.data["purchaseOrders"]["edges"]]
    return {node["number"]: {name: _numbers(node[name]) for name in selection.split()} for node in nodes}


def _numbers(found):
    return [each["number"] for each in found] if isinstance(found, list) else found


def orders(inner: str) -> str:
    return "{ purchaseOrders(first: 1000) { completeness edges { node { number " + inner + " } } } }"


def test_an_order_knows_what_it_fulfils_and_what_came_of_it():
    names = "requisitions receipts invoices journalLines"
    reply = replied(orders(" ".join(f"{name} {NAMES}" for name in names.split())), *systems(TRADE))
    assert reply.errors == []
    assert linked(names, reply) == {
        "PO1": {
            "requisitions": ["R1"],
            "receipts": ["G1", "G2"],
            "invoices": ["I1", "I2"],
            "journalLines": ["J1", "J1", "J2"],
        },
        "PO2": {"requisitions": ["R1"], "receipts": [], "invoices": ["I3"], "journalLines": ["J3"]},
    }


def test_a_supplier_number_is_one_suppliers_number():
    """inv-001 is two suppliers' number; the ledger line J2 carries S1's inv-002, written another way."""
    query = "{ invoices { edges { node { number journalLines { number line } } } } }"
    reply = replied(query, *systems(TRADE))
    found = {e["node"]["number"]: e["node"]["journalLines"] for e in reply.data["invoices"]["edges"]}
    assert found == {
        "I1": [{"number": "J1", "line": "1"}, {"number": "J1", "line": "2"}],
        "I2": [{"number": "J2", "line": "1"}],
        "I3": [],
    }


def test_the_other_ways():
    query = """{
        requisitions { edges { node { purchaseOrders { number amount lines { line amount } } } } }
        receipts { edges { node { number amount currency supplier { id } purchaseOrder { number } } } }
        journalLines(where: { number: { in: ["J1", "J3"] }, account: { in: ["6100"] } },
                     orderBy: [{ field: NUMBER }]) {
            edges { node { number invoice { number amount } purchaseOrder { number } } }
        }
    }"""
    reply = replied(query, *systems(TRADE))
    assert reply.errors == []
    (requisition,) = reply.data["requisitions"]["edges"]
    first, second = requisition["node"]["purchaseOrders"]
    assert first == {
        "number": "PO1",
        "amount": "640.00",
        "lines": [{"line": "1", "amount": "600.00"}, {"line": "2", "amount": "40.00"}],
    }
    assert second["number"] == "PO2"
    assert [edge["node"] for edge in reply.data["receipts"]["edges"]] == [
        {
            "number": number,
            "amount": amount,
            "currency": "USD",
            "supplier": {"id": "S1"},
            "purchaseOrder": {"number": "PO1"},
        }
        for number, amount in (("G1", "400.00"), ("G2", "-100.00"))
    ]
    assert [edge["node"] for edge in reply.data["journalLines"]["edges"]] == [
        {"number": "J1", "invoice": {"number": "I1", "amount": "200.00"}, "purchaseOrder": {"number": "PO1"}},
        {"number": "J3", "invoice": None, "purchaseOrder": {"number": "PO2"}},
    ]


def many(orders: int) -> str:
    numbers = [f"PO{n:04d}" for n in range(orders)]
    return "\n".join(
        [
            "requisitions\nnumber quantity price",
            *(f"R{n} 1 10" for n in numbers),
            "\npurchase-orders\nnumber quantity price req req_line",
            *(f"{n} 1 10 R{n} 1" for n in numbers),
            "\nreceipts\nnumber po quantity",
            *(f"G{n} {n} 1" for n in numbers),
            "\ninvoices\nnumber po quantity price supplier_invoice",
            *(f"I{n} {n} 1 10 X{n}" for n in numbers),
            "\njournal-lines\nnumber ref_invoice amount",
            *(f"J{n} I{n} 10" for n in numbers),
        ]
    )


def test_a_thousand_orders_are_as_many_calls_as_their_numbers_fill():
    """Keys go 200 to a call: 1,000 orders are five calls per kind of look-up, whatever hangs on them."""
    used = systems(many(1000))
    plain = replied(orders("supplier { name }"), *used)
    assert len(plain.data["purchaseOrders"]["edges"]) == 1000
    links = "supplier { name } requisitions { number } receipts { number } invoices { number }"
    reply = replied(orders(links), *used)
    assert reply.errors == []
    nodes = [edge["node"] for edge in reply.data["purchaseOrders"]["edges"]]
    assert all(len(node[name]) == 1 for node in nodes for name in ("requisitions", "receipts", "invoices"))
    assert reply.calls - plain.calls == {Fact.REQUISITION: 5, Fact.RECEIPT: 5, Fact.INVOICE: 5}


def test_links_of_links_are_one_look_up_each():
    """Vouchers are looked up by three things: the order, the invoice's id, and the supplier's number."""
    inner = "invoices { number journalLines { number } purchaseOrder { number } } journalLines { number }"
    reply = replied(orders(inner), *systems(many(300)))
    nodes = [edge["node"] for edge in reply.data["purchaseOrders"]["edges"]]
    assert all(node["invoices"][0]["journalLines"] == node["journalLines"] for node in nodes)
    keyed = [(s.scan.fact, s.scan.keys.column, len(s.scan.keys.values)) for s in reply.scans if s.scan.keys]
    assert sorted(keyed) == [
        (Fact.INVOICE, "po", 300),
        (Fact.ORDER, "number", 300),  # the page, each order whole
        (Fact.ORDER, "number", 300),  # the orders of the invoices
        (Fact.VOUCHER, "ref_invoice", 300),
        (Fact.VOUCHER, "ref_po", 300),
        (Fact.VOUCHER, "ref_supplier_invoice", 300),
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_one_call_serves_any_number_of_fields(number):
    used = systems(many(30))
    aliases = " ".join(f"r{n}: receipts {{ number amount status }}" for n in range(number))
    reply = replied(orders(aliases), *used)
    assert reply.calls[Fact.RECEIPT] == 2
    assert reply.errors == []


def test_a_link_that_cannot_be_followed_is_null_and_said_once():
    plan, s2p, erp = systems(many(50))
    broken = replace(s2p, around=lambda source: Failing(source, Fact.RECEIPT))
    reply = replied(orders("receipts { number } invoices { number }"), plan, broken, erp)
    nodes = [edge["node"] for edge in reply.data["purchaseOrders"]["edges"]]
    assert [node["receipts"] for node in nodes] == [None] * 50
    assert all(node["invoices"] for node in nodes)
    assert [error["extensions"] for error in reply.errors] == [
        {"code": "SOURCE_UNAVAILABLE", "source": "s2p"}
    ]


def test_nothing_known_is_not_nothing_there():
    """Nobody is configured to have receipts: the orders have none that anybody knows of."""
    plan, s2p, erp = systems(TRADE)
    without = replace(s2p, facts=s2p.facts - {Fact.RECEIPT})
    reply = replied(orders("receipts { number } requisitions { number }"), plan, without, erp)
    nodes = [edge["node"] for edge in reply.data["purchaseOrders"]["edges"]]
    assert [(node["receipts"], len(node["requisitions"])) for node in nodes] == [(None, 1), (None, 1)]


def test_documents_behind_a_figure_tell_the_rest_of_themselves():
    query = """{ budgetPosition { rows { documents { edges { amount node {
        number amount currency status legalEntity { name }
        ... on PurchaseOrder { supplier { id } lines { line amount } receipts { number } }
        ... on JournalLine { line account { name class } costCenter { name } origin }
    } } } commitment receivedNotInvoiced actual } } }"""
    reply = replied(query, *systems(TRADE))
    assert reply.errors == []
    (row,) = reply.data["budgetPosition"]["rows"]
    nodes = {(e["node"]["number"], e["node"].get("line")): e["node"] for e in row["documents"]["edges"]}
    order, line = nodes["PO1", None], nodes["J1", "1"]
    assert (order["amount"], order["status"], order["supplier"]) == ("640.00", "OPEN", {"id": "S1"})
    assert [each["amount"] for each in order["lines"]] == ["600.00", "40.00"]
    assert [each["number"] for each in order["receipts"]] == ["G1", "G2"]
    assert order["legalEntity"] == line["legalEntity"] == {"name": "One Inc."}
    assert (line["amount"], line["account"]) == ("200.00", {"name": "Services", "class": "EXPENSE"})
