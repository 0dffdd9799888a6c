"""The Tryton connector on a real Tryton, held against Tryton's own figures."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from typing import ClassVar, TypeVar

import polars as pl
import pytest

from sources.connectors.load import build
from sources.spi.context import Context
from sources.spi.errors import BadRequest, Forbidden, Missing, OverLimit, SourceError, Unauthorized
from sources.spi.facts import Fact
from sources.spi.scan import Keys, Op, Predicate, Scan
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts
from tests.connectors.conformance import Conformance
from tests.tryton import oracle
from tests.tryton.books import CLOSED_CENTER, COST_CENTERS, READER
from tests.tryton.rpc import Client
from tests.tryton.server import DATABASE, RECORDS_LIMIT, Server

pytestmark = [pytest.mark.tryton, pytest.mark.slow]
T = TypeVar("T")
THIS_YEAR = (date(2026, 1, 1), date(2026, 12, 31))
IN_2026 = (Predicate("date", Op.GE, (THIS_YEAR[0],)), Predicate("date", Op.LE, (THIS_YEAR[1],)))
APPROVED = ("APPROVED", "POSTED_PER_S2P", "PAID_PER_S2P")


def source(server: Server, limits: Limits | None = None, **changes: object) -> Source:
    user, password = READER
    given: dict[str, object] = {
        "name": "erp",
        "connector": "tryton",
        "url": server.url,
        "auth": {"username": user, "password": Secret(password)},
        "options": {"database": DATABASE, "plan": "CC", "expense": "5.1.3"},
        "limits": limits or Limits(),
    }
    return build(SourceSettings(**{**given, **changes}), Accounts())  # type: ignore[arg-type]


class TestTryton(Conformance):
    """What the sandbox's Tryton is held to, the real one is too; over one session, since logins are slow."""

    questions = 3
    test_columns_are_returned_as_asked = None  # type: ignore[assignment] — a hundred scans, done on the sandbox
    _runner: ClassVar[asyncio.Runner]
    _opened: ClassVar[dict[Limits, Source]]

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _served(cls, tryton: Server) -> Iterator[None]:
        cls.open = staticmethod(partial(source, tryton))
        cls._opened = {}
        with asyncio.Runner() as cls._runner:
            yield
            for opened in cls._opened.values():
                cls._runner.run(opened.aclose())

    def _with(self, limits: Limits, use: Callable[[Source], Awaitable[T]]) -> T:
        async def with_it() -> T:
            if limits not in self._opened:
                self._opened[limits] = type(self).open(limits)
            return await use(self._opened[limits])

        return self._runner.run(with_it())


def used(opened: Source, use: Callable[[Source], Awaitable[T]]) -> T:
    async def run() -> T:
        try:
            return await use(opened)
        finally:
            await opened.aclose()

    return asyncio.run(run())


def whole(opened: Source, fact: Fact, *where: Predicate, keys: Keys | None = None) -> pl.DataFrame:
    """All rows of a fact, every column; the caller's predicates must be kept exactly by the source."""

    async def use(opened: Source) -> pl.DataFrame:
        accepted = opened.accept(Scan(fact, tuple(sorted(opened.facts[fact].columns)), where, keys=keys))
        assert accepted.residual == ()
        return (await opened.run(accepted, Context.within(600))).frame

    return used(opened, use)


def by(frame: pl.DataFrame, column: str) -> dict[str, Decimal]:
    sums = frame.group_by(column).agg(pl.col("amount").sum()).drop_nulls().rows()
    return {code: amount for code, amount in sums if amount}


@pytest.fixture(scope="module")
def client(tryton: Server) -> Client:
    return tryton.client()


def test_budget_and_actual_of_every_cost_centre_are_the_report_s(tryton: Server, client: Client) -> None:
    report = oracle.cost_center_report(client, "Budget 2026")
    budget = by(whole(source(tryton), Fact.BUDGET), "cost_center")
    actual = by(whole(source(tryton), Fact.LEDGER, *IN_2026), "cost_center")
    assert budget == {code: line.budget for code, line in report.items()}
    assert actual == {code: line.actual for code, line in report.items()}
    assert CLOSED_CENTER in actual


