"""The parts of a line add up to the line: over distributions of any weights, those that invoices name, and
the phases of a schedule."""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any, Final

import polars as pl
import pytest

from resolvers.plan.bind import bind
from resolvers.plan.consumption import chained, documents
from resolvers.plan.engine import Engine
from resolvers.plan.execute import Executor
from resolvers.plan.planner import Planner
from resolvers.plan.question import Span
from resolvers.plan.scope import in_scope
from resolvers.semantics.parts import with_class
from sources.spi.context import Context
from sources.spi.facts import Fact
from tests.laws.asking import Scene, law, scene
from tests.laws.changing import edited, without
from tests.laws.oracle import BASE, COLLECTIONS
from tests.laws.oracle_documents import Documents
from tests.laws.oracle_money import DECIMALS, added, half_up
from tests.laws.questions import company
from tests.laws.worlds import World
from tests.world import Rows, using

pytestmark = pytest.mark.slow
WEIGHTS: Final = ("0", "0", "0.0001", "1", "3", "33.3333", "50", "1000000", None)
SPLIT: Final = frozenset(("requisitions", "purchase-orders", "invoices", "blankets"))
LINE: Final = ("measure", "fact", "legal_entity", "id", "number", "line")
Line = tuple[str, tuple[str, ...]]


@law(14)
def test_the_parts_of_a_line_add_up_to_it(seed: int, size: int) -> None:
    """Every measure that the oracle has before the ledger, in ledger money, of every line with a part in the
    window: its parts, inside and outside, come to its exact figure rounded once, or are as unknown as it. Of
    the ledger only accruals are left, so that nothing hangs on whose voucher is whose."""
    drawn = scene(seed, size)
    small = replace(drawn, world=_weighed(drawn.world, seed))
    figures = _figures(small.world)
    for line, amounts in _parts(small).items():
        assert added(amounts) == figures[line], line


def _weighed(world: World, seed: int) -> World:
    """The world with other weights on its distributions."""

    def edit(name: str, rows: Rows) -> Rows:
        return [{**row, "percent": _weight(seed, name, row)} for row in rows] if name in SPLIT else rows

    return edited(without(world, lambda name, row: name == "vouchers" and row["origin"] != "ACCRUAL"), edit)


def _weight(seed: int, name: str, row: Any) -> str | None:
    identity = (row["legal_entity"], row["id"], row.get("line"), row["dist"])
    return Random(f"{seed} {name} {identity}").choice(WEIGHTS)


def _figures(world: World) -> dict[Line, Fraction | None]:
    """Each line's figure by the oracle, rounded as a whole."""
    known = company(world.model)
    books = {name: world.books.get(name, ()) for name in COLLECTIONS}
    found: dict[Line, Fraction | None] = {}
    for measure, key, pieces in Documents(books, known).chain(None):
        exact = added([piece.amount for piece in pieces])
        decimals = DECIMALS.get(known.currencies[pieces[0].row["legal_entity"]], 2)
        found[measure, key] = None if exact is None else half_up(exact, decimals)
    return found


def _parts(small: Scene) -> dict[Line, list[Fraction | None]]:
    """The amounts of all parts by line, as far as lines have a part in the window."""
    frame = using(small.world.model, *small.world.systems, do=lambda engine: _staged(small, engine))
    asked = frame.filter("_asked").select(LINE).unique()
    found: dict[Line, list[Fraction | None]] = defaultdict(list)
    for row in frame.join(asked, on=LINE, how="semi", nulls_equal=True).iter_rows(named=True):
        amount = None if row["amount"] is None else Fraction(row["amount"])
        found[row["measure"], _key(row)].append(amount)
    return found


async def _staged(small: Scene, engine: Engine) -> pl.DataFrame:
    """All parts of the lines read, before those outside the question are left out."""
    window = Span(first="2025-P01", last="2026-P12")
    bound = bind(replace(small.question, where=(), as_of=None, span=window), engine.model)
    planner = Planner(engine.model, engine.sources)
    executor = Executor(engine.model, engine.sources, planner)
    collected = await executor.run(planner.plan(bound), Context.within(30))
    chain = chained(collected, bound, engine.model)
    parts = pl.concat(documents(collected, bound, engine.model, chain))
    split = pl.col("fact").is_in([Fact.REQUISITION, Fact.ORDER, Fact.INVOICE, Fact.BLANKET])
    kept = parts.filter(split & pl.col("measure").is_in(BASE))
    return with_class(kept, engine.model).with_columns(_asked=in_scope(bound))


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    """What the oracle calls the line."""
    entity, line = row["legal_entity"], row["line"]
    return {
        Fact.ORDER: ("order", entity, row["number"], line),
        Fact.BLANKET: ("blanket", entity, row["number"]),
        Fact.REQUISITION: (entity, row["number"], line),
        Fact.INVOICE: (entity, row["id"], line),
    }[Fact(row["fact"])]
