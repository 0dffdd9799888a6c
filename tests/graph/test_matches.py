"""Whose voucher is it, on the document: decided as the figures decide it, in batches."""

from dataclasses import replace

import pytest

from resolvers.plan import matches
from sources.spi.facts import Fact
from tests.graph.papers import Reply, replied, systems
from tests.graph.test_trace import CHAIN
from tests.plan.doubles import Failing

ASKED = "matches { rung confidence void amount currency document { __typename number line amount } }"
INVOICES = f"{{ invoices(first: 1000) {{ edges {{ node {{ number {ASKED} }} }} }} }}"
LINES = f"{{ journalLines(first: 1000) {{ edges {{ node {{ number line {ASKED} }} }} }} }}"


def invoice(number: str) -> str:
    where = f'where: {{ number: {{ in: ["{number}"] }} }}'
    return f"{{ invoices({where}) {{ edges {{ node {{ number {ASKED} }} }} }} }}"


def told(reply: Reply, root: str = "invoices") -> dict[str, object]:
    """Matches by document, each as (rung, confidence, amount, number), with VOID where it is."""
    found = {}
    for edge in reply.data[root]["edges"]:
        node = edge["node"]
        name = node["number"] if node.get("line") in (None, "1") else f"{node['number']}/{node['line']}"
        found[name] = None if node["matches"] is None else [_short(each) for each in node["matches"]]
    return found


def _short(match):
    void = ("VOID",) if match["void"] else ()
    return (match["rung"], match["confidence"], match["amount"], match["document"]["number"], *void)


def test_an_invoice_has_the_vouchers_that_carry_it():
    """I1 by its id, I2 by the supplier's number, I3 by the order line and nearly its amount: 77.20 of 77."""
    reply = replied(INVOICES, *systems(CHAIN))
    assert reply.errors == []
    assert told(reply) == {
        "I1": [(1, "EXACT", "200.00", "J1")],
        "I2": [(2, "HIGH", "200.00", "J2")],
        "I3": [(3, "PROBABLE", "77.20", "J3")],
    }
    (node,) = [edge["node"] for edge in reply.data["invoices"]["edges"] if edge["node"]["number"] == "I1"]
    assert node["matches"][0]["currency"] == "USD"
    line = {"__typename": "JournalLine", "number": "J1", "line": "1", "amount": "200.00"}
    assert node["matches"][0]["document"] == line


def test_a_ledger_line_has_the_invoice_its_voucher_carries_or_the_order_it_was_keyed_on():
    """J4 names an order line and comes to no invoice on it; J5 is the posting of a receipt: no voucher."""
    reply = replied(LINES, *systems(CHAIN))
    assert reply.errors == []
    assert told(reply, "journalLines") == {
        "J1": [(1, "EXACT", "200.00", "I1")],
        "J2": [(2, "HIGH", "200.00", "I2")],
        "J3": [(3, "PROBABLE", "77.20", "I3")],
        "J4": [(5, "EXACT", "33.00", "PO1")],
        "J5": [],
    }
    kinds = {
        m["document"]["__typename"] for e in reply.data["journalLines"]["edges"] for m in e["node"]["matches"]
    }
    assert kinds == {"Invoice", "PurchaseOrder"}


ALL_AT_ONCE = """
    invoices
    number amount supplier supplier_invoice
    I1     100    S1       a-1
    I2     50     S1       a-2
    I3     70     S1       a-3

    journal-lines
    number line account ref_invoice ref_supplier_invoice amount supplier reverses date
    J1     1    6100    I1          -                    60     S1       -        2026-02-01
    J1     2    6200    I1          -                    40     S1       -        2026-02-01
    J1     3    6100    I2          -                    50     S1       -        2026-02-01
    J1     4    2100    -           A1                   -100   S1       -        2026-02-01
    J1     5    6300    -           -                    9      S1       -        2026-02-01
    J2     1    6100    I3          -                    70     S1       -        2026-02-02
    J2     2    2100    -           -                    -70    S1       -        2026-02-02
    J3     1    6100    I3          -                    -70    S1       J2       2026-02-03
"""


