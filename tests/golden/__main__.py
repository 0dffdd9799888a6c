"""`python -m tests.golden [PATH…]`: golden cases through the whole stack. Without a path: our own."""

import asyncio
import sys
from pathlib import Path

import click

from tests.golden.run import own_files, run

if __name__ == "__main__":
    asked = [Path(argument) for argument in sys.argv[1:]]
    sys.exit(asyncio.run(run(asked or own_files(), click.echo)))
