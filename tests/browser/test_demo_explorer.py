"""The explorer over the demo company: its questions answered in a browser, with no outside request."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from gateway import sandbox, wiring
from gateway.app import application
from gateway.config import load
from gateway.questions import QUESTIONS
from tests.browser.chrome import Page, open_page
from tests.browser.serving import serving

pytestmark = pytest.mark.browser

_RESULT = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"
_QUESTION = "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.getValue()"
_ROWS = "document.querySelectorAll('tbody tr').length"


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    configuration = load(sandbox.CONFIGURATION, sandbox.CREDENTIALS, wiring.problems)
    engine = wiring.engine(configuration, sandbox.in_process())
    with serving(application(engine, configuration.deadline)) as url:
        yield url


@pytest.mark.usefixtures("graphiql_built")
def test_all_questions_are_answered_in_graphiql(demo: str) -> None:
    with open_page(f"{demo}/") as page:
        page.wait_for(f"document.querySelectorAll('.graphiql-tab').length === {len(QUESTIONS)}")
        answers = [_answered(page, number) for number in range(1, len(QUESTIONS) + 1)]
        assert page.requests_elsewhere() == []
        assert page.csp_violations == []
        # The explorer plugin says so of every argument that is a list, and shows it as text.
        assert [error for error in page.console_errors if "arg mismatch" not in error] == []
    assert [number for number, answer in enumerate(answers) if "errors" in answer] == [
        number for number, question in enumerate(QUESTIONS) if "a rate nobody" in question.title.lower()
    ]
    positions = [next(iter(answer["data"].values())) for answer in answers]
    assert all(position["rows"] for position in positions[:-1])
    assert positions[-1]["queryPlan"]["waves"]


def test_the_page_without_dependencies_shows_the_rows(demo: str) -> None:
    with open_page(f"{demo}/explorer/plain") as page:
        page.wait_for("document.querySelectorAll('.type').length > 0")
        page.click("#run")
        page.wait_for(f"{_ROWS} === 5")
        assert page.misdeeds() == []


def _answered(page: Page, number: int) -> dict[str, Any]:
    document = QUESTIONS[number - 1].document
    page.click(f".graphiql-tab:nth-child({number}) button")
    page.wait_for(f"{_QUESTION} === {json.dumps(document)}")
    page.wait_for("document.querySelector('.graphiql-explorer-root')?.textContent.includes('budgetPosition')")
    page.click(".graphiql-execute-button")
    page.wait_for(f"{_RESULT}.includes('data') && !document.querySelector('.graphiql-spinner')")
    answer: dict[str, Any] = json.loads(page.evaluate(_RESULT))
    return answer
