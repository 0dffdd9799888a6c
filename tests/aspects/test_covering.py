"""Which scan's rows hold another's."""

from datetime import date
from typing import Any

import pytest

from sources.aspects.cache.covering import covers, family
from sources.spi.facts import Fact
from sources.spi.scan import Accepted, Keys, Op, Predicate, Scan, Value


def within(column: str, *values: Value) -> Predicate:
    return Predicate(column, Op.IN, values)


def since(day: date) -> Predicate:
    return Predicate("date", Op.GE, (day,))


def until(day: date) -> Predicate:
    return Predicate("date", Op.LE, (day,))


def lines(*pushed: Predicate, **more: Any) -> Accepted:
    return Accepted(Scan(Fact.ORDER, ("id", "amount"), **more), "orders", pushed, ())


def sums(*pushed: Predicate, by: tuple[str, ...]) -> Accepted:
    return Accepted(Scan(Fact.LEDGER, (*by, "amount"), group_by=by), "journal", pushed, ())


JAN, JUN, DEC = date(2026, 1, 1), date(2026, 6, 30), date(2026, 12, 31)
HOLDING = [
    (lines(), lines(within("cost_center", "C1"))),
    (lines(within("cost_center", "C1", "C2")), lines(within("cost_center", "C2"))),
    (lines(since(JAN), until(DEC)), lines(since(JAN), until(JUN))),
    (lines(within("legal_entity", "B", "A")), lines(within("legal_entity", "A", "B", "A"))),
    (sums(by=("account", "cost_center")), sums(by=("account",))),
    (sums(within("version", "V1"), by=("account",)), sums(within("version", "V1"), by=("account",))),
]
NOT_HOLDING = [
    (lines(within("cost_center", "C1")), lines()),
    (lines(within("cost_center", "C1")), lines(within("cost_center", "C1", "C2"))),
    (lines(within("cost_center", "C1")), lines(within("account", "C1"))),
    (lines(since(JUN)), lines(since(JAN))),
    (lines(until(JUN)), lines(until(DEC))),
    (lines(until(DEC)), lines(since(JAN))),
    (sums(by=("account",)), sums(by=("account", "cost_center"))),
    (lines(), Accepted(Scan(Fact.ORDER, ("id", "tax")), "orders", (), ())),
]
STRANGERS = [
    (lines(), sums(by=("account",))),
    (lines(), lines(as_of=JUN)),
    (lines(), lines(keys=Keys("id", ("1",)))),
    (lines(keys=Keys("id", ("1", "2"))), lines(keys=Keys("id", ("1",)))),
    (lines(), lines(within("status", "APPROVED"))),
    (lines(within("version", "V1")), lines(within("version", "V2"))),
]


@pytest.mark.parametrize(("wide", "narrow"), HOLDING)
def test_rows_that_hold_the_others(wide: Accepted, narrow: Accepted) -> None:
    assert family(wide) == family(narrow)
    assert covers(wide, narrow)


@pytest.mark.parametrize(("wide", "narrow"), NOT_HOLDING)
def test_rows_that_do_not(wide: Accepted, narrow: Accepted) -> None:
    assert not covers(wide, narrow)


@pytest.mark.parametrize(("wide", "narrow"), STRANGERS)
def test_scans_that_cannot_answer_for_each_other(wide: Accepted, narrow: Accepted) -> None:
    """What the engine does not look at again has to be the same."""
    assert family(wide) != family(narrow)
