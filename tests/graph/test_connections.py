"""Documents as connections: filtered as the figures are, sorted, paged, and honest about what is missing."""

from dataclasses import replace

import pytest

from resolvers.semantics.dimensions import CrosswalkRow, Dimension
from resolvers.semantics.entities import LegalEntity
from sources.spi.errors import OverLimit
from sources.spi.facts import Fact
from tests.graph.papers import replied, systems
from tests.plan.doubles import Failing, Narrow, without
from tests.world import model

TRADE = """
    requisitions
    number status   quantity price cost_center
    R1     APPROVED 10       100   C1
    R2     PENDING  1        50    C2

    purchase-orders
    number line dist percent quantity price account cost_center date       supplier status
    PO1    1    1    50      3        33.35 6100    C1          2026-01-10 S1       OPEN
    PO1    1    2    50      3        33.35 6200    C2          2026-01-10 S1       OPEN
    PO1    2    1    100     2        10    6200    C2          2026-03-10 S1       OPEN
    PO2    1    1    100     5        10    6100    C1          2026-02-10 S2       CLOSED
    PO3    1    1    100     1        7     6100    C1          2025-12-31 S1       OPEN

    receipts
    number po  po_line quantity date
    G1     PO1 1       2        2026-02-01
    G2     PO2 1       1        2026-02-02
    G3     PO3 1       1        2026-02-03

    invoices
    number po  po_line quantity price account cost_center type   supplier_invoice supplier date
    I1     PO1 1       1        33.35 -       -           -      a-1              S1       2026-02-01
    I2     PO1 2       2        10    -       -           CREDIT a-2              S1       2026-02-02
    I3     -   -       3        5     6100    C2          -      a-3              S2       2026-02-03

    journal-lines
    number line account cost_center amount date       period
    J1     1    6100    C1          10.5   2026-01-31 2026-P01
    J1     2    2100    -           -10.5  2026-01-31 2026-P01
    J2     1    4000    C2          -99    2026-02-28 2026-P02

    budget-entries
    number type     amount period   cost_center version
    B1     ORIGINAL 1000   2026-P01 C1          APPROVED
    B2     TRANSFER -100   2026-P02 C1          APPROVED
    B3     ORIGINAL 5      2025-P12 C1          DRAFT
"""
ROOTS = ("requisitions", "purchaseOrders", "receipts", "invoices", "journalLines", "budgetEntries")


def listing(root: str, arguments: str = "", node: str = "number") -> str:
    given = f"({arguments})" if arguments else ""
    return f"""{{ {root}{given} {{
        totalCount completeness missing {{ legalEntities source code message }}
        pageInfo {{ hasNextPage endCursor }} edges {{ cursor node {{ {node} }} }}
    }} }}"""


def found(root: str, arguments: str = "", *used, node: str = "number", **options):
    reply = replied(listing(root, arguments, node), *(used or systems(TRADE)), **options)
    assert reply.errors == []
    assert reply.data[root]["completeness"] == "COMPLETE"
    nodes = [edge["node"] for edge in reply.data[root]["edges"]]
    assert reply.data[root]["totalCount"] == len(nodes)
    return [each["number"] for each in nodes] if node == "number" else nodes


