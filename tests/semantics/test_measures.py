"""Measures: what they stand on, and how the derived ones follow."""

from decimal import Decimal

import polars as pl
import pytest

from resolvers.semantics.currency import exponent, exponents, is_currency
from resolvers.semantics.derive import derived
from resolvers.semantics.measures import BASE, BESIDE, MEASURES, closure, facts
from sources.spi.facts import EXACT, Fact

DERIVED = ("budget", "consumed", "available", "consumed_percent")


def row(**measures: str | None) -> dict[str, Decimal | None]:
    """The derived measures of one cell, whose base measures are zero unless given."""
    given = {name: measures.get(name, "0") for name in BASE}
    columns = {n: pl.Series([None if v is None else Decimal(v)], dtype=EXACT) for n, v in given.items()}
    found = derived(pl.DataFrame(columns), DERIVED).row(0, named=True)
    return {name: found[name] for name in DERIVED}


def test_the_identities() -> None:
    """
    budget    = originalBudget + budgetRevision + budgetTransfer + carryForward
    consumed  = preCommitment + commitment + receivedNotInvoiced + invoicedNotPosted
                + prepaidRemaining + actual
    available = budget − consumed
    """
    assert row(
        original_budget="1000",
        budget_revision="-100",
        budget_transfer="50",
        carry_forward="5",
        pre_commitment="1",
        commitment="20",
        received_not_invoiced="300",
        invoiced_not_posted="-4",
        prepaid_remaining="7",
        actual="50",
        over_invoiced="1000",
    ) == {
        "budget": Decimal(955),
        "consumed": Decimal(374),
        "available": Decimal(581),
        "consumed_percent": Decimal("39.16"),
    }


@pytest.mark.parametrize("unknown", BASE)
def test_null_in_null_out(unknown: str) -> None:
    """What stands on something unknown is unknown; what does not is not."""
    got = row(**{"original_budget": "100", "actual": "10", unknown: None})
    on_budget = unknown in MEASURES["budget"].of
    on_consumed = unknown in MEASURES["consumed"].of
    assert (got["budget"] is None, got["consumed"] is None) == (on_budget, on_consumed)
    assert (got["available"] is None) == (unknown not in BESIDE)
    assert (got["consumed_percent"] is None) == (unknown not in BESIDE)


@pytest.mark.parametrize(
    ("consumed", "budget", "percent"),
    [
        ("1", "3", "33.33"),
        ("2", "3", "66.67"),
        ("1", "800", "0.13"),
        ("-1", "800", "-0.13"),
        ("0.125", "100", "0.13"),
        ("50", "-100", "-50.00"),
        ("0", "100", "0.00"),
        ("5", "0", None),
        ("0", "0", None),
    ],
)
def test_percent(consumed: str, budget: str, percent: str | None) -> None:
    """Two decimals, half up, null where there is no budget."""
    got = row(actual=consumed, original_budget=budget)["consumed_percent"]
    assert got == (None if percent is None else Decimal(percent))


def test_only_what_is_selected_is_derived() -> None:
    frame = pl.DataFrame({name: pl.Series([Decimal(1)], dtype=EXACT) for name in BASE})
    assert set(derived(frame, ["commitment"]).columns) == set(BASE)
    assert "available" not in derived(frame, ["budget", "consumed"]).columns


def test_closure_is_the_base_measures_below() -> None:
    assert closure(["budget"]) == BASE[:4]
    assert closure(["available"]) == tuple(name for name in BASE if name not in BESIDE)
    assert closure(["actual", "commitment"]) == ("commitment", "actual")
    assert closure([]) == ()


def test_facts_nobody_needs_are_not_needed() -> None:
    assert facts(["actual"]) == (Fact.LEDGER,)
    assert set(facts(["commitment"])) == {Fact.ORDER, Fact.RECEIPT, Fact.INVOICE, Fact.VOUCHER}
    assert facts(closure(["budget"])) == (Fact.BUDGET,)
    assert set(facts(["pre_commitment"])) == {Fact.REQUISITION, Fact.ORDER}


def test_what_is_read_apart_needs_nothing_of_the_main_reading() -> None:
    """A forecast is another version, the year before another year: neither is in the question's own scans."""
    assert facts(closure(["outlook"])) == (Fact.LEDGER,)
    assert facts(closure(["forecast", "prior_year_actual"])) == ()


def test_every_measure_says_what_it_means() -> None:
    for measure in MEASURES.values():
        assert measure.meaning.endswith(".")
        assert measure.formula
        assert bool(measure.of) != bool(measure.stage)


@pytest.mark.parametrize(("code", "decimals"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_currencies_have_their_decimals(code: str, decimals: int) -> None:
    assert is_currency(code)
    assert exponent(code) == exponents()[code] == decimals


def test_what_is_no_currency() -> None:
    assert not is_currency("usd")
    assert not is_currency("XYZ")
    with pytest.raises(KeyError):
        exponent("XYZ")
