"""`fundsCheck` in several currencies: at the budget rate, and never at one."""

from decimal import Decimal

from resolvers.semantics.model import Rate
from sources.spi.facts import Fact
from tests.graph.funds import BOOKS, check, codes, controlled, figures, in_dollars, line
from tests.world import System, documents, model


def test_an_amount_is_translated_at_the_budget_rate_and_never_at_one():
    rates = (Rate("EUR", "USD", 2026, Decimal("1.085")),)
    world = model(System("own", {}), rates=rates)
    checked = check([line("10.01", currency="EUR"), line("10.01", currency="EUR")], world=world)
    assert [each["amount"] for each in checked.lines] == ["10.86", "10.86"]
    assert checked.node["amount"] == "21.72"
    checked = check([line("1"), line("10", currency="EUR"), line("1")])
    assert checked.verdicts == ["FITS", "UNKNOWN", "UNKNOWN"]
    assert [codes(each) for each in checked.lines] == [[], ["RATE_MISSING"], ["OTHER_LINE_UNKNOWN"]]
    assert checked.lines[1]["amount"] is None
    assert figures(checked.node, "availableBefore", "availableAfter", "verdict") == ["30.00", None, "UNKNOWN"]
    assert [p.extensions["code"] for p in checked.problems] == ["RATE_MISSING"]
    assert checked.check["completeness"] == "PARTIAL"


def test_the_rate_may_come_from_a_source_and_be_of_the_version():
    """10 EUR at 1.10 are 11.00; the reforecast is at 1.20, and has no budget."""
    quoted = {"type": "BUDGET", "currency": "EUR", "to": "USD", "fiscal_year": "2026"}
    rows = [quoted | {"rate": "1.10"}, quoted | {"rate": "1.20", "version": "REFORECAST"}]
    treasury = System("bank", {"exchange-rates": rows}, facts=frozenset({Fact.EXCHANGE_RATE}))
    own = System("own", documents(BOOKS))
    for version, amount in (("APPROVED", "11.00"), ("REFORECAST", "12.00")):
        (only,) = check([line("10", currency="EUR")], own, treasury, version=version).lines
        assert only["amount"] == amount


def test_without_a_rate_even_a_line_without_a_budget_is_unknown():
    (only,) = check([line("1", "C2", currency="EUR")]).lines
    assert (only["verdict"], codes(only)) == ("UNKNOWN", ["RATE_MISSING"])


def test_figures_that_cannot_be_translated_are_unknown_even_where_the_amount_is_known():
    checked = check([line("1", currency="EUR")], currency="EUR")
    assert (checked.verdicts, checked.lines[0]["amount"]) == (["UNKNOWN"], "1.00")
    assert checked.lines[0]["reasons"] == [
        {"code": "RATE_MISSING", "message": "no BUDGET rate from USD to EUR for fiscal year 2026"}
    ]
    assert [p.extensions["code"] for p in checked.problems] == ["RATE_MISSING"]


def test_the_answer_in_another_currency_has_tolerances_and_figures_at_the_budget_rate():
    world = controlled(
        model(System("own", {}), rates=(Rate("USD", "EUR", 2026, Decimal("0.5")),)),
        tolerance_amount=Decimal(2),
    )
    checked = check([line("32"), line("0.02")], world=world, currency="EUR")
    assert checked.verdicts == ["EXCEEDS_WITHIN_TOLERANCE", "EXCEEDS"]
    assert figures(checked.node, "budget", "availableBefore", "availableAfter", "currency") == [
        "50.00", "15.00", "-1.01", "EUR"
    ]  # fmt: skip
    assert "at most 1.00 tolerated" in checked.lines[0]["reasons"][0]["message"]


def test_entities_of_other_currencies_are_asked_apart_and_of_the_same_together():
    books = BOOKS + "\nbudget-entries\nlegal_entity cost_center amount\nTWO D1 10\n\n"
    lines = [line("1"), line("11", "D1", entity="TWO")]
    checked = check(lines, books)
    assert checked.verdicts == ["FITS", "EXCEEDS"]
    assert [node["currency"] for node in checked.check["nodes"]] == ["USD", "EUR"]
    world = model(System("own", {}), legal_entities=in_dollars())
    together = check(lines, books, world=world)
    assert (together.verdicts, len(together.asked)) == (["FITS", "EXCEEDS"], 2)