@pytest.mark.parametrize(
    ("root", "where", "numbers"),
    [
        ("purchaseOrders", "", ["PO2", "PO1"]),
        ("purchaseOrders", 'date: { from: "2025-12-01", to: "2026-01-31" }', ["PO1", "PO3"]),
        ("purchaseOrders", 'period: { from: "2025-P12", to: "2026-P02" }', ["PO2", "PO1", "PO3"]),
        ("purchaseOrders", "period: { fiscalYear: 2025 }", ["PO3"]),
        ("purchaseOrders", 'number: { in: ["PO3", "PO9"] }', ["PO3"]),
        ("purchaseOrders", 'status: { in: ["OPEN"] }', ["PO1"]),
        ("purchaseOrders", 'supplier: { in: ["S2"] }', ["PO2"]),
        ("purchaseOrders", 'account: { in: ["6200"] }, costCenter: { in: ["C1"] }', []),
        ("purchaseOrders", 'account: { in: ["6200"] }, costCenter: { in: ["C2"] }', ["PO1"]),
        ("purchaseOrders", 'costCenter: { descendantsOf: ["ALL"] }', ["PO2", "PO1"]),
        ("purchaseOrders", 'legalEntity: { in: ["TWO"] }', []),
        ("requisitions", "", ["R1", "R2"]),
        ("requisitions", 'status: { in: ["PENDING"] }', ["R2"]),
        ("receipts", "", ["G3", "G2", "G1"]),
        ("receipts", 'supplier: { in: ["S1"] }', ["G3", "G1"]),
        ("receipts", 'account: { in: ["6200"] }, date: { to: "2026-02-02" }', ["G1"]),
        ("invoices", "", ["I3", "I2", "I1"]),
        ("invoices", 'costCenter: { in: ["C2"] }', ["I3", "I2", "I1"]),
        ("invoices", 'costCenter: { in: ["C1"] }', ["I1"]),
        ("invoices", 'costCenter: { in: ["C2"] }, account: { in: ["6200"] }', ["I2", "I1"]),
        ("journalLines", "", ["J2", "J1", "J1"]),
        ("journalLines", 'account: { in: ["2100"] }', ["J1"]),
        ("journalLines", 'period: { fiscalYear: 2026, window: YTD, through: "2026-P01" }', ["J1", "J1"]),
        ("budgetEntries", "", ["B1", "B2"]),
        ("budgetEntries", 'period: { from: "2025-P12", to: "2025-P12" }', ["B3"]),
    ],
)
def test_a_document_is_found_by_any_line_that_meets_every_filter(root, where, numbers):
    assert found(root, f"where: {{ {where} }}" if where else "") == numbers


def test_a_document_comes_with_all_its_lines_whichever_was_asked_for():
    """PO1 is found by its second line and is worth both; the odd cent goes to one distribution."""
    node = "number date amount currency lines { line distribution account { id } quantity amount status }"
    (order,) = found("purchaseOrders", 'where: { date: { from: "2026-03-01" } }', node=node)
    assert order == {
        "number": "PO1",
        "date": "2026-01-10",
        "amount": "120.05",
        "currency": "USD",
        "lines": [
            line("1", "1", "6100", "3", "50.03"),
            line("1", "2", "6200", "3", "50.02"),
            line("2", "1", "6200", "2", "20.00"),
        ],
    }


def line(number, distribution, account, quantity, amount):
    return {
        "line": number,
        "distribution": distribution,
        "account": {"id": account},
        "quantity": quantity,
        "amount": amount,
        "status": "OPEN",
    }


def test_what_a_document_says_of_itself():
    node = """number type status amount supplier { id name } supplierInvoice approvedOn
        lines { account { id } costCenter { id } purchaseOrder purchaseOrderLine amount }"""
    nodes = {each["number"]: each for each in found("invoices", node=node)}
    assert nodes["I2"] == {
        "number": "I2",
        "type": "CREDIT",
        "status": "APPROVED",
        "amount": "-20.00",
        "supplier": {"id": "S1", "name": "S1"},
        "supplierInvoice": "a-2",
        "approvedOn": "2026-01-25",
        "lines": [
            {
                "account": {"id": "6200"},
                "costCenter": {"id": "C2"},
                "purchaseOrder": "PO1",
                "purchaseOrderLine": "2",
                "amount": "-20.00",
            }
        ],
    }
    assert nodes["I1"]["lines"][0]["account"] is None  # its order line is split over two accounts
    assert nodes["I3"]["lines"][0]["costCenter"] == {"id": "C2"}


def test_ledger_and_budget_have_natural_sign_and_their_place():
    node = "number amount currency status account { class } costCenter { id } period { id fiscalYear }"
    sales = found("journalLines", 'where: { account: { in: ["4000"] } }', node=node)
    assert sales == [
        {
            "number": "J2",
            "amount": "99.00",
            "currency": "USD",
            "status": "POSTED",
            "account": {"class": "REVENUE"},
            "costCenter": {"id": "C2"},
            "period": {"id": "2026-P02", "fiscalYear": 2026},
        }
    ]
    entries = found("budgetEntries", node="number type scenario version amount")
    assert entries[1] == {
        "number": "B2",
        "type": "TRANSFER",
        "scenario": "BUDGET",
        "version": "APPROVED",
        "amount": "-100.00",
    }


