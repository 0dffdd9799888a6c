"""HIERARCHY and CONSOLIDATION: figures above the level they are booked at."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import Field

from tests.golden.case import Break, Case, Conventions
from tests.golden.grid import ALL
from tests.golden.periods import months, period_id
from tests.golden.publish import Rows, published
from tests.golden.question import NotBuiltError, Question
from tests.golden.rows import Row, iso, text
from tests.golden.stage import Company, open_desk
from tests.golden.strict import Figure, ScopedType, Strict
from tests.golden.verdict import Got

YEAR: Final = 2026
_CENTER: Final = "100"
_VIEWS: Final = {"asPosted": "AS_POSTED", "restated": "RESTATED"}


class Edge(Strict):
    child: str
    parent: str
    since: datetime.date | None = Field(None, alias="from")
    to: datetime.date | None = None


class CenterAmount(Strict):
    cost_center: str
    period: str
    amount: Decimal


class NodeFigures(Strict):
    as_posted: dict[str, Decimal] = Field(default_factory=dict)
    restated: dict[str, Decimal] = Field(default_factory=dict)


class Hierarchy(Case):
    """The tree is master data of the ledger: each edge a validity interval of the child's parent."""

    kind: Literal["HIERARCHY"]
    edges: tuple[Edge, ...]
    facts: tuple[CenterAmount, ...]
    as_of: datetime.date | None = None
    expected: NodeFigures

    async def got(self, conventions: Conventions) -> Got:
        got = Got()
        nodes = self.expected.model_dump(by_alias=True, exclude_unset=True)
        company = self._company(conventions)
        first, last = company.calendar.periods[0].id, company.calendar.periods[-1].id
        past = {"asOf": self.as_of.isoformat()} if self.as_of else {}
        async with open_desk(company) as desk:
            for view, node in ((view, node) for view, found in nodes.items() for node in found):
                arguments: dict[str, Any] = {
                    "where": {"costCenter": {"descendantsOf": [node]}},
                    "period": {"from": first, "to": last},
                    "hierarchyView": _VIEWS[view],
                    **past,
                }
                try:
                    answer = await desk.ask(Question(arguments, {"totals": ("actual",)}))
                except NotBuiltError as missing:
                    got.lacking += missing.reasons
                else:
                    got.add((view,), {node: answer.data["totals"]["actual"]})
        return got

    def _company(self, conventions: Conventions) -> Company:
        years = {int(fact.period[:4]) for fact in self.facts} | ({self.as_of.year} if self.as_of else set())
        lines = [
            _line(conventions, conventions.defaults.legal_entity, number, fact.cost_center, fact.amount)
            | {"period": period_id(fact.period)}
            for number, fact in enumerate(self.facts, start=1)
        ]
        held: Rows = {"erp": {"journal-lines": lines, "cost-centers": self._centers()}}
        return Company(
            published=published(held),
            entities={conventions.defaults.legal_entity: conventions.defaults.ledger_currency},
            accounts=conventions.accounts(),
            calendar=months(range(min(years), max(years) + 1)),
        )

    def _centers(self) -> Iterator[Row]:
        children = {edge.child for edge in self.edges}
        for top in sorted({edge.parent for edge in self.edges} - children):
            yield {"code": top, "name": top}
        for edge in self.edges:
            yield {
                "code": edge.child,
                "name": edge.child,
                "parent": edge.parent,
                "valid_from": iso(edge.since),
                "valid_to": iso(edge.to),
            }


class EntityLine(Strict):
    entity: str
    type: ScopedType
    amount: Decimal
    ic_partner: str | None = None


class ConsolidatedFigures(Strict):
    entities: dict[str, dict[ScopedType, Decimal]] = Field(default_factory=dict)
    consolidated: dict[ScopedType, Decimal] = Field(default_factory=dict)
    eliminated: Figure = None
    breaks: tuple[Break, ...] = ()


class Consolidation(Case):
    kind: Literal["CONSOLIDATION"]
    lines: tuple[EntityLine, ...]
    expected: ConsolidatedFigures

    async def got(self, conventions: Conventions) -> Got:
        company = self._company(conventions)
        got = Got(lacking=list(company.published.lacking))
        breaks = {"breaks": ("code", "amount")} if self.expected.breaks else {}
        arguments = {
            "groupBy": ["LEGAL_ENTITY", "ACCOUNT"],
            "period": {"fiscalYear": YEAR},
            "where": {"accountClass": list(ALL)},
            "eliminateIntercompany": True,
        }
        sides = {"totals": "EXPENSE", "revenueTotals": "REVENUE"}
        selected = {
            "rows": ("cellId", "actual"),
            **dict.fromkeys(sides, ("actual",)),
            "eliminated": ("spend", "revenue"),
            **breaks,
        }
        async with open_desk(company) as desk:
            answer = await desk.ask(Question(arguments, selected))
        for cell, figures in answer.cells().items():
            entity, account = cell.split("|")
            got.add(("entities", entity), {company.accounts[account]: figures["actual"]})
        for part, type_ in sides.items():
            got.add(("consolidated",), {type_: answer.data[part]["actual"]})
        off = answer.data["eliminated"]
        got.add((), {"eliminated": off["spend"] if off["spend"] == off["revenue"] else None})
        if "breaks" in answer.data:
            got.breaks = [(found["code"], Decimal(found["amount"])) for found in answer.data["breaks"]]
        got.lacking += answer.lacking
        return got

    def _company(self, conventions: Conventions) -> Company:
        """One account per type, so that an entity's accounts are its types."""
        rows = []
        for number, line in enumerate(self.lines, start=1):
            sign = -1 if line.type == "REVENUE" else 1
            row = _line(conventions, line.entity, number, _CENTER, sign * line.amount)
            account = conventions.chart[line.type][0]
            rows.append(row | {"account": account, "intercompany_partner": line.ic_partner})
        partners = {line.ic_partner for line in self.lines if line.ic_partner}
        entities = sorted({line.entity for line in self.lines} | partners)
        return Company(
            published=published({"erp": {"journal-lines": rows}}),
            entities=dict.fromkeys(entities, conventions.defaults.ledger_currency),
            accounts=conventions.accounts(),
            calendar=months([YEAR]),
        )


def _line(
    conventions: Conventions, entity: str, number: int, cost_center: str, amount: Decimal
) -> dict[str, str | bool | None]:
    return {
        "legal_entity": entity,
        "id": f"J{number}",
        "number": f"J{number}",
        "account": conventions.chart["EXPENSE"][0],
        "cost_center": cost_center,
        "currency": conventions.defaults.ledger_currency,
        "period": f"{YEAR}-P01",
        "amount": text(amount),
    }
