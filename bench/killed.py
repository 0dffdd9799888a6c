"""Every system of the company killed and started again during a minute of load, and what was answered."""

import asyncio
import tempfile
from pathlib import Path

from bench.result import Result
from tests.hostile.company import SYSTEMS, Company
from tests.hostile.load import CLIENTS, load

SECONDS = 60.0


def measure() -> Result:
    with tempfile.TemporaryDirectory() as folder, Company(Path(folder)) as company:
        seen = asyncio.run(load(company, SECONDS))
    return Result(
        title="Systems that die under load",
        method=(
            f"{CLIENTS} clients ask for {SECONDS:g} s without a pause while each of the {len(SYSTEMS)} "
            "sandbox systems, in processes of their own, is killed and started again. One question in four "
            "wants nothing kept. Each answer is compared with the one before the first death."
        ),
        head=("", ""),
        rows=[
            ("answers", f"{seen.answers:,}"),
            ("of them with something stale, labelled", f"{seen.states['STALE']:,}"),
            ("of them with a system lost, where nothing kept was wanted", f"{seen.states['FAILED']:,}"),
            ("wrong figures, or lost ones that somebody had", f"{len(seen.wrong):,}"),
        ],
        goal="Required: none is wrong.",
        holds=not seen.wrong and seen.answers > 0,
    )
