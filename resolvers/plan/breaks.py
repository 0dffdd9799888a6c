"""The breaks of a question: what of its documents and cells does not fit together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.compute import Computed
from resolvers.plan.execute import Collected
from resolvers.plan.scope import in_scope, in_window
from resolvers.plan.table import Gaps, cells
from resolvers.semantics import breaks as kind
from resolvers.semantics import flow_breaks as flow
from resolvers.semantics import parts as part
from resolvers.semantics import vouchers as voucher
from resolvers.semantics.breaks import BreakCode
from resolvers.semantics.crosswalk import companies
from resolvers.semantics.currency import exponent
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.matching import Rung, identified
from resolvers.semantics.measures import BESIDE, closure
from resolvers.semantics.model import Model
from resolvers.semantics.rates import rate_book, rate_type
from resolvers.semantics.values import APPROVED
from sources.spi.facts import Fact, Sign

Signs = Mapping[str, Mapping[Fact, Sign]]
"""How each source signs the amounts of a fact."""
_WHOSE: Final = ["legal_entity", "id"]
_AVAILABLE: Final = frozenset(("available",))


@dataclass(frozen=True, slots=True)
class Break:
    """`amount` without sign, in `currency`; None where it cannot be told. `age_days` since the oldest of what
    it is about; `place` a member, a cell or a reference; `documents` as (fact, source, id, number)."""

    code: BreakCode
    amount: Decimal | None
    currency: str
    legal_entity: str | None
    place: str | None
    age_days: int | None
    documents: tuple[dict[str, Any], ...]


def breaks(
    collected: Collected,
    strays: Collected,
    computed: Computed,
    gaps: Gaps,
    model: Model,
    bound: Bound,
    signs: Signs,
) -> tuple[Break, ...]:
    """All breaks in scope, by code, the largest first. `strays` are vouchers of the window and the orders
    they name, whatever the figures stand on. Who may see places only is told nothing of whole documents,
    which may have lines elsewhere, nor of what entities did as a whole."""
    day = bound.as_of or model.today
    whole = all(permit.members.keys() <= {Dimension.LEGAL_ENTITY} for permit in bound.permits)
    every = [
        *(_invoices(computed, bound, model, day) if whole else ()),
        *(_vouchers(computed, strays, bound, model) if whole else ()),
        *(_flows(strays, bound, model, signs) if whole else ()),
        *_orders(collected, computed, bound, day),
        flow.unplaced(computed.unplaced),
        _negative(computed, bound, gaps, model),
        _unmapped(computed, bound),
    ]
    listed = pl.concat(every).sort(
        "code",
        pl.col("amount"),
        "legal_entity",
        "place",
        descending=[False, True, False, False],
        nulls_last=True,
    )
    return tuple(_break(row, day) for row in listed.iter_rows(named=True))


def _break(row: dict[str, Any], day: date) -> Break:
    amount, currency = row["amount"], row["currency"]
    return Break(
        code=BreakCode(row["code"]),
        amount=None if amount is None else amount.quantize(Decimal(1).scaleb(-exponent(currency))),
        currency=currency,
        legal_entity=row["legal_entity"],
        place=row["place"],
        age_days=None if row["since"] is None else (day - row["since"]).days,
        documents=tuple(row["documents"] or ()),
    )


def _invoices(computed: Computed, bound: Bound, model: Model, day: date) -> list[pl.DataFrame]:
    chain = computed.chain
    ledger = chain.ledger
    values = kind.invoice_values(_in_scope(computed, bound, model))
    elsewhere = pl.concat([ledger.posted, ledger.reversed])
    stale, late = kind.not_arrived(values, elsewhere, bound.policies, day)
    return [stale, late, kind.twice(ledger.links, values)]


def _in_scope(computed: Computed, bound: Bound, model: Model) -> pl.DataFrame:
    """Invoices with a line that bills an order in scope or, without an order, lies in scope itself."""
    invoices, orders = part.with_class(computed.chain.invoices, model), computed.chain.orders
    billing = invoices.join(
        orders.select("legal_entity", po="number").unique(), on=["legal_entity", "po"], how="semi"
    )
    alone = invoices.filter(pl.col("po").is_null() & in_scope(bound))
    asked = pl.concat([billing.select(_WHOSE), alone.select(_WHOSE)]).unique()
    return invoices.join(asked, on=_WHOSE, how="semi")


def _vouchers(computed: Computed, strays: Collected, bound: Bound, model: Model) -> list[pl.DataFrame]:
    """What is wrong with vouchers: of orders in scope, and of others that were booked into it."""
    chain = computed.chain
    others = part.with_class(strays.rows(Fact.VOUCHER), model)
    fresh = others.join(chain.journal, on=["source", "id", "number", "line"], how="anti", nulls_equal=True)
    made = voucher.lines(pl.concat([chain.journal, fresh]))
    named, left = identified(chain.invoices, made)
    by_line = chain.ledger.links.filter(pl.col("rung") == Rung.ORDER_LINE.value)
    links = pl.concat([named.filter(~pl.col("void")).drop("void"), by_line])
    here = made.filter(~pl.col("_void") & in_scope(bound))
    free = (
        voucher.slices(made)
        .join(left.filter(~pl.col("void")), on=voucher.VOUCHER, how="semi")
        .join(here.select(voucher.VOUCHER).unique(), on=voucher.VOUCHER, how="semi")
        .join(by_line, on=voucher.VOUCHER, how="anti")
    )
    ledgers = [(id_, entity.currency) for id_, entity in model.legal_entities.items()]
    currencies = pl.DataFrame(ledgers, schema=["legal_entity", "currency"], orient="row")
    orders = strays.rows(Fact.ORDER)
    return [
        kind.unknown_orders(free, orders, currencies),
        kind.recoded(here, links, chain.invoices, orders, bound.policies, model.shares),
    ]


def _orders(collected: Collected, computed: Computed, bound: Bound, day: date) -> list[pl.DataFrame]:
    chain, parts = computed.chain, computed.parts
    moves = pl.concat(
        [
            collected.rows(Fact.RECEIPT).select("legal_entity", "date", number="po"),
            chain.invoices.select("legal_entity", "date", number="po"),
            chain.journal.select("legal_entity", "date", number="ref_po"),
        ]
    ).filter(pl.col("number").is_not_null())
    waiting = chain.invoices.join(
        pl.concat([chain.ledger.posted, chain.ledger.reversed]), on=_WHOSE, how="anti"
    ).filter(pl.col("status").is_in(APPROVED))
    return [
        kind.beyond(parts, "over_invoiced", BreakCode.OVER_INVOICED),
        kind.beyond(parts, "over_received", BreakCode.OVER_RECEIVED),
        kind.zombies(parts, chain.orders, moves, bound.policies, day),
        kind.untranslated(chain.units, waiting, ("_open", "_owed")),
    ]


def _flows(strays: Collected, bound: Bound, model: Model, signs: Signs) -> list[pl.DataFrame]:
    """What is wrong with budgets and ledgers themselves."""
    entries = part.with_class(strays.rows(Fact.BUDGET), model)
    absent = [name for name in part.DIMENSIONS if name not in entries.columns]
    entries = entries.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    budget = entries.with_columns(_here=in_scope(bound))
    ledger = part.with_class(strays.rows(Fact.LEDGER), model).filter(in_window(bound))
    to, day = bound.currency, bound.as_of or model.today
    book = rate_book(model, bound.calendar, bound.question.version, day, bound.years)
    booked = rate_type("actual", bound.question.rate_basis)
    natural = [name for name, facts in signs.items() if facts.get(Fact.LEDGER) is Sign.NATURAL]
    between = flow.between(ledger, companies(model), natural)
    return [
        flow.unbalanced(budget),
        flow.mismatched(between, to, lambda currency, period: book.rate(booked, currency, to, period)),
    ]


def _negative(computed: Computed, bound: Bound, gaps: Gaps, model: Model) -> pl.DataFrame:
    """Cells that have more consumed than budget."""
    question = replace(bound.question, measures=_AVAILABLE, order_by=())
    shown = cells(computed.parts, replace(bound, question=question, base=closure(_AVAILABLE)), gaps, model)
    below = shown.filter(pl.col("available") < 0)
    return kind.found(
        below.with_columns(amount=pl.col("available"), place=pl.col("cell_id")), BreakCode.NEGATIVE_AVAILABLE
    )


def _unmapped(computed: Computed, bound: Bound) -> pl.DataFrame:
    """Source codes without a canonical member."""
    listed = [
        computed.parts.filter(pl.col(name).is_not_null() & ~pl.col("measure").is_in(BESIDE))
        .group_by("legal_entity", "source", place=name)
        .agg(pl.col("amount").sum(), since=pl.col("date").min())
        for name in part.RAW
    ]
    return kind.found(
        pl.concat(listed).with_columns(currency=pl.lit(bound.currency)), BreakCode.UNMAPPED_MEMBER
    )
