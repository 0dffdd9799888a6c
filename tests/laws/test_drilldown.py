"""Law 3: a cell is the sum of its documents, in any currency."""

import polars as pl
import pytest

from sources.spi.context import Context
from tests.laws.asking import figures, law, scene, told
from tests.laws.oracle import BUDGETS
from tests.world import using

pytestmark = pytest.mark.slow


@law(16)
def test_a_cell_is_the_sum_of_its_documents(seed: int, size: int) -> None:
    small = scene(seed, size)
    found = using(
        small.world.model,
        *small.world.systems,
        do=lambda engine: engine.documents(small.question, Context.within(30)),
    )
    assert found.errors == ()
    parts = found.parts
    keys = [dimension.column for dimension in small.question.group_by]
    measures = told(small.question)
    for key, row in figures(small.answer(), *measures).items():
        own = parts.filter(
            pl.col("measure").is_in(measures), *(pl.col(k).eq(m) for k, m in zip(keys, key, strict=True))
        )
        spend = own.filter(~pl.col("revenue"))
        shown = own if spend.is_empty() else spend
        for name in measures:
            amounts = shown.filter(pl.col("measure") == name)["amount"]
            assert row[name] == (None if amounts.has_nulls() else amounts.sum()), (key, name)
    flows = parts.filter(pl.col("measure").is_in(("actual", *BUDGETS.values())))
    assert not flows["id"].has_nulls()
