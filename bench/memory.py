"""Memory under ten times as many distinct questions as there is room for: `python -m bench.memory`."""

import asyncio
import itertools
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import orjson

from bench.result import Result
from gateway.app import application
from resolvers.plan.engine import Engine
from sources.aspects.cache import Ages, Cached, Memory
from tests.gateway.world import NOW, SYSTEMS, Network, model, sources

MEGABYTE: Final = 1024 * 1024
ANSWERS: Final = MEGABYTE // 8
READ: Final = 4 * MEGABYTE
"""Room for answers and for what was read."""
TIMES: Final = 10
SLACK: Final = 48 * MEGABYTE
"""What a process takes more after a while, whatever it keeps."""
LAST: Final = date(2026, 6, 30)
DOCUMENT: Final = """
query ($day: Date!) {
  budgetPosition(period: { fiscalYear: 2026 }, groupBy: [COST_CENTER, ACCOUNT], asOf: $day, limit: 10000) {
    rows { cellId budget consumed available actual commitment } totals { budget consumed available }
  }
}
"""


def measure() -> Result:
    told = subprocess.run(
        [sys.executable, "-m", "bench.memory"], check=True, stdout=subprocess.PIPE, env=dict(os.environ)
    )
    found = orjson.loads(told.stdout)
    grown = found["after"] - found["before"]
    return Result(
        title="Memory under distinct questions",
        method=(
            f"Room for {_mb(ANSWERS)} of answers and {_mb(READ)} of what was read; {found['questions']:,} "
            "questions, each as of another day and asked twice, over three systems. Memory is the process's "
            "own (RSS), after the first fifth of the questions and after the last."
        ),
        head=("", ""),
        rows=[
            ("answers, in all", _mb(found["answers"])),
            ("what was read, in all", _mb(found["read"])),
            ("what is kept of it in the end", _mb(found["kept"])),
            ("memory after the first fifth", _mb(found["before"])),
            ("memory after the last question", _mb(found["after"])),
        ],
        goal=f"Required: what is kept stays in its room, and memory grows by no more than {_mb(SLACK)}.",
        holds=found["kept"] <= READ and grown <= SLACK,
    )


def _mb(size: float) -> str:
    return f"{size / MEGABYTE:,.1f} MB"


class Counting(Memory):
    """A store that counts what is put into it."""

    put_bytes = 0

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        self.put_bytes += len(value)
        await super().put(key, value, seconds)


async def fill() -> dict[str, Any]:
    """Asks until answers and readings of ten times the room have been through."""
    store = Counting(READ)
    found = sources(SYSTEMS, "http://{}".format, transport=Network())
    kept = {name: Cached(each, store, Ages(fresh=3600)) for name, each in found.items()}
    app = application(Engine(model(), kept, now=lambda: NOW), deadline=120, answer_bytes=ANSWERS)
    answers = questions = before = 0
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://gateway", timeout=120
        ) as client,
    ):
        for number in itertools.count():
            variables = {"day": (LAST - timedelta(days=number)).isoformat()}
            for _ in range(2):
                reply = await client.post("/graphql", json={"query": DOCUMENT, "variables": variables})
            if "errors" in reply.json():
                raise RuntimeError(reply.text[:500])
            answers += len(reply.content)
            questions += 1
            if not before and answers >= TIMES * ANSWERS / 5:
                before = _resident()
            if answers >= TIMES * ANSWERS and store.put_bytes >= TIMES * READ:
                break
    return {
        "questions": questions,
        "answers": answers,
        "read": store.put_bytes,
        "kept": store.bytes,
        "before": before,
        "after": _resident(),
    }


def _resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(asyncio.run(fill())))
