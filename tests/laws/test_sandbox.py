"""Law 5 on the sandbox company: five vendors' systems against its own documents."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

import pytest

from gateway import wiring
from gateway.config import Configuration, load
from gateway.sandbox import CONFIGURATION, CREDENTIALS, Hosts
from resolvers.plan.answer import Answer
from resolvers.plan.question import Filter, Question, Span
from resolvers.semantics.calendar import Window
from resolvers.semantics.dimensions import AccountClass, Dimension
from resolvers.semantics.model import Model
from sources.sandbox.canonical.publish import budget_entries, publish
from sources.sandbox.estate import build
from sources.sandbox.estate.company import SHARED_COST_CENTER, SHARES
from sources.sandbox.serve import systems
from sources.spi.context import Context
from tests.laws.oracle import Books
from tests.laws.oracle_company import Company, Row
from tests.laws.questions import ALL, ask, company
from tests.laws.test_oracle import check

pytestmark = pytest.mark.slow
SCALE: Final = 0.1
PLAN: Final = "budget-entries"
LINES: Final = "journal-lines"
SEEDS: Final = (11, 23, 4711)
D: Final = Dimension


@dataclass(frozen=True)
class Group:
    """The company behind its systems, and the documents they hold."""

    configuration: Configuration
    hosts: Hosts
    books: Books

    def answer(self, question: Question) -> Answer:
        async def scene() -> Answer:
            engine = wiring.engine(self.configuration, self.hosts)
            try:
                return await engine.ask(question, Context.within(600))
            finally:
                for source in engine.sources.values():
                    await source.aclose()

        return asyncio.run(scene())


@pytest.fixture(scope="module", params=SEEDS)
def group(request: pytest.FixtureRequest) -> Iterator[Group]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        configuration = load(CONFIGURATION)
        estate = build(request.param, SCALE)
        entities = frozenset(configuration.model.legal_entities)
        books = _told({**publish(estate, entities), "budget-entries": budget_entries(estate, entities)})
        yield Group(configuration, Hosts(systems(estate)), books)


def _told(books: Books) -> Books:
    """What the systems can say: the German company's has no projects, and none plans by project. Plans are of
    the group's months, which is said here by a day; what is booked on the shared code is two lines."""
    silent = {("DE01", name) for name in books} | {
        (row["legal_entity"], "budget-entries") for row in books["budget-entries"]
    }
    told = {
        name: [{**row, "project": None} if (row.get("legal_entity"), name) in silent else row for row in rows]
        for name, rows in books.items()
    }
    months = [{**row, "period": None, "date": f"{row['period'].replace('-P', '-')}-01"} for row in told[PLAN]]
    lines = [part for row in told[LINES] for part in shared(row)]
    return {**told, PLAN: months, LINES: lines}


def shared(row: Row) -> list[Row]:
    if row["cost_center"] != SHARED_COST_CENTER:
        return [row]
    whole = Decimal(row["amount"])
    return [{**row, "cost_center": center, "amount": str(whole * share / 100)} for center, share in SHARES]


def told(model: Model) -> Company:
    known = company(model)
    return replace(known, without={**known.without, "project": known.without["supplier"]})


def question(*group_by: Dimension, **parts: Any) -> Question:
    return replace(Question(ALL, group_by, limit=100_000), **parts)


QUESTIONS: Final = {
    "this year by company and cost centre": question(D.LEGAL_ENTITY, D.COST_CENTER),
    "last year in dollars by account": question(D.ACCOUNT, span=Span(2025), currency="USD"),
    "by supplier": question(D.LEGAL_ENTITY, D.SUPPLIER, span=Span(through="2026-P06", window=Window.QTD)),
    "the American company by month": question(
        D.PERIOD, D.ACCOUNT, where=(Filter(D.LEGAL_ENTITY, ("US01",)),), span=Span(2025)
    ),
    "revenue": question(D.COST_CENTER, classes=(AccountClass.REVENUE,), span=Span(through="2025-P09")),
    "Japan in yen by project": question(
        D.PROJECT, D.COST_CENTER, where=(Filter(D.LEGAL_ENTITY, ("JP01",)),), span=Span(2025)
    ),
    "ever": question(span=Span(first="2024-P07", last="2026-P12")),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_systems_answer_what_the_documents_say(group: Group, name: str) -> None:
    model = group.configuration.model
    answer = group.answer(QUESTIONS[name])
    assert answer.missing == ()
    check(group.books, ask(QUESTIONS[name], model), told(model), answer)
