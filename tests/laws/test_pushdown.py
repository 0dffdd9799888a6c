"""Law 1: push-down changes the cost, never the answer."""

import pytest
from polars.testing import assert_frame_equal

from tests.laws.asking import law, scene
from tests.laws.crippled import Crippled

pytestmark = pytest.mark.slow


@law(20)
def test_what_a_source_cannot_do_is_done_here(seed: int, size: int) -> None:
    able = scene(seed, size)
    expected = able.answer()
    got = able.answer(around=lambda source: Crippled(source, seed))
    keys = [dimension.column for dimension in able.question.group_by]
    assert_frame_equal(got.rows.sort(keys), expected.rows.sort(keys), check_row_order=True)
    assert_frame_equal(got.totals, expected.totals)
    assert_frame_equal(got.revenue_totals, expected.revenue_totals)
    assert_frame_equal(got.gaps, expected.gaps)
    assert got.total_rows == expected.total_rows
    assert {str(missing) for missing in got.rates_missing} == {str(m) for m in expected.rates_missing}
