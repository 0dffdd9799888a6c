"""Reconciliation, in any world: what is explained and what is left are the difference, in every currency."""

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from resolvers.plan.question import Span
from resolvers.plan.reconcile.answer import Reconciliation
from resolvers.plan.reconcile.check import check
from resolvers.plan.reconcile.question import Asked, Kind
from resolvers.plan.reconcile.translating import shared
from resolvers.semantics.model import Model, Rate
from resolvers.semantics.reconcile import Status
from sources.spi.context import Context
from sources.spi.source import Source
from tests.laws.asking import law
from tests.laws.crippled import Crippled
from tests.laws.worlds import World, world
from tests.world import using

CENT = Decimal("0.01")
KINDS = (Kind.UNPOSTED_INVOICES, Kind.GRNI_GL, Kind.PURCHASE_COMMITMENTS, Kind.PLAN_ACTUALS)


def reconciled(small: World, asked: Asked, seed: int | None = None) -> Reconciliation:
    """With a seed, of sources that can do less."""

    def less(source: Source) -> Source:
        return source if seed is None else Crippled(source, seed)

    systems = tuple(replace(system, around=less) for system in small.systems)
    return using(_kept(small.model), *systems, do=lambda ready: check(ready, asked, Context.within(30)))


def _kept(model: Model) -> Model:
    """The world with a GRNI account in every policy, so that each kind of pair exists."""
    entities = {
        id_: replace(
            entity, policy=replace(entity.policy, grni_in_ledger=True, grni_accounts=frozenset({"2100"}))
        )
        for id_, entity in model.legal_entities.items()
    }
    rates = tuple(
        Rate(currency, to, year, Decimal(rate))
        for currency, to, rate in (("EUR", "USD", "1.0833"), ("USD", "EUR", "0.9217"), ("GBP", "USD", "1.27"))
        for year in (2025, 2026)
    )
    return replace(model, legal_entities=entities, rates=(*model.rates, *rates))


@law(20)
def test_what_is_explained_and_what_is_left_are_the_difference(seed: int, size: int) -> None:
    rng, small = Random(seed), world(seed, size)
    asked = Asked(rng.choice(KINDS), span=Span(fiscal_year=2026), currency=rng.choice((None, "USD")))
    found = reconciled(small, asked)
    for line in found.lines:
        if line.residual is None:
            assert None in (line.left, line.right, *(item.amount for item in line.items))
            continue
        assert line.left is not None
        assert line.right is not None
        assert line.explained is not None
        assert line.difference == line.left - line.right == line.explained + line.residual
        assert line.gross is not None
        assert line.gross >= abs(line.difference)
        if line.currency == small.model.legal_entities[line.legal_entity].currency:
            assert (line.status is Status.BREAK) == (line.residual != 0 and line.difference != 0)
    totals = found.totals
    if totals.difference is not None:
        assert totals.gross_difference is not None
        assert totals.explained is not None
        assert totals.gross_difference >= abs(totals.difference)
        assert totals.difference == totals.explained + (totals.residual or 0)


@law(12)
def test_what_sources_can_do_changes_no_reconciliation(seed: int, size: int) -> None:
    small = world(seed, size)
    asked = Asked(Random(seed).choice(KINDS), span=Span(fiscal_year=2026))
    assert told(reconciled(small, asked)) == told(reconciled(small, asked, seed))


def told(found: Reconciliation) -> list[Any]:
    """Sides, status and items, by the numbers of their documents."""
    return [
        (
            (line.legal_entity, line.account, line.left, line.right, line.status),
            [
                (item.reason, item.amount, item.place, sorted(str(d["number"]) for d in item.documents))
                for item in line.items
            ],
        )
        for line in found.lines
    ]


@given(
    st.lists(st.decimals("-1000", "1000", places=4), min_size=1, max_size=6),
    st.integers(0, 5),
)
def test_shares_add_up_and_nothing_stays_nothing(exact: list[Decimal], zeros: int) -> None:
    """To the sum, rounded; each less than a cent off."""
    every = [*exact, *([Decimal(0)] * zeros)]
    whole = sum(every, Decimal(0)).quantize(CENT, "ROUND_HALF_UP")
    parts = shared(every, whole, CENT)
    assert sum(parts) == whole
    assert all(abs(part - amount) <= CENT for part, amount in zip(parts, every, strict=True))
    assert parts[len(exact) :] == [0] * zeros
