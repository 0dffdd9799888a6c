"""Policies: an entity's own, the default for the others, and what is wrong with them."""

from datetime import date
from decimal import Decimal

from resolvers.semantics.entities import Blankets, CommitmentDate, Policy, ReliefRate, Tax
from resolvers.semantics.model import PeriodRate, Rate, SpotRate
from tests.gateway.config.conftest import VALID, Load, Wrong


def test_an_entity_has_its_own_policy_or_the_default(loaded: Load) -> None:
    given = "policies:\n  default: {grniInLedger: true}\n  DE01: {grniInLedger: false}\n"
    entities = loaded(VALID + given).model.legal_entities
    assert entities["US01"].policy.grni_in_ledger is True
    assert entities["DE01"].policy.grni_in_ledger is False


def test_without_policies_ledgers_book_no_receipts(loaded: Load) -> None:
    assert not any(e.policy.grni_in_ledger for e in loaded(VALID).model.legal_entities.values())


def test_what_is_wrong_is_said_at_its_line(wrong: Wrong) -> None:
    line = VALID.count("\n")
    given = "policies:\n  XX01: {}\n  US01: {grniInLedger: maybe}\n"
    found = "\n".join(wrong(VALID + given))
    assert f"{line + 2}: policies.XX01: 'XX01' is not in legalEntities; it has US01, DE01" in found
    assert f"{line + 3}: policies.US01.grniInLedger: must be true or false, not 'maybe'" in found


def test_every_policy_can_be_given(loaded: Load) -> None:
    given = """policies:
  US01:
    blanket: LIMIT
    reliefRate: CURRENT
    commitmentDate: NEED_BY
    tax: GROSS
    commitmentOwner: sap
    staleExportDays: 5
    zombieDays: 90
    varianceAccounts: [6200]
"""
    assert loaded(VALID + given).model.legal_entities["US01"].policy == Policy(
        blanket=Blankets.LIMIT,
        relief_rate=ReliefRate.CURRENT,
        commitment_date=CommitmentDate.NEED_BY,
        tax=Tax.GROSS,
        commitment_owner="sap",
        stale_export_days=5,
        zombie_days=90,
        variance_accounts=frozenset({"6200"}),
    )


def test_a_policy_names_what_there_is(wrong: Wrong) -> None:
    line = VALID.count("\n")
    given = "policies:\n  US01: {tax: VAT}\n  DE01: {commitmentOwner: oracle, varianceAccounts: [9999]}\n"
    found = "\n".join(wrong(VALID + given))
    assert f"{line + 2}: policies.US01.tax: must be one of NON_RECOVERABLE, GROSS, NET, not 'VAT'" in found
    assert f"{line + 3}: policies.DE01.commitmentOwner: 'oracle' is not in sources; it has sap" in found
    assert f"{line + 3}: policies.DE01.varianceAccounts[0]: '9999' is not in accounts" in found


SECOND = """
  coupa:
    connector: coupa
    url: https://coupa.example
    auth: {client_id: c, client_secret: env:SAP_PASSWORD}
    entities: {US01: US01}
    facts: [ORDER]
"""


def test_two_systems_may_hold_orders_where_one_owns_them(loaded: Load, wrong: Wrong) -> None:
    both = VALID.replace("[LEDGER, VOUCHER]", "[LEDGER, VOUCHER, ORDER]") + SECOND.lstrip("\n")
    found = "\n".join(wrong(both))
    assert "ORDER of US01 comes from sap already; name the commitmentOwner in its policy" in found
    owner = "policies:\n  default: {commitmentOwner: coupa}\n"
    assert loaded(both + owner).model.legal_entities["US01"].policy.commitment_owner == "coupa"


def test_rates_of_budgets_periods_and_days(loaded: Load) -> None:
    """A closing rate of a period is one of its last day."""
    given = """
  - {currency: GBP, to: USD, fiscalYear: 2026, version: DRAFT, rate: 1.3}
  - {currency: EUR, to: USD, kind: AVERAGE, period: 2026-P02, rate: 1.12}
  - {currency: EUR, to: USD, kind: CLOSING, period: 2026-P02, rate: 1.15}
  - {currency: EUR, to: USD, kind: CLOSING, date: 2026-03-15, rate: 1.16}
crosswalks:"""
    model = loaded(VALID.replace("\ncrosswalks:", given)).model
    assert model.rates[2:] == (Rate("GBP", "USD", 2026, Decimal("1.3"), "DRAFT"),)
    assert model.average_rates == (PeriodRate("EUR", "USD", "2026-P02", Decimal("1.12")),)
    assert model.closing_rates == (
        SpotRate("EUR", "USD", date(2026, 2, 28), Decimal("1.15")),
        SpotRate("EUR", "USD", date(2026, 3, 15), Decimal("1.16")),
    )


def test_spot_rates_may_stand_in_a_file(loaded: Load) -> None:
    files = {"spot.csv": "currency,to,date,rate\nEUR,USD,2026-05-31,1.12\n"}
    assert loaded(VALID + "spotRates: {csv: spot.csv}\n", files).model.spot_rates == (
        SpotRate("EUR", "USD", date(2026, 5, 31), Decimal("1.12")),
    )


def test_spot_rates(loaded: Load) -> None:
    given = "spotRates:\n  - {currency: EUR, to: USD, date: 2026-05-31, rate: 1.12}\n"
    assert loaded(VALID + given).model.spot_rates == (
        SpotRate("EUR", "USD", date(2026, 5, 31), Decimal("1.12")),
    )
