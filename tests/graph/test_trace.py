"""Traces: from any document to all it hangs together with, both ways, and where the chain ends too early."""

from dataclasses import replace

import pytest

from sources.spi.facts import Fact
from tests.graph.papers import Reply, replied, systems
from tests.plan.doubles import Failing, Narrow, without

CHAIN = """
    requisitions
    number quantity price requested_on
    R1     10       100   2026-01-05

    purchase-orders
    number quantity price req req_line receipt_required ordered_on
    PO1    10       100   R1  1        true             2026-01-10

    receipts
    number po  quantity date
    G1     PO1 4        2026-01-20

    invoices
    number po  quantity price supplier_invoice date
    I1     PO1 2        100   inv-001          2026-02-01
    I2     PO1 2        100   inv-002          2026-02-02
    I3     PO1 1        77    inv-003          2026-02-03

    journal-lines
    number account ref_invoice ref_supplier_invoice ref_po ref_po_line amount supplier date       origin
    J1     6100    I1          -                    -      -           200    S1       2026-02-11 AP
    J2     6100    -           INV002               -      -           200    S1       2026-02-12 AP
    J3     6100    -           -                    PO1    1           77.2   S1       2026-02-13 AP
    J4     6100    -           -                    PO1    1           33     S1       2026-02-14 AP
    J5     6100    -           -                    PO1    1           400    S1       2026-01-20 GRNI
"""
ASKED = """query ($start: TraceStart!) { trace(document: $start) {
    completeness truncated
    nodes { id stage date amount currency lines void document { __typename number } }
    edges { from to kind rung confidence lagDays amount currency }
    gaps { kind message document { number } }
} }"""
EVERYTHING = {"R1", "PO1", "G1", "I1", "I2", "I3", "J1", "J2", "J3", "J4", "J5"}


def traced(text: str, source: str, type_: str, number: str, *used, **more: str) -> Reply:
    start = {"source": source, "type": type_, "number": number, **more}
    return replied(ASKED, *(used or systems(text)), start=start)


def numbers(reply: Reply) -> list[str]:
    return [node["document"]["number"] for node in reply.data["trace"]["nodes"]]


def edges(reply: Reply) -> dict[tuple[str, str], tuple[object, ...]]:
    names = {node["id"]: node["document"]["number"] for node in reply.data["trace"]["nodes"]}
    return {
        (names[e["from"]], names[e["to"]]): (e["kind"], e["rung"], e["confidence"], e["lagDays"], e["amount"])
        for e in reply.data["trace"]["edges"]
    }


def gaps(reply: Reply) -> list[tuple[str, str | None]]:
    found = reply.data["trace"]["gaps"]
    return [(gap["kind"], gap["document"] and gap["document"]["number"]) for gap in found]


@pytest.mark.parametrize(
    ("source", "type_", "number"),
    [
        ("s2p", "REQUISITION", "R1"),
        ("s2p", "PURCHASE_ORDER", "PO1"),
        ("s2p", "RECEIPT", "G1"),
        ("s2p", "INVOICE", "I2"),
        ("erp", "JOURNAL", "J1"),
        ("erp", "JOURNAL", "J2"),
        ("erp", "JOURNAL", "J5"),
    ],
)
def test_the_chain_is_the_same_wherever_one_begins(source, type_, number):
    reply = traced(CHAIN, source, type_, number)
    assert reply.errors == []
    assert set(numbers(reply)) == EVERYTHING
    assert edges(reply) == {
        ("R1", "PO1"): ("ORDERED", None, "EXACT", 5, "1000.00"),
        ("PO1", "G1"): ("RECEIVED", None, "EXACT", 10, "400.00"),
        ("PO1", "I1"): ("INVOICED", None, "EXACT", 22, "200.00"),
        ("PO1", "I2"): ("INVOICED", None, "EXACT", 23, "200.00"),
        ("PO1", "I3"): ("INVOICED", None, "EXACT", 24, "77.00"),
        ("I1", "J1"): ("POSTED", 1, "EXACT", 10, "200.00"),
        ("I2", "J2"): ("POSTED", 2, "HIGH", 10, "200.00"),
        ("I3", "J3"): ("POSTED", 3, "PROBABLE", 10, "77.20"),
        ("PO1", "J4"): ("KEYED", 5, "EXACT", 35, "33.00"),
        ("PO1", "J5"): ("ACCRUED", None, "EXACT", 10, "400.00"),
    }
    assert gaps(reply) == []
    trace = reply.data["trace"]
    assert (trace["completeness"], trace["truncated"]) == ("COMPLETE", False)
    stages = [node["stage"] for node in trace["nodes"]]
    assert stages == ["REQUISITION", "ORDER", "RECEIPT", *["INVOICE"] * 3, *["LEDGER"] * 5]


