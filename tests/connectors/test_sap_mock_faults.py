"""The SAP connector against a mock-sap whose tokens expire, that is busy, refuses, or fails now and then."""

import asyncio
from collections.abc import Iterator

import pytest

from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.errors import BadRequest, Missing, Unauthorized, Unavailable
from sources.spi.facts import Fact
from sources.spi.scan import Scan
from sources.spi.source import Source
from sources.transport.retry import Retry
from tests.connectors.mock_sap import MockSap, running
from tests.connectors.mock_sap_source import LINES, ORDERS, rows, run, use

pytest.importorskip("mocksap", reason="mock-sap is a development dependency")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sap() -> Iterator[MockSap]:
    with running() as system:
        yield system


def test_a_token_that_expires_on_the_way_is_renewed(sap: MockSap) -> None:
    async def twice(opened: Source, ctx: Context) -> tuple[int, dict[str, int]]:
        accepted = opened.accept(Scan(Fact.LEDGER, LINES))
        before = await opened.run(accepted, ctx)
        sap.control("POST", "advance", {"days": 1})
        after = await opened.run(accepted, ctx)
        return len(rows(before) - rows(after)), ctx.calls

    difference, calls = use(sap, twice, size=5000)
    assert difference == 0
    assert calls == {"sap": 5}, "login, read; refused read, login, read"


def test_wrong_credentials_are_unauthorized_and_not_shown(sap: MockSap) -> None:
    with pytest.raises(Unauthorized) as raised:
        run(sap, Scan(Fact.LEDGER, LINES), secret="hunter2hunter2")
    assert "hunter2" not in str(raised.value)


def test_a_busy_system_is_waited_for_as_long_as_it_says(sap: MockSap) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    sap.control("POST", "faults", {"match": "A_PurchaseOrder", "scenario": "busy", "count": 1})
    batch = run(sap, Scan(Fact.ORDER, ORDERS), retry=Retry(sleep=sleep), size=5000)
    assert batch.frame.height > 20
    assert batch.calls == 2
    assert slept == [30.0]


def test_a_busy_system_is_not_waited_for_beyond_the_deadline(sap: MockSap) -> None:
    async def hurried(opened: Source, _: Context) -> Batch:
        return await opened.run(opened.accept(Scan(Fact.ORDER, ORDERS)), Context.within(20))

    sap.control("POST", "faults", {"match": "A_PurchaseOrder", "scenario": "busy", "count": 1})
    with pytest.raises(Unavailable, match="No dialog work process available") as raised:
        use(sap, hurried)
    assert raised.value.retry_after == 30


def test_what_the_system_refuses_is_told_in_its_words(sap: MockSap) -> None:
    with pytest.raises(BadRequest, match=r"\(HTTP 400\).*ExchangeRate"):
        run(sap, Scan(Fact.ORDER, ("number", "rate")))
    with pytest.raises(Missing, match=r"\(HTTP 404\)"):
        run(sap, Scan(Fact.COST_CENTER, ("code",)))


def test_a_system_that_fails_now_and_then_is_read_all_the_same() -> None:
    async def no_sleep(_: float) -> None:
        await asyncio.sleep(0)

    with running("--error-rate", "0.25") as flaky:
        batch = run(flaky, Scan(Fact.LEDGER, LINES), retry=Retry(attempts=12, sleep=no_sleep), size=2)
    assert batch.frame.height == 18
    assert batch.calls >= 9
