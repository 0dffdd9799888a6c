"""Asking for a grid of cells: measures by dimensions over all periods, totals, breaks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from resolvers.semantics.calendar import Calendar
from tests.golden.periods import month_of
from tests.golden.question import Question, enum_name
from tests.golden.stage import Answer, Desk
from tests.golden.verdict import Got

ALL: Final = ("EXPENSE", "REVENUE", "CAPEX")
FISCAL_YEAR: Final = "fiscalYear"
PERIOD: Final = "period"


@dataclass(frozen=True, slots=True)
class Grid:
    """`arguments` beyond the grouping and the periods; `cells` are those that must be there: one without any
    document holds nothing."""

    grouping: Sequence[str]
    measures: Sequence[str]
    calendar: Calendar
    arguments: Mapping[str, Any]
    cells: Iterable[str] = ()
    breaks: bool = False

    async def ask(self, desk: Desk) -> Got:
        """Figures under `cells` and `totals`. Fiscal years are windows, not a dimension: where cells are by
        year, each year is a question of its own."""
        got = Got()
        periods = self.calendar.periods
        whole = await desk.ask(self._question({"from": periods[0].id, "to": periods[-1].id}))
        answers: dict[str, Answer] = {"": whole}
        if FISCAL_YEAR in self.grouping:
            years = dict.fromkeys(period.fiscal_year for period in periods)
            answers = {str(year): await desk.ask(self._question({"fiscalYear": year})) for year in years}
        for year, answer in answers.items():
            for cell, figures in answer.cells().items():
                got.add(("cells", self._key(cell, year)), figures)
            got.errors += answer.errors
        got.add(("totals",), whole.data["totals"])
        got.lacking += whole.lacking
        if "breaks" in whole.data:
            got.breaks = [(found["code"], Decimal(found["amount"])) for found in whole.data["breaks"]]
        if all(answer.data["completeness"] == "COMPLETE" for answer in answers.values()):
            self._fill(got)
        return got

    def _question(self, period: Mapping[str, Any]) -> Question:
        dimensions = [enum_name(name) for name in self.grouping if name != FISCAL_YEAR]
        select = {
            "rows": ("cellId", *self.measures),
            "totals": ("currency", *self.measures),
            **({"breaks": ("code", "amount")} if self.breaks else {}),
        }
        return Question({"groupBy": dimensions, "period": period, **self.arguments}, select)

    def _key(self, cell: str, year: str) -> str:
        """A cell's id as the case writes it: months as `YYYY-MM`, the fiscal year in its place."""
        members = iter(cell.split("|"))
        named = {name: year if name == FISCAL_YEAR else next(members, "") for name in self.grouping}
        return "|".join(month_of(value) if name == PERIOD else value for name, value in named.items())

    def _fill(self, got: Got) -> None:
        known = {path[-1] for path in got.figures if path[0] == "totals"}
        nothing = {name: None if name.endswith("Percent") else Decimal(0) for name in known}
        for cell in self.cells:
            if not any(path[:2] == ("cells", cell) for path in got.figures):
                got.add(("cells", cell), nothing)
