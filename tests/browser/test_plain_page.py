"""The page without dependencies: picker, boxes, rows as a table, and the schema beside them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from gateway.explorer import routes
from tests.browser.chrome import Page, open_page
from tests.browser.ledger import QUESTIONS, application
from tests.browser.serving import serving

pytestmark = pytest.mark.browser

_ROWS = "[...document.querySelectorAll('tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))"
_HEAD = "[...document.querySelectorAll('thead th')].map(cell => cell.textContent)"
_OPEN_TYPES = (
    "[...document.querySelectorAll('.type:not([hidden])[open] > summary > code')].map(e => e.textContent)"
)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    explorer = routes("/graphql", QUESTIONS, assets=tmp_path)
    with serving(application(explorer)) as url, open_page(f"{url}/") as page:
        page.wait_for("document.querySelectorAll('.type').length > 0")
        yield page
        assert page.misdeeds() == []


def test_lists_the_questions_and_opens_with_the_first(page: Page) -> None:
    titles = page.evaluate("[...document.getElementById('ready').options].map(option => option.text)")
    assert titles == [question.title for question in QUESTIONS]
    assert page.evaluate("document.getElementById('document').value") == QUESTIONS[0].document


def test_running_a_question_shows_its_rows_as_a_table(page: Page) -> None:
    page.click("#run")
    page.wait_for(f"{_ROWS}.length > 0")
    assert page.evaluate(_HEAD) == ["costCenter.code", "costCenter.name", "budget", "actual"]
    assert page.evaluate(_ROWS) == [
        ["OPS-10", "Field service", "120000.00", "98765.43"],
        ["OPS-20", "Depots", "80000.00", "\N{EN DASH}"],
    ]
    total = page.evaluate("[...document.querySelector('tfoot tr').cells].map(cell => cell.textContent)")
    assert total == ["Total", "", "200000.00", ""]
    assert page.evaluate("document.getElementById('status').textContent").startswith("2 rows in ")


def test_a_picked_question_brings_its_variables_and_runs_from_the_keyboard(page: Page) -> None:
    page.choose("#ready", 1)
    page.click("#variables")
    page.press("Enter", "ctrl")
    page.wait_for(f"{_ROWS}.length === 1")


def test_what_is_no_table_is_shown_as_json(page: Page) -> None:
    _ask(page, "{ budgetPosition { sources { name } } }")
    page.wait_for("document.getElementById('json').textContent.includes('ledger')")
    assert page.evaluate("document.getElementById('raw').open") is True


def test_errors_are_told_and_earlier_rows_are_gone(page: Page) -> None:
    page.click("#run")
    page.wait_for(f"{_ROWS}.length === 2")
    _ask(page, "{ budgets }")
    page.wait_for("document.getElementById('errors').textContent.includes('budgets')")
    assert page.evaluate(_ROWS) == []


def test_variables_that_are_no_json_are_told_before_anything_is_sent(page: Page) -> None:
    page.click("#variables")
    page.type("{limit: 1}")
    sent = len(page.requests)
    page.click("#run")
    page.wait_for("document.getElementById('errors').textContent.includes('The variables are not JSON')")
    assert len(page.requests) == sent


def test_the_schema_is_searched_by_name_and_description(page: Page) -> None:
    page.click("#search")
    page.type("revised budget")
    assert page.evaluate(_OPEN_TYPES) == ["Row"]
    members = (
        "[...document.querySelectorAll('#type-Row .member:not([hidden]) dt > code')].map(e => e.textContent)"
    )
    assert page.evaluate(members) == ["budget"]


def test_a_type_name_leads_to_its_type(page: Page) -> None:
    page.click("#type-Query summary")
    page.click("#type-Query .member a[href='#type-Position']")
    assert page.evaluate(_OPEN_TYPES) == ["Query", "Position"]


def test_every_control_has_a_label(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    controls = "[...document.querySelectorAll('input, select, textarea')]"
    assert (
        page.evaluate(f"{controls}.filter(control => !control.labels.length).map(control => control.id)")
        == []
    )


def test_it_is_also_served_beside_graphiql(page: Page) -> None:
    page.navigate(page.url + "explorer/plain")
    page.wait_for("document.querySelectorAll('.type').length > 0")
    page.click("#run")
    page.wait_for(f"{_ROWS}.length === 2")


def test_it_works_behind_a_path_prefix(tmp_path: Path) -> None:
    inner = application(routes("/graphql", QUESTIONS, assets=tmp_path))
    prefixed = Starlette(routes=[Mount("/finance", inner)])
    with serving(prefixed) as url, open_page(f"{url}/finance/explorer/plain") as page:
        page.wait_for("document.querySelectorAll('.type').length > 0")
        page.click("#run")
        page.wait_for(f"{_ROWS}.length === 2")
        assert all(address.startswith(f"{url}/finance/") for address in page.requests)


def _ask(page: Page, document: str) -> None:
    page.evaluate("document.getElementById('document').value = ''")
    page.click("#document")
    page.type(document)
    page.click("#run")
