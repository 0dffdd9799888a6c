"""INTERCOMPANY: what one legal entity booked with another, and what that one booked with it.

A pair has one line, under the entity that comes first by id. The left side is what it booked with its partner
as debit − credit of income and cost, the right what the partner booked with it, turned round; both in the
currency of the answer, at budget rates. Where a partner booked nothing in a period, that is why.

    ONE books cost of 400 from TWO     TWO books sales of 500 to ONE     left 400, right 500: −100 unexplained
"""

from dataclasses import replace
from typing import Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.engine import Desk
from resolvers.plan.grouping import PARTNER
from resolvers.plan.plan import Plan
from resolvers.plan.reconcile.question import Reason
from resolvers.plan.reconcile.reading import Found, aside, item, sides
from resolvers.plan.scope import in_window
from resolvers.semantics import flow_breaks as flow
from resolvers.semantics.access import union
from resolvers.semantics.currency import exponent
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.parts import with_class
from resolvers.semantics.rates import RateType, rate_book
from resolvers.semantics.rounding import rounded
from sources.spi.context import Context
from sources.spi.facts import EXACT, Fact, Sign

MEASURES: Final = frozenset(("actual",))
_PAIR: Final = ["legal_entity", "partner", "period"]


def _telling(bound: Bound, desk: Desk) -> tuple[str, ...]:
    """Entities whose ledger says with whom something was booked, and that the one who asks may know of."""
    first = {e: desk.finder.providers(Fact.LEDGER, e)[:1] for e in _known(bound, desk)}
    return tuple(
        e for e, sources in first.items() if any(PARTNER in s.facts[Fact.LEDGER].columns for s in sources)
    )


def _known(bound: Bound, desk: Desk) -> list[str]:
    seen = union(bound.permits).get(Dimension.LEGAL_ENTITY, desk.model.legal_entities.keys())
    return [entity for entity in desk.model.legal_entities if entity in seen]


def plans(bound: Bound, desk: Desk) -> tuple[Plan, ...]:
    """What the ledgers that say so booked with whom, by period: of every entity, since a pair has a side in
    each."""
    telling = _telling(bound, desk)
    policies = {entity: desk.model.legal_entities[entity].policy for entity in telling}
    waves = desk.planner.strays(replace(bound, entities=telling, policies=policies)).waves
    return (aside(bound, [node for wave in waves for node in wave if node.fact is Fact.LEDGER]),)


async def read(bound: Bound, desk: Desk, ctx: Context) -> Found:
    (plan,) = plans(bound, desk)
    collected = await desk.executor.run(plan, ctx)
    telling = _telling(bound, desk)
    sums = _sums(with_class(collected.rows(Fact.LEDGER), desk.model), bound, desk)
    first = pl.col("legal_entity") < pl.col("partner")
    one = sums.filter(first)
    other = sums.filter(~first).with_columns(
        legal_entity=pl.col("partner"), partner=pl.col("legal_entity"), amount=-pl.col("amount")
    )
    both = pl.col("legal_entity").is_in(telling) & pl.col("partner").is_in(telling)
    lines = sides(one, other).with_columns(
        pl.when(pl.col(entity).is_in(telling)).then(pl.col(side)).alias(side)
        for entity, side in (("legal_entity", "left"), ("partner", "right"))
    )
    silent = [entity for entity in bound.entities if entity not in telling]
    notes = tuple(f"{entity}: its ledger does not say with whom something was booked" for entity in silent)
    paired = telling if len(telling) > 1 and {*telling} & {*bound.entities} else ()
    items = _items(one.filter(both), other.filter(both))
    return Found(lines, items, plan, paired, tuple(collected.outcomes), notes)


def _sums(ledger: pl.DataFrame, bound: Bound, desk: Desk) -> pl.DataFrame:
    """What each entity booked with each partner and period, in the currency of the answer; null without a
    rate."""
    entities = {
        (provision.source, code): entity
        for provision in desk.model.provisions
        for entity, code in provision.entities.items()
    }
    natural = [name for name, facts in desk.signs.items() if facts.get(Fact.LEDGER) is Sign.NATURAL]
    asked = pl.col("legal_entity").is_in(bound.entities) | pl.col("partner").is_in(bound.entities)
    known = pl.col("partner").is_in(_known(bound, desk))
    rows = flow.between(ledger.filter(in_window(bound)), entities, natural).filter(
        asked & known & (pl.col("partner") != pl.col("legal_entity"))
    )
    return (
        rows.join(_rates(rows, bound, desk), on=["currency", "period"])
        .group_by(_PAIR, maintain_order=True)
        .agg(
            _exact=pl.when(pl.col("_rate").is_null().any())
            .then(None)
            .otherwise((pl.col("amount") * pl.col("_rate")).sum())
        )
        .with_columns(amount=rounded(pl.col("_exact").cast(EXACT), pl.lit(exponent(bound.currency))))
    )


def _rates(rows: pl.DataFrame, bound: Bound, desk: Desk) -> pl.DataFrame:
    to, day = bound.currency, bound.as_of or desk.model.today
    book = rate_book(desk.model, bound.calendar, bound.question.version, day, bound.years)
    places = rows.select("currency", "period").unique().iter_rows()
    found = [(c, p, book.rate(RateType.BUDGET, c, to, p)) for c, p in places]
    schema = {"currency": pl.String(), "period": pl.String(), "_rate": EXACT}
    return pl.DataFrame(found, schema=schema, orient="row")


def _items(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Periods in which only one of two partners booked something with the other."""
    left = one.join(other, on=_PAIR, how="anti")
    right = other.join(one, on=_PAIR, how="anti").with_columns(amount=-pl.col("amount"))
    alone = pl.concat([left, right]).with_columns(place=pl.col("period"))
    return item(alone, Reason.ONE_SIDED)
