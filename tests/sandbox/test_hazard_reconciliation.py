"""What the gateway reconciles of the hazards alone: each shows up as an item, with its document.

The systems hold the documents of the hazards and nothing else; see `test_hazard_figures`. Amounts are in the
ledger currency of the entity.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gateway import sandbox, wiring
from gateway.cli.ask import Ask, answered
from gateway.config import Configuration, load
from resolvers.semantics.model import Model, Provision
from sources.sandbox.serve import systems
from sources.spi.facts import Fact
from tests.sandbox.test_hazard_figures import alone

FIELDS = (
    "totals { difference status } missing { side } rows { account { id } left right residual status "
    "rollForward { opening movements { type amount } closing glClosing difference } "
    "items(first: 1000) { reason amount place documents { kind number source } } }"
)
HAZARDS = alone().hazards


@pytest.fixture(scope="module")
def hosts() -> sandbox.Hosts:
    return sandbox.Hosts(systems(alone()))


def configured() -> Configuration:
    return load(sandbox.CONFIGURATION, sandbox.CREDENTIALS, wiring.problems)


def reconciled(hosts: sandbox.Hosts, kind: str, entity: str, more: Configuration | None = None) -> Any:
    question = f"""{{ reconcile(
        kind: {kind}, where: {{ legalEntity: {{ in: ["{entity}"] }} }}, period: {{ fiscalYear: 2026 }}
    ) {{ {FIELDS} }} }}"""
    body = answered(wiring.engine(more or configured(), hosts), 60, Ask(question))
    assert "errors" not in body
    found = body["data"]["reconcile"]
    assert found["missing"] == []
    return found


def told(row: dict[str, Any]) -> dict[tuple[str, str], str]:
    """The amount of each reason and document; a pair of documents goes by the first."""
    return {(item["reason"], item["documents"][0]["number"]): item["amount"] for item in row["items"]}


def test_american_invoices(hosts: sandbox.Hosts) -> None:
    """Five were billed and exported yesterday (480), seven exported long ago (350), four said to be posted
    (610), six reversed (330). Five are there twice (390), four were keyed on their order (310), nine on an
    order nobody has (240), and one voucher is 40 cents over its invoice. The others agree.
    """
    order, keyed = HAZARDS["keyed_in_the_ledger"]
    _, unknown = HAZARDS["unknown_order"]
    _, _, voucher = HAZARDS["voucher_with_order_line"]
    *_, twice = HAZARDS["duplicate_voucher"]
    (row,) = reconciled(hosts, "UNPOSTED_INVOICES", "US01")["rows"]
    assert told(row) == {
        ("IN_TRANSIT", HAZARDS["relieved_and_not_posted"][1]): "2400.00",
        ("EXPORT_NOT_POSTED", HAZARDS["exported_long_ago"][1]): "2450.00",
        ("STALE_SOURCE", HAZARDS["posted_upstream_only"][1]): "2440.00",
        ("REVERSED", HAZARDS["reversed_voucher"][1]): "1980.00",
        ("DUPLICATE_VOUCHER", twice): "-1950.00",
        ("KEYED_IN_LEDGER", keyed): "-1240.00",
        ("PO_REF_NOT_FOUND", unknown): "-2160.00",
        ("AMOUNT_DIFFERS", voucher): "-0.40",
    }
    assert (row["residual"], row["status"]) == ("0.00", "EXPLAINED")
    assert next(i["place"] for i in row["items"] if i["reason"] == "KEYED_IN_LEDGER") == order


def test_british_invoices(hosts: sandbox.Hosts) -> None:
    """All posted: 4 × 410.80 next door, nine of seven ordered at 197.50, 4 × 347.60."""
    (row,) = reconciled(hosts, "UNPOSTED_INVOICES", "GB01")["rows"]
    assert (row["left"], row["right"], row["status"]) == ("4811.10", "4811.10", "MATCHED")


def test_japanese_invoices(hosts: sandbox.Hosts) -> None:
    """Ten at 43,500 are approved and not sent; two vouchers that only clear receipts carry theirs."""
    (row,) = reconciled(hosts, "UNPOSTED_INVOICES", "JP01")["rows"]
    assert told(row) == {("NOT_EXPORTED", HAZARDS["invoice_of_booked_receipt"][3]): "435000"}


def test_goods_received_in_japan(hosts: sandbox.Hosts) -> None:
    """Purchasing has 6 × 48,000 received and not billed; the ledger 10 × 43,500 more, whose invoice it has
    not posted. What was billed and cleared is gone from both."""
    found = reconciled(hosts, "GRNI_GL", "JP01")
    (row,) = found["rows"]
    assert (row["left"], row["right"]) == ("288000", "723000")
    assert told(row) == {("INVOICE_NOT_POSTED", HAZARDS["invoice_of_booked_receipt"][3]): "-435000"}
    assert row["status"] == "EXPLAINED"


def test_prepaid_in_japan(hosts: sandbox.Hosts) -> None:
    """Twelve times 36,000 paid in January; six are left, and the ledger has as much."""
    (row,) = reconciled(hosts, "PREPAID", "JP01")["rows"]
    assert row["rollForward"] == {
        "opening": "0",
        "movements": [{"type": "ADDED", "amount": "432000"}, {"type": "AMORTISED", "amount": "-216000"}],
        "closing": "216000",
        "glClosing": "216000",
        "difference": "0",
    }
    assert row["status"] == "MATCHED"


def test_loaded_actuals(hosts: sandbox.Hosts) -> None:
    """The history's actuals of one cost centre were loaded, the hazards came after; without the history the
    ledger has nothing of what was loaded. A code nobody mapped is named as it is."""
    found = reconciled(hosts, "PLAN_ACTUALS", "US01")
    loaded = sum(
        entry.amount
        for entry in alone().budget
        if entry.number in HAZARDS["loaded_actuals"] and not entry.account.startswith("4")
    )
    assert sum(Decimal(row["left"]) for row in found["rows"]) == loaded
    items = [item for row in found["rows"] for item in row["items"]]
    assert {item["reason"] for item in items} == {"NOT_LOADED", "NOT_IN_LEDGER", "UNMAPPED_MEMBER"}
    stray = next(item for item in items if item["reason"] == "UNMAPPED_MEMBER")
    assert (stray["amount"], stray["place"]) == ("-315.00", "0010101991")


def with_copies(model: Model) -> Model:
    """The demo's model with SAP's copies of American orders, which Coupa owns."""
    entity = model.legal_entities["US01"]
    owned = replace(entity, policy=replace(entity.policy, commitment_owner="coupa"))
    copies = Provision("sap-purchasing", frozenset({Fact.ORDER}), {"US01": "1010"})
    entities = {**model.legal_entities, "US01": owned}
    return replace(model, legal_entities=entities, provisions=(*model.provisions, copies))


def test_orders_in_both_systems(hosts: sandbox.Hosts) -> None:
    """Six at 540 are open by both copies; the other system has no copy of any other order."""
    demo = configured()
    (number,) = HAZARDS["order_in_both_systems"]
    settings = {
        name: replace(s, entities={**s.entities, "US01": "1010"}) if name == "sap-purchasing" else s
        for name, s in demo.sources.items()
    }
    both = replace(demo, model=with_copies(demo.model), sources=settings)
    found = reconciled(hosts, "PURCHASE_COMMITMENTS", "US01", both)
    (row,) = found["rows"]
    assert (row["right"], row["status"]) == ("3240.00", "EXPLAINED")
    assert {item["reason"] for item in row["items"]} == {"NOT_COPIED"}
    assert number not in {document["number"] for item in row["items"] for document in item["documents"]}
    assert Decimal(row["left"]) - sum(Decimal(item["amount"]) for item in row["items"]) == 3240
