"""What a source's code is, and why; and how much of an answer has a member."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import orjson
import pytest

from resolvers.semantics.dimensions import CrosswalkRow, Dimension
from tests.graph.papers import Reply, replied, systems
from tests.world import model

BOOKS = """
    purchase-orders
    number cost_center quantity price
    PO1    K           10       100

    journal-lines
    number cost_center amount date       period
    J1     K           90.01  2026-01-31 2026-P01
    J2     OLD         9.99   2026-01-31 2026-P01
"""
CENTER = Dimension.COST_CENTER
ROWS = (
    CrosswalkRow("erp", CENTER, "K", "C1", Decimal("0.6")),
    CrosswalkRow("erp", CENTER, "K", "C2", Decimal("0.4")),
    CrosswalkRow("erp", CENTER, "K*", "C2"),
    CrosswalkRow("erp", CENTER, "OLD", "C1", valid_to=date(2025, 12, 31)),
    CrosswalkRow("erp", CENTER, "K", "D1", priority=1, beside=((Dimension.ACCOUNT, "62*"),)),
    CrosswalkRow("s2p", CENTER, "K", "C1", Decimal("0.6")),
    CrosswalkRow("s2p", CENTER, "K", "C2", Decimal("0.4")),
)
USED = systems(BOOKS)
FIELDS = """{ on mappedBy targets { dimension member name weight } rules {
    rank decides why priority codes { dimension member }
    rows { validTo valid targets { member weight } } } }"""


def asked(query: str) -> Reply:
    return replied(query, *USED, world=replace(model(*USED), crosswalk=ROWS))


def lookup(arguments: str) -> dict:
    reply = asked(f'{{ crosswalk(source: "erp", dimension: COST_CENTER, {arguments}) {FIELDS} }}')
    assert not reply.errors
    assert not reply.calls
    return reply.data["crosswalk"]


def test_a_code_of_several_members_has_them_with_their_weights():
    found = lookup('member: "K"')
    assert (found["on"], found["mappedBy"]) == ("2026-06-30", "ROW")
    assert found["targets"] == [
        {"dimension": "COST_CENTER", "member": "C1", "name": "One", "weight": "0.6"},
        {"dimension": "COST_CENTER", "member": "C2", "name": "Two", "weight": "0.4"},
    ]
    assert [(rule["rank"], rule["decides"], rule["why"]) for rule in found["rules"]] == [
        (1, True, "the first of the rules that match and are valid"),
        (2, False, "comes after the one that decides: a pattern, not a code"),
    ]
    assert found["rules"][1]["codes"] == [{"dimension": "COST_CENTER", "member": "K*"}]


def test_codes_of_other_dimensions_are_given_beside_it():
    found = lookup('member: "K", beside: [{dimension: ACCOUNT, member: "6200"}]')
    assert [target["member"] for target in found["targets"]] == ["D1"]
    assert [rule["priority"] for rule in found["rules"]] == [1, 0, 0]
    assert found["rules"][1]["why"] == "comes after the one that decides: lower priority"


@pytest.mark.parametrize(
    ("arguments", "by", "member"),
    [
        ('member: "OLD"', "INVALID", "INVALID"),
        ('member: "OLD", on: "2025-12-31"', "ROW", "C1"),
        ('member: "X"', "UNMAPPED", "UNMAPPED"),
        ('member: "C2"', "ITSELF", "C2"),
        ("member: null", "UNASSIGNED", "UNASSIGNED"),
    ],
)
def test_every_way_to_a_member(arguments, by, member):
    found = lookup(arguments)
    assert (found["mappedBy"], [target["member"] for target in found["targets"]]) == (by, [member])


def test_a_row_that_has_ended_says_so():
    (rule,) = lookup('member: "OLD"')["rules"]
    assert (rule["decides"], rule["why"]) == (False, "no row of it is valid on 2026-06-30")
    assert rule["rows"] == [
        {"validTo": "2025-12-31", "valid": False, "targets": [{"member": "C1", "weight": "1"}]}
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ('source: "sap", dimension: ACCOUNT', "source: 'sap' is not configured; there are erp, plan, s2p"),
        ('source: "erp", dimension: PERIOD', "dimension: 'PERIOD' has no crosswalk; .*"),
    ],
)
def test_what_has_no_crosswalk_is_refused(arguments, message):
    (error,) = asked(f'{{ crosswalk({arguments}, member: "K") {{ mappedBy }} }}').errors
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["message"].startswith(message.removesuffix(".*"))


def test_answers_say_what_has_no_member_and_how_much_has_one():
    """9.99 of 100 is on a code whose row has ended. The order is covered as a whole."""
    reply = asked("""{ budgetPosition(groupBy: [COST_CENTER]) {
        rows { cellId actual commitment costCenter { id name } }
        mappingGaps { source dimension status member amount }
        mappingCoverage { source dimension amount mapped percent } } }""")
    data = orjson.loads(orjson.dumps(reply.data))["budgetPosition"]
    assert {row["cellId"]: (row["actual"], row["commitment"]) for row in data["rows"]} == {
        "C1": ("54.01", "600.00"),
        "C2": ("36.00", "400.00"),
        "INVALID": ("9.99", "0.00"),
    }
    assert {"id": "INVALID", "name": "Invalid"} in [row["costCenter"] for row in data["rows"]]
    assert data["mappingGaps"] == [
        {"source": "erp", "dimension": "COST_CENTER", "status": "INVALID", "member": "OLD", "amount": "9.99"}
    ]
    covered = {
        (c["source"], c["dimension"]): (c["amount"], c["mapped"], c["percent"])
        for c in data["mappingCoverage"]
    }
    assert covered["erp", "COST_CENTER"] == ("100.00", "90.01", "90.01")
    assert covered["s2p", "COST_CENTER"] == ("1000.00", "1000.00", "100.00")


def test_a_line_of_a_document_on_several_members_is_on_none_of_them():
    where = 'where: { costCenter: { in: ["C2"] } }'
    reply = asked(
        f"{{ purchaseOrders({where}) {{ edges {{ node {{ number lines {{ costCenter {{ id }} }} }} }} }} }}"
    )
    (edge,) = reply.data["purchaseOrders"]["edges"]
    assert edge["node"] == {"number": "PO1", "lines": [{"costCenter": None}]}
