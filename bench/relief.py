"""Relief of open order lines: column by column, and line by line in plain Python beside it."""

import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

import polars as pl

from bench.result import Result, milliseconds
from resolvers.plan.normal import blank
from resolvers.semantics.placing import placed
from resolvers.semantics.relief import order_lines, relieved, units
from sources.spi.facts import EXACT, Fact

CENT = Decimal("0.01")
NOBODY: frozenset[str] = frozenset()


def measure() -> Result:
    rows = []
    for count in (100_000, 1_000_000):
        documents = _documents(count)
        columns, total = _timed(partial(_columns, *documents))
        few = min(count, 100_000)
        plain, _ = _timed(partial(_lines, *documents, few))
        each = plain / few * count
        rows.append(
            (
                f"{count:,}",
                milliseconds(columns),
                milliseconds(each),
                f"{each / columns:.1f}",
                f"{total:,.2f}",
            )
        )
    return Result(
        title="Relief over open order lines",
        method=(
            "Each line half received and a quarter invoiced, price and tax to the cent, two distributions to "
            "a line rounded by largest remainder. *Line by line*: a loop over dictionaries with Decimals "
            "that computes the same commitment without its distributions (at a million lines: 100,000 timed, "
            "times ten)."
        ),
        head=("open lines", "columns", "line by line", "ratio", "commitment"),
        rows=rows,
        goal="Goal: told, so that the price of a question over a whole company's orders is known.",
    )


def _documents(count: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    number = pl.int_range(count, eager=True).alias("n")
    base = pl.DataFrame({"n": number}).with_columns(
        legal_entity=pl.lit("US01"),
        number=pl.concat_str(pl.lit("PO"), "n"),
        line=pl.lit("1"),
        quantity=(pl.col("n") % 40 + 4).cast(EXACT),
        price=((pl.col("n") % 997 + 1).cast(EXACT) / 7).round(2),
    )
    order = base.with_columns(
        status=pl.lit("OPEN"),
        currency=pl.lit("USD"),
        ledger_currency=pl.lit("USD"),
        rate=pl.lit(1).cast(EXACT),
        tax_rate=pl.lit("0.0825").cast(EXACT),
        receipt_required=pl.lit(value=True),
        exponent=pl.lit(2, pl.Int32),
        source=pl.lit("s2p"),
        account=pl.lit("6100"),
        period=pl.lit("2026-P01"),
    )
    halves = [
        order.with_columns(
            dist=pl.lit(dist),
            _order=pl.lit(int(dist), pl.Int64),
            percent=pl.lit(50).cast(EXACT),
            cost_center=pl.lit(f"C{dist}"),
        )
        for dist in ("1", "2")
    ]
    half, quarter = pl.col("quantity") / 2, pl.col("quantity") / 4
    receipts = base.select("legal_entity", po="number", po_line="line", quantity=half.cast(EXACT))
    invoices = base.select(
        "legal_entity",
        "price",
        id=pl.concat_str(pl.lit("I"), "n"),
        line=pl.lit("1"),
        po="number",
        po_line="line",
        status=pl.lit("APPROVED"),
        currency=pl.lit("USD"),
        rate=pl.lit(1).cast(EXACT),
        quantity=quarter.cast(EXACT),
    )
    return (
        _shaped(pl.concat(halves), Fact.ORDER),
        _shaped(receipts, Fact.RECEIPT),
        _shaped(invoices, Fact.INVOICE).with_columns(_in_ledger=pl.lit(None, pl.Boolean)),
    )


def _shaped(frame: pl.DataFrame, fact: Fact) -> pl.DataFrame:
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in blank(fact).schema.items()
    )


def _columns(orders: pl.DataFrame, receipts: pl.DataFrame, invoices: pl.DataFrame) -> Decimal:
    lines = order_lines(orders)
    keyed = pl.DataFrame(schema={**dict.fromkeys(KEYED, pl.String()), "amount": EXACT, "quantity": EXACT})
    accruals = keyed.select("legal_entity", "ref_po", "ref_po_line", "ref_dist", "amount")
    of = units(orders, lines, invoices, keyed)
    done = relieved(of, receipts, invoices, keyed, accruals, NOBODY)
    commitment = placed(orders, done, blank(Fact.ORDER_SCHEDULE), "commitment")
    return Decimal(str(commitment["amount"].sum()))


KEYED = ("legal_entity", "ref_po", "ref_po_line", "ref_dist")


def _lines(orders: pl.DataFrame, receipts: pl.DataFrame, invoices: pl.DataFrame, count: int) -> Decimal:
    received = {row["po"]: row["quantity"] for row in receipts.head(count).iter_rows(named=True)}
    invoiced = {row["po"]: row["quantity"] for row in invoices.head(count).iter_rows(named=True)}
    total = Decimal(0)
    for row in orders.head(count).iter_rows(named=True):
        total += _line(row, received[row["number"]], invoiced[row["number"]])
    return total


def _line(row: dict[str, Any], received: Decimal, invoiced: Decimal) -> Decimal:
    left = max(Decimal(0), row["quantity"] - max(received, invoiced, Decimal(0)))
    worth = row["price"] * (1 + row["tax_rate"]) * row["rate"]
    return Decimal(left * worth).quantize(CENT, ROUND_HALF_UP)


def _timed(run: Callable[[], Decimal]) -> tuple[float, Decimal]:
    started = time.perf_counter()
    found = run()
    return time.perf_counter() - started, found
