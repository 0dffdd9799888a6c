"""Small random companies with everything that goes wrong in large ones.

A world is made from a seed alone, so that a failure can be looked at again: `world(4711, 3)`. Documents are
written in canonical members; each system shows them in its own codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any, Final

from resolvers.semantics.dimensions import AccountClass, CrosswalkRow, Dimension, Member
from resolvers.semantics.entities import Blankets, CommitmentDate, LegalEntity, Policy, Tax
from resolvers.semantics.model import Model, PeriodRate, Rate, SpotRate
from sources.spi.facts import Fact
from tests.laws.chance import LEDGERS, Row
from tests.laws.ledger import Books, Trades
from tests.laws.papers import Papers
from tests.world import FINANCE, Collections, System, april, calendar, model

CODES: Final = {"AAA": "1000", "BBB": "2000", "CCC": "CCC"}
KINDS: Final = {
    "6100": AccountClass.EXPENSE,
    "6200": AccountClass.EXPENSE,
    "1500": AccountClass.CAPEX,
    "4000": AccountClass.REVENUE,
    "2100": AccountClass.BALANCE_SHEET,
}
CENTERS: Final = {
    "ALL": (None, None),
    "EAST": ("ALL", None),
    "WEST": ("ALL", None),
    "A1": ("WEST", "AAA"),
    "A2": ("WEST", "AAA"),
    "B1": ("WEST", "BBB"),
    "J1": ("EAST", "CCC"),
    "SHARED": ("EAST", None),
}
"""cost centre: (parent, the one legal entity it belongs to)"""
PROJECTS: Final = {"P1": None, "PB": "BBB"}


@dataclass(frozen=True)
class World:
    """`books` in canonical members for who looks at documents; `systems` for who asks over HTTP."""

    seed: int
    model: Model
    books: Collections
    systems: tuple[System, ...]


def world(seed: int, size: int) -> World:
    rng = Random(seed)
    bought = Papers(rng).purchases(size * 3)
    entries = Books(rng).entries(size * 3, bought["invoices"], bought["purchase-orders"])
    apart = Random(f"{seed} beside")  # so that what is drawn beside the documents does not change them
    books = {
        **bought,
        **entries,
        "journal-lines": [*entries["journal-lines"], *Trades(apart).lines(size * 2)],
    }
    layout = rng.choice((_one, _plan_apart, _east_apart, _ledger_apart))
    systems = tuple(_system(name, entities, facts, books, rng) for name, entities, facts in layout())
    crosswalk = tuple(row for system in systems for row in _crosswalk(system.name))
    return World(seed, _reported(_model(rng, systems, crosswalk), apart), books, systems)


Layout = tuple[tuple[str, tuple[str, ...], frozenset[Fact]], ...]


def _one() -> Layout:
    return (("all", tuple(CODES), FINANCE),)


def _plan_apart() -> Layout:
    plan = frozenset((Fact.BUDGET,))
    return ("plan", tuple(CODES), plan), ("books", tuple(CODES), FINANCE - plan)


def _east_apart() -> Layout:
    return ("west", ("AAA", "BBB"), FINANCE), ("east", ("CCC",), FINANCE)


def _ledger_apart() -> Layout:
    ledger = frozenset((Fact.VOUCHER, Fact.LEDGER, Fact.DEFERRAL))
    return ("buying", tuple(CODES), FINANCE - ledger), ("ledger", tuple(CODES), ledger)


def codes(system: str, dimension: str, member: str) -> tuple[str, ...]:
    """What a system calls a member: some have another code, some two, most the same."""
    table: Mapping[tuple[str, str], tuple[str, ...]] = {
        ("account", "6100"): (f"{system}-61", f"{system}-62"),
        ("account", "4000"): (f"{system}-40",),
        ("cost_center", "A1"): ("0000000A1",),
        ("cost_center", "B1"): ("B1", f"{system}-B"),
        ("supplier", "S1"): ("100001",),
    }
    return table.get((dimension, member), (member,))


def _crosswalk(system: str) -> list[CrosswalkRow]:
    mapped = {
        "account": ("6100", "4000"),
        "cost_center": ("A1", "B1"),
        "supplier": ("S1",),
    }
    companies = [CrosswalkRow(system, Dimension.LEGAL_ENTITY, code, id_) for id_, code in CODES.items()]
    return companies + [
        CrosswalkRow(system, Dimension(dimension.upper()), code, member)
        for dimension, members in mapped.items()
        for member in members
        for code in codes(system, dimension, member)
    ]


def _system(
    name: str, entities: tuple[str, ...], facts: frozenset[Fact], books: Collections, rng: Random
) -> System:
    shown = {
        collection: [_dressed(name, row, rng) for row in rows if row["legal_entity"] in entities]
        for collection, rows in books.items()
    }
    return System(
        name, shown, {entity: CODES[entity] for entity in entities}, facts, rng.choice((3, 17, 1000))
    )


def _dressed(system: str, row: Row, rng: Random) -> dict[str, Any]:
    own = {
        d: rng.choice(codes(system, d, row[d])) for d in ("account", "cost_center", "supplier") if row.get(d)
    }
    partner = row.get("intercompany_partner")
    other = {"intercompany_partner": CODES.get(partner, partner)} if partner else {}
    return {**row, **own, **other, "legal_entity": CODES[row["legal_entity"]]}


def _policy(rng: Random) -> Policy:
    """Mostly the usual ones, so that what is unusual stands out."""
    usual = rng.random() < 0.4
    return Policy(
        grni_in_ledger=rng.random() < 0.3,
        blanket=Blankets.RELEASES if usual else rng.choice(list(Blankets)),
        commitment_date=CommitmentDate.BUDGET_DATE if usual else rng.choice(list(CommitmentDate)),
        tax=Tax.NON_RECOVERABLE if usual else rng.choice(list(Tax)),
    )


def _reported(known: Model, rng: Random) -> Model:
    """With averages of each period and closing rates of two days, around the budget rates; now and then one
    is missing."""
    periods = known.calendars["G"].periods
    drift = {period.id: Decimal(rng.randint(-60, 60)) / 1000 for period in periods}
    averages = [
        PeriodRate(rate.currency, rate.to, period.id, rate.rate * (1 + drift[period.id]))
        for rate in known.rates
        for period in periods
        if period.fiscal_year == rate.fiscal_year
    ]
    closing = [
        SpotRate(rate.currency, rate.to, day, rate.rate * (1 + Decimal(way) / 100))
        for rate in known.rates
        for day, way in ((date(2025, 1, 31), 7), (date(2026, 3, 31), -4))
    ]
    if rng.random() < 0.15:
        averages.pop(rng.randrange(len(averages)))
    return replace(known, average_rates=tuple(averages), closing_rates=tuple(closing))


def _model(rng: Random, systems: tuple[System, ...], crosswalk: tuple[CrosswalkRow, ...]) -> Model:
    rates = [
        Rate(currency, to, year, Decimal(rate) + Decimal(year - 2025) / 100)
        for year in (2025, 2026)
        for currency, to, rate in (
            ("EUR", "USD", "1.0825"),
            ("JPY", "USD", "0.0067"),
            ("USD", "EUR", "0.5"),
            ("JPY", "EUR", "0.0061"),
            ("USD", "JPY", "147.25"),
            ("EUR", "JPY", "159.5"),
        )
    ]
    if rng.random() < 0.15:
        rates.pop(rng.randrange(len(rates)))
    return model(
        *systems,
        legal_entities={
            id_: LegalEntity(
                id_,
                id_,
                currency,
                "APRIL" if id_ == "CCC" else "G",
                policy=_policy(rng),
            )
            for id_, currency in LEDGERS.items()
        },
        members={
            Dimension.ACCOUNT: {id_: Member(id_, id_, kind=kind) for id_, kind in KINDS.items()},
            Dimension.COST_CENTER: {
                id_: Member(id_, id_, parent=parent, legal_entity=entity)
                for id_, (parent, entity) in CENTERS.items()
            },
            Dimension.PROJECT: {
                id_: Member(id_, id_, legal_entity=entity) for id_, entity in PROJECTS.items()
            },
        },
        calendars={"G": calendar(years=(2025, 2026), adjustment=True), "APRIL": april()},
        rates=tuple(rates),
        crosswalk=crosswalk,
        forecast=("FORECAST", "APPROVED"),
    )
