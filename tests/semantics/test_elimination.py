"""Consolidation: what entities booked with each other is taken off as far as both have booked it."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import polars as pl
import pytest

from resolvers.plan.answer import Answer
from resolvers.plan.question import Filter, Question, Span
from resolvers.semantics.dimensions import AccountClass, CrosswalkRow, Dimension
from resolvers.semantics.measures import TWO_RATES
from resolvers.semantics.model import PeriodRate, Rate, SpotRate
from resolvers.semantics.rates import RateBasis
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.source import Source
from tests.plan.doubles import Failing, Narrow
from tests.world import TODAY, System, ask, documents, entity, model, table, using

BOTH: Final = (AccountClass.EXPENSE, AccountClass.CAPEX, AccountClass.REVENUE)
ENTITY, ACCOUNT, CENTER = Dimension.LEGAL_ENTITY, Dimension.ACCOUNT, Dimension.COST_CENTER
DOLLARS: Final = {"legal_entities": {id_: entity(id_) for id_ in ("ONE", "TWO", "TRE")}}
ENTITIES: Final = {"ONE": "ONE", "TWO": "TWO", "TRE": "TRE"}
BASIC: Final = """
journal-lines
legal_entity  account  cost_center  amount  intercompany_partner  supplier
ONE           6100     C1           6000    -                     S1
ONE           6100     C1           4000    TWO                   S1
TWO           4000     D1           -10000  -                     -
TWO           4000     D1           -5000   ONE                   -
"""


def books(text: str, **changes: Any) -> System:
    return System("own", documents(text), ENTITIES, **changes)


def consolidated(system: System, by: tuple[Dimension, ...] = (), world: Any = None, **changes: Any) -> Answer:
    """Actuals after elimination; one currency unless `world` has others."""
    changes.setdefault("measures", frozenset(("actual",)))
    question = Question(group_by=by, **{"classes": BOTH, "eliminate": True, **changes})
    return ask(model(system, **(world or DOLLARS)), system, question=question)


def actuals(got: Answer) -> dict[str, Any]:
    return table(got.rows, "actual")


def sides(got: Answer) -> tuple[Any, ...]:
    """Spend and revenue in total, and what was taken off each."""
    assert got.eliminated is not None
    (off,) = got.eliminated.select("spend", "revenue").rows()
    total = (got.totals["actual"][0], got.revenue_totals["actual"][0], *off)
    return tuple(None if amount is None else f"{amount.normalize():f}" for amount in total)


def test_the_smaller_amount_is_taken_off_both_sides() -> None:
    """ONE booked 4,000 of cost with TWO, TWO 5,000 of revenue with ONE: 4,000 match, 1,000 is a break."""
    got = consolidated(books(BASIC), (ENTITY, ACCOUNT))
    assert actuals(got) == {
        "ELIMINATION|4000": "-4000.00",
        "ELIMINATION|6100": "-4000.00",
        "ONE|6100": "10000.00",
        "TWO|4000": "15000.00",
    }
    assert sides(got) == ("6000", "11000", "4000", "4000")


def test_without_a_word_nothing_is_taken_off() -> None:
    got = consolidated(books(BASIC), (ENTITY, ACCOUNT), eliminate=False)
    assert actuals(got) == {"ONE|6100": "10000.00", "TWO|4000": "15000.00"}
    assert got.eliminated is None


def test_each_direction_is_for_itself() -> None:
    """ONE buys 100 of TWO, who sold it for 90; TWO buys 50 of ONE, who sold it for 60: 90 + 50 match."""
    text = """
    journal-lines
    legal_entity  account  cost_center  amount  intercompany_partner
    ONE           6100     C1           100     TWO
    TWO           4000     D1           -90     ONE
    TWO           1500     D1           50      ONE
    ONE           4000     C1           -60     TWO
    """
    assert sides(consolidated(books(text))) == ("10", "10", "140", "140")


@pytest.mark.parametrize(
    ("cost", "revenue", "expected"),
    [
        ("-40", "50", ("0", "-10", "-40", "-40")),
        ("40", "50", ("40", "-50", "0", "0")),
        ("-40", "-50", ("-40", "50", "0", "0")),
        ("40", "0", ("40", "0", "0", "0")),
    ],
)
def test_credits_match_credits(cost: str, revenue: str, expected: tuple[str, ...]) -> None:
    """A credit of 40 that one has booked and one of 50 that the other has: 40 match, and are given back. What
    goes one way here and the other way there does not match."""
    text = f"""
    journal-lines
    legal_entity  account  cost_center  amount     intercompany_partner
    ONE           6100     C1           {cost}     TWO
    TWO           4000     D1           {revenue}  ONE
    """
    assert sides(consolidated(books(text))) == expected


def test_only_what_was_asked_for_is_consolidated() -> None:
    """TRE is outside: what ONE bought of it stays. So does what names nobody, or oneself."""
    text = """
    journal-lines
    legal_entity  account  cost_center  amount  intercompany_partner
    ONE           6100     C1           10      TWO
    TWO           4000     D1           -10     ONE
    ONE           6100     C1           20      TRE
    TRE           4000     X1           -20     ONE
    ONE           6100     C1           3       ONE
    ONE           4000     C1           -3      ONE
    ONE           6100     C1           4       NOBODY
    """
    assert sides(consolidated(books(text))) == ("7", "3", "30", "30")
    two = (Filter(ENTITY, ("ONE", "TWO")),)
    assert sides(consolidated(books(text), where=two)) == ("27", "3", "10", "10")
    assert sides(consolidated(books(text), where=(Filter(ENTITY, ("ONE",)),))) == ("37", "3", "0", "0")


SPREAD: Final = """
journal-lines
number  legal_entity  account  cost_center  amount  intercompany_partner  supplier  period
J1      ONE           6100     C1           100     TWO                   S1        2026-P01
J2      ONE           6100     C1           100     TWO                   S2        2026-P01
J3      ONE           6200     C2           100     TWO                   S1        2026-P02
J4      TWO           4000     D1           -200    ONE                   -         2026-P03
J5      TWO           2100     D1           900     ONE                   -         2026-P03
"""
"""300 booked here, 200 there: of each 100, 66.666… is taken off; the cent goes to the first of equals."""


def test_it_lies_where_it_was_booked() -> None:
    got = consolidated(books(SPREAD), (CENTER, ACCOUNT))
    assert actuals(got) == {"C1|6100": "66.67", "C2|6200": "33.33", "D1|4000": "0.00"}
    assert sides(got) == ("100", "0", "200", "200")


@pytest.mark.parametrize("by", [Dimension.SUPPLIER, Dimension.PERIOD, ACCOUNT, CENTER, ENTITY, None])
def test_rows_add_up_whatever_they_are_by(by: Dimension | None) -> None:
    got = consolidated(books(SPREAD), (by,) if by else (), classes=(AccountClass.EXPENSE,))
    assert got.rows["actual"].sum() == got.totals["actual"][0] == Decimal(100)


def test_a_filter_shows_a_slice_of_the_same_consolidation() -> None:
    """C2 belongs to ONE alone; what matches its costs was booked by TWO."""
    got = consolidated(books(SPREAD), where=(Filter(CENTER, ("C2",)),))
    assert sides(got) == ("33.33", "0", "66.67", "0")
    got = consolidated(books(SPREAD), where=(Filter(ACCOUNT, ("4000",)),), classes=None)
    assert sides(got) == ("0", "0", "0", "200")


def test_the_window_decides_what_matches() -> None:
    """In January and February TWO has booked nothing yet."""
    span = Span(first="2026-P01", last="2026-P02")
    assert sides(consolidated(books(SPREAD), span=span)) == ("300", "0", "0", "0")


def test_the_documents_behind_it() -> None:
    """Line by line: each ledger line with what is taken off it, in the entity that booked it."""
    system = books(SPREAD)
    question = Question(frozenset(("actual",)), (ENTITY,), classes=BOTH, eliminate=True)
    found = using(
        model(system, **DOLLARS),
        system,
        do=lambda engine: engine.documents(question, Context.within(30)),
    )
    off = found.parts.filter(pl.col("legal_entity") == "ELIMINATION").sort("number")
    assert off.select(
        "number", "booked_by", pl.col("amount").cast(pl.Decimal(38, 2)).cast(pl.String)
    ).rows() == [
        ("J1", "ONE", "-66.67"),
        ("J2", "ONE", "-66.66"),
        ("J3", "ONE", "-66.67"),
        ("J4", "TWO", "-200.00"),
    ]


FOREIGN: Final = """
journal-lines
number  legal_entity  account  cost_center  amount  currency  intercompany_partner  period
J1      ONE           6100     C1           100     USD       TWO                   2026-P01
J2      TWO           4000     D1           -80     EUR       ONE                   2026-P01
J3      TWO           4000     D1           -10     EUR       ONE                   2026-P02
"""
RATES: Final = {
    "rates": (Rate("EUR", "USD", 2026, Decimal("1.10")),),
    "average_rates": (
        PeriodRate("EUR", "USD", "2026-P01", Decimal("1.15")),
        PeriodRate("EUR", "USD", "2026-P02", Decimal("1.20")),
    ),
    "closing_rates": (SpotRate("EUR", "USD", TODAY, Decimal("1.30")),),
}


def test_in_another_currency_each_basis_matches_for_itself() -> None:
    """
    at budget rates  100 and 88 + 11 = 99     99 match   1 is left of cost
    as reported      100 and 92 + 12 = 104   100 match   4 are left of revenue
    """
    two = {"legal_entities": {"ONE": entity(), "TWO": entity("TWO", "EUR")}, **RATES}
    system = System("own", documents(FOREIGN))
    both = {"measures": frozenset(("actual", "variance", *TWO_RATES)), "currency": "USD"}
    constant = consolidated(system, world=two, **both)
    reported = consolidated(system, world=two, rate_basis=RateBasis.REPORTED, **both)
    assert sides(constant) == ("1", "0", "99", "99")
    assert sides(reported) == ("0", "4", "100", "100")
    split = ("variance", "operational_variance", "fx_variance")
    assert table(constant.totals, *split) == {"*": ("-1.00", "-1.00", "1.00")}
    assert table(reported.totals, *split) == {"*": ("0.00", "-1.00", "1.00")}
    assert table(reported.revenue_totals, *split) == {"*": ("4.00", "0.00", "4.00")}
    unknown = consolidated(system, (ENTITY,), {**two, "rates": ()}, currency="USD")
    assert sides(unknown) == (None, None, None, None)
    assert actuals(unknown) == {"ELIMINATION": None, "ONE": "100.00", "TWO": None}


def test_without_a_ledger_nobody_can_tell_what_matches() -> None:
    """TWO's ledger is down: ONE keeps its figures, what is taken off is unknown, and so are totals and cells
    that do not name their entity."""

    def down(source: Source) -> Source:
        return Failing(source, Fact.LEDGER) if source.name == "two" else source

    held = documents(BASIC)
    one = System("one", held, {"ONE": "ONE", "TRE": "TRE"}, around=down)
    two = System("two", held, {"TWO": "TWO"}, around=down)

    def asked(*by: Dimension) -> Answer:
        question = Question(frozenset(("actual",)), by, classes=BOTH, eliminate=True)
        return ask(model(one, two, **DOLLARS), one, two, question=question)

    assert actuals(asked(ENTITY)) == {"ONE": "10000.00"}
    assert sides(asked(ENTITY)) == (None, None, None, None)
    assert actuals(asked(CENTER)) == {"C1": None}


def test_partners_go_by_the_codes_of_the_ledger_that_names_them() -> None:
    """Each ledger holds one entity and calls the other by a code of its own: 2000 and K1."""
    held = documents(BASIC)
    ledgers = {
        entity: System(
            f"ledger-{entity}",
            {**held, "journal-lines": [renamed(row, code) for row in held["journal-lines"]]},
            {entity: entity},
        )
        for entity, code in (("ONE", "2000"), ("TWO", "K1"))
    }
    named = (
        CrosswalkRow("ledger-ONE", ENTITY, "2000", "TWO"),
        CrosswalkRow("ledger-TWO", ENTITY, "K1", "ONE"),
    )
    question = Question(frozenset(("actual",)), classes=BOTH, eliminate=True)
    only = {"legal_entities": {id_: entity(id_) for id_ in ledgers}}
    for crosswalk, expected in (
        (named, ("6000", "11000", "4000", "4000")),
        ((), ("10000", "15000", "0", "0")),
    ):
        world = model(*ledgers.values(), **only, crosswalk=crosswalk)
        assert sides(ask(world, *ledgers.values(), question=question)) == expected


def renamed(row: Mapping[str, Any], partner: str) -> dict[str, Any]:
    return {name: partner if name == "intercompany_partner" else value for name, value in row.items()}


def test_what_it_does_not_take_off_is_said() -> None:
    def mute(source: Source) -> Source:
        columns = source.facts[Fact.LEDGER].columns - {"intercompany_partner"}
        return Narrow(source, Fact.LEDGER, lambda capability: replace(capability, columns=columns))

    actuals_only = "eliminateIntercompany: takes off actuals; budgets and commitments do not name a partner"
    assert consolidated(books(BASIC)).notes == (actuals_only,)
    got = consolidated(books(BASIC, around=mute))
    assert got.notes == (
        actuals_only,
        "eliminateIntercompany: the ledger of ONE, TRE, TWO does not name partners",
    )
    assert sides(got) == ("10000", "15000", "0", "0")


def test_members_called_elimination_do_not_mix_with_others() -> None:
    """Asking for it by name is asking for an entity nobody has."""
    question = replace(Question(frozenset(("actual",))), where=(Filter(ENTITY, ("ELIMINATION",)),))
    with pytest.raises(Exception, match="'ELIMINATION'"):
        ask(model(books(BASIC), **DOLLARS), books(BASIC), question=question)
