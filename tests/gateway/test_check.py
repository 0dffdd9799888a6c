"""`threefold check`: problems at once, or a table of which systems answer."""

import asyncio
import re

import pytest

from gateway.check import check
from sources.spi.errors import Unauthorized
from sources.spi.source import Health

FILE = """\
version: 1
profile: demo
reportingCurrency: USD
calendar: C
legalEntities:
  - {id: US01, name: One, currency: USD, unused: [REQUISITION, ORDER, RECEIPT, INVOICE, VOUCHER, DEFERRAL]}
accounts: [{id: 6100, name: Consulting, class: EXPENSE}]
calendars: [{id: C, startMonth: 1, firstYear: 2025, lastYear: 2026}]
sources:
  ledger: {connector: sap_s4, url: "https://sap.example", entities: {US01: 1010}, facts: [LEDGER]}
  plan: {connector: anaplan, url: "https://plan.example", entities: {US01: One}, facts: [BUDGET]}
"""


class Probed:
    """A source that only answers probes."""

    def __init__(self, name, system, answer):
        self.name = name
        self.system = system
        self.closed = False
        self._answer = answer

    async def probe(self, ctx):
        assert ctx.remaining(self.name) > 0
        return await self._answer()

    async def aclose(self):
        self.closed = True


async def well():
    return Health(ok=True, detail="12 cost\ncentres", milliseconds=7.4)


async def unauthorized():
    raise Unauthorized("plan", "rejected the credentials")


async def surprising():
    raise KeyError("hunter2")


async def silent():
    await asyncio.sleep(60)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "threefold.yaml"
    path.write_text(FILE)
    return path


def run(path, answer=well, connectors=lambda _: []):
    sources = {"ledger": Probed("ledger", "SAP S/4HANA", well), "plan": Probed("plan", "anaplan", answer)}
    report = asyncio.run(
        check(path, {}, connectors, lambda settings: {name: sources[name] for name in settings})
    )
    assert not report.lines or all("\n" not in line for line in report.lines)
    return report, [source.closed for source in sources.values()]


def test_all_is_well(file):
    report, closed = run(file)
    assert report.ok
    assert report.lines == (
        "source  system       state  ms  detail",
        "ledger  SAP S/4HANA  ok      7  12 cost centres",
        "plan    anaplan      ok      7  12 cost centres",
        "all 2 sources answer",
    )
    assert closed == [True, True]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (unauthorized, r"plan +anaplan +failed +\d+  SOURCE_UNAUTHORIZED: rejected the credentials"),
        (surprising, r"plan +anaplan +failed +\d+  unexpected KeyError"),
    ],
)
def test_one_source_fails_and_the_other_is_still_told(file, answer, expected):
    report, closed = run(file, answer)
    assert not report.ok
    assert report.lines[-1] == "1 of 2 sources failed"
    assert "12 cost centres" in report.lines[1]
    assert re.fullmatch(expected, report.lines[2])
    assert closed == [True, True]


def test_a_source_that_never_answers(file):
    file.write_text(FILE.replace("facts: [BUDGET]", "facts: [BUDGET], limits: {timeout: 10ms}"))
    report, closed = run(file, silent)
    assert report.lines[2].endswith("no answer within 0.01 s")
    assert closed == [True, True]


def test_every_problem_and_no_probe(file):
    file.write_text(FILE.replace("profile: demo", "profile: test").replace("calendar: C\n", "calendar: D\n"))
    report, closed = run(file, connectors=lambda settings: [f"options: {settings.name} knows none"])
    assert not report.ok
    assert [line.removeprefix(f"{file}:") for line in report.lines] == [
        "2: profile: must be 'demo' or 'production', not 'test'",
        "4: calendar: 'D' is not in calendars; it has C",
        "10: sources.ledger.options: ledger knows none",
        "11: sources.plan.options: plan knows none",
        f"4 problems in {file}",
    ]
    assert closed == [False, False]


def test_warnings_come_first_and_do_not_fail(file):
    file.write_text(FILE.replace("REQUISITION, ", ""))
    report, _ = run(file)
    assert report.ok
    assert report.lines[0].endswith("list under unused what it does not use (warning)")
