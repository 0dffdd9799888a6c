"""How coarsely a ledger may be read: by codes where every code is one member, else as fine as it takes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from resolvers.plan.question import Filter
from resolvers.semantics.dimensions import CrosswalkRow, Dimension
from sources.spi.facts import Fact
from sources.spi.scan import Capability, Guarantee, Op
from tests.plan.doubles import Narrow
from tests.plan.scenes import planned, question
from tests.world import System, model

ACCOUNT, CENTER, PROJECT, SUPPLIER = (
    Dimension.ACCOUNT,
    Dimension.COST_CENTER,
    Dimension.PROJECT,
    Dimension.SUPPLIER,
)
OWN: Final = System("own", {}, {"ONE": "ONE"})
LEAST: Final = ("legal_entity", "account", "period", "currency")
GRAIN: Final = ("legal_entity", "account", "cost_center", "project", "period", "currency")
STATES: Final = ("type", "status")


def row(dimension: Dimension, code: str, target: str, **more: Any) -> CrosswalkRow:
    return CrosswalkRow("own", dimension, code, target, **more)


def shared(dimension: Dimension, code: str, *targets: str) -> tuple[CrosswalkRow, ...]:
    return tuple(row(dimension, code, target, weight=Decimal(1) / len(targets)) for target in targets)


DATED: Final = (row(CENTER, "K", "C1", valid_to=date(2026, 6, 30)),)
TOGETHER: Final = (row(CENTER, "K", "C1", beside=((PROJECT, "P9"),)),)
CASES: Final = [
    ("one member each", (row(CENTER, "K", "C1"),), (CENTER,), {*LEAST, "cost_center", "date"}),
    ("a pattern", (row(CENTER, "K*", "C1"),), (CENTER,), {*LEAST, "cost_center", "date"}),
    ("several members", shared(CENTER, "K", "C1", "C2"), (CENTER,), {*GRAIN, "date"}),
    ("several, of no interest", shared(CENTER, "K", "C1", "C2"), (SUPPLIER,), {*LEAST, "supplier", "date"}),
    ("several accounts", shared(ACCOUNT, "K", "6100", "6200"), (), {*GRAIN, "date"}),
    ("other codes", TOGETHER, (CENTER,), {*LEAST, "cost_center", "project", "date"}),
    ("other codes, of no interest", TOGETHER, (), {*LEAST, "date"}),
    (
        "other codes, which are several",
        (*TOGETHER, *shared(PROJECT, "P9", "P1", "P2")),
        (CENTER,),
        {*GRAIN, "date"},
    ),
]


def grouped(fact: Fact, crosswalk: tuple[CrosswalkRow, ...], *by: Dimension, **parts: Any) -> set[str]:
    measure = "actual" if fact is Fact.LEDGER else "original_budget"
    used = parts.pop("used", OWN)
    world = model(used, crosswalk=crosswalk)
    asked = question(measure, by=by, where=(Filter(Dimension.LEGAL_ENTITY, ("ONE",)),), **parts)
    (node,) = planned(asked, world, used).nodes
    return {*(node.scan.group_by or ())} - {*STATES, "scenario", "version"}


@pytest.mark.parametrize(
    ("crosswalk", "by", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_grouping_carries_what_the_mapping_looks_at(
    crosswalk: tuple[CrosswalkRow, ...], by: tuple[Dimension, ...], expected: set[str]
) -> None:
    """The canonical API filters no periods: its rows may go by their date, which is always read."""
    assert grouped(Fact.LEDGER, crosswalk, *by) == expected


def by_period(fact: Fact) -> System:
    """A system that filters by periods, so that every row of it has one."""

    def able(capability: Capability) -> Capability:
        return replace(capability, filters={**capability.filters, ("period", Op.IN): Guarantee.EXACT})

    return replace(OWN, around=lambda source: Narrow(source, fact, able))


@pytest.mark.parametrize(
    ("crosswalk", "by", "dated"),
    [((), (CENTER,), False), (DATED, (CENTER,), True), (DATED, (PROJECT,), False)],
    ids=["no days", "days", "days of what is not asked"],
)
def test_days_are_told_apart_where_the_mapping_has_any(
    crosswalk: tuple[CrosswalkRow, ...], by: tuple[Dimension, ...], dated: bool
) -> None:
    """A ledger line goes by its posting date; a budget entry by its period, which is read anyway."""
    ledger = grouped(Fact.LEDGER, crosswalk, *by, used=by_period(Fact.LEDGER))
    assert ledger == {*LEAST, *(d.column for d in by)} | ({"date"} if dated else set())
    assert "date" not in grouped(Fact.BUDGET, crosswalk, *by, used=by_period(Fact.BUDGET))


def test_a_share_is_no_share_once_the_other_has_ended() -> None:
    """K is C1 until June and C2 from July: one member at a time, so that no balance has to be whole."""
    handed = (*DATED, row(CENTER, "K", "C2", valid_from=date(2026, 7, 1)))
    assert grouped(Fact.LEDGER, handed, CENTER) == {*LEAST, "cost_center", "date"}


def test_a_whole_balance_is_not_filtered_by_what_is_finer() -> None:
    """The share of one supplier depends on the balance it is a part of."""
    asked = question("actual", by=(CENTER,), where=(Filter(SUPPLIER, ("S1",)), Filter(CENTER, ("C1",))))
    halves = shared(CENTER, "K", "C1", "C2")
    for crosswalk, pushed in (((), {"supplier", "cost_center"}), (halves, {"cost_center"})):
        (node,) = planned(asked, model(OWN, crosswalk=crosswalk), OWN).nodes
        assert {p.column for p in node.scan.where} & {"supplier", "cost_center"} == pushed
