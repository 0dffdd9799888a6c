"""Two real gateways share one real Valkey, lose it, and find it again; one goes, and no question with it."""

import hmac
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import httpx
import pytest
import redis

from tests.gateway.fleet import HOOK_SECRET, Fleet

pytestmark = pytest.mark.slow


@pytest.fixture
def fleet(tmp_path) -> Iterator[Fleet]:
    with Fleet(tmp_path) as running:
        yield running


def position(year: int, group: str = "ACCOUNT") -> str:
    return (
        f"{{ budgetPosition(period: {{fiscalYear: {year}}}, groupBy: [{group}]) "
        "{ totals { budget consumed available } rows { budget actual } completeness } }"
    )


def eventually(true: Callable[[], bool]) -> None:
    for _ in range(300):
        if true():
            return
        time.sleep(0.05)
    raise TimeoutError


def told(replies: list[httpx.Response]) -> list[bytes]:
    """Different answers, none of which is an error or lacks something."""
    assert {reply.status_code for reply in replies} == {200}
    assert all("errors" not in reply.json() for reply in replies)
    assert all(reply.json()["data"]["budgetPosition"]["completeness"] == "COMPLETE" for reply in replies)
    return sorted({reply.content for reply in replies})


def test_200_cold_questions_at_once_read_everything_once(fleet):
    fleet.system.seconds = 0.3
    (body,) = told(fleet.together(*[position(2026)] * 200))
    assert b'"budget"' in body
    calls = fleet.system.calls
    assert len(calls) > 5
    assert {call for call, times in calls.items() if times > 1} == set()


def test_valkey_is_killed_in_the_middle_and_comes_back(fleet):
    """While 100 questions are under way it dies: all are answered, and all alike. While it is away each
    replica reads for itself. When it is back, one reads for both."""
    fleet.system.seconds = 0.3
    with ThreadPoolExecutor() as pool:
        load = pool.submit(fleet.together, *[position(2026)] * 100)
        eventually(lambda: bool(fleet.system.calls))
        fleet.valkey.kill()
        assert len(told(load.result())) == 1
    away = newly(fleet, lambda: told(fleet.together(*[position(2025)] * 20)))
    assert set(away.values()) == {2}
    fleet.valkey.start()
    eventually(lambda: listening(fleet) == 2)
    back = newly(fleet, lambda: told(fleet.together(*[position(2024)] * 100)))
    assert set(back.values()) == {1}


def newly(fleet: Fleet, do: Callable[[], object]) -> Counter[str]:
    """The calls that it takes."""
    before = fleet.system.calls.copy()
    do()
    return fleet.system.calls - before


def listening(fleet: Fleet) -> int:
    """Replicas that look for changes in Valkey."""
    with redis.Redis(port=fleet.valkey.port) as client:
        return sum(each["cmd"] == "hgetall" for each in client.client_list())


def test_what_one_hears_the_other_knows_and_nobody_hears_it_twice(fleet):
    fleet.ask(0, position(2026))
    fleet.ask(1, position(2026))
    before = fleet.system.calls.copy()
    message = b'{"type": "journal.posted"}'
    at = str(int(time.time()))
    signature = hmac.new(HOOK_SECRET.encode(), f"{at}.".encode() + message, sha256).hexdigest()
    proof = {"X-Timestamp": at, "X-Signature": signature}

    def say(replica: int) -> int:
        address = f"{fleet.addresses[replica]}/hooks/ledger"
        return httpx.post(address, content=message, headers=proof).status_code

    assert [say(0), say(1), say(0)] == [200, 409, 409]

    def read_again() -> bool:
        fleet.ask(1, position(2026))
        return fleet.system.calls != before

    eventually(read_again)
    again = fleet.system.calls - before
    assert {address.partition("?")[0].rpartition("/")[2] for address in again} <= {
        "journal-lines",
        "vouchers",
    }


def test_who_is_asked_to_go_finishes_what_is_under_way(fleet):
    fleet.system.seconds = 1.5
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(fleet.ask, 0, position(2026))
        eventually(lambda: bool(fleet.system.calls))
        fleet.terminate(0)

        def going() -> bool:
            return httpx.get(f"{fleet.addresses[0]}/readyz").status_code == 503

        eventually(going)
        assert httpx.get(f"{fleet.addresses[1]}/readyz").status_code == 200
        assert answer.result()["data"]["budgetPosition"]["completeness"] == "COMPLETE"
    assert fleet.processes[0].wait(60) == 0
    with pytest.raises(httpx.ConnectError):
        fleet.ask(0, position(2026))
    assert fleet.ask(1, position(2026))["data"]["budgetPosition"]["completeness"] == "COMPLETE"
