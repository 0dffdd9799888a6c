"""ROLLUP: documents seen through hierarchies, by several questions each.

A kind of our own: `hierarchies` (the first of a dimension is its default), `members` outside of them, and
`asked`, the arguments of each question by a name under which `expected` has its cells and totals.
"""

from typing import Any, Literal

from pydantic import Field

from resolvers.semantics.dimensions import Dimension, Edge, Hierarchy
from tests.golden import trees
from tests.golden.case import Case, Conventions
from tests.golden.documents import Systems
from tests.golden.measures import Measure
from tests.golden.periods import months
from tests.golden.publish import published, rows_of
from tests.golden.question import Question, enum_name
from tests.golden.rows import Books
from tests.golden.stage import Company, open_desk
from tests.golden.strict import AccountType, Figure, Strict
from tests.golden.verdict import Got

YEAR = 2026


class Drawn(Strict):
    dimension: Literal["costCenter", "account", "project", "supplier"]
    name: str
    edges: tuple[trees.Edge, ...]


class Seen(Strict):
    cells: dict[str, dict[Measure, Figure]] = Field(default_factory=dict)
    totals: dict[Measure, Figure] = Field(default_factory=dict)
    revenue_totals: dict[Measure, Figure] = Field(default_factory=dict)


class RolledUp(Case):
    kind: Literal["ROLLUP"]
    systems: Systems
    hierarchies: tuple[Drawn, ...]
    members: dict[Literal["costCenter", "project"], tuple[str, ...]] = Field(default_factory=dict)
    account_types: dict[str, AccountType] = Field(default_factory=dict)
    asked: dict[str, dict[str, Any]]
    expected: dict[str, Seen]

    async def got(self, conventions: Conventions) -> Got:
        company = self._company(conventions)
        got = Got(lacking=list(company.published.lacking))
        async with open_desk(company) as desk:
            for name, arguments in self.asked.items():
                answer = await desk.ask(self._question(name, arguments))
                for cell, figures in answer.cells().items():
                    got.add((name, "cells", cell), figures)
                got.add((name, "totals"), answer.data["totals"])
                got.add((name, "revenueTotals"), answer.data["revenueTotals"])
                got.lacking += answer.lacking
                got.errors += answer.errors
        return got

    def _question(self, name: str, arguments: dict[str, Any]) -> Question:
        seen = self.expected[name]
        found = [figures for cell in seen.cells.values() for figures in cell]
        measures = tuple(dict.fromkeys([*found, *seen.totals, *seen.revenue_totals]))
        select = {"rows": ("cellId", *measures), "totals": measures, "revenueTotals": measures}
        return Question({"period": {"fiscalYear": YEAR}, **arguments}, select)

    def _company(self, conventions: Conventions) -> Company:
        defaults = conventions.defaults
        books = Books(defaults.legal_entity, defaults.ledger_currency, YEAR)
        return Company(
            published=published(rows_of(self.systems, books)),
            entities={books.entity: books.currency},
            accounts={**conventions.accounts(), **self.account_types},
            calendar=months([YEAR]),
            reporting_currency=books.currency,
            members={Dimension(enum_name(name)): frozenset(ids) for name, ids in self.members.items()},
            hierarchies=tuple(
                Hierarchy(
                    Dimension(enum_name(drawn.dimension)),
                    drawn.name,
                    tuple(Edge(e.child, e.parent, e.since, e.to) for e in drawn.edges),
                )
                for drawn in self.hierarchies
            ),
        )