def test_actual_of_every_account_is_the_ledger_s(tryton: Server, client: Client) -> None:
    """Lines without a cost centre included: the split of a line adds up to the line."""
    rows = whole(source(tryton), Fact.LEDGER, *IN_2026).filter(pl.col("type") == "NORMAL")
    assert by(rows, "account") == {k: v for k, v in oracle.ledger_sums(client, *THIS_YEAR).items() if v}
    report = oracle.account_report(client, "Accounts 2026")
    assert {code: by(rows, "account")[code] for code in report} == {k: r.actual for k, r in report.items()}
    unassigned = rows.filter(pl.col("cost_center").is_null() & (pl.col("account") == "5.2.2"))
    assert unassigned["amount"].sum() == 2 * Decimal("1500.00")


def test_unposted_moves_are_left_out_and_closing_ones_told_apart(tryton: Server, client: Client) -> None:
    last_year = (date(2025, 1, 1), date(2025, 12, 31))
    where = (Predicate("date", Op.GE, (last_year[0],)), Predicate("date", Op.LE, (last_year[1],)))
    rows = whole(source(tryton), Fact.LEDGER, *where)
    normal = rows.filter(pl.col("type") == "NORMAL")
    posted = oracle.analytic_sums(client, *last_year, posted=True)
    assert by(normal, "cost_center") == {code: posted[code] for code in COST_CENTERS if posted.get(code)}
    closing = rows.filter(pl.col("type") == "CLOSING")
    assert by(closing, "account")["5.2.2"] == -by(normal, "account")["5.2.2"]


def test_what_is_ordered_and_not_invoiced_is_what_tryton_s_lines_say(tryton: Server, client: Client) -> None:
    orders, invoices = whole(source(tryton), Fact.ORDER), whole(source(tryton), Fact.INVOICE)
    counted = invoices.filter(pl.col("status").is_in(APPROVED) & pl.col("po").is_not_null())
    sign = pl.when(pl.col("type") == "CREDIT").then(-1).otherwise(1)
    billed = (
        counted.unique(["id", "line"]).group_by(line="po_line").agg(billed=(pl.col("quantity") * sign).sum())
    )
    open_ = (
        orders.filter(pl.col("status") == "OPEN")
        .join(billed, on="line", how="left")
        .with_columns(
            left=pl.col("quantity")
            - pl.col("cancelled_quantity").fill_null(Decimal(0))
            - pl.col("billed").fill_null(Decimal(0))
        )
    )
    expected = oracle.to_invoice_by_line(client)
    amounts = {
        int(row["line"]): oracle.cents(max(row["left"], Decimal(0)) * row["price"])
        for row in open_.unique("line").iter_rows(named=True)
    }
    assert amounts == expected
    centers: dict[str, Decimal] = defaultdict(Decimal)
    for row in open_.iter_rows(named=True):
        centers[row["cost_center"]] += amounts[int(row["line"])] * row["percent"]
    exact = oracle.to_invoice_by_center(client, "CC")
    assert centers.keys() == exact.keys()
    assert all(abs(centers[code] - amount) < 1 for code, amount in exact.items())


def test_every_order_line_has_an_account(tryton: Server) -> None:
    assert whole(source(tryton), Fact.ORDER)["account"].null_count() == 0


def test_every_invoice_that_stands_has_its_voucher(tryton: Server) -> None:
    invoices = whole(source(tryton), Fact.INVOICE)
    standing = invoices.filter(pl.col("status").is_in(APPROVED[1:]))
    vouchers = whole(source(tryton), Fact.VOUCHER)
    assert {*vouchers["ref_invoice"]} == {*standing["id"]}
    voided = invoices.filter(pl.col("status") == "VOIDED")["id"]
    assert voided.len() > 0
    found = whole(source(tryton), Fact.VOUCHER, keys=Keys("ref_invoice", (voided[0], standing["id"][0])))
    assert {*found["ref_invoice"]} == {standing["id"][0]}


def test_credits_give_back(tryton: Server) -> None:
    given_back = whole(source(tryton), Fact.INVOICE).filter(pl.col("type") == "CREDIT")
    assert given_back.height >= 4
    assert (given_back["quantity"] > 0).all()
    assert (given_back["amount"] > 0).all()


