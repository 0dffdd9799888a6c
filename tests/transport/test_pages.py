"""All pages or an error: never fewer rows, never more calls than the pages there are."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from sources.spi.context import Context
from sources.spi.errors import Malformed, OverLimit, SourceError, Unavailable
from sources.spi.settings import Limits
from sources.transport.message import Call, Reply
from sources.transport.pages import Page, Pager, Pages, together
from tests.transport.servers import application, channel, reply


class Shelf:
    """A list behind `skip` and `top`, with a total and a link to the next page."""

    def __init__(self, length: int, *, largest: int = 1000) -> None:
        self.rows = [{"n": n} for n in range(length)]
        self.largest = largest
        self.calls: list[int] = []

    async def answer(self, request: Request) -> Response:
        skip, top = (int(request.query_params.get(name, 0)) for name in ("skip", "top"))
        self.calls.append(skip)
        if "count" in request.query_params:
            return self.reply([], 0)
        return self.reply(self.rows[skip : skip + min(top or self.largest, self.largest)], skip)

    def reply(self, rows: list[dict[str, int]], skip: int) -> Response:
        following = skip + len(rows)
        link = f"http://erp.test/api/set?skip={following}" if following < len(self.rows) else None
        return reply({"rows": rows, "total": len(self.rows), "next": link})


def read(reply: Reply) -> Page:
    body = reply.json()
    link = body["next"]
    return Page(body["rows"], body["total"], None if link is None else Call("GET", link))


def at(size: int, offset: int) -> Call:
    return Call("GET", "set", (("skip", str(offset)), ("top", str(size))))


def walk(
    shelf: Any,
    use: Callable[[Pager], Awaitable[Pages]],
    *,
    limits: Limits | None = None,
    read_page: Any = read,
) -> Pages:
    async def scene() -> Pages:
        bounds = limits or Limits()
        opened = channel(application(shelf.answer), limits=bounds)
        try:
            return await use(Pager(opened, bounds, read, Context.within(30)))
        finally:
            await opened.aclose()

    return asyncio.run(scene())


def by_total(size: int, workers: int = 4) -> Callable[[Pager], Awaitable[Pages]]:
    return lambda pager: pager.by_total(partial(at, size), size, workers)


def until_short(size: int) -> Callable[[Pager], Awaitable[Pages]]:
    return lambda pager: pager.until_short(partial(at, size), size)


def counted(size: int) -> Callable[[Pager], Awaitable[Pages]]:
    return lambda pager: pager.counted(partial(at, size), Call("GET", "set", (("count", "1"),)), size, 4)


def links(pager: Pager) -> Awaitable[Pages]:
    return pager.links(Call("GET", "set"))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 40), st.integers(1, 12))
def test_every_row_once_in_order_with_one_call_per_page(length: int, size: int) -> None:
    shelf = Shelf(length, largest=size)
    whole = -(-length // size)
    ways = (
        (by_total(size), max(1, whole)),
        (counted(size), 1 if length < size else whole + 1),
        (until_short(size), length // size + 1),
        (links, max(1, whole)),
    )
    for way, calls in ways:
        shelf.calls.clear()
        found = walk(shelf, way)
        assert found.records == shelf.rows
        assert found.calls == len(shelf.calls) == calls
        assert found.sent_at is not None


def test_a_server_that_serves_less_than_asked_is_read_on_by_its_own_measure() -> None:
    shelf = Shelf(25, largest=10)
    assert walk(shelf, by_total(100)).records == shelf.rows
    assert sorted(shelf.calls) == [0, 10, 20]


def test_rows_pages_and_bytes_are_bounded() -> None:
    bounds = [
        (Limits(max_rows=24), "more than 24 rows"),
        (Limits(max_pages=2), "more than 2 pages"),
        (Limits(max_bytes=300), "more than 300 bytes"),
    ]
    for limits, message in bounds:
        for way in (by_total(10), until_short(10), links):
            with pytest.raises(OverLimit, match=message):
                walk(Shelf(25, largest=10), way, limits=limits)


def test_a_total_over_the_bound_is_known_after_the_first_page() -> None:
    shelf = Shelf(1000, largest=10)
    with pytest.raises(OverLimit):
        walk(shelf, by_total(10), limits=Limits(max_rows=500))
    assert shelf.calls == [0]


class Stuck(Shelf):
    """Ignores where it was asked to start."""

    async def answer(self, _: Request) -> Response:
        return self.reply(self.rows[:10], 0)


@pytest.mark.parametrize("way", [by_total(10), counted(10), until_short(10), links])
def test_a_page_that_comes_twice_is_malformed(way: Callable[[Pager], Awaitable[Pages]]) -> None:
    with pytest.raises(Malformed, match=r"came twice|in a circle"):
        walk(Stuck(30), way)


def test_pages_of_records_without_keys_may_look_alike() -> None:
    class Plain(Shelf):
        async def answer(self, _: Request) -> Response:
            return reply({"rows": [{"n": 1}] * 2, "total": 4, "next": None})

    async def scene() -> Pages:
        opened = channel(application(Plain(0).answer))
        pager = Pager(opened, Limits(), read, Context.within(30), distinct=False)
        return await pager.by_total(partial(at, 2), 2, 2)

    assert asyncio.run(scene()).records == [{"n": 1}] * 4


class Endless(Shelf):
    """Always has one more page."""

    async def answer(self, request: Request) -> Response:
        skip = int(request.query_params.get("skip", 0))
        return reply(
            {"rows": [{"n": skip}], "total": None, "next": f"http://erp.test/api/set?skip={skip + 1}"}
        )


def test_pages_without_an_end_stop_at_the_bound() -> None:
    for way in (links, until_short(1)):
        with pytest.raises(OverLimit, match="more than 30 pages"):
            walk(Endless(0), way, limits=Limits(max_pages=30))


def test_a_total_that_is_not_stated_is_malformed() -> None:
    with pytest.raises(Malformed, match="the first page does not state the total"):
        walk(Endless(0), by_total(1))

    class Uncounted(Shelf):
        async def answer(self, request: Request) -> Response:
            rows = [] if "count" in request.query_params else self.rows[:1]
            return reply({"rows": rows, "total": None, "next": None})

    with pytest.raises(Malformed, match="the count does not state the total"):
        walk(Uncounted(3), counted(1))


class Shrinking(Shelf):
    """Loses rows between the first page and the others."""

    async def answer(self, request: Request) -> Response:
        answered = await super().answer(request)
        self.rows = self.rows[:-3]
        return answered


def test_data_that_moves_under_the_read_is_not_passed_off_as_whole() -> None:
    with pytest.raises(Unavailable, match="the total went from"):
        walk(Shrinking(100), by_total(10, workers=1))


class Moving(Shelf):
    """`move` changes the rows after the first page was read, the first `times` that it is."""

    def __init__(self, length: int, move: Callable[[list[dict[str, int]]], None], times: int = 1) -> None:
        super().__init__(length, largest=10)
        self.move, self.times = move, times

    async def answer(self, request: Request) -> Response:
        answered = await super().answer(request)
        if self.times and self.calls[-1] == 0 and "count" not in request.query_params:
            self.times -= 1
            self.move(self.rows)
        return answered


def pushed(rows: list[dict[str, int]]) -> None:
    """A row comes in front and the last one goes: the total stays."""
    rows.insert(0, {"n": 1000 + len(rows)})
    rows.pop()


def grown(rows: list[dict[str, int]]) -> None:
    rows.append({"n": 1000 + len(rows)})


@pytest.mark.parametrize("move", [pushed, grown])
@pytest.mark.parametrize("way", [by_total(10), counted(10), until_short(10)])
def test_data_that_moved_once_are_read_again(
    way: Callable[[Pager], Awaitable[Pages]], move: Callable[[list[dict[str, int]]], None]
) -> None:
    """All there is in the end, nothing twice, and every call counted."""
    shelf = Moving(30, move)
    found = walk(shelf, way)
    assert found.records == shelf.rows
    assert found.calls == len(shelf.calls)


@pytest.mark.parametrize(
    ("move", "told"), [(pushed, "held already"), (grown, "the total went from 32 to 33")]
)
def test_data_that_never_stop_moving_are_an_error(
    move: Callable[[list[dict[str, int]]], None], told: str
) -> None:
    with pytest.raises(Unavailable, match=told):
        walk(Moving(30, move, times=99), by_total(10))


def test_a_page_is_the_same_whatever_stands_around_its_records() -> None:
    """A number of its own on each answer does not make a repeated page another one."""

    class Numbered(Shelf):
        async def answer(self, _: Request) -> Response:
            self.calls.append(1)
            page = {"rows": self.rows[:10], "total": len(self.rows), "next": None}
            return reply({**page, "request": len(self.calls)})

    with pytest.raises(Malformed, match="came twice"):
        walk(Numbered(30), by_total(10))


def test_a_total_that_is_wrong_is_never_believed() -> None:
    class Wrong(Shelf):
        async def answer(self, request: Request) -> Response:
            skip = int(request.query_params["skip"])
            rows = self.rows[skip : skip + 10]
            return reply({"rows": rows, "total": len(self.rows) + 5, "next": None})

    for length in (5, 30):
        with pytest.raises(SourceError, match=r"records came where|an empty page"):
            walk(Wrong(length, largest=10), by_total(10))


class Hollow(Shelf):
    async def answer(self, _: Request) -> Response:
        return reply({"rows": [], "total": 7, "next": None})


def test_an_announcement_without_rows_is_malformed() -> None:
    with pytest.raises(Malformed, match="an empty page where 7"):
        walk(Hollow(0), by_total(10))


class Elsewhere(Shelf):
    async def answer(self, _: Request) -> Response:
        return reply({"rows": [{"n": 0}], "total": 9, "next": "https://evil.test/set?skip=1"})


def test_a_next_page_on_another_host_is_not_fetched() -> None:
    with pytest.raises(Malformed, match="another host"):
        walk(Elsewhere(0), links)


def test_one_page_is_one_call() -> None:
    shelf = Shelf(30, largest=10)
    assert len(walk(shelf, lambda pager: pager.one(at(10, 0))).records) == 10
    assert shelf.calls == [0]


def test_together_keeps_order_and_bounds_the_workers() -> None:
    async def scene() -> None:
        running = most = 0

        async def job(number: int) -> int:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001 * (7 - number % 7))
            running -= 1
            return number

        assert await together((partial(job, n) for n in range(30)), 4) == [*range(30)]
        assert most == 4
        assert await together([], 4) == []

    asyncio.run(scene())


def test_the_first_error_ends_the_others_and_is_raised_as_itself() -> None:
    async def scene() -> None:
        ended = []

        async def wait(number: int) -> None:
            try:
                await asyncio.sleep(60)
            finally:
                ended.append(number)

        async def fail() -> None:
            await asyncio.sleep(0.001)
            raise Unavailable("erp", "down")

        with pytest.raises(Unavailable) as raised:
            await together([partial(wait, 1), fail, partial(wait, 2), partial(wait, 3)], 3)
        assert not isinstance(raised.value, BaseExceptionGroup)
        assert sorted(ended) == [1, 2]

    asyncio.run(scene())


def test_cancelling_ends_all_jobs() -> None:
    async def scene() -> None:
        ended = []

        async def wait(number: int) -> None:
            try:
                await asyncio.sleep(60)
            finally:
                ended.append(number)

        walking = asyncio.create_task(together((partial(wait, n) for n in range(9)), 3))
        await asyncio.sleep(0.001)
        walking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await walking
        assert sorted(ended) == [0, 1, 2]

    asyncio.run(scene())


def test_a_failing_page_is_the_error_of_the_read() -> None:
    class Failing(Shelf):
        async def answer(self, request: Request) -> Response:
            if request.query_params.get("skip") == "20":
                return reply({}, 403)
            return await super().answer(request)

    with pytest.raises(SourceError, match="denied access"):
        walk(Failing(40), by_total(10))
