"""The master data files of the company."""

import csv
from importlib.resources import files


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one master data file; an empty cell is an empty string."""
    text = files("sources.sandbox").joinpath("company", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
