"""hledger as a program: its balance reports, read from CSV."""

import csv
import re
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from shutil import which
from typing import Final, NamedTuple

from tests.hledger.journal import REVENUE, Way

HLEDGER: Final = which("hledger")

_AMOUNT: Final = re.compile(r"(-?[0-9.]+) ?([A-Z]{3})")
_AMOUNTS: Final = re.compile(rf"(0|{_AMOUNT.pattern}(, {_AMOUNT.pattern})*)?")
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})(-[0-9]{2})?")


class Told(NamedTuple):
    """One amount of a report, of an account with everything below it. Both sides are shown positive.

    `column`: as hledger heads it, 2026, 2026Q1 or a span of days, but months as we do, 2026-P01. `measure`:
    budget or actual."""

    column: str
    path: Way
    measure: str
    currency: str
    amount: Decimal


def budget(journal: Path, *options: str, goals: str = "") -> Iterator[Told]:
    """`bal --budget`: actual and budget for every node of the tree. `goals`: only those described so."""
    chosen = f"--budget={goals}" if goals else "--budget"
    heading, *lines = _report(journal, chosen, *options)
    for name, *cells in lines:
        for column, actual, goal in zip(heading[1::2], cells[::2], cells[1::2], strict=True):
            yield from _told(column, name, "actual", actual)
            yield from _told(column, name, "budget", goal)


def balances(journal: Path, *options: str) -> Iterator[Told]:
    """`bal`: actual for every node of the tree."""
    heading, *lines = _report(journal, *options)
    for name, *cells in lines:
        for column, actual in zip(heading[1:], cells, strict=True):
            yield from _told(column, name, "actual", actual)


def _report(journal: Path, *options: str) -> list[list[str]]:
    """With what only has a budget or only an actual; without the balance sheet, for it is in no budget."""
    nodes = ("--tree", "--no-elide", "--empty", "--no-total", "not:^balance")
    shape = ("--layout=wide", "--output-format=csv")
    command = [HLEDGER or "hledger", "--file", str(journal), "balance", *options, *nodes, *shape]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    return list(csv.reader(done.stdout.splitlines()))


def _told(heading: str, name: str, measure: str, shown: str) -> Iterator[Told]:
    """`6.68 EUR, 101 JPY`: currencies side by side; nothing and `0` are no amount."""
    if not _AMOUNTS.fullmatch(shown):
        raise ValueError(f"not amounts with their currencies: {shown!r}")
    month = _MONTH.fullmatch(heading)
    column = f"{month[1]}-P{month[2]}" if month else heading
    path = tuple(name.split(":"))
    sign = -1 if path[0] == REVENUE else 1
    for number, currency in _AMOUNT.findall(shown):
        yield Told(column, path, measure, currency, sign * Decimal(number))