@pytest.mark.parametrize("root", ROOTS)
def test_pages_are_the_whole_in_every_order(root):
    """One document a page, forwards by date, number and amount."""
    used = systems(TRADE)
    for order in ("", "{ field: NUMBER }", "{ field: AMOUNT, direction: DESC }", "{ field: DATE }"):
        sorted_by = f", orderBy: [{order}]" if order else ""
        node = "number date amount"
        whole = replied(listing(root, "first: 1000" + sorted_by, node), *used).data[root]
        pages, after = [], None
        for _ in whole["edges"]:
            more = f', after: "{after}"' if after else ""
            page = replied(listing(root, "first: 1" + more + sorted_by, node), *used).data[root]
            assert page["totalCount"] == len(whole["edges"])
            pages += page["edges"]
            after = page["pageInfo"]["endCursor"]
        assert pages == whole["edges"]
        assert page["pageInfo"]["hasNextPage"] is False


def test_amounts_are_sorted_as_numbers():
    amounts = found(
        "purchaseOrders",
        'where: { period: { from: "2025-P12", to: "2026-P12" } }, orderBy: [{ field: AMOUNT }]',
        node="amount",
    )
    assert [each["amount"] for each in amounts] == ["7.00", "50.00", "120.05"]


def test_a_page_begins_where_the_one_before_ended_whatever_came_meanwhile():
    order = "orderBy: [{ field: NUMBER }]"
    reply = replied(listing("purchaseOrders", f"first: 1, {order}"), *systems(TRADE))
    after = reply.data["purchaseOrders"]["pageInfo"]["endCursor"]
    changed = TRADE.replace("PO1 ", "PO0 ")
    reply = replied(listing("purchaseOrders", f'first: 9, after: "{after}", {order}'), *systems(changed))
    assert [edge["node"]["number"] for edge in reply.data["purchaseOrders"]["edges"]] == ["PO2"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("first: 1001", "LIMIT_EXCEEDED", "0 to 1000"),
        ("first: -1", "LIMIT_EXCEEDED", "0 to 1000"),
        ('after: "bm8="', "BAD_INPUT", "endCursor"),
        ('after: "x"', "BAD_INPUT", "endCursor"),
        ('where: { date: { from: "2026-01-01" }, period: { fiscalYear: 2026 } }', "BAD_INPUT", "either"),
        ('where: { date: { from: "2026-02-01", to: "2026-01-01" } }', "CONTRADICTORY_FILTERS", "after"),
        ("where: { number: { in: [] } }", "CONTRADICTORY_FILTERS", "where.number"),
        ('where: { account: { in: ["61"] } }', "UNKNOWN_MEMBER", "6100"),
        ('where: { costCenter: { in: ["C9"] } }', "UNKNOWN_MEMBER", "C1"),
        ("where: { period: { fiscalYear: 1999 } }", "PERIOD_OUTSIDE_CALENDAR", "2026-P12"),
    ],
)
def test_nonsense_is_refused_with_a_code_and_nobody_is_called(arguments, code, said):
    reply = replied(listing("purchaseOrders", arguments), *systems(TRADE))
    assert reply.data == {"purchaseOrders": None}
    (error,) = reply.errors
    assert error["extensions"]["code"] == code
    assert said in error["message"]
    if "after:" not in arguments:
        assert not reply.scans


@pytest.mark.parametrize(
    ("root", "where"),
    [("budgetEntries", 'supplier: { in: ["S1"] }'), ("receipts", 'status: { in: ["OPEN"] }')],
)
def test_what_a_kind_of_document_never_has_cannot_be_asked_for(root, where):
    reply = replied(listing(root, f"where: {{ {where} }}"), *systems(TRADE))
    assert reply.errors[0]["extensions"]["code"] == "BAD_INPUT"


