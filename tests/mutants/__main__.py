"""`make mutants`: puts each mutant into a copy of the project and runs the tests that have to catch it."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import click

from tests.mutants.access import ACCESS
from tests.mutants.rules import MUTANTS, Mutant

ROOT: Final = Path(__file__).parents[2]
_LEFT_OUT: Final = shutil.ignore_patterns(".*", "node_modules", "assets", "__pycache__", "*.egg-info")


def main() -> int:
    """0 when every mutant was caught."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=_LEFT_OUT)
        caught = [_tried(mutant, copy) for mutant in (*MUTANTS, *ACCESS)]
    click.echo(f"{sum(caught)} of {len(caught)} mutants caught")
    return 0 if all(caught) else 1


def _tried(mutant: Mutant, copy: Path) -> bool:
    path = copy / mutant.path
    original = path.read_text(encoding="utf-8")
    path.write_text(original.replace(mutant.old, mutant.new), encoding="utf-8")
    began = time.monotonic()
    try:
        by = _failing(mutant, copy)
    finally:
        path.write_text(original, encoding="utf-8")
    seconds = time.monotonic() - began
    click.echo(
        f"{'caught' if by else 'ALIVE '} {seconds:4.0f} s  {mutant.name}\n                 {by or '-'}"
    )
    return by is not None


def _failing(mutant: Mutant, copy: Path) -> str | None:
    """The first test that fails; None when none does."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *mutant.tests]
    run = subprocess.run(
        command,
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if run.returncode and not failed:
        raise RuntimeError(f"the tests could not run: {run.stdout[-500:]}{run.stderr[-500:]}")
    return failed[0].partition(" ")[2].partition(" - ")[0] if failed else None


if __name__ == "__main__":
    sys.exit(main())
