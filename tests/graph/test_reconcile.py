"""`reconcile` as users ask it: rows, items with their documents, totals, and what it says about itself."""

from collections import Counter
from dataclasses import replace

import pytest

from sources.spi.facts import Fact
from tests.graph.papers import replied, systems
from tests.plan.doubles import Failing
from tests.world import System, documents

BOOKS = """
    invoices
    number  amount  status    exported_on
    I1      400     EXPORTED  2026-06-01
    I2      300     APPROVED  -
    I3      250     APPROVED  -

    journal-lines
    number  amount  ref_invoice  date
    J2      300     I2           2026-02-01
    J3      300     I2           2026-02-03
    J4      240     I3           2026-02-05
"""
ASKED = """query ($kind: ReconciliationKind!, $where: PositionWhere, $period: PeriodInput,
    $materiality: MaterialityInput, $currency: CurrencyCode, $asOf: Date, $few: Int = 100
) { reconcile(
    kind: $kind, where: $where, period: $period, materiality: $materiality, currency: $currency, asOf: $asOf
) {
    kind completeness notes missing { side legalEntity fact source } sources { name state error { code } }
    totals { currency left right difference grossDifference explained residual grossResidual status
             reasons { reason amount gross count } }
    rows {
        legalEntity { id name } partner { id } account { id } currency left right difference explained
        residual gross threshold status materiality { absolute percent tier }
        rollForward { opening movements { type amount } closing glClosing difference }
        reasons { reason count }
        items(first: $few) { reason amount ageDays place documents { kind source id number url } }
    }
} }"""
ONE = {"legalEntity": {"in": ["ONE"]}}


def ask(kind, *used, **variables):
    return replied(ASKED, *(used or systems(BOOKS)), kind=kind, where=ONE, **variables)


def test_a_row_with_its_items_and_their_documents():
    """400 exported a month ago, 300 posted twice, 250 posted as 240: 110 apart."""
    reply = ask("UNPOSTED_INVOICES")
    assert reply.errors == []
    found = reply.data["reconcile"]
    (row,) = found["rows"]
    assert row["legalEntity"] == {"id": "ONE", "name": "One Inc."}
    assert [row[name] for name in ("left", "right", "difference", "explained", "residual", "gross")] == [
        "950.00", "840.00", "110.00", "110.00", "0.00", "710.00"
    ]  # fmt: skip
    assert row["status"] == "EXPLAINED"
    assert row["items"] == [
        {
            "reason": "EXPORT_NOT_POSTED",
            "amount": "400.00",
            "ageDays": 29,
            "place": None,
            "documents": [{"kind": "INVOICE", "source": "s2p", "id": "I1", "number": "I1", "url": None}],
        },
        {
            "reason": "DUPLICATE_VOUCHER",
            "amount": "-300.00",
            "ageDays": 147,
            "place": None,
            "documents": [
                {"kind": "VOUCHER", "source": "erp", "id": "J3", "number": "J3", "url": None},
                {"kind": "INVOICE", "source": "s2p", "id": "I2", "number": "I2", "url": None},
            ],
        },
        {
            "reason": "AMOUNT_DIFFERS",
            "amount": "10.00",
            "ageDays": 145,
            "place": None,
            "documents": [
                {"kind": "VOUCHER", "source": "erp", "id": "J4", "number": "J4", "url": None},
                {"kind": "INVOICE", "source": "s2p", "id": "I3", "number": "I3", "url": None},
            ],
        },
    ]
    assert (row["partner"], row["account"], row["rollForward"]) == (None, None, None)


def test_totals_are_net_and_gross():
    totals = ask("UNPOSTED_INVOICES").data["reconcile"]["totals"]
    assert (totals["difference"], totals["grossDifference"], totals["status"]) == (
        "110.00",
        "110.00",
        "EXPLAINED",
    )
    assert totals["reasons"] == [
        {"reason": "EXPORT_NOT_POSTED", "amount": "400.00", "gross": "400.00", "count": 1},
        {"reason": "DUPLICATE_VOUCHER", "amount": "-300.00", "gross": "300.00", "count": 1},
        {"reason": "AMOUNT_DIFFERS", "amount": "10.00", "gross": "10.00", "count": 1},
    ]


def test_only_the_systems_of_the_pair_are_called():
    reply = ask("UNPOSTED_INVOICES")
    assert set(reply.calls) == {Fact.INVOICE, Fact.VOUCHER, Fact.ORDER}
    assert [source["name"] for source in reply.data["reconcile"]["sources"]] == ["erp", "s2p"]


