"""The golden cases: our own all pass; of the shared ones exactly those fail whose feature is not built."""

import asyncio
import os
from pathlib import Path
from typing import Final

import pytest

from tests.golden.read import Entry, read
from tests.golden.run import outcome, own_files

REFERENCE: Final = Path(os.environ.get("THREEFOLD_REFERENCE", Path(__file__).parents[3] / "shared"))
SHARED: Final = REFERENCE / "golden" / "cases.json"
NOT_YET: Final = {}
"""Shared cases that fail, and what they wait for."""


OWN: Final = [entry for path in own_files() for entry in read(path)]


@pytest.mark.parametrize("entry", OWN, ids=lambda entry: entry.id)
def test_our_own_case(entry: Entry) -> None:
    assert asyncio.run(outcome(entry)) == []


def test_our_own_cases_are_worked_by_hand() -> None:
    unexplained = [e.id for e in OWN if not any(c.isdigit() for c in getattr(e.case, "explanation", ""))]
    assert unexplained == []


def test_our_own_cases_have_an_id_each() -> None:
    assert len({entry.id for entry in OWN}) == len(OWN)


@pytest.mark.slow
def test_the_shared_cases_that_fail_are_the_ones_not_built_yet() -> None:
    if not SHARED.exists():
        pytest.skip(f"no shared golden cases at {SHARED}")
    failing = {entry.id: found for entry in read(SHARED) if (found := asyncio.run(outcome(entry)))}
    unexpected = {id_: found for id_, found in failing.items() if id_ not in NOT_YET}
    assert unexpected == {}
    assert sorted(NOT_YET.keys() - failing.keys()) == [], "these pass now: take them off the list"
