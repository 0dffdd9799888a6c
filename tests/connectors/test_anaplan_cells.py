"""How cells become records, which members and pages are read for a question, and what is not believed."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sources.connectors.load import SettingsError, build
from sources.sandbox.anaplan.model import DEFAULT_VIEW, LOADING_VIEW, MODEL
from sources.sandbox.estate import build as history
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.errors import BadRequest, Malformed, OverLimit
from sources.spi.facts import Fact
from sources.spi.scan import Guarantee, Op, Predicate, Scan
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts
from sources.transport.retry import Retry
from tests.connectors.test_anaplan import ENTITIES, source

VIEW = {
    "pages": [{"id": "10", "name": "Versions"}],
    "rows": [{"id": "20", "name": "Cost Centers"}, {"id": "30", "name": "Accounts"}],
    "columns": [{"id": "40", "name": "Time"}],
}
MEMBERS = {"versionMetadata": [{"id": "11", "name": "Approved"}, {"id": "12", "name": "Draft"}]}
GRID = {
    "pages": ["Approved"],
    "columnCoordinates": [["Dec 25"], ["FY25"], ["Jan 26"]],
    "rows": [
        {"rowCoordinates": ["Sales", "Travel"], "cells": ["64.60", "1000", "0"]},
        {"rowCoordinates": ["Sales", "Rent"], "cells": ["", "-0.0", "-7.5"]},
        {"rowCoordinates": ["All", "Rent"], "cells": ["1", "1", "1"]},
    ],
}
COLUMNS = ("cost_center", "account", "period", "version", "amount")
SKIP = "Cost Centers=All"
CONSTANT = {"type": {"const": "ORIGINAL"}, "legal_entity": {"const": "US01"}}


def model(
    replies: Mapping[str, Any], seen: list[httpx.URL] | None = None, **options: str
) -> Callable[[Mapping[str, Any]], Source]:
    """A source on a model that answers by the last word of the path."""

    def answer(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request.url)
        last = request.url.path.rsplit("/", 1)[-1]
        return httpx.Response(200, json=replies["view" if last.isdigit() else last])

    def opened(mapping: Mapping[str, Any]) -> Source:
        settings = SourceSettings(
            name="planning",
            connector="anaplan",
            url="http://anaplan.test",
            auth={"kind": "bearer", "token": Secret("token")},
            options={"model": MODEL, "view": "1", **options},
            mapping={"budget": mapping},
        )
        return build(settings, Accounts(), httpx.MockTransport(answer), Retry(attempts=1))

    return opened


def ask(opened: Source, *where: Predicate, columns: tuple[str, ...] = COLUMNS, times: int = 1) -> list[Batch]:
    async def run() -> list[Batch]:
        accepted = opened.accept(Scan(Fact.BUDGET, columns, where=where))
        batches = [await opened.run(accepted, Context.within(30)) for _ in range(times)]
        await opened.aclose()
        return batches

    return asyncio.run(run())


APPROVED = Predicate("version", Op.IN, ("Approved",))


def test_every_cell_that_says_something_is_a_record() -> None:
    """Blanks and zeros say nothing; a year repeats its months, and "All", we are told, its cost centres."""
    replies = {"view": VIEW, "versions": MEMBERS, "data": GRID}
    (batch,) = ask(model(replies, skip=SKIP)(CONSTANT), APPROVED)
    assert batch.frame.rows() == [
        ("Sales", "Travel", "2025-P12", "Approved", Decimal("64.6")),
        ("Sales", "Rent", "2026-P01", "Approved", Decimal("-7.5")),
    ]


def test_a_page_is_chosen_by_ids_and_the_model_is_described_once() -> None:
    seen: list[httpx.URL] = []
    replies = {"view": VIEW, "versions": MEMBERS, "data": GRID}
    first, second = ask(model(replies, seen, skip=SKIP)(CONSTANT), APPROVED, times=2)
    assert [url.path.rsplit("/", 1)[-1] for url in seen] == ["1", "versions", "data", "data"]
    assert seen[-1].params.multi_items() == [("format", "v1"), ("pages", "10:11")]
    assert (first.calls, second.calls) == (3, 1)


def test_a_member_nobody_has_is_not_asked_for() -> None:
    seen: list[httpx.URL] = []
    replies = {"view": VIEW, "versions": MEMBERS, "data": GRID}
    (batch,) = ask(model(replies, seen)(CONSTANT), Predicate("version", Op.IN, ("No such version",)))
    assert batch.frame.height == 0
    assert not any(url.path.endswith("data") for url in seen)


def test_a_list_without_items_has_no_key_in_its_answer() -> None:
    replies = {"view": VIEW, "versions": {"status": {"code": 200}}, "data": GRID}
    (batch,) = ask(model(replies)(CONSTANT))
    assert (batch.frame.height, batch.frame.columns) == (0, list(COLUMNS))


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("data", {"pages": ["Draft"]}),
        ("data", {"pages": []}),
        ("data", {"pages": [None]}),
        ("data", {"columnCoordinates": [["Dec 25", "x"], ["FY25"], ["Jan 26"]]}),
        ("data", {"rows": [{"rowCoordinates": ["Sales"], "cells": ["1", "2", "3"]}]}),
        ("data", {"rows": [{"rowCoordinates": ["Sales", "Rent"], "cells": ["1"]}]}),
        ("data", {"rows": [{"rowCoordinates": ["Sales", "Rent"]}]}),
        ("data", {"rows": [{"rowCoordinates": ["Sales", "Rent"], "cells": ["x", "", ""]}]}),
        ("data", {"columnCoordinates": [["Dec 25"], ["Unknown"], ["Jan 26"]]}),
        ("view", {"rows": {"id": "20"}}),
        ("view", {"rows": [{"id": 20, "name": "Cost Centers"}]}),
        ("versions", {"versionMetadata": ["Approved"]}),
    ],
)
def test_a_grid_that_is_not_what_was_promised_is_malformed(part: str, change: dict[str, Any]) -> None:
    replies: dict[str, Any] = {"view": VIEW, "versions": MEMBERS, "data": GRID}
    replies[part] = replies[part] | change
    with pytest.raises(Malformed):
        ask(model(replies)(CONSTANT), APPROVED)


def test_a_dimension_that_is_not_there_and_one_that_nobody_reads() -> None:
    replies = {"view": VIEW, "versions": MEMBERS, "data": GRID}
    with pytest.raises(BadRequest, match=r"no dimension Budget Types, Legal Entities; it has Versions, Cost"):
        ask(model(replies)({}))
    with pytest.raises(BadRequest, match=r"no dimension Cost Centres; it has"):
        ask(model(replies, skip="Cost Centres=All")(CONSTANT))
    more = VIEW | {"columns": [*VIEW["columns"], {"id": "50", "name": "Line. Items"}]}
    with pytest.raises(BadRequest, match=r"no column is read from Line\. Items"):
        ask(model(replies | {"view": more})(CONSTANT))


def test_members_of_other_dimensions_are_chosen_by_name() -> None:
    more = VIEW | {"columns": [*VIEW["columns"], {"id": "50", "name": "Line. Items"}]}
    grid = GRID | {
        "columnCoordinates": [["Dec 25", "Amount"], ["Dec 25", "Note"], ["Jan 26", "Amount"]],
        "rows": [{"rowCoordinates": ["Sales", "Rent"], "cells": ["1", "agreed", "2"]}],
    }
    replies = {"view": more, "versions": MEMBERS, "data": grid}
    (batch,) = ask(model(replies, only="Line. Items=Am*")(CONSTANT), APPROVED)
    assert batch.frame["amount"].to_list() == [Decimal(1), Decimal(2)]


@pytest.mark.parametrize("text", ["Time", "=x", "Time=", "Time=a;;b=c"])
def test_a_choice_nobody_can_read_is_refused_when_the_source_is_made(text: str) -> None:
    with pytest.raises(SettingsError, match="skip"):
        model({}, skip=text)(CONSTANT)


@pytest.mark.parametrize("text", ["4d45", MODEL.lower(), MODEL + "/../x"])
def test_an_id_that_is_none_is_refused_when_the_source_is_made(text: str) -> None:
    with pytest.raises(SettingsError, match="model"):
        model({}, model=text)(CONSTANT)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"period": {"filter": {"GE": "EXACT"}}}, "members"),
        ({"type": {"otherwise": "ORIGINAL"}}, "word by word"),
        ({"version": {"from": ["Versions", "Scenarios"], "filter": {"IN": "EXACT"}}}, "one dimension"),
    ],
)
def test_a_mapping_that_cannot_be_asked_is_refused(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        model({})(change)


def test_more_pages_than_are_allowed_is_an_error() -> None:
    with pytest.raises(OverLimit, match="80 pages"):
        ask(source(Limits(max_pages=79), DEFAULT_VIEW))


def test_periods_are_left_to_the_engine() -> None:
    period = Predicate("period", Op.IN, ("2026-P01",))
    opened = source(Limits())
    accepted = opened.accept(Scan(Fact.BUDGET, COLUMNS, where=(period,)))
    assert (accepted.pushed, accepted.residual) == ((), (period,))
    assert opened.facts[Fact.BUDGET].filters["version", Op.IN] is Guarantee.EXACT
    asyncio.run(opened.aclose())


@pytest.mark.parametrize(("view", "calls"), [(LOADING_VIEW, 3), (DEFAULT_VIEW, 9)])
def test_the_cells_are_the_budget(view: str, calls: int) -> None:
    """One version of one entity: all types and months, by their canonical names, to the cent.

    Calls: the view, the members of each page dimension, and a page for each member chosen.
    """
    where = (
        Predicate("scenario", Op.IN, ("BUDGET",)),
        Predicate("version", Op.IN, ("APPROVED",)),
        Predicate("legal_entity", Op.IN, (ENTITIES["US01"],)),
    )
    columns = ("type", "account", "cost_center", "period", "amount")
    (batch,) = ask(source(Limits(), view, skip="Cost centres=Total *"), *where, columns=columns)
    found = {row[:-1]: row[-1] for row in batch.frame.select(columns).rows()}
    assert len(found) == batch.frame.height
    assert found == budgeted("US01")
    assert batch.calls == calls


def budgeted(entity: str) -> dict[tuple[str, ...], Decimal]:
    """The approved budget of the estate by Anaplan's names, without what adds up to nothing."""
    estate = history(seed=7, scale=0.02)
    sums: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for entry in estate.budget:
        if (entry.entity, entry.scenario, entry.version) == (entity, "BUDGET", "APPROVED"):
            account = estate.company.code("anaplan", "account", entry.account)
            center = estate.company.code("anaplan", "cost_center", entry.cost_center)
            sums[entry.type, account, center, entry.period] += entry.amount
    return {key: amount for key, amount in sums.items() if amount}
