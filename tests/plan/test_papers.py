"""What documents are worth: cost, in their own currency, each line rounded once."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from resolvers.plan.normal import blank
from resolvers.plan.papers import Paper, papers, receipt_worth, with_worth
from sources.spi.facts import Fact, Sign
from tests.world import model

MODEL = model()


def rows(fact: Fact, *given: dict[str, Any], sign: Sign = Sign.NATURAL) -> pl.DataFrame:
    """Rows of a fact as `normal` leaves them, with what is given."""
    like = blank(fact)
    base = {"source": "s", "legal_entity": "ONE", "ledger_currency": "USD", "exponent": 2, "currency": "USD"}
    base |= {"id": "1", "number": "1", "line": "1"}
    filled = [{name: {**base, **row}.get(name) for name in like.columns} for row in given]
    numbers = {n: [Decimal(r[n]) if isinstance(r[n], str) else r[n] for r in filled] for n in _numbers(like)}
    made = pl.DataFrame(
        {name: numbers.get(name, [r[name] for r in filled]) for name in like.columns}, schema=like.schema
    )
    return with_worth(fact, made, sign, MODEL)


def _numbers(like: pl.DataFrame) -> list[str]:
    return [name for name, dtype in like.schema.items() if isinstance(dtype, pl.Decimal)]


def worths(frame: pl.DataFrame) -> list[str | None]:
    return [None if w is None else f"{w.normalize():f}" for w in frame["worth"]]


@pytest.mark.parametrize(
    ("fact", "row", "worth"),
    [
        (Fact.REQUISITION, {"quantity": "3", "price": "10"}, "30"),
        (Fact.REQUISITION, {"quantity": "3", "price": "10", "tax_rate": "0.19"}, "35.7"),
        (Fact.REQUISITION, {"quantity": "5", "price": "100", "price_unit": "1000"}, "0.5"),
        (Fact.REQUISITION, {"quantity": "5"}, None),
        (Fact.ORDER, {"quantity": "3", "price": "10", "cancelled_quantity": "1"}, "20"),
        (Fact.ORDER, {"match_basis": "AMOUNT", "amount": "100", "cancelled_quantity": "25"}, "75"),
        (Fact.ORDER, {"match_basis": "AMOUNT", "quantity": "1", "price": "1"}, None),
        (Fact.ORDER, {"quantity": "3", "price": "33.335", "currency": "JPY"}, "100"),
        (Fact.ORDER, {"quantity": "1", "price": "1.0005", "currency": "KWD"}, "1.001"),
        (Fact.INVOICE, {"quantity": "2", "price": "10", "tax": "1.5"}, "21.5"),
        (Fact.INVOICE, {"amount": "19", "quantity": "2", "price": "10"}, "19"),
        (Fact.INVOICE, {"amount": "19", "tax": "1", "type": "CREDIT"}, "-20"),
        (Fact.RECEIPT, {"quantity": "2"}, None),
        (Fact.LEDGER, {"amount": "12.345678"}, "12.345678"),
        (Fact.BUDGET, {"amount": "-7"}, "-7"),
    ],
)
def test_a_line_is_worth_its_cost(fact, row, worth):
    assert worths(rows(fact, row)) == [worth]


def test_distributions_add_up_to_their_line():
    each = {"quantity": "1", "price": "100", "percent": "1"}
    frame = rows(Fact.ORDER, *({**each, "dist": str(n), "_order": n} for n in (1, 2, 3)))
    assert worths(frame) == ["33.34", "33.33", "33.33"]
    (paper,) = papers(Fact.ORDER, frame, ("id",))
    assert paper.worth == 100


def test_ledger_lines_have_natural_sign():
    frame = rows(
        Fact.LEDGER, {"amount": "-5", "account": "4000"}, {"amount": "5", "account": "6100"}, sign=Sign.DEBIT
    )
    assert worths(frame) == ["5", "5"]


def test_one_unknown_line_leaves_the_document_unknown():
    frame = rows(Fact.ORDER, {"quantity": "1", "price": "1"}, {"quantity": "1", "line": "2"})
    (paper,) = papers(Fact.ORDER, frame, ("id",))
    assert paper.worth is None


@pytest.mark.parametrize(
    ("receipt", "order", "worth"),
    [
        ({"quantity": 2, "po_line": "1"}, {"price": Decimal("1.5"), "tax_rate": Decimal("0.1")}, "3.30"),
        ({"quantity": -2, "po_line": "1"}, {"price": Decimal("1.5")}, "-3.00"),
        ({"quantity": 1, "po_line": "1"}, {"price": Decimal(1), "price_unit": Decimal(3)}, "0.33"),
        (
            {"amount": Decimal(7), "po_line": "1"},
            {"match_basis": "AMOUNT", "tax_rate": Decimal("0.2")},
            "8.40",
        ),
        ({"quantity": 2, "po_line": "2"}, {"price": Decimal(1)}, None),
        ({"quantity": None, "po_line": "1"}, {"price": Decimal(1)}, None),
        ({"quantity": 2, "po_line": "1"}, {"price": None}, None),
    ],
)
def test_a_receipt_is_worth_what_its_order_says(receipt, order, worth):
    blank_line = {"line": "1", "match_basis": None, "price": None, "price_unit": None, "tax_rate": None}
    found = receipt_worth(
        {"quantity": None, "amount": None, **receipt}, [{**blank_line, "decimals": 2, **order}]
    )
    assert found == (None if worth is None else Decimal(worth))


def test_a_document_says_what_its_lines_say():
    paper = Paper(
        Fact.LEDGER,
        (
            {"date": date(2026, 2, 1), "status": None, "currency": None, "worth": Decimal(1)},
            {"date": date(2026, 1, 1), "status": None, "currency": "EUR", "worth": Decimal(2)},
        ),
    )
    assert (paper.date, paper.status, paper.currency, paper.worth) == (date(2026, 1, 1), "POSTED", "EUR", 3)
    assert paper.first("nothing") is None
