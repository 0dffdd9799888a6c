"""Law 6: the identities hold in every cell and every total."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from resolvers.semantics.measures import BASE, TWO_RATES
from tests.laws.asking import law, scene

pytestmark = pytest.mark.slow
BUDGET = ("original_budget", "budget_revision", "budget_transfer", "carry_forward")
CONSUMED = (
    "pre_commitment",
    "commitment",
    "received_not_invoiced",
    "invoiced_not_posted",
    "prepaid_remaining",
    "actual",
)


def added(row: Mapping[str, Any], names: tuple[str, ...]) -> Decimal | None:
    return None if None in {row[name] for name in names} else sum((row[name] for name in names), Decimal(0))


def percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    if part is None or not whole:
        return None
    return (100 * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


@law(8)
def test_identities(seed: int, size: int) -> None:
    answer = scene(seed, size).answer()
    for frame in (answer.rows, answer.totals, answer.revenue_totals):
        for row in frame.iter_rows(named=True):
            assert row["budget"] == added(row, BUDGET)
            assert row["consumed"] == added(row, CONSUMED)
            assert row["consumed"] in {None, row["consumed_known"]}
            assert row["outlook"] == added(row, ("closed_actual", "forecast_to_go"))
            known = row["budget"] is not None and row["consumed"] is not None
            assert row["available"] == (row["budget"] - row["consumed"] if known else None)
            assert row["consumed_percent"] == percent(row["consumed"], row["budget"])
            unknown = None in {row[name] for name in (*BASE, *TWO_RATES)}
            assert row["completeness"] == ("PARTIAL" if unknown else "COMPLETE")