def test_a_ledger_document_is_one_node_per_invoice_it_posts():
    text = """
        invoices
        number amount supplier_invoice
        I1     100    a
        I2     50     b

        journal-lines
        id number line account ref_invoice ref_supplier_invoice amount supplier
        J  J1     1    6100    I1          -                    60     S1
        J  J1     2    6200    I1          -                    40     S1
        J  J1     3    6100    I2          -                    50     S1
        J  J1     4    2100    I1          -                    -150   S1
    """
    reply = traced(text, "s2p", "INVOICE", "I1")
    nodes = [node for node in reply.data["trace"]["nodes"] if node["stage"] == "LEDGER"]
    assert [(node["amount"], node["lines"]) for node in nodes] == [("100.00", ["1", "2"]), ("50.00", ["3"])]
    assert {(e["amount"], e["rung"]) for e in reply.data["trace"]["edges"]} == {("100.00", 1), ("50.00", 1)}
    assert numbers(reply)[:2] == ["I1", "I2"]


def test_a_payables_line_that_names_the_invoice_another_way_is_no_second_posting():
    text = """
        invoices
        number amount supplier supplier_invoice
        I1     100    S1       a-1

        journal-lines
        number line account ref_invoice ref_supplier_invoice amount supplier
        J1     1    6100    I1          -                    100    S1
        J1     2    2100    -           A1                   -100   S1
    """
    reply = traced(text, "s2p", "INVOICE", "I1")
    assert numbers(reply) == ["I1", "J1"]
    assert edges(reply) == {("I1", "J1"): ("POSTED", 1, "EXACT", 0, "100.00")}
    assert gaps(reply) == []


def test_where_the_chain_ends_too_early():
    text = """
        requisitions
        number status   quantity price
        R1     APPROVED 1        10

        purchase-orders
        number quantity price req  req_line receipt_required
        PO1    1        10    R9   1        true

        invoices
        number po  quantity price supplier_invoice
        I1     PO8 1        10    x-1

        journal-lines
        number ref_invoice ref_supplier_invoice ref_po ref_po_line amount supplier
        J1     I7          -                    PO9    1           10     S1
    """
    assert gaps(traced(text, "s2p", "REQUISITION", "R1")) == [("NOT_ORDERED", "R1")]
    assert gaps(traced(text, "s2p", "PURCHASE_ORDER", "PO1")) == [
        ("NOT_RECEIVED", "PO1"),
        ("NOT_INVOICED", "PO1"),
        ("UNKNOWN_REQUISITION", "PO1"),
    ]
    assert gaps(traced(text, "s2p", "INVOICE", "I1")) == [("NOT_POSTED", "I1"), ("UNKNOWN_ORDER", "I1")]
    reply = traced(text, "erp", "JOURNAL", "J1")
    assert gaps(reply) == [("UNKNOWN_ORDER", "J1"), ("UNKNOWN_INVOICE", "J1")]
    assert reply.data["trace"]["completeness"] == "COMPLETE"
    assert "PO9" in reply.data["trace"]["gaps"][0]["message"]


def test_what_is_not_approved_or_not_alive_is_no_gap():
    text = """
        requisitions
        number status  quantity price
        R1     PENDING 1        10

        purchase-orders
        number status    quantity price receipt_required
        PO1    CANCELLED 1        10    true

        invoices
        number status amount
        I1     DRAFT  10
    """
    for type_, number in (("REQUISITION", "R1"), ("PURCHASE_ORDER", "PO1"), ("INVOICE", "I1")):
        assert gaps(traced(text, "s2p", type_, number)) == []


def test_a_reversed_voucher_is_shown_and_posts_nothing():
    text = """
        invoices
        number amount supplier_invoice
        I1     100    a

        journal-lines
        number ref_invoice reverses amount supplier date
        J1     I1          -        100    S1       2026-02-01
        J2     I1          J1       -100   S1       2026-02-05
    """
    reply = traced(text, "s2p", "INVOICE", "I1")
    assert gaps(reply) == [("REVERSED", "I1")]
    assert edges(reply)["J1", "J2"] == ("REVERSED", None, "EXACT", 4, "-100.00")
    assert [n["void"] for n in reply.data["trace"]["nodes"]] == [False, True, True]


