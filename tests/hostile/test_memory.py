"""What has no end takes no memory without end: at most some times what one answer may have, 2 MB."""

import asyncio
import tracemalloc

import pytest

from tests.hostile import upstream as at
from tests.hostile.stage import asked, truth
from tests.hostile.upstream import MEGABYTE

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("fault", [at.endless_body, at.endless_head, at.bomb, at.endless_pages])
def test_what_has_no_end_is_cut_off(fault):
    truth()
    tracemalloc.start()
    try:
        said = asyncio.run(asked(fault, kept=False))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert said.ledger["state"] == "FAILED"
    assert peak < 64 * MEGABYTE
