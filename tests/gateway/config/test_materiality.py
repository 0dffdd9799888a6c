"""Materiality: the rules that can be given, and what is wrong with them."""

from decimal import Decimal

from resolvers.semantics.dimensions import AccountClass
from resolvers.semantics.materiality import Materiality, MaterialityRule
from tests.gateway.config.conftest import VALID, Load, Wrong


def test_rules_are_read(loaded: Load) -> None:
    given = """materiality:
  - {absolute: 100, percent: 0.5}
  - {legalEntity: US01, account: 6100, tier: AUDIT, absolute: 10}
  - {accountClass: CAPEX, percent: 1}
"""
    assert loaded(VALID + given).model.materiality == (
        MaterialityRule(Materiality(Decimal(100), Decimal("0.5"))),
        MaterialityRule(Materiality(Decimal(10), tier="AUDIT"), legal_entity="US01", account="6100"),
        MaterialityRule(Materiality(percent=Decimal(1)), account_class=AccountClass.CAPEX),
    )


def test_rules_may_stand_in_a_file_of_their_own(loaded: Load) -> None:
    files = {"materiality.csv": "legalEntity,absolute\nUS01,100\n,10\n"}
    found = loaded(VALID + "materiality: {csv: materiality.csv}\n", files).model.materiality
    assert [(rule.legal_entity, rule.materiality.absolute) for rule in found] == [("US01", 100), (None, 10)]


def test_nothing_is_tolerated_by_default(loaded: Load) -> None:
    assert loaded(VALID).model.materiality == ()


def test_everything_wrong_is_said_at_once(wrong: Wrong) -> None:
    line = VALID.count("\n")
    given = """materiality:
  - {tier: AUDIT}
  - {account: 6100, accountClass: EXPENSE, absolute: 1}
  - {legalEntity: US01, absolute: 1}
  - {legalEntity: US01, percent: 1}
  - {legalEntity: XX01, account: 9999, absolute: 1}
  - {accountClass: ASSET, absolute: -1}
policies:
  US01: {grniAccounts: [9999], prepaidAccounts: [9998]}
"""
    found = "\n".join(wrong(VALID + given))
    assert f"{line + 2}: materiality[0]: must give absolute, percent or both" in found
    assert f"{line + 3}: materiality[1]: must name an account or an accountClass, not both" in found
    assert f"{line + 5}: materiality[3]: is for the same as the rule at threefold.yaml:{line + 4}" in found
    assert f"{line + 6}: materiality[4].legalEntity: 'XX01' is not in legalEntities" in found
    assert f"{line + 6}: materiality[4].account: '9999' is not in accounts" in found
    assert f"{line + 7}: materiality[5].accountClass: must be one of EXPENSE, REVENUE, CAPEX" in found
    assert f"{line + 7}: materiality[5].absolute: must be" in found
    assert f"{line + 9}: policies.US01.grniAccounts[0]: '9999' is not in accounts" in found
    assert f"{line + 9}: policies.US01.prepaidAccounts[0]: '9998' is not in accounts" in found