@pytest.mark.parametrize(
    "selection",
    ["queryPlan { cost waves { scans { source fact } } }", "... on Reconciliation { queryPlan { cost } }"],
)
def test_asking_for_the_plan_alone_calls_nobody(selection):
    query = f"{{ reconcile(kind: UNPOSTED_INVOICES) {{ __typename {selection} }} }}"
    reply = replied(query, *systems(BOOKS))
    assert reply.errors == []
    assert reply.calls == Counter()
    assert "queryPlan" in reply.data["reconcile"]


def test_a_source_that_is_down_is_told_once_beside_the_data():
    plan, buying, ledger = systems(BOOKS)
    down = replace(ledger, around=lambda source: Failing(source, Fact.VOUCHER))
    reply = ask("UNPOSTED_INVOICES", plan, buying, down)
    found = reply.data["reconcile"]
    (row,) = found["rows"]
    assert (row["left"], row["right"], row["explained"], row["status"]) == ("950.00", None, None, None)
    assert row["items"] == []
    assert found["completeness"] == "PARTIAL"
    assert found["missing"] == [
        {"side": "RIGHT", "legalEntity": "ONE", "fact": "VOUCHER", "source": "erp"},
    ]
    assert found["totals"]["difference"] is None
    assert [error["extensions"]["source"] for error in reply.errors] == ["erp"]


def test_a_missing_rate_is_told_and_not_taken_for_one():
    reply = ask("UNPOSTED_INVOICES", currency="EUR")
    (row,) = reply.data["reconcile"]["rows"]
    assert (row["currency"], row["left"], row["threshold"]) == ("EUR", None, None)
    assert [error["extensions"]["code"] for error in reply.errors] == ["RATE_MISSING"]


def test_materiality_may_be_asked_for_and_comes_back():
    wanted = {"absolute": "5", "percent": "0.25"}
    (row,) = ask("UNPOSTED_INVOICES", materiality=wanted).data["reconcile"]["rows"]
    assert row["materiality"] == {"absolute": "5", "percent": "0.25", "tier": None}
    assert row["threshold"] == "5.00"


def test_few_items_may_be_asked_for():
    (row,) = ask("UNPOSTED_INVOICES", few=1).data["reconcile"]["rows"]
    assert [item["reason"] for item in row["items"]] == ["EXPORT_NOT_POSTED"]
    assert [reason["count"] for reason in row["reasons"]] == [1, 1, 1]


@pytest.mark.parametrize(
    ("variables", "code", "message"),
    [
        ({"few": 1001}, "LIMIT_EXCEEDED", "first: 1001 is not accepted; give 0 to 1000"),
        (
            {"materiality": {"percent": "-1"}},
            "BAD_INPUT",
            "materiality.percent: -1 is not accepted; give 0 or more",
        ),
        (
            {"materiality": {"tier": "X"}},
            "BAD_INPUT",
            "materiality.tier: 'X' is not configured; no tier is configured",
        ),
        (
            {"currency": "XXL"},
            "UNKNOWN_CURRENCY",
            "currency: 'XXL' is not an ISO 4217 code such as EUR or USD",
        ),
    ],
)
def test_a_bad_question_is_refused_with_a_code(variables, code, message):
    (error,) = ask("UNPOSTED_INVOICES", **variables).errors
    assert (error["extensions"]["code"], error["message"]) == (code, message)


def test_accounts_and_partners_are_named():
    text = """
    budget-entries
    number  account  amount  type    scenario
    B1      6100     100     ACTUAL  ACTUAL

    journal-lines
    number  legal_entity  account  amount  intercompany_partner
    J1      ONE           6100     100     TWO
    J2      TWO           4000     -100    ONE
    """
    own = System("own", documents(text))
    (row,) = ask("PLAN_ACTUALS", own).data["reconcile"]["rows"]
    assert (row["account"], row["status"]) == ({"id": "6100"}, "MATCHED")
    (row,) = ask("INTERCOMPANY", own, currency="USD").data["reconcile"]["rows"]
    assert row["partner"] == {"id": "TWO"}


def test_dimensions_a_pair_cannot_be_cut_by_are_refused():
    where = {"costCenter": {"in": ["C1"]}}
    reply = replied(ASKED, *systems(BOOKS), kind="UNPOSTED_INVOICES", where=where)
    assert [error["message"] for error in reply.errors] == [
        "where.costCenter: UNPOSTED_INVOICES cannot be cut by it; accepted: legalEntity"
    ]
