"""Subtotals: hledger adds up its tree of accounts, the gateway everything below a node.

hledger is given the same history twice, in accounts that are paths through the tree of cost centres and in
accounts that are paths through the chart. A node of its trees holds the currencies of all ledgers side by
side; the gateway is asked for each legal entity in its own. Each node's budget is that of all below it: a sum
that the planning tool shows beside its parts, or one part left out, and they differ.
"""

from typing import Final

import pytest

from tests.hledger.group import BOTH_YEARS, PLANNED, Group, same
from tests.hledger.journal import REVENUE, SPEND, down
from tests.hledger.reports import budget

pytestmark = pytest.mark.slow

CENTERS: Final = ("GROUP", "OPS", "SALES", "CORP", "TECH", "OPS-DELIVERY", "OPS-SUPPORT", "TECH-IT")
ACCOUNTS: Final = ("OPEX", "PEOPLE", "TRAVEL", "INVESTMENT", "REVENUE", "SERVICE_REVENUE")


def test_the_tree_of_cost_centres(group: Group) -> None:
    """Spend and revenue apart, as the totals are."""
    report = list(budget(group.centers, *BOTH_YEARS))
    theirs = {
        (side, *key[:2], *key[3:]): amount
        for side in (SPEND, REVENUE)
        for key, amount in group.nodes((told for told in report if told.path[0] == side), CENTERS).items()
    }
    ours = {
        (side, entity, node, *key): amount
        for node in CENTERS
        for entity, answer in group.answers(
            of=below(group, node), where={"costCenter": {"descendantsOf": [node]}}, period=PLANNED
        )
        for (side, *key), amount in answer.totals.items()
    }
    same(ours, theirs, at_least=75)


def below(group: Group, node: str) -> set[str]:
    """The entities that have cost centres there: asking another is refused as a contradiction."""
    centers = group.estate.company.cost_centers
    known = {center.id: center for center in centers}
    return {c.entity for c in centers if c.entity and node in down(known, c.id)}


def test_the_chart_of_accounts(group: Group) -> None:
    """By month."""
    theirs = group.nodes(budget(group.accounts, "--monthly", *BOTH_YEARS), ACCOUNTS)
    ours = {
        (entity, node, *key): amount
        for node in ACCOUNTS
        for (entity, *key), amount in group.ours(
            "PERIOD", where={"account": {"descendantsOf": [node]}}, period=PLANNED
        ).items()
    }
    same(ours, theirs, at_least=1000)
