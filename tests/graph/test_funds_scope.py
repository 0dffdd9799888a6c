"""`fundsCheck` by somebody who may not see all that a verdict stands on: unknown, never too good.

The books are `BOOKS`: C1 × 6100 has 100, of which 70 are consumed; ALL × 6200 has 500, of which C2 spent 200.
"""

import pytest

from resolvers.semantics.access import Grant, Reach, Scope
from resolvers.semantics.dimensions import Dimension
from tests.graph.funds import check, codes, figures, line

SELECT = """verdict restricted completeness nodes { costCenter { id } budget consumed availableBefore }
  lines { verdict reasons { code message } }"""
FIGURES = ("budget", "consumed", "availableBefore")


def centers(*listed, below=()):
    return Scope((Grant("some", (Reach(Dimension.COST_CENTER, listed, below),)),))


@pytest.mark.parametrize("scope", [centers("C1"), centers("C1", "ALL"), centers(below=("ALL",))])
def test_a_budget_and_all_that_consumes_it(scope):
    checked = check([line("30")], select=SELECT, scope=scope)
    assert checked.check == check([line("30")], select=SELECT).check
    assert figures(checked.node, *FIGURES) == ["100.00", "70.00", "30.00"]
    assert checked.check["restricted"] is False


def test_a_budget_further_up_that_may_not_be_known():
    """C1 has none for 6200. Whether ALL has one is not for them to know."""
    checked = check([line("300", "C1", "6200")], select=SELECT, scope=centers("C1"))
    assert (checked.verdicts, checked.check["nodes"]) == (["UNKNOWN"], [])
    assert codes(checked.lines[0]) == ["RESTRICTED"]
    assert (checked.check["restricted"], checked.check["completeness"]) == (True, "PARTIAL")


def test_consumption_that_may_not_be_seen():
    """ALL has 500 and of C2 nothing is seen: that 500 are left would be wrong, and 300 not theirs to know."""
    checked = check([line("400", "C1", "6200")], select=SELECT, scope=centers("C1", "ALL"))
    assert checked.verdicts == ["UNKNOWN"]
    assert figures(checked.node, *FIGURES) == [None, None, None]
    assert "RESTRICTED" in codes(checked.lines[0])
    assert check([line("400", "C1", "6200")], select=SELECT).verdicts == ["EXCEEDS"]
    whole = check([line("300", "C1", "6200")], select=SELECT, scope=centers(below=("ALL",)))
    assert (whole.verdicts, figures(whole.node, *FIGURES)) == (["FITS"], ["500.00", "200.00", "300.00"])


def test_a_place_that_may_not_be_known_is_unknown():
    checked = check([line("1", "C2")], select=SELECT, scope=centers("C1"))
    assert checked.error[0] == "UNKNOWN_MEMBER"
    assert "C1" in checked.error[1]
