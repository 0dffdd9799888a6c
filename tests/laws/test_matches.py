"""What documents match is what the figures are made with, however many are asked about at once."""

from collections import defaultdict

import polars as pl
import pytest

from resolvers.plan.engine import Engine
from resolvers.plan.finding import Finder
from resolvers.plan.matches import Asked, Match, Outcome
from resolvers.plan.spelling import spellings
from resolvers.semantics.matching import matched
from resolvers.semantics.parts import with_class
from resolvers.semantics.terms import with_terms
from sources.spi.context import Context
from sources.spi.facts import Fact
from tests.laws.asking import law
from tests.laws.worlds import world
from tests.world import using

pytestmark = pytest.mark.slow


async def everything(ready: Engine, fact: Fact, ctx: Context) -> pl.DataFrame:
    """Every row of a fact, looked up by nothing."""
    finder: Finder = ready.desk.finder
    served = [(p.source, sorted(p.entities)) for p in ready.model.provisions if fact in p.facts]
    rows = [
        await finder.read(
            source, fact, (entity,), finder.accept(source, fact, finder.owned(source, fact, (entity,))), ctx
        )
        for name, entities in served
        for source in (finder.sources[name],)
        for entity in entities
    ]
    return pl.concat([finder.nothing(fact), *rows])


def asked(fact: Fact, rows: pl.DataFrame) -> list[Asked]:
    """The invoices, or the ledger lines, of rows."""
    names = ["source", "legal_entity", "id", "number", *(["line"] if fact is Fact.VOUCHER else [])]
    return [Asked(fact, *row) for row in rows.select(names).unique().sort(names).iter_rows()]


def told(outcome: Outcome) -> list[tuple[object, ...]]:
    assert isinstance(outcome, tuple), outcome
    return sorted(map(_told, outcome), key=str)


def _told(match: Match) -> tuple[object, ...]:
    head = match.paper.rows[0]
    return match.rung, match.void, match.amount, *(head[name] for name in ("source", "legal_entity", "id"))


def plain(lines: pl.DataFrame, invoices: pl.DataFrame) -> pl.DataFrame:
    """The lines of ledger documents that write no number in a way of their own."""
    known = set(invoices["supplier_invoice"])
    numbers = lines["ref_supplier_invoice"].drop_nulls().unique()
    own = [number for number in numbers if not known & set(spellings(number))]
    odd = lines.filter(pl.col("ref_supplier_invoice").is_in(own))
    return lines.join(odd, on=["source", "legal_entity", "id"], how="anti")


async def alone_as_together(ready: Engine, wanted: list[Asked], ctx: Context) -> list[Outcome]:
    together = await ready.matches(wanted, ctx) if wanted else []
    for one, outcome in zip(wanted, together, strict=True):
        (alone,) = await ready.matches([one], ctx)
        assert told(alone) == told(outcome), one
    return together


async def scene(ready: Engine) -> None:
    ctx = Context.within(600)
    invoices, orders, vouchers = [
        await everything(ready, fact, ctx) for fact in (Fact.INVOICE, Fact.ORDER, Fact.VOUCHER)
    ]
    await alone_as_together(ready, asked(Fact.VOUCHER, plain(vouchers, invoices)), ctx)
    wanted = asked(Fact.INVOICE, invoices)
    outcomes = await alone_as_together(ready, wanted, ctx)
    expected: dict[tuple[str, str], set[tuple[object, ...]]] = defaultdict(set)
    whole = matched(with_terms(invoices, orders), with_class(vouchers, ready.model))
    for row in whole.links.iter_rows(named=True):
        expected[row["legal_entity"], row["invoice"]].add((row["source"], row["id"], row["rung"]))
    for one, outcome in zip(wanted, outcomes, strict=True):
        assert isinstance(outcome, tuple)
        live = {(h["source"], h["id"], m.rung) for m in outcome if not m.void for h in m.paper.rows[:1]}
        assert live == expected[one.entity, str(one.id)], one


@law(4)
def test_alone_or_together_a_document_matches_what_the_figures_say(seed: int, size: int) -> None:
    """Everything is read once and matched as for the figures: each invoice has exactly the live vouchers that
    are found so, asked about alone, where only its own chain is read, and asked about with all others. So
    have ledger lines, but for those that write an invoice's number in a way of their own, whose invoice is
    sought in the months around them only."""
    small = world(seed, size)
    using(small.model, *small.systems, do=scene)