def test_each_line_of_a_ledger_document_has_its_own_vouchers_invoice():
    """J1 posts two invoices. Its payables line says again, by the number, what line 1 says by the id; line 5
    refers to nothing, and might be of either. J2/2 refers to nothing and J2 posts one invoice."""
    reply = replied(LINES, *systems(ALL_AT_ONCE))
    assert reply.errors == []
    found = told(reply, "journalLines")
    assert found["J1"] == found["J1/2"] == [(1, "EXACT", "100.00", "I1")]
    assert found["J1/3"] == [(1, "EXACT", "50.00", "I2")]
    assert (1, "EXACT", "100.00", "I1") in found["J1/4"]
    assert found["J1/5"] == []
    assert found["J2"] == found["J2/2"] == [(1, "EXACT", "70.00", "I3", "VOID")]
    assert found["J3"] == [(1, "EXACT", "-70.00", "I3", "VOID")]


def test_a_reversed_voucher_is_told_as_void():
    assert told(replied(INVOICES, *systems(ALL_AT_ONCE))) == {
        "I1": [(1, "EXACT", "100.00", "J1")],
        "I2": [(1, "EXACT", "50.00", "J1")],
        "I3": [(1, "EXACT", "70.00", "J2", "VOID"), (1, "EXACT", "-70.00", "J3", "VOID")],
    }


COMPETING = """
    purchase-orders
    number quantity price
    PO1    10       100

    invoices
    number po  quantity price supplier_invoice
    I1     PO1 1        100   x-1
    I2     PO1 1        100   x-2
    I3     PO1 1        100   x-3

    journal-lines
    number account ref_invoice ref_po ref_po_line amount supplier
    J1     6100    I1          PO1    1           100    S1
    J2     6100    -           PO1    1           100    S1
"""


@pytest.mark.parametrize("number", ["I1", "I2", "I3"])
def test_what_competes_for_an_order_line_is_read_even_where_one_document_is_asked_about(number):
    """J1 names I1, so that J2 is the oldest other one's: I2's, whoever is asked."""
    everyone = told(replied(INVOICES, *systems(COMPETING)))
    assert everyone == {
        "I1": [(1, "EXACT", "100.00", "J1")],
        "I2": [(3, "PROBABLE", "100.00", "J2")],
        "I3": [],
    }
    assert told(replied(invoice(number), *systems(COMPETING))) == {number: everyone[number]}


def test_an_order_that_nobody_knows_is_still_what_both_name():
    text = """
        invoices
        number po  amount supplier_invoice
        I1     PO9 100    x-1

        journal-lines
        number account ref_po ref_po_line amount supplier
        J1     6100    PO9    1           100    S1
        J2     6100    PO8    1           100    S1
    """
    assert told(replied(INVOICES, *systems(text))) == {"I1": [(3, "PROBABLE", "100.00", "J1")]}
    found = told(replied(LINES, *systems(text)), "journalLines")
    assert found == {"J1": [(3, "PROBABLE", "100.00", "I1")], "J2": []}


def test_a_number_written_in_another_way_is_found_by_the_supplier():
    text = """
        invoices
        number amount supplier supplier_invoice
        I1     100    S1       inv-0042/A
        I2     100    S2       inv-0042/A

        journal-lines
        number account ref_supplier_invoice amount supplier
        J1     6100    INV.0042A            100    S1
    """
    assert told(replied(INVOICES, *systems(text))) == {"I1": [(2, "HIGH", "100.00", "J1")], "I2": []}
    assert told(replied(LINES, *systems(text)), "journalLines") == {"J1": [(2, "HIGH", "100.00", "I1")]}


def test_what_stands_behind_figures_has_them_too():
    query = f"""{{ budgetPosition {{ rows {{ invoicedNotPosted actual documents {{ edges {{ node {{
        number ... on Invoice {{ {ASKED} }} ... on JournalLine {{ line {ASKED} }}
    }} }} }} }} }} }}"""
    reply = replied(query, *systems(COMPETING))
    assert reply.errors == []
    (row,) = reply.data["budgetPosition"]["rows"]
    nodes = {
        e["node"]["number"]: e["node"]["matches"] for e in row["documents"]["edges"] if "matches" in e["node"]
    }
    assert {number: [_short(each) for each in found] for number, found in nodes.items()} == {
        "I3": [],
        "J1": [(1, "EXACT", "100.00", "I1")],
        "J2": [(3, "PROBABLE", "100.00", "I2")],
    }


