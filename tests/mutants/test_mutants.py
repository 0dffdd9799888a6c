"""Mutants that no longer fit the code would be caught by nothing and say nothing."""

import pytest

from tests.mutants.__main__ import ROOT
from tests.mutants.access import ACCESS
from tests.mutants.rules import MUTANTS, Mutant

EVERY = (*MUTANTS, *ACCESS)


@pytest.mark.parametrize("mutant", EVERY, ids=lambda mutant: mutant.name)
def test_each_changes_one_place(mutant: Mutant) -> None:
    assert (ROOT / mutant.path).read_text(encoding="utf-8").count(mutant.old) == 1
    assert mutant.new != mutant.old


def test_each_has_a_name_of_its_own() -> None:
    assert len({mutant.name for mutant in EVERY}) == len(EVERY)
