"""What the pages of docs/ show is true: their questions give the answers beside them, their examples add up.

A page may hold two kinds of pairs. A ```graphql block is asked of the demo; the block that follows it is the
answer, as JSON (its `data`) or as the table that `threefold query` prints. A ```documents block draws
documents as `tests.world` reads them; the ```figures block that follows it says what they come to in all,
line by line under a heading of measures, and of what the line assumes (`year`, `window` and `through`,
`blanket`, `grniInLedger`). A ```curl block is sent to the demo as curl would send it; the block that follows
it is what comes back.
"""

import asyncio
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

import httpx
import orjson
import pytest

from gateway import render, sandbox, wiring
from gateway.app import application
from gateway.cli.ask import Ask, answered
from gateway.config import load
from resolvers.plan.question import Question, Span, WhatIf
from resolvers.plan.reconcile.question import Kind, Reason
from resolvers.semantics.breaks import BreakCode
from resolvers.semantics.calendar import Window
from resolvers.semantics.entities import Blankets
from resolvers.semantics.measures import MEASURES
from tests.world import System, ask, documents, model

DOCS: Final = Path(__file__).parent.parent / "docs"
EVER: Final = Span(first="2025-P01", last="2026-P12")
SETTINGS: Final = ("year", "window", "through", "blanket", "grniInLedger")
_FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Pair(NamedTuple):
    """A block of a page and the one after it."""

    page: str
    shown: str
    kind: str
    beside: str


def pairs(language: str) -> Iterator[Pair]:
    for page in sorted(DOCS.glob("*.md")):
        blocks = _FENCE.findall(page.read_text(encoding="utf-8"))
        for (name, shown), (kind, beside) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
            if name == language:
                yield Pair(page.name, shown, kind, beside)


def named(found: Iterator[Pair]) -> list[object]:
    return [pytest.param(pair, id=f"{pair.page}-{i}") for i, pair in enumerate(found, 1)]


@pytest.mark.slow
@pytest.mark.parametrize("pair", named(pairs("graphql")))
def test_a_question_gives_the_answer_beside_it(pair: Pair) -> None:
    configuration = load(sandbox.CONFIGURATION, sandbox.CREDENTIALS, wiring.problems)
    body = answered(wiring.engine(configuration, sandbox.in_process()), 60, Ask(pair.shown))
    assert "errors" not in body
    if pair.kind == "json":
        assert body["data"] == orjson.loads(pair.beside)
    else:
        assert render.as_table(render.rows_of(body["data"])) == pair.beside.rstrip("\n")


@pytest.mark.slow
@pytest.mark.parametrize("pair", named(pairs("curl")))
def test_a_request_gives_the_response_beside_it(pair: Pair) -> None:
    configuration = load(sandbox.CONFIGURATION, sandbox.CREDENTIALS, wiring.problems)
    app = application(wiring.engine(configuration, sandbox.in_process()), 60, limits=configuration.limits)

    async def sent() -> str:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
            return (await client.send(curl(pair.shown))).text

    assert asyncio.run(sent()).replace("\r\n", "\n") == pair.beside


def curl(command: str) -> httpx.Request:
    """What curl would send: -G, -H, -d and --data-urlencode."""
    words = iter(shlex.split(command)[1:])
    address, headers, data, get = "", {}, [], False
    for word in words:
        if word == "-G":
            get = True
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            data.append(next(words))
        elif word == "--data-urlencode":
            name, _, value = next(words).partition("=")
            data.append(f"{name}={quote(value)}")
        else:
            address = word
    if get:
        return httpx.Request("GET", f"{address}?{'&'.join(data)}", headers=headers)
    return httpx.Request("POST", address, headers=headers, content="&".join(data))


@pytest.mark.parametrize("pair", named(pairs("documents")))
def test_documents_come_to_the_figures_beside_them(pair: Pair) -> None:
    assert pair.kind == "figures"
    own = System("own", documents(pair.shown))
    heading, *lines = (line.split() for line in pair.beside.splitlines())
    assert lines
    for line in lines:
        told = dict(zip(heading, line, strict=True))
        wanted = {snake(name): amount for name, amount in told.items() if name not in SETTINGS}
        question = Question(frozenset(wanted), span=span(told), policy=assumed(told))
        found = ask(model(own), own, question=question).totals.row(0, named=True)
        assert {name: str(found[name]) for name in wanted} == wanted


def snake(name: str) -> str:
    measure = re.sub(r"[A-Z]", lambda capital: f"_{capital[0].lower()}", name)
    assert measure in MEASURES
    return measure


def span(told: dict[str, str]) -> Span:
    if "window" in told:
        return Span(window=Window(told["window"]), through=told["through"])
    return Span(fiscal_year=int(told["year"])) if "year" in told else EVER


def assumed(told: dict[str, str]) -> WhatIf:
    booked = told.get("grniInLedger")
    return WhatIf(
        grni_in_ledger=None if booked is None else {"true": True, "false": False}[booked],
        blanket=Blankets(told["blanket"]) if "blanket" in told else None,
    )


@pytest.mark.parametrize("kind", ["graphql", "documents", "curl"])
def test_every_example_of_the_pages_is_read(kind: str) -> None:
    """A fence written otherwise would go unread."""
    showing = {page.name for page in DOCS.glob("*.md") if f"```{kind}" in page.read_text(encoding="utf-8")}
    assert {pair.page for pair in pairs(kind)} == showing
    assert showing


def test_every_link_leads_somewhere() -> None:
    missing = [
        (page.name, link)
        for page in DOCS.glob("*.md")
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
        if not (DOCS / link).exists()
    ]
    assert missing == []


def test_every_break_is_explained() -> None:
    page = (DOCS / "figures.md").read_text(encoding="utf-8")
    assert {code.value for code in BreakCode} == set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))


def test_every_reason_is_explained() -> None:
    page = (DOCS / "reconcile.md").read_text(encoding="utf-8")
    assert {reason.value for reason in Reason} == set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))
    assert {kind.value for kind in Kind} == set(re.findall(r"^## .*`([A-Z_]+)`$", page, re.MULTILINE))


def test_every_measure_is_explained() -> None:
    page = (DOCS / "figures.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([a-z]\w+)` \|", page, re.MULTILINE))
    assert {snake(name) for name in told} == set(MEASURES)
