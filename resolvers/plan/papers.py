"""Documents as they were written: rows of a fact, and what each row is worth in the document's currency.

Worth is cost: the net amount and the tax that cannot be recovered, the same at every stage, less what was
cancelled, a credit negative. A line is rounded once and its distributions add up to it. Ledger lines and
budget entries are worth what they say, in natural sign. A receipt is worth what its order says it is, so that
alone it is worth nothing known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

import polars as pl

from resolvers.semantics.currency import exponents
from resolvers.semantics.model import Model
from resolvers.semantics.parts import natural, with_class
from resolvers.semantics.rounding import ONE, ZERO, rounded, split
from resolvers.semantics.values import is_credit, net_amount
from sources.spi.facts import EXACT, Fact, Sign

Row = Mapping[str, Any]

ENTRIES: Final = (Fact.BUDGET, Fact.LEDGER)
"""Facts whose every row is a document of its own."""
STANDS: Final = {Fact.BUDGET: "APPROVED", Fact.LEDGER: "POSTED", Fact.VOUCHER: "POSTED"}
"""The status of a row that does not say one."""
_LINE: Final = ("source", "legal_entity", "id", "number", "line")
_WIDE: Final = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: all rows that were found of it, at least one."""

    fact: Fact
    rows: tuple[Row, ...]

    def first(self, column: str) -> Any:
        """What the first row that says something says."""
        return next((row[column] for row in self.rows if row.get(column) is not None), None)

    @property
    def date(self) -> date | None:
        return min((row["date"] for row in self.rows if row.get("date") is not None), default=None)

    @property
    def status(self) -> str | None:
        stated: str | None = self.first("status")
        return stated or STANDS.get(self.fact)

    @property
    def currency(self) -> str | None:
        """Of an invoice that does not say, null: it is its order's."""
        stated: str | None = self.first("currency")
        return stated

    @property
    def worth(self) -> Decimal | None:
        """The sum of its rows; None where one of them is not known."""
        known = [row.get("worth") for row in self.rows]
        return None if None in known else sum((w for w in known if w is not None), Decimal(0))


def with_worth(fact: Fact, rows: pl.DataFrame, sign: Sign, model: Model) -> pl.DataFrame:
    """`rows` with `worth`, each row's own part, and `decimals`, those of the currency it is in."""
    table = exponents()
    currency = pl.coalesce("currency", "ledger_currency") if "currency" in rows.columns else None
    said = pl.col("ledger_currency") if currency is None else currency
    rows = rows.with_columns(
        decimals=said.replace_strict(list(table), list(table.values()), default=2, return_dtype=pl.Int32)
    )
    if fact in (*ENTRIES, Fact.VOUCHER):
        return with_class(rows, model).with_columns(worth=natural(sign)).drop("kind", "revenue")
    net = _NET.get(fact)
    if net is None:
        return rows.with_columns(worth=pl.lit(None, EXACT))
    whole = rows.with_columns(
        _whole=rounded(net().cast(EXACT), pl.col("decimals")), _exponent=pl.col("exponent")
    ).with_columns(exponent=pl.col("decimals"))
    parts = split(whole, by=_LINE, amount="_whole", weight="percent", order=("_order",))
    return parts.rename({"_whole": "worth"}).with_columns(exponent=pl.col("_exponent")).drop("_exponent")


def _asked() -> pl.Expr:
    return pl.col("quantity") * pl.col("price") / pl.col("price_unit").fill_null(ONE) * _taxed()


def _ordered() -> pl.Expr:
    cancelled = pl.col("cancelled_quantity").fill_null(ZERO)
    by_quantity = (
        (pl.col("quantity") - cancelled) * pl.col("price") / pl.col("price_unit").fill_null(ONE) * _taxed()
    )
    by_amount = (pl.col("amount") - cancelled) * _taxed()
    return pl.when(pl.col("match_basis").fill_null("QTY") == "AMOUNT").then(by_amount).otherwise(by_quantity)


def _billed() -> pl.Expr:
    value = net_amount() + pl.col("tax").fill_null(ZERO)
    return pl.when(is_credit()).then(-value).otherwise(value)


def _taxed() -> pl.Expr:
    return ONE + pl.col("tax_rate").fill_null(ZERO)


_NET: Final = {Fact.REQUISITION: _asked, Fact.ORDER: _ordered, Fact.INVOICE: _billed}


def receipt_worth(receipt: Row, lines: Sequence[Row]) -> Decimal | None:
    """What was received, at the price of the order line it names, in the order's currency. `lines` are rows
    of the receipt's order."""
    line = next((row for row in lines if row["line"] == receipt["po_line"]), None)
    if line is None:
        return None
    by_amount = line["match_basis"] == "AMOUNT"
    parts = (receipt["amount"],) if by_amount else (receipt["quantity"], line["price"])
    if None in parts:
        return None
    worth = Decimal(1)
    for part in (*parts, 1 + (line["tax_rate"] or Decimal(0))):
        worth = _WIDE.multiply(worth, part)
    if not by_amount and line["price_unit"]:
        worth = _WIDE.divide(worth, line["price_unit"])
    return money(worth, line["decimals"])


def money(amount: Decimal, decimals: int) -> Decimal:
    """`amount` with that many decimals, half up."""
    return _WIDE.quantize(amount, Decimal(1).scaleb(-decimals))


def papers(fact: Fact, rows: pl.DataFrame, by: Sequence[str]) -> list[Paper]:
    """`rows` as documents, one per value of `by`, in the order of their first rows."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault(tuple(row[column] for column in by), []).append(row)
    return [Paper(fact, tuple(each)) for each in found.values()]
