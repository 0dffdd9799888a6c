"""A batch is sealed in a thread while others look at its rows."""

import subprocess
import sys

SCENE = """
import threading
from datetime import UTC, datetime
import polars as pl
from sources.aspects.cache.envelope import sealed
from sources.spi.batch import Batch
from sources.spi.facts import Fact

now = datetime(2026, 6, 30, tzinfo=UTC)
frame = pl.DataFrame({str(column): ["some words"] * 20_000 for column in range(20)})
batch = Batch(fact=Fact.LEDGER, frame=frame, data_as_of=now, fetched_at=now, calls=1)
sealing = [threading.Thread(target=lambda: [sealed(batch) for _ in range(5)]) for _ in range(2)]
for each in sealing:
    each.start()
while any(each.is_alive() for each in sealing):
    assert frame.height == 20_000
print("done")
"""


def test_nobody_waits_for_each_other_for_good():
    """Polars keeps a frame locked while it is written and needs the interpreter to write to a Python file;
    whoever looks at the very same frame has the interpreter and waits for the lock."""
    done = subprocess.run(
        [sys.executable, "-c", SCENE], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout == "done\n", done.stderr
