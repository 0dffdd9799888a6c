"""Policies: an entity's own, the default for the others, and what is wrong with them."""

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
