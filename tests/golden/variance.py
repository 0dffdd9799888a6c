"""VARIANCE and RATIO: figures that are derived from sums, asked row by row and in total."""

from decimal import Decimal
from typing import Literal

from tests.golden.case import Case, Conventions
from tests.golden.documents import Systems
from tests.golden.grid import ALL
from tests.golden.measures import Favorability, Measure
from tests.golden.periods import months
from tests.golden.publish import published, rows_of
from tests.golden.question import Question
from tests.golden.rows import Books
from tests.golden.stage import Company, open_desk
from tests.golden.strict import AccountType, Figure, ScopedType, Strict
from tests.golden.verdict import Got

YEAR = 2026
NET = "NET"
_CENTER = "100"


class VarianceRow(Strict):
    id: str
    type: ScopedType
    budget: Decimal
    actual: Decimal


class VarianceFigures(Strict):
    """Per row, and NET for revenue less expense."""

    rows: dict[str, dict[Measure, Decimal | Favorability | None]]


class Variance(Case):
    kind: Literal["VARIANCE"]
    rows: tuple[VarianceRow, ...]
    net_of: bool = False
    expected: VarianceFigures

    async def got(self, conventions: Conventions) -> Got:
        measures = list(dict.fromkeys(name for row in self.expected.rows.values() for name in row))
        net = {"net": tuple(self.expected.rows[NET])} if NET in self.expected.rows else {}
        arguments = {
            "groupBy": ["ACCOUNT"],
            "period": {"fiscalYear": YEAR},
            "where": {"accountClass": list(ALL)},
        }
        async with open_desk(self._company(conventions)) as desk:
            answer = await desk.ask(Question(arguments, {"rows": ("cellId", *measures), **net}))
        got = Got(lacking=list(answer.lacking), errors=list(answer.errors))
        for account, figures in answer.cells().items():
            got.add(("rows", account), figures)
        got.add(("rows", NET), answer.data.get("net") or {})
        return got

    def _company(self, conventions: Conventions) -> Company:
        budget = [
            {"type": "ORIGINAL", "account": row.id, "costCenter": _CENTER, "amount": row.budget}
            for row in self.rows
        ]
        lines = [
            {
                "je": f"J{position}",
                "account": row.id,
                "costCenter": _CENTER,
                "credit" if row.type == "REVENUE" else "debit": row.actual,
            }
            for position, row in enumerate(self.rows, start=1)
        ]
        systems = {"planning": {"budget": budget}, "erp": {"journalLines": lines}}
        return one_ledger(systems, conventions, {row.id: row.type for row in self.rows})


class RatioRow(Strict):
    consumed: Decimal
    budget: Decimal


class RatioFigures(Strict):
    consumed_percent: Figure


class Ratio(Case):
    kind: Literal["RATIO"]
    rows: tuple[RatioRow, ...]
    expected: RatioFigures

    async def got(self, conventions: Conventions) -> Got:
        arguments = {"groupBy": ["COST_CENTER"], "period": {"fiscalYear": YEAR}}
        select = {"rows": ("cellId", "consumedPercent"), "totals": ("consumedPercent",)}
        async with open_desk(self._company(conventions)) as desk:
            answer = await desk.ask(Question(arguments, select))
        return Got(
            {("consumedPercent",): answer.data["totals"]["consumedPercent"]},
            lacking=list(answer.lacking),
            errors=list(answer.errors),
        )

    def _company(self, conventions: Conventions) -> Company:
        """Each row is a cost centre of its own."""
        account = conventions.chart["EXPENSE"][0]
        places = [{"account": account, "costCenter": str(row)} for row in range(1, len(self.rows) + 1)]
        rows = list(zip(places, self.rows, strict=True))
        systems = {
            "planning": {"budget": [{"type": "ORIGINAL", **p, "amount": r.budget} for p, r in rows]},
            "erp": {"journalLines": [{"je": p["costCenter"], **p, "debit": r.consumed} for p, r in rows]},
        }
        return one_ledger(systems, conventions, {account: "EXPENSE"})


def one_ledger(systems: object, conventions: Conventions, accounts: dict[str, AccountType]) -> Company:
    """A company of one legal entity that holds those documents, all of one calendar year."""
    books = Books(conventions.defaults.legal_entity, conventions.defaults.ledger_currency, YEAR)
    return Company(
        published=published(rows_of(Systems.model_validate(systems), books)),
        entities={books.entity: books.currency},
        accounts=accounts,
        calendar=months([YEAR]),
        reporting_currency=books.currency,
    )
