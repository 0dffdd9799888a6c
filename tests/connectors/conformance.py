"""What every connector must be: as able as it says, and never losing a row. One class per connector:

class TestSap(Conformance):
    open = staticmethod(sap)          # sap(limits) → a source on its sandbox
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date
from functools import reduce
from typing import Any, ClassVar, TypeVar

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.facts import COLUMNS, DOCUMENT_FACTS, Fact, Kind
from sources.spi.scan import Accepted, Guarantee, Keys, Op, Predicate, Scan, Value
from sources.spi.settings import Limits
from sources.spi.source import Source

T = TypeVar("T")
DISTRIBUTED = {
    **dict.fromkeys(DOCUMENT_FACTS, frozenset(("account", "cost_center", "project", "date"))),
    Fact.ORDER_SCHEDULE: frozenset(("period",)),
}
"""Columns in which the rows of one line differ: a predicate on them means whole lines."""
LINE = ("id", "number", "po", "line", "po_line")
SEED = 20260131


class Conformance:
    """`open` makes a source on the connector's sandbox; `questions` is the number of random ones per fact."""

    open: ClassVar[Callable[[Limits], Source]]
    questions: ClassVar[int] = 25
    _whole: ClassVar[dict[tuple[type, Fact], pl.DataFrame]] = {}

    def test_a_full_scan_has_every_column_in_its_type(self) -> None:
        for fact, capability in self._facts().items():
            columns = tuple(sorted(capability.columns))
            whole = self._full(fact)
            assert whole.columns == [*columns], fact
            assert whole.schema == pl.Schema({name: COLUMNS[fact][name].kind.dtype for name in columns}), fact
            assert whole.height > 0, f"the sandbox has no {fact}"

    def test_columns_are_returned_as_asked(self) -> None:
        for fact, capability in self._facts().items():
            for name in sorted(capability.columns):
                batch = self._run(Scan(fact, (name,)))
                assert batch.frame.columns == [name]
                _same(batch.frame, self._full(fact).select(name))

    def test_declared_predicates_hold(self) -> None:
        for fact, capability in self._facts().items():
            for (column, op), guarantee in capability.filters.items():
                for predicate in _predicates(fact, self._full(fact), column, op):
                    self._check(fact, predicate, guarantee)

    def _check(self, fact: Fact, predicate: Predicate, guarantee: Guarantee) -> None:
        whole = self._full(fact)
        accepted = self._accept(Scan(fact, tuple(whole.columns), where=(predicate,)))
        assert (predicate in accepted.pushed) == (guarantee is not Guarantee.NEVER), predicate
        assert (predicate in accepted.residual) == (guarantee is not Guarantee.EXACT), predicate
        found = self._run_accepted(accepted).frame
        expected = matching(fact, whole, [predicate])
        _same(matching(fact, found, accepted.residual), expected)
        if guarantee is Guarantee.SUPERSET:
            assert found.height >= expected.height, predicate

    def test_keyed_lookups_equal_the_filtered_scan(self) -> None:
        for fact, capability in self._facts().items():
            whole = self._full(fact)
            for column, size in capability.keys.items():
                values = tuple(map(str, _sample(whole[column], min(size + 3, 60))))
                assert values, f"{fact} is looked up by {column}, which is always empty"
                scan = Scan(fact, tuple(whole.columns), keys=Keys(column, (*values, "no such key")))
                accepted = self._accept(scan)
                batch = self._run_accepted(accepted)
                _same(batch.frame, matching(fact, whole, [Predicate(column, Op.IN, values)]))
                assert accepted.calls is None or accepted.calls == -(-(len(values) + 1) // size)

    def test_grouping_there_is_grouping_here(self) -> None:
        for fact, capability in self._facts().items():
            dimensions = sorted(capability.group_by or ())
            for groups in (*((d,) for d in dimensions), tuple(dimensions), ()):
                if capability.group_by is None:
                    continue
                scan = Scan(fact, (*groups, "amount"), group_by=groups, measures=("amount",))
                accepted = self._accept(scan)
                assert accepted.grouped, f"{fact} by {groups} is not grouped there"
                found = self._run_accepted(accepted).frame
                money = _with_currency(groups, capability.columns)
                _same(summed(found, money), summed(self._full(fact), money))

    def test_page_size_changes_nothing(self) -> None:
        for fact in self._facts():
            whole = self._full(fact)
            for size in {whole.height // 7 + 1, whole.height // 3 + 1}:
                batch = self._run(Scan(fact, tuple(whole.columns)), Limits(page_size=size))
                _same(batch.frame, whole)

    def test_an_empty_answer_looks_like_a_full_one(self) -> None:
        for fact, capability in self._facts().items():
            columns = tuple(sorted(capability.columns))
            nothing = [Predicate(column, Op.IN, ("no such member",)) for column in _codes(fact, columns)]
            scans = [Scan(fact, columns, where=(predicate,)) for predicate in nothing[:3]]
            scans += [Scan(fact, columns, keys=Keys(key, ("no such key",))) for key in capability.keys]
            for scan in scans:
                accepted = self._accept(scan)
                frame = matching(fact, self._run_accepted(accepted).frame, accepted.residual)
                assert frame.height == 0
                assert frame.select(columns).schema == self._full(fact).schema

    def test_a_past_state_is_the_rows_up_to_its_day(self) -> None:
        for fact, capability in self._facts().items():
            if capability.as_of is None:
                continue
            whole = self._full(fact)
            day = whole[capability.as_of].drop_nulls().sort()[whole.height // 2]
            accepted = self._accept(Scan(fact, tuple(whole.columns), as_of=day))
            found = self._run_accepted(accepted).frame
            if accepted.as_of is not None:
                found = up_to(found, accepted.as_of, day)
            _same(found, up_to(whole, capability.as_of, day))

    def test_no_scan_loses_a_row(self) -> None:
        """Law 1: whatever is pushed down, what is returned and then filtered here is the answer."""
        rng = random.Random(SEED)
        for fact in self._facts():
            whole = self._full(fact)
            for _ in range(self.questions):
                where = _question(rng, fact, whole)
                accepted = self._accept(Scan(fact, tuple(whole.columns), where=where))
                assert {*where} <= {*accepted.pushed, *accepted.residual}
                found = self._run_accepted(accepted).frame
                assert {p.column for p in accepted.residual} <= {*found.columns}
                found = matching(fact, found, accepted.residual).select(whole.columns)
                _same(found, matching(fact, whole, where))

    def test_no_grouped_scan_loses_a_row(self) -> None:
        """The same for sums: whoever adds up, over whatever was filtered where."""
        rng = random.Random(SEED)
        for fact, capability in self._facts().items():
            whole, groupable = self._full(fact), sorted(capability.group_by or ())
            for _ in range(self.questions if groupable else 0):
                groups = tuple(rng.sample(groupable, k=rng.randint(0, 3)))
                where = _question(rng, fact, whole.select(*groupable))
                scan = Scan(fact, (*groups, "amount"), where=where, group_by=groups, measures=("amount",))
                accepted = self._accept(scan)
                assert accepted.grouped, f"{fact} by {groups} where {where} is not grouped there"
                found = matching(fact, self._run_accepted(accepted).frame, accepted.residual)
                money = _with_currency(groups, capability.columns)
                _same(summed(found, money), summed(matching(fact, whole, where), money))

    def _facts(self) -> Any:
        return self._with(Limits(), lambda source: _done(source.facts))

    def _full(self, fact: Fact) -> pl.DataFrame:
        key = (type(self), fact)
        if key not in self._whole:
            columns = tuple(sorted(self._facts()[fact].columns))
            self._whole[key] = self._run(Scan(fact, columns)).frame
        return self._whole[key]

    def _accept(self, scan: Scan) -> Accepted:
        return self._with(Limits(), lambda source: _done(source.accept(scan)))

    def _run(self, scan: Scan, limits: Limits | None = None) -> Batch:
        return self._with(
            limits or Limits(), lambda source: source.run(source.accept(scan), Context.within(600))
        )

    def _run_accepted(self, accepted: Accepted) -> Batch:
        return self._with(Limits(), lambda source: source.run(accepted, Context.within(600)))

    def _with(self, limits: Limits, use: Callable[[Source], Awaitable[T]]) -> T:
        async def opened() -> T:
            source = type(self).open(limits)
            try:
                return await use(source)
            finally:
                await source.aclose()

        return asyncio.run(opened())


async def _done(value: T) -> T:
    return value


def matching(fact: Fact, frame: pl.DataFrame, where: Iterable[Predicate]) -> pl.DataFrame:
    """The rows a set of predicates means. On document facts a distribution column selects whole lines."""
    rows, lines = [pl.lit(value=True)], [pl.lit(value=True)]
    for predicate in where:
        whole_lines = predicate.column in DISTRIBUTED.get(fact, frozenset())
        (lines if whole_lines else rows).append(_condition(predicate))
    kept = frame.filter(reduce(lambda a, b: a & b, rows))
    for condition in lines[1:]:
        line = [name for name in LINE if name in frame.columns]
        kept = kept.filter(condition.any().over(line)) if line else kept.filter(condition)
    return kept


def _condition(predicate: Predicate) -> pl.Expr:
    column, values = pl.col(predicate.column), predicate.values
    if predicate.op is Op.IN:
        return column.is_in([*values]).fill_null(value=False)
    bound = pl.lit(values[0])
    return (column >= bound if predicate.op is Op.GE else column <= bound).fill_null(value=False)


def up_to(frame: pl.DataFrame, column: str, day: date) -> pl.DataFrame:
    return frame.filter((pl.col(column) <= day) | pl.col(column).is_null())


def summed(frame: pl.DataFrame, groups: Sequence[str]) -> pl.DataFrame:
    """Sums of amounts by the groups, summed exactly; groups of nothing stay."""
    if not groups:
        return frame.select(pl.col("amount").sum())
    return frame.group_by(groups).agg(pl.col("amount").sum())


def _with_currency(groups: Sequence[str], columns: frozenset[str]) -> tuple[str, ...]:
    """Sums never mix currencies, whether or not anybody asked for the currency."""
    return tuple(dict.fromkeys((*groups, *({"currency"} & columns))))


def _same(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    """The same rows, in whatever order."""
    assert_frame_equal(found, expected, check_row_order=False)


def _codes(fact: Fact, columns: Sequence[str]) -> list[str]:
    return [name for name in columns if COLUMNS[fact][name].kind is Kind.CODE]


def _sample(values: pl.Series, most: int) -> list[Any]:
    """Some distinct values, spread over all of them."""
    distinct = values.drop_nulls().unique().sort()
    return distinct.gather_every(max(1, distinct.len() // most)).to_list()[:most]


def _predicates(fact: Fact, whole: pl.DataFrame, column: str, op: Op) -> list[Predicate]:
    values: list[Value] = _sample(whole[column], 5)
    if not values:
        pytest.fail(f"{fact} declares {column} {op}, which the sandbox never fills")
    if op is not Op.IN:
        return [Predicate(column, op, (value,)) for value in (values[0], values[len(values) // 2])]
    return [Predicate(column, op, (values[0],)), Predicate(column, op, tuple(values))]


def _question(rng: random.Random, fact: Fact, whole: pl.DataFrame) -> tuple[Predicate, ...]:
    """Predicates on up to three columns, declared or not."""
    chosen = rng.sample(whole.columns, k=min(rng.randint(1, 3), whole.width))
    return tuple(predicate for column in chosen for predicate in _random(rng, fact, whole, column))


def _random(rng: random.Random, fact: Fact, whole: pl.DataFrame, column: str) -> list[Predicate]:
    values: list[Value] = _sample(whole[column], 20)
    if not values:
        return []
    if COLUMNS[fact][column].kind in (Kind.DATE, Kind.NUMBER) or (column == "period" and rng.random() < 0.5):
        return [Predicate(column, rng.choice((Op.GE, Op.LE)), (rng.choice(values),))]
    return [Predicate(column, Op.IN, tuple(rng.sample(values, k=rng.randint(1, len(values)))))]