def many(invoices: int) -> str:
    numbers = [f"{n:04d}" for n in range(invoices)]
    return "\n".join(
        [
            "purchase-orders\nnumber quantity price",
            *(f"PO{n} 1 10" for n in numbers),
            "\ninvoices\nnumber po quantity price supplier_invoice",
            *(f"I{n} PO{n} 1 10 X{n}" for n in numbers),
            "\njournal-lines\nnumber ref_invoice amount",
            *(f"J{n} I{n} 10" for n in numbers),
        ]
    )


def test_a_thousand_invoices_are_as_many_look_ups_as_their_numbers_fill():
    """Keys go 200 to a call. Vouchers are looked up by five things: the invoice's id, the supplier's number,
    the order, the voucher's own number and what reverses it; invoices by their own id and by their order."""
    used = systems(many(1000))
    plain = replied("{ invoices(first: 1000) { edges { node { number } } } }", *used)
    reply = replied(INVOICES, *used)
    assert reply.errors == []
    assert all(len(found) == 1 for found in told(reply).values())
    assert len(told(reply)) == 1000
    assert reply.calls - plain.calls == {Fact.VOUCHER: 5 * 5, Fact.INVOICE: 5 * 2, Fact.ORDER: 5}


def test_nobody_asks_twice():
    """Two fields of a thousand ledger lines, and the same of their invoices."""
    inner = f"a: matches {{ rung }} b: matches {{ void document {{ ... on Invoice {{ {ASKED} }} }} }}"
    query = f"{{ journalLines(first: 1000) {{ edges {{ node {{ {inner} }} }} }} }}"
    reply = replied(query, *systems(many(300)))
    assert reply.errors == []
    keyed = [(s.scan.fact, s.scan.keys.column) for s in reply.scans if s.scan.keys]
    from_lines = {(Fact.VOUCHER, "number"), (Fact.INVOICE, "id"), (Fact.VOUCHER, "reverses")}
    assert {each for each in keyed if keyed.count(each) > 2} == set()
    assert {each for each in from_lines if keyed.count(each) != 2} == set()


def test_a_source_that_fails_makes_its_matches_null_and_is_told_once():
    """The ledger is gone. Nothing is known of any invoice."""
    plan, s2p, erp = systems(CHAIN)
    broken = replace(erp, around=lambda source: Failing(source, Fact.VOUCHER))
    reply = replied(INVOICES, plan, s2p, broken)
    assert told(reply) == {"I1": None, "I2": None, "I3": None}
    assert [e["extensions"] for e in reply.errors] == [{"code": "SOURCE_UNAVAILABLE", "source": "erp"}]


def test_only_documents_whose_chain_needs_a_failed_source_are_null():
    """Orders cannot be read: who has none is still known."""
    text = """
        purchase-orders
        number quantity price
        PO1    1        10

        invoices
        number po  amount supplier_invoice account
        I1     PO1 10     x-1              -
        I2     -   20     x-2              6100

        journal-lines
        number account ref_invoice amount
        J1     6100    I1          10
        J2     6100    I2          20
    """
    plan, s2p, erp = systems(text)
    broken = replace(s2p, around=lambda source: Failing(source, Fact.ORDER))
    reply = replied(INVOICES, plan, broken, erp)
    assert told(reply) == {"I1": None, "I2": [(1, "EXACT", "20.00", "J2")]}
    assert [e["extensions"] for e in reply.errors] == [{"code": "SOURCE_UNAVAILABLE", "source": "s2p"}]


def test_what_nobody_is_configured_to_know_is_null_without_an_error():
    plan, s2p, erp = systems(CHAIN)
    silent = replace(erp, facts=erp.facts - {Fact.VOUCHER})
    reply = replied(INVOICES, plan, s2p, silent)
    assert (told(reply), reply.errors) == ({"I1": None, "I2": None, "I3": None}, [])
    found = told(replied(LINES, plan, s2p, silent), "journalLines")
    assert set(found.values()) == {None}


def test_more_documents_than_are_followed_make_it_null_and_are_told_once(monkeypatch):
    """Three invoices and two vouchers hang on PO1; I9 hangs on nothing."""
    monkeypatch.setattr(matches, "MOST_DOCUMENTS", 2)
    reply = replied(invoice("I3"), *systems(COMPETING))
    assert told(reply) == {"I3": None}
    assert [e["extensions"] for e in reply.errors] == [{"code": "LIMIT_EXCEEDED"}]
    everyone = replied(INVOICES, *systems(COMPETING))
    assert told(everyone)["I2"] == [(3, "PROBABLE", "100.00", "J2")]