def test_an_invoice_posted_twice_is_told():
    text = """
        invoices
        number amount supplier_invoice
        I1     100    a

        journal-lines
        number ref_invoice amount supplier date
        J1     I1          100    S1       2026-02-01
        J2     I1          100    S1       2026-02-05
    """
    assert gaps(traced(text, "s2p", "INVOICE", "I1")) == [("DUPLICATE_VOUCHER", "J2")]


LOOKALIKE = """
    invoices
    number amount supplier supplier_invoice date
    I1     1000   S1       a-1              2026-02-01
    I2     1000   S1       b-2              2026-02-01

    journal-lines
    number account ref_invoice ref_supplier_invoice amount supplier date
    J1     6100    -           -                    1004   S1       2026-02-10
    J2     6100    -           -                    1006   S1       2026-02-10
    J3     6100    -           -                    1000   S2       2026-02-10
    J4     6100    -           -                    1000   S1       2026-06-10
    J5     2100    -           -                    1000   S1       2026-02-10
    J6     6100    -           B2                   1000   S1       2026-02-10
    J7     6100    I9          -                    1000   S1       2026-02-10
"""


def test_a_lookalike_is_a_candidate_and_relieves_nothing():
    """J2 is too dear, J3 another supplier's, J4 too late, J5 no spend, J6 carries I2, J7 says another id."""
    reply = traced(LOOKALIKE, "s2p", "INVOICE", "I1")
    assert edges(reply) == {("I1", "J1"): ("POSTED", 4, "CANDIDATE", 9, "1004.00")}
    assert gaps(reply) == [("NOT_POSTED", "I1")]


@pytest.mark.parametrize(("source", "type_", "number"), [("s2p", "INVOICE", "I1"), ("erp", "JOURNAL", "J1")])
def test_a_number_is_the_number_however_it_is_written(source, type_, number):
    """Neither side can look up how the other writes it: the supplier's documents are read and compared."""
    text = """
        invoices
        number amount supplier supplier_invoice date
        I1     100    S1       inv-0042/A       2026-02-01
        I2     100    S2       inv-0042/A       2026-02-01

        journal-lines
        number line account ref_supplier_invoice amount supplier date
        J1     1    6100    INV.0042A            100    S1       2026-02-10
        J1     2    2100    -                    -100   S1       2026-02-10
        J2     1    6100    INV.9                100    S1       2026-02-10
    """
    reply = traced(text, source, type_, number)
    assert edges(reply) == {("I1", "J1"): ("POSTED", 2, "HIGH", 9, "100.00")}
    assert gaps(reply) == []


def test_circles_end():
    """Two orders of one requisition, one invoice over both, one voucher over both invoices."""
    text = """
        requisitions
        number line quantity price
        R1     1    2        10

        purchase-orders
        number quantity price req req_line
        PO1    1        10    R1  1
        PO2    1        10    R1  1

        invoices
        number line po  quantity price supplier_invoice
        I1     1    PO1 1        10    a
        I1     2    PO2 1        10    a

        journal-lines
        number line ref_invoice ref_po ref_po_line amount supplier reverses
        J1     1    I1          PO1    1           10     S1       J1
        J1     2    I1          PO2    1           10     S1       J1
    """
    reply = traced(text, "s2p", "PURCHASE_ORDER", "PO2")
    assert sorted(numbers(reply)) == ["I1", "J1", "PO1", "PO2", "R1"]
    assert reply.data["trace"]["truncated"] is False
    assert edges(reply)["PO1", "I1"] == ("INVOICED", None, "EXACT", 0, "10.00")
    asked = [(s.scan.fact, s.scan.keys) for s in reply.scans if s.scan.keys]
    assert len(asked) == len(set(asked))


def test_it_stops_at_five_hundred_documents():
    orders = "\n".join(f"PO{n:03d} 1 10 R1 1" for n in range(600))
    text = "requisitions\nnumber quantity price\nR1 600 10\n\n"
    text += f"purchase-orders\nnumber quantity price req req_line\n{orders}\n"
    reply = traced(text, "s2p", "REQUISITION", "R1")
    assert len(numbers(reply)) == 500
    assert reply.data["trace"]["truncated"] is True
    assert set(numbers(traced(text, "s2p", "REQUISITION", "R1"))) == set(numbers(reply))


