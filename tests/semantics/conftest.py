"""A test's docstring holds its documents; `figures` asks the engine about them."""

from collections.abc import Callable
from typing import Any

import pytest

from resolvers.plan.question import Question, Span
from resolvers.semantics.dimensions import AccountClass, Dimension
from resolvers.semantics.measures import MEASURES
from tests.world import System, ask, documents, model, table

WINDOW = Span(first="2025-P01", last="2026-P12")
ANY = (AccountClass.EXPENSE, AccountClass.REVENUE, AccountClass.CAPEX)
Figures = Callable[..., dict[str, Any]]


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Measures by cost centre (or `by` another dimension) of the documents in the test's docstring, in which
    `also` replaces words."""

    def asked(
        *measures: str,
        by: Dimension = Dimension.COST_CENTER,
        classes: tuple[AccountClass, ...] = ANY,
        world: dict[str, Any] | None = None,
        also: dict[str, str] | None = None,
        span: Span = WINDOW,
        **question: Any,
    ) -> dict[str, Any]:
        assert set(measures) <= set(MEASURES)
        text: str = request.function.__doc__
        for word, replacement in (also or {}).items():
            text = text.replace(word, replacement)
        own = System("own", documents(text))
        entire = Question(frozenset(measures), (by,), classes=classes, span=span, **question)
        return table(ask(model(own, **(world or {})), own, question=entire).rows, *measures)

    return asked
