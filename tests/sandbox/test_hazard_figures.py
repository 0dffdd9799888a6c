"""What the gateway makes of the hazards alone, against figures worked out by hand.

The systems hold the documents of the hazards and nothing else, so a figure that falls into one of them is off
by that hazard's own amount. Each docstring is the arithmetic, in the order of `estate/hazards`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gateway import sandbox, wiring
from gateway.cli.ask import Ask, answered
from gateway.config import load
from sources.sandbox.estate import build
from sources.sandbox.estate.documents import Estate
from sources.sandbox.serve import systems

FIGURES = (
    "preCommitment commitment receivedNotInvoiced invoicedNotPosted prepaidRemaining actual "
    "receivedInActual blanketRemaining overInvoiced overReceived"
)


def alone() -> Estate:
    """The hazards without the history they are in."""
    estate = build(7, 0.02)
    numbers = {number for found in estate.hazards.values() for number in found}

    def kept(documents: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(d for d in documents if d.number in numbers and getattr(d, "type", None) != "CLOSING")

    return replace(
        estate,
        requisitions=kept(estate.requisitions),
        orders=kept(estate.orders),
        receipts=kept(estate.receipts),
        invoices=kept(estate.invoices),
        journals=kept(estate.journals),
    )


@pytest.fixture(scope="module")
def hosts() -> sandbox.Hosts:
    return sandbox.Hosts(systems(alone()))


def figures(
    hosts: sandbox.Hosts, entity: str, year: int = 2026, names: str = FIGURES
) -> dict[str, dict[str, str]]:
    """What is not zero, by cost centre, in the ledger currency."""
    configuration = load(sandbox.CONFIGURATION, sandbox.CREDENTIALS, wiring.problems)
    question = f"""{{ budgetPosition(
        where: {{ legalEntity: {{ in: ["{entity}"] }} }}
        period: {{ fiscalYear: {year}, window: FY }}
        groupBy: [COST_CENTER]
    ) {{ rows {{ cellId {names} }} missing {{ stage source }} }} }}"""
    body = answered(wiring.engine(configuration, hosts), 60, Ask(question))
    assert "errors" not in body
    position = body["data"]["budgetPosition"]
    assert position["missing"] == []
    found: dict[str, dict[str, str]] = {}
    for row in position["rows"]:
        known = {name: value for name, value in row.items() if name != "cellId" and Decimal(value)}
        if known:
            found[row["cellId"]] = known
    return found


def test_america(hosts: sandbox.Hosts) -> None:
    """Asked for:     4 × 380 of a requisition of ten
    Ordered:          6 × 310 (four keyed) + 5 × 275 (seven billed) + 9 × 240 (voucher of an unknown order)
                      + 3 × 390 (five billed once, posted twice) + 6 × 330 (reversed) + 3 × 410 (five came)
                      + 3 × 400 (five came) + 6 × 540 (not the copy) + 6 × 380 (of the requisition)
    Received:         5 × 400 (accrual reversed) + 7 × 230 (of five); 5 × 410 are in an accrual
    Billed:           5 × 480 + 7 × 350 + 4 × 610, not posted
    Booked:           4 × 310 + 6 × 420 + 5 × 360 + 7 × 275 + 0.40 + 9 × 240 + 2 × 5 × 390 + 10 × 260
                      + 6 × 345 (posted again) + 5 × 410 (accrued) − 315 (to a code nobody mapped)
    """
    assert figures(hosts, "US01") == {
        "US-TECH-430": {
            "preCommitment": "1520.00",
            "commitment": "16495.00",
            "receivedNotInvoiced": "3610.00",
            "invoicedNotPosted": "7290.00",
            "actual": "19950.40",
            "receivedInActual": "2050.00",
            "overReceived": "460.00",
        },
        "UNMAPPED": {"actual": "315.00"},
    }


def test_america_a_year_earlier(hosts: sandbox.Hosts) -> None:
    """3 × 700 of an order that everybody forgot."""
    assert figures(hosts, "US01", 2025) == {"US-TECH-430": {"commitment": "2100.00"}}


def test_britain(hosts: sandbox.Hosts) -> None:
    """Ordered:       4 × 347.60 of eight
    Booked:        9 × 197.50 of seven ordered + 4 × 347.60; 4 × 410.80 next door
    """
    assert figures(hosts, "GB01") == {
        "GB-TECH-430": {"commitment": "1390.40", "actual": "3167.90", "overInvoiced": "395.00"},
        "GB-TECH-420": {"actual": "1643.20"},
    }


def test_japan(hosts: sandbox.Hosts) -> None:
    """Ordered:       4 × 48,000 (six came) + 4 × 67,500 (a release) + 9 × 90,000 (months of this year)
                      + 60 % of 10 × 52,500 (the others' 40 % is billed) + 6 × 93,000 (carried forward)
                      + 3 × 27,000 (a subscription until it can be ended)
    Prepaid:          6 × 36,000
    Booked:           6 × 48,000 and 10 × 43,500 and 2 × 5 × 40,500 (received) + 5 × 64,500 + 2 × 90,000
                      + 6 × 36,000 + 6 × 27,000; next door 4 × 52,500. The invoice of the 43,500 adds nothing.
    Left to draw on:  1,350,000 − 4 × 67,500 − 5 × 64,500
    """
    assert figures(hosts, "JP01") == {
        "JP-TECH-420": {
            "commitment": "2226000",
            "prepaidRemaining": "216000",
            "actual": "2008500",
            "receivedInActual": "288000",
            "blanketRemaining": "757500",
        },
        "JP-TECH-410": {"actual": "210000"},
    }


def test_japan_a_year_earlier(hosts: sandbox.Hosts) -> None:
    """One month of the phased order is not billed; the order carried forward is not here any more."""
    assert figures(hosts, "JP01", 2025) == {"JP-TECH-420": {"commitment": "90000"}}


@pytest.mark.parametrize("year", [2025, 2026])
def test_neither_sums_nor_loaded_actuals_are_budget(hosts: sandbox.Hosts, year: int) -> None:
    """Every approved entry of the year once: without the row of Client Support, without what was loaded."""
    planned: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in alone().budget:
        spending = not entry.account.startswith("4")
        if (
            entry.entity == "US01"
            and entry.version == "APPROVED"
            and spending
            and entry.period[:4] == str(year)
        ):
            planned[entry.cost_center] += entry.amount
    found = figures(hosts, "US01", year, "budget")
    assert {center: Decimal(row["budget"]) for center, row in found.items()} == planned