def test_it_stops_after_six_steps():
    """A ladder of requisitions and orders, each order fulfilling two requisitions."""
    requisitions = "\n".join(f"R{n} 2 10" for n in range(9))
    orders = "\n".join(f"PO{n} {line} 1 10 R{n + line - 1} 1" for n in range(8) for line in (1, 2))
    text = f"requisitions\nnumber quantity price\n{requisitions}\n\n"
    text += f"purchase-orders\nnumber line quantity price req req_line\n{orders}\n"
    reply = traced(text, "s2p", "REQUISITION", "R0")
    assert reply.data["trace"]["truncated"] is True
    assert 3 <= len(numbers(reply)) < 17
    middle = traced(text, "s2p", "REQUISITION", "R4")
    assert len(numbers(middle)) > len(numbers(reply))


def test_a_lost_source_is_not_a_missing_voucher():
    plan, s2p, erp = systems(CHAIN)
    broken = replace(erp, around=lambda source: Failing(source, Fact.VOUCHER))
    reply = traced(CHAIN, "s2p", "INVOICE", "I1", plan, s2p, broken)
    assert set(numbers(reply)) == {"R1", "PO1", "G1", "I1", "I2", "I3"}
    assert gaps(reply) == [("UNREAD", None)]
    assert reply.data["trace"]["completeness"] == "PARTIAL"
    assert [error["extensions"] for error in reply.errors] == [
        {"code": "SOURCE_UNAVAILABLE", "source": "erp"}
    ]


def test_a_kind_nobody_has_is_unread():
    plan, s2p, erp = systems(CHAIN)
    reply = traced(CHAIN, "s2p", "INVOICE", "I1", plan, replace(s2p, facts=s2p.facts - {Fact.RECEIPT}), erp)
    assert gaps(reply) == [("UNREAD", None)]
    assert reply.errors == []


@pytest.mark.parametrize(
    ("start", "code", "said"),
    [
        (("sap", "INVOICE", "I1"), "UNKNOWN_SOURCE", "erp, plan, s2p"),
        (("erp", "INVOICE", "I1"), "BAD_INPUT", "erp has no INVOICE"),
        (("s2p", "INVOICE", "I9"), "DOCUMENT_NOT_FOUND", "I9"),
    ],
)
def test_a_beginning_that_is_not_there_is_refused(start, code, said):
    reply = traced(CHAIN, *start)
    assert reply.data == {"trace": None}
    assert reply.errors[0]["extensions"]["code"] == code
    assert said in reply.errors[0]["message"]


def test_a_number_of_two_legal_entities_needs_the_entity():
    text = """
        invoices
        id number legal_entity amount
        1  I1     ONE          10
        2  I1     TWO          20
    """
    reply = traced(text, "s2p", "INVOICE", "I1")
    assert reply.errors[0]["extensions"]["code"] == "AMBIGUOUS"
    assert "ONE, TWO" in reply.errors[0]["message"]
    (node,) = traced(text, "s2p", "INVOICE", "I1", legalEntity="TWO").data["trace"]["nodes"]
    assert (node["amount"], node["currency"]) == ("20.00", "EUR")
    wrong = traced(text, "s2p", "INVOICE", "I1", legalEntity="THREE")
    assert wrong.errors[0]["extensions"]["code"] == "UNKNOWN_MEMBER"


def test_a_journal_that_refers_to_nothing_is_a_chain_of_one():
    text = """
        journal-lines
        number line account amount
        J1     1    6100    10
        J1     2    2100    -10
    """
    reply = traced(text, "erp", "JOURNAL", "J1")
    assert numbers(reply) == ["J1"]
    assert reply.data["trace"]["nodes"][0]["amount"] == "10.00"


def test_a_receipt_belongs_to_the_entity_of_its_order():
    """The purchasing system's receipts do not say whose they are; two entities buy there."""
    plan, s2p, erp = systems(CHAIN)
    blind = replace(s2p, around=lambda source: Narrow(source, Fact.RECEIPT, without("legal_entity")))
    reply = traced(CHAIN, "s2p", "RECEIPT", "G1", plan, blind, erp)
    assert reply.errors == []
    assert set(numbers(reply)) == EVERYTHING
    other = traced(CHAIN, "s2p", "RECEIPT", "G1", plan, blind, erp, legalEntity="TWO")
    assert other.errors[0]["extensions"]["code"] == "DOCUMENT_NOT_FOUND"