def test_more_documents_than_the_row_cap_is_an_error_not_a_short_list():
    used = systems(TRADE)
    reply = replied(listing("journalLines"), *used, world=replace(model(*used), max_rows=2))
    assert reply.data == {"journalLines": None}
    assert reply.errors[0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    plan, s2p, erp = used
    full = replace(erp, around=lambda s: Failing(s, Fact.LEDGER, error=OverLimit("erp", "more than 9 rows")))
    reply = replied(listing("journalLines"), plan, s2p, full)
    assert reply.errors[0]["extensions"] == {"code": "SOURCE_OVER_LIMIT", "source": "erp"}
    assert reply.data["journalLines"]["completeness"] == "PARTIAL"


def test_a_lost_source_is_said_once_and_the_rest_is_there():
    """Two purchasing systems, one per legal entity; one of them is down."""
    plan, s2p, erp = systems(TRADE)
    one = replace(s2p, entities={"ONE": "ONE"})
    two = replace(s2p, name="other", entities={"TWO": "TWO"}, around=lambda s: Failing(s, Fact.ORDER))
    reply = replied(listing("purchaseOrders"), plan, one, two, erp)
    answer = reply.data["purchaseOrders"]
    assert [edge["node"]["number"] for edge in answer["edges"]] == ["PO2", "PO1"]
    assert answer["completeness"] == "PARTIAL"
    assert [(gap["legalEntities"], gap["source"], gap["code"]) for gap in answer["missing"]] == [
        (["TWO"], "other", "SOURCE_UNAVAILABLE")
    ]
    (error,) = reply.errors
    assert error["extensions"] == {"code": "SOURCE_UNAVAILABLE", "source": "other"}
    assert error["path"] == ["purchaseOrders"]


def test_orders_that_cannot_be_read_leave_their_receipts_unknown():
    plan, s2p, erp = systems(TRADE)
    broken = replace(s2p, around=lambda source: Failing(source, Fact.ORDER))
    reply = replied(listing("receipts", 'where: { account: { in: ["6100"] } }'), plan, broken, erp)
    assert reply.data["receipts"]["edges"] == []
    assert reply.data["receipts"]["completeness"] == "PARTIAL"
    reply = replied(listing("receipts", "", "number amount"), plan, broken, erp)
    assert [edge["node"]["amount"] for edge in reply.data["receipts"]["edges"]] == [None] * 3
    assert reply.data["receipts"]["completeness"] == "PARTIAL"
    assert len(reply.errors) == 1


def test_a_kind_nobody_provides_is_missing_unless_the_entity_decided_so():
    plan, s2p, erp = systems(TRADE)
    used = plan, replace(s2p, facts=s2p.facts - {Fact.REQUISITION}), erp
    entities = {
        "ONE": LegalEntity("ONE", "One Inc.", "USD", "G"),
        "TWO": LegalEntity("TWO", "Two GmbH", "EUR", "G", frozenset({Fact.REQUISITION})),
    }
    world = replace(model(*used), legal_entities=entities)
    answer = replied(listing("requisitions"), *used, world=world).data["requisitions"]
    assert [(gap["legalEntities"], gap["code"]) for gap in answer["missing"]] == [(["ONE"], "NOT_PROVIDED")]
    only_two = listing("requisitions", 'where: { legalEntity: { in: ["TWO"] } }')
    assert replied(only_two, *used, world=world).data["requisitions"]["completeness"] == "COMPLETE"


def test_a_source_that_does_not_say_what_is_filtered_by_is_a_gap():
    plan, s2p, erp = systems(TRADE)
    blind = replace(s2p, around=lambda s: Narrow(s, Fact.REQUISITION, without("project")))
    reply = replied(listing("requisitions", 'where: { project: { in: ["P1"] } }'), plan, blind, erp)
    (gap,) = reply.data["requisitions"]["missing"]
    assert (gap["code"], gap["source"]) == ("DIMENSION_ABSENT", "s2p")
    assert "PROJECT" in gap["message"]


def test_filters_are_pushed_down_in_the_sources_own_codes():
    plan, s2p, erp = systems(TRADE.replace(" C1 ", " K1 "))
    rows = (CrosswalkRow("s2p", Dimension.COST_CENTER, "K1", "C1"),)
    used = plan, s2p, erp
    world = replace(model(*used), crosswalk=rows)
    where = 'where: { costCenter: { in: ["C1"] }, supplier: { in: ["S2"] }, status: { in: ["CLOSED"] } }'
    reply = replied(listing("purchaseOrders", where), *used, world=world)
    assert [edge["node"]["number"] for edge in reply.data["purchaseOrders"]["edges"]] == ["PO2"]
    assert reply.pushed(Fact.ORDER) >= {"legal_entity", "cost_center", "supplier", "status", "date"}
    sent = {p.column: p.values for scan in reply.scans for p in scan.pushed}
    assert "K1" in sent["cost_center"]
