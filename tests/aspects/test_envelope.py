"""What is kept comes back as it was; what cannot be read is not there."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sources.aspects.cache.envelope import opened, sealed
from sources.spi.batch import Batch, Freshness, conform
from sources.spi.facts import COLUMNS, Fact

AS_OF = datetime(2026, 6, 30, 6, tzinfo=UTC)
READ = datetime(2026, 6, 30, 12, tzinfo=UTC)


def batch() -> Batch:
    frame = pl.DataFrame(
        {
            "id": ["J1", None],
            "amount": [Decimal("0.1"), Decimal("-12345678901234567890.1234567890123456")],
            "date": [date(2026, 6, 30), None],
            "counts_as_posting": [True, None],
        },
        schema_overrides={"amount": pl.Decimal(38, 16)},
    )
    return Batch(Fact.LEDGER, conform(Fact.LEDGER, frame, tuple(COLUMNS[Fact.LEDGER])), AS_OF, READ, calls=3)


def test_every_kind_of_column_comes_back_exactly() -> None:
    there = batch()
    back = opened(sealed(there))
    assert back is not None
    assert_frame_equal(back.frame, there.frame)
    assert (back.fact, back.data_as_of, back.fetched_at) == (Fact.LEDGER, AS_OF, READ)
    assert (back.calls, back.freshness) == (0, Freshness.CACHED)


def test_no_rows_keep_their_columns() -> None:
    there = batch().with_frame(batch().frame.clear())
    back = opened(sealed(there))
    assert back is not None
    assert_frame_equal(back.frame, there.frame)


@pytest.mark.parametrize("cut", [0, 2, 5, 20, 100, -1, -40])
def test_what_was_cut_short_is_not_there(cut: int) -> None:
    assert opened(sealed(batch())[:cut]) is None


def test_another_version_is_not_there() -> None:
    assert opened(b"3F0" + sealed(batch())[3:]) is None
