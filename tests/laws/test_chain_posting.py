"""An invoice on its way from procurement to the ledger is consumed once, wherever it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, Final

import pytest

from resolvers.plan.answer import Answer
from resolvers.plan.question import Filter, Question, Span, WhatIf
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.entities import Tax
from tests.laws.asking import Scene, figures, law, scene
from tests.laws.chance import LEDGERS, Row
from tests.laws.changing import beside, without
from tests.laws.oracle_documents import by_line
from tests.laws.oracle_money import number, shared
from tests.laws.oracle_pieces import shares
from tests.laws.oracle_worth import Worth
from tests.laws.questions import ALL, company
from tests.laws.worlds import World

pytestmark = pytest.mark.slow
STEADY: Final = ("consumed", "consumed_known", "commitment", "received_not_invoiced")


@dataclass(frozen=True)
class Move:
    """An invoice line on an order line, and the voucher that carries it."""

    invoice: Row
    vouchers: tuple[Row, ...]
    value: Fraction


@law(5)
def test_an_invoice_that_is_posted_moves_and_nothing_else(seed: int, size: int) -> None:
    """Booked at its value, by its id, where its order lies: what is consumed stays as it is, in every cell
    and in total. Its order bears no accruals, which would cover it as long as it waits, and its ledger
    does not book receipts, which the voucher would have to clear."""
    drawn, rng = scene(seed, size), Random(seed)
    lines = [rows for rows in by_line(_committed(drawn.world), "number").values() if _placed(rows)]
    moves = [move for rows in lines if (move := _move(rng, rows, drawn.world)) is not None]
    if not moves:
        return
    move = rng.choice(moves)
    asked = _asked(drawn.question, move.invoice["legal_entity"])
    waiting = beside(_alone(drawn.world, move.invoice), {"invoices": [move.invoice]})
    posted = beside(waiting, {"vouchers": move.vouchers, "journal-lines": move.vouchers})
    before, after = (Scene(world, asked).answer() for world in (waiting, posted))
    assert figures(after, *STEADY) == figures(before, *STEADY)
    assert _told(after, *STEADY) == _told(before, *STEADY)
    assert _told(after, "actual")["actual"] - _told(before, "actual")["actual"] == move.value


def _committed(world: World) -> list[Row]:
    known = company(world.model)
    return [known.committed(row) for row in world.books["purchase-orders"]]


def _placed(rows: list[Row]) -> bool:
    """Whether all of an order line lies in the window."""
    return all("2025-01-01" <= (row["date"] or "") <= "2026-12-31" for row in rows)


def _asked(question: Question, entity: str) -> Question:
    """In ledger money: what is translated is rounded by document before, and by balance after."""
    return Question(
        ALL,
        question.group_by,
        (Filter(Dimension.LEGAL_ENTITY, (entity,)),),
        span=Span(first="2025-P01", last="2026-P12"),
        currency=LEDGERS[entity],
        policy=WhatIf(grni_in_ledger=False, tax=Tax.NON_RECOVERABLE),
        limit=100_000,
    )


def _alone(world: World, invoice: Row) -> World:
    """Without the ledger documents that name the invoice's order line: one of them could be its voucher."""
    line = (invoice["legal_entity"], invoice["po"], invoice["po_line"])
    naming = {
        (row["legal_entity"], row["id"])
        for row in world.books["vouchers"]
        if (row["legal_entity"], row.get("ref_po"), row.get("ref_po_line")) == line
    }
    ledger = {"vouchers", "journal-lines"}
    return without(world, lambda name, row: name in ledger and (row["legal_entity"], row["id"]) in naming)


def _move(rng: Random, rows: list[Row], world: World) -> Move | None:
    """An invoice or credit at order price for some of the line or too much of it; none where the order's rate
    is unknown or so little is worth nothing."""
    order, known = rows[0], company(world.model)
    known = replace(known, policies={})
    invoice = _invoice(rng, order)
    meant = [row for row in rows if row["dist"] == invoice["po_dist"]] or rows
    value = Worth(known).cost(invoice, rows)
    if value is None:
        return None
    amounts = shared([value * share for share in shares(meant)], LEDGERS[order["legal_entity"]])
    if not sum(amounts):
        return None
    reference = {
        "ref_invoice": invoice["id"],
        **({"ref_po": order["number"], "ref_po_line": order["line"]} if rng.random() < 0.5 else {}),
    }
    pairs = enumerate(zip(meant, amounts, strict=True), start=1)
    vouchers = tuple(_voucher(row, amount, index, reference) for index, (row, amount) in pairs)
    return Move(invoice, vouchers, sum(amounts, Fraction(0)))


def _invoice(rng: Random, order: Row) -> dict[str, Any]:
    part = Decimal(rng.choice(("0.1", "0.5", "0.333", "1", "1.5")))
    by_amount = order.get("match_basis") == "AMOUNT"
    size = Decimal(order["amount" if by_amount else "quantity"]) * part
    each = Decimal(1) if by_amount else Decimal(order["price"]) / Decimal(order["price_unit"] or 1)
    tax = size * each * Decimal(order["tax_rate"] or 0)
    said = rng.random() < 0.5
    return {
        "id": "MOVING",
        "number": "MOVING",
        "line": "1",
        "dist": "1",
        "percent": "100",
        "legal_entity": order["legal_entity"],
        "status": rng.choice(("APPROVED", "EXPORTED", "POSTED_PER_S2P")),
        "type": rng.choice((None, "INVOICE", "INVOICE", "CREDIT")),
        "supplier": order["supplier"],
        "supplier_invoice": "MOVING/1",
        "date": "2025-06-01",
        "approved_on": "2025-06-02",
        "currency": order["currency"] if said else None,
        "rate": order["rate"] if said else None,
        "po": order["number"],
        "po_line": order["line"],
        "po_dist": rng.choice((None, None, order["dist"])),
        "amount" if by_amount else "quantity": str(size),
        **({} if by_amount else {"price": order["price"], "price_unit": order["price_unit"]}),
        "tax": str(tax.quantize(Decimal("0.0001"))),
    }


def _voucher(row: Row, amount: Fraction, line: int, reference: Mapping[str, str]) -> Row:
    """What the ledger books of the invoice where a distribution lies."""
    place = {name: row[name] for name in ("legal_entity", "account", "cost_center", "project", "supplier")}
    return {
        "id": f"{row['legal_entity']}-MOVED",
        "number": "MOVED",
        "line": str(line),
        **place,
        "period": None,
        "date": row["date"],
        "currency": LEDGERS[row["legal_entity"]],
        "amount": str(Decimal(amount.numerator) / Decimal(amount.denominator)),
        "type": "NORMAL",
        "status": "POSTED",
        "origin": "AP",
        **reference,
    }


def _told(answer: Answer, *measures: str) -> dict[str, Any]:
    """The totals; amounts as fractions, None where unknown."""
    row = answer.totals.row(0, named=True)
    return {name: None if row[name] is None else number(row[name]) for name in measures}
