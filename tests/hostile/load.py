"""Questions asked without a pause while systems die and come back, and what is wrong with their answers."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from tests.hostile.company import Company

CLIENTS: Final = 6
MEASURES: Final = (
    "budget preCommitment commitment receivedNotInvoiced invoicedNotPosted actual consumed available"
)
GROUPS: Final = ("COST_CENTER", "ACCOUNT", "LEGAL_ENTITY", "LEGAL_ENTITY, PERIOD")
NO_CACHE: Final = {"Cache-Control": "no-cache"}
CODES: Final = frozenset({"SOURCE_UNAVAILABLE", "SOURCE_TIMEOUT"})
"""What a system that is not there is told to be."""


def question(groups: str) -> str:
    return f"""{{
      budgetPosition(period: {{fiscalYear: 2026, window: YTD, through: "2026-P06"}}, groupBy: [{groups}]) {{
        rows {{ cellId {MEASURES} }} totals {{ {MEASURES} }} completeness
        sources {{ name state error {{ code }} }}
      }}
    }}"""


@dataclass
class Seen:
    """What came of a load: answers by how fresh they were, and everything that is wrong with any."""

    answers: int = 0
    states: Counter[str] = field(default_factory=Counter)
    nulls: int = 0
    wrong: list[str] = field(default_factory=list)


async def load(company: Company, seconds: float) -> Seen:
    """Every system killed once and started again in so many seconds, under load. Three of four questions may
    be answered with what is kept, the others may not."""
    async with httpx.AsyncClient(timeout=60) as client:
        truths = {groups: await _truth(client, company, groups) for groups in GROUPS}
        seen, over = Seen(), asyncio.Event()
        asking = [
            asyncio.ensure_future(_ask(client, company, truths, number, seen, over))
            for number in range(CLIENTS)
        ]
        await company.kill_one_after_the_other(seconds)
        over.set()
        await asyncio.gather(*asking)
        await _well_again(client, company, truths)
    return seen


async def _posted(client: httpx.AsyncClient, company: Company, groups: str, **how: Any) -> httpx.Response:
    return await client.post(company.address, json={"query": question(groups)}, **how)


async def _truth(client: httpx.AsyncClient, company: Company, groups: str) -> Any:
    """What is answered while all is well."""
    body = (await _posted(client, company, groups)).json()
    position = body["data"]["budgetPosition"]
    if "errors" in body or position["completeness"] != "COMPLETE" or not position["rows"]:
        raise AssertionError(str(body)[:1000])
    return position


async def _ask(
    client: httpx.AsyncClient,
    company: Company,
    truths: Mapping[str, Any],
    number: int,
    seen: Seen,
    over: asyncio.Event,
) -> None:
    for turn in itertools.count(number):
        if over.is_set():
            return
        groups = GROUPS[turn % len(GROUPS)]
        anew = turn // len(GROUPS) % 4 == 3
        response = await _posted(client, company, groups, headers=NO_CACHE if anew else {})
        seen.answers += 1
        seen.wrong += _faults(response, truths[groups], seen, anew=anew)


def _faults(response: httpx.Response, truth: Any, seen: Seen, *, anew: bool) -> Iterator[str]:
    """What is wrong with an answer: a figure that is neither the true one nor null; null, where there was
    something to answer with; null or stale, and nobody says why."""
    if response.status_code != 200 or not response.json().get("data"):
        yield f"HTTP {response.status_code}: {response.text[:500]}"
        return
    body = response.json()
    position = body["data"]["budgetPosition"]
    states = {source["name"]: source["state"] for source in position["sources"]}
    troubled = {name for name, state in states.items() if state in ("STALE", "FAILED")}
    seen.states.update(set(states.values()))
    told = {source["name"] for source in position["sources"] if (source["error"] or {}).get("code") in CODES}
    if told != troubled:
        yield f"{states}, and errors are told of {sorted(told)}"
    if len(body.get("errors", ())) != len(troubled):
        yield f"{len(body.get('errors', ()))} errors for {sorted(troubled)}"
    lost = [name for name, state in states.items() if state == "FAILED"]
    if lost and not anew:
        yield f"{lost} are lost, and something was kept of them"
    rows = {row["cellId"]: row for row in truth["rows"]}
    if not lost and position["rows"] != truth["rows"]:
        yield "rows that are not the true ones"
    pairs = [(row, rows.get(row["cellId"])) for row in position["rows"]]
    for row, true in [*pairs, (position["totals"], truth["totals"])]:
        seen.nulls += sum(value is None for value in row.values())
        wrong = {each for each, value in row.items() if value is not None and value != _true(true, each, row)}
        nulls = {each for each, value in row.items() if value is None}
        if wrong or (nulls and not lost):
            yield f"{row} where {true} is true"


def _true(true: Mapping[str, Any] | None, each: str, row: Mapping[str, Any]) -> Any:
    """What a figure has to be. A row that is not there while all is well (an invoice stands in none while its
    order cannot be read) has nothing in it: what is known of it is zero."""
    if true is not None:
        return true[each]
    return row["cellId"] if each == "cellId" else "0.00"


async def _well_again(client: httpx.AsyncClient, company: Company, truths: Mapping[str, Any]) -> None:
    """Returns when all is as it was."""
    for _ in range(60):
        positions = [
            (await _posted(client, company, groups, headers=NO_CACHE)).json()["data"]["budgetPosition"]
            for groups in GROUPS
        ]
        if all(
            each["rows"] == true["rows"] and {source["state"] for source in each["sources"]} == {"LIVE"}
            for each, true in zip(positions, truths.values(), strict=True)
        ):
            return
        await asyncio.sleep(1)
    raise TimeoutError(str(positions[0]["sources"]))