def test_the_purchase_behind_a_journal_line_is_found_and_can_be_opened(tryton: Server) -> None:
    lines = whole(source(tryton), Fact.LEDGER).filter(pl.col("ref_po").is_not_null())
    line = lines.row(0, named=True)
    orders = whole(source(tryton), Fact.ORDER, keys=Keys("number", (line["ref_po"],)))
    order = orders.filter(pl.col("line") == line["ref_po_line"]).row(0, named=True)
    assert order["supplier"] == line["supplier"]
    opened = source(tryton)
    address = opened.url(Fact.ORDER, {"id": order["id"], "number": order["number"]})
    asyncio.run(opened.aclose())
    assert address == f"{tryton.url}/#{DATABASE}/model/purchase.purchase/{order['id']}"


def test_a_reversal_names_what_it_reverses(tryton: Server) -> None:
    ledger = whole(source(tryton), Fact.LEDGER)
    reversals = ledger.filter(pl.col("reverses").is_not_null())
    originals = ledger.filter(pl.col("number").is_in(reversals["reverses"].implode()))
    assert reversals.height > 0
    assert reversals["amount"].sum() == -originals["amount"].sum() == 0
    assert by(reversals, "account") == {code: -amount for code, amount in by(originals, "account").items()}
    assert {*reversals["ref_invoice"]} == {*originals["ref_invoice"].drop_nulls()}


def test_pages_are_halved_until_the_server_takes_them_and_that_is_remembered(tryton: Server) -> None:
    async def use(opened: Source) -> tuple[int, int, int]:
        scan = opened.accept(Scan(Fact.LEDGER, ("id", "amount")))
        first = Context.within(600)
        batch = await opened.run(scan, first)
        again = Context.within(600)
        await opened.run(scan, again)
        return batch.frame["id"].len(), first.calls["erp"], again.calls["erp"]

    rows, first, again = used(source(tryton), use)
    assert rows > RECORDS_LIMIT // 2
    assert first == again + 3  # the login, and pages of 1000 and 500 refused
    assert again == 1 + 1 + 1  # pages of 250, and the count


def test_a_session_that_ended_is_renewed_unseen(tryton: Server, client: Client) -> None:
    """Tryton ends all sessions of a user whose password is set anew. Six questions then share one login."""
    login, password = READER

    async def use(opened: Source) -> tuple[int, list[int], int]:
        scan = opened.accept(Scan(Fact.SUPPLIER, ("code",)))
        before = (await opened.run(scan, Context.within(600))).frame.height
        reader = client.one("res.user", [("login", "=", login)])["id"]
        client.model("res.user", "write", [reader], {"password": password})
        ctx = Context.within(600)
        batches = await asyncio.gather(*(opened.run(scan, ctx) for _ in range(6)))
        return before, [batch.frame.height for batch in batches], ctx.calls["erp"]

    before, after, calls = used(source(tryton), use)
    assert after == [before] * 6
    assert calls <= 6 + 6 + 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"auth": {"username": READER[0], "password": Secret("wrong")}}, Unauthorized),
        ({"options": {"database": "nowhere", "plan": "CC"}}, Missing),
        ({"mapping": {"suppliers": {"name": "no_such_field"}}}, BadRequest),
    ],
)
def test_what_cannot_be_is_refused(
    tryton: Server, changes: dict[str, object], error: type[SourceError]
) -> None:
    with pytest.raises(error) as failure:
        whole(source(tryton, **changes), Fact.SUPPLIER)
    assert "wrong" not in str(failure.value)


def test_a_model_one_may_not_read_is_said_to_be_forbidden(tryton: Server) -> None:
    with pytest.raises(Forbidden, match="Stock Move"):
        whole(source(tryton, mapping={"purchases": {"number": "moves.id"}}), Fact.ORDER)


def test_the_probe_is_one_small_read(tryton: Server) -> None:
    assert used(source(tryton), lambda opened: opened.probe(Context.within(30))).ok


def test_more_rows_than_allowed_are_an_error(tryton: Server) -> None:
    with pytest.raises(OverLimit):
        whole(source(tryton, Limits(max_rows=100)), Fact.LEDGER)
