"""A record that comes twice in one batch is one record; what only looks alike is two."""

import polars as pl

from resolvers.plan.normal import once
from sources.spi.facts import Fact


def _receipts(*rows: tuple[str | None, str | None, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["id", "line", "po_line", "quantity"], orient="row")


def test_a_receipt_that_comes_on_two_pages_counts_once() -> None:
    """R1 brings 4 on line 10 and 3 on line 20; the second page begins with line 20 again."""
    frame = _receipts(("R1", None, "10", "4"), ("R1", None, "20", "3"), ("R1", None, "20", "3"))
    assert once(frame, Fact.RECEIPT).rows() == frame.rows()[:2]


def test_two_alike_that_have_a_line_each_are_two() -> None:
    """R1 brings 4 twice on the same order line."""
    frame = _receipts(("R1", "1", "10", "4"), ("R1", "2", "10", "4"))
    assert once(frame, Fact.RECEIPT).rows() == frame.rows()


def test_a_record_that_says_two_things_is_kept_twice() -> None:
    """Nothing says which of them is right, and none is lost."""
    frame = _receipts(("R1", None, "10", "4"), ("R1", None, "10", "5"))
    assert once(frame, Fact.RECEIPT).rows() == frame.rows()


def test_records_without_an_id_are_never_the_same() -> None:
    frame = _receipts((None, None, "10", "4"), (None, None, "10", "4"))
    assert once(frame, Fact.RECEIPT).rows() == frame.rows()


def test_ledger_lines_are_summed_as_they_are() -> None:
    frame = pl.DataFrame({"id": ["J1", "J1"], "amount": ["5", "5"]})
    assert once(frame, Fact.LEDGER).rows() == frame.rows()
