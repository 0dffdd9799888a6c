"""Law 5: the answer equals a brute-force oracle over the documents."""

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from resolvers.plan.answer import Answer
from resolvers.plan.errors import QuestionError
from resolvers.semantics.measures import BASE
from tests.laws import oracle
from tests.laws.asking import Scene, figures, law
from tests.laws.oracle_company import Company
from tests.laws.questions import ask, company, question
from tests.laws.worlds import world

pytestmark = pytest.mark.slow


def same(row: Mapping[str, Any], cell: oracle.Cell) -> None:
    """Every figure to the last digit, and unknown where the oracle cannot know."""
    got = {name: None if row[name] is None else Fraction(row[name]) for name in cell}
    assert got == cell


def check(books: oracle.Books, asked: oracle.Ask, known: Company, answer: Answer) -> None:
    """Cells the engine leaves out hold nothing; cells the oracle leaves out are zero."""
    group_by = [dimension.column for dimension in answer.bound.question.group_by]
    expected = oracle.cells(books, known, asked, group_by)
    empty = oracle.empty(known, asked, group_by)
    rows = {tuple(str(member) for member in key): row for key, row in figures(answer).items()}
    for key in rows.keys() | expected.keys():
        same(rows.get(key, empty), expected.get(key, empty))
    same(answer.totals.row(0, named=True), oracle.totals(books, known, asked, revenue=False))
    same(answer.revenue_totals.row(0, named=True), oracle.totals(books, known, asked, revenue=True))
    assert answer.bound.currency == asked.currency


def test_no_measure_is_without_its_oracle() -> None:
    assert set(BASE) - {"commitment_revaluation"} == set(oracle.BASE)


@law(40)
def test_the_answer_is_what_the_documents_say(seed: int, size: int) -> None:
    small = world(seed, size)
    any_question = question(Random(seed), small.model)
    asked, known = ask(any_question, small.model), company(small.model)
    try:
        answer = Scene(small, any_question).answer()
    except QuestionError:
        group_by = [dimension.column for dimension in any_question.group_by]
        assert not oracle.cells(small.books, known, asked, group_by)
    else:
        check(small.books, asked, known, answer)
