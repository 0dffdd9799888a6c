"""The gateway, asked over HTTP for what hledger reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from tests.gateway.world import Door
from tests.hledger.journal import REVENUE, SPEND

Key = tuple[str, ...]
"""members, measure, currency"""
Figures = Mapping[Key, Decimal]
"""Only what is not zero: where we show a zero, hledger may show no row, and the other way round."""

_MEMBERS: Final = {
    "LEGAL_ENTITY": "legalEntity",
    "COST_CENTER": "costCenter",
    "ACCOUNT": "account",
    "PROJECT": "project",
    "PERIOD": "period",
}
_QUESTION: Final = """
query ($where: PositionWhere, $period: PeriodInput, $by: [Dimension!], $currency: CurrencyCode, $asOf: Date) {
  budgetPosition(
    where: $where, period: $period, groupBy: $by, currency: $currency, asOf: $asOf, limit: 10000
  ) {
    rows { currency MEMBERS MEASURES }
    totals { currency MEASURES }
    revenueTotals { currency MEASURES }
    truncated completeness missing { source stage }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """`totals`: spend and revenue."""

    rows: Figures
    totals: Figures


def asked(
    door: Door,
    currency: str,
    by: Sequence[str],
    *,
    where: Mapping[str, Any],
    period: Mapping[str, Any],
    measures: Sequence[str] = ("budget", "actual"),
    as_of: str | None = None,
) -> Answer:
    """One question's answer, of which nothing may be missing."""
    members = " ".join(f"{_MEMBERS[dimension]} {{ id }}" for dimension in by)
    document = _QUESTION.replace("MEMBERS", members).replace("MEASURES", " ".join(measures))
    body = door.ask(document, where=where, period=period, by=by, currency=currency, asOf=as_of)
    assert "errors" not in body, body["errors"]
    position = body["data"]["budgetPosition"]
    told = (position["completeness"], position["missing"], position["truncated"])
    assert told == ("COMPLETE", [], False)
    rows: dict[Key, Any] = {tuple(row[_MEMBERS[each]]["id"] for each in by): row for row in position["rows"]}
    totals: dict[Key, Any] = {(SPEND,): position["totals"], (REVENUE,): position["revenueTotals"]}
    return Answer(_figures(rows, measures), _figures(totals, measures))


def _figures(cells: Mapping[Key, Mapping[str, str]], measures: Sequence[str]) -> Figures:
    found = {
        (*key, name, cell["currency"]): Decimal(cell[name])
        for key, cell in cells.items()
        for name in measures
    }
    return {key: amount for key, amount in found.items() if amount}
