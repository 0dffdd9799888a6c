"""Each system of the company dies under load and comes back: no figure is wrong, and none is missing that
somebody had."""

import asyncio
import os

import pytest

from tests.hostile.company import Company
from tests.hostile.load import load

pytestmark = pytest.mark.slow
SECONDS = float(os.environ.get("THREEFOLD_LOAD_SECONDS", "15"))
"""How long the load lasts; `python -m bench` takes a minute."""


def test_every_system_is_killed_and_no_figure_is_wrong(tmp_path):
    with Company(tmp_path) as company:
        seen = asyncio.run(load(company, SECONDS))
    assert seen.wrong == []
    assert seen.states["STALE"] > 0, "nothing was answered with what was kept"
    assert seen.states["FAILED"] > 0, "nobody who wanted it anew noticed"
    assert seen.nulls > 0
