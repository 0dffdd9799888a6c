"""GraphiQL, as served: offline, within the policy, opened with the five questions, showing rows."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.explorer import routes
from tests.browser.chrome import Page, open_page
from tests.browser.ledger import QUESTIONS, application
from tests.browser.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("graphiql_built")]

_TABS = "[...document.querySelectorAll('.graphiql-tab button:first-child')].map(tab => tab.textContent)"
_NAMES = ["BudgetAgainstActual", "FirstRows", "Origin", "Cost", "Totals"]
_RESULT = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"
_STORED = "JSON.parse(localStorage['threefold:graphiql:tabState'] ?? '{}')"
_QUESTION = "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.getValue()"


@pytest.fixture
def page() -> Iterator[Page]:
    with serving(application(routes("/graphql", QUESTIONS))) as url, open_page(f"{url}/") as page:
        _ready(page)
        yield page
        assert page.misdeeds() == []


def test_opens_with_a_tab_per_question_and_the_explorer_beside_them(page: Page) -> None:
    assert page.evaluate("document.title") == "Threefold explorer"
    assert "Read only" in page.evaluate("document.querySelector('header').textContent")
    assert page.evaluate(_TABS) == _NAMES
    assert page.evaluate(_QUESTION) == QUESTIONS[0].document
    assert "budgetPosition" in page.evaluate("document.querySelector('.graphiql-explorer-root').textContent")


def test_running_a_question_shows_its_rows(page: Page) -> None:
    page.click(".graphiql-execute-button")
    rows = _answer(page, "rows")["budgetPosition"]["rows"]
    assert rows == [
        {
            "costCenter": {"code": "OPS-10", "name": "Field service"},
            "budget": "120000.00",
            "actual": "98765.43",
        },
        {"costCenter": {"code": "OPS-20", "name": "Depots"}, "budget": "80000.00", "actual": None},
    ]


def test_a_tab_brings_its_variables(page: Page) -> None:
    _open_tab(page, 2)
    page.click(".graphiql-execute-button")
    assert len(_answer(page, "rows")["budgetPosition"]["rows"]) == 1


def test_the_plan_is_one_click_away_and_leaves_the_question_alone(page: Page) -> None:
    _open_tab(page, 2)
    page.click('[aria-label^="Show the query plan"]')
    assert _answer(page, "queryPlan") == {"budgetPosition": {"queryPlan": {"cost": 7}}}
    assert page.evaluate(_QUESTION) == QUESTIONS[1].document


def test_freshness_is_one_click_away_beside_the_rows(page: Page) -> None:
    page.click('[aria-label^="Add each source"]')
    answer = _answer(page, "sources")["budgetPosition"]
    assert answer["sources"] == [{"name": "ledger", "state": "LIVE"}]
    assert len(answer["rows"]) == 2


def test_dialogs_open_within_the_policy(page: Page) -> None:
    page.click('[aria-label="Open settings dialog"]')
    page.wait_for("[...document.querySelectorAll('style')].some(style => style.sheet.cssRules.length > 0)")
    page.press("Escape")
    page.wait_for("document.querySelector('.graphiql-dialog') === null")


def test_tabs_survive_a_reload_and_can_be_restored(page: Page) -> None:
    page.click(".graphiql-tab-active .graphiql-tab-close")
    page.wait_for(f"{_TABS}.length === 4")
    page.wait_for(f"{_STORED}.tabs?.length === 4")
    page.navigate(page.url)
    _ready(page)
    assert page.evaluate(_TABS) == _NAMES[1:]
    page.click("#restore")
    page.wait_for(f"{_TABS}.length === 5")


def _ready(page: Page) -> None:
    page.wait_for("document.querySelector('.graphiql-explorer-root')?.textContent.includes('budgetPosition')")


def _open_tab(page: Page, number: int) -> None:
    page.click(f".graphiql-tab:nth-child({number}) button")
    page.wait_for(f"{_QUESTION} === {json.dumps(QUESTIONS[number - 1].document)}")


def _answer(page: Page, expected: str) -> dict[str, dict[str, Any]]:
    page.wait_for(f"{_RESULT}.includes({json.dumps(expected)})")
    return dict(json.loads(page.evaluate(_RESULT))["data"])
