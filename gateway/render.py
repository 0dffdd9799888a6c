"""An answer as a table or as CSV: the first list of objects in it, nested objects flattened."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, str]


def rows_of(data: Any) -> list[Mapping[str, Any]]:
    """The rows of an answer: a field called `rows` if there is one, else the first list of objects."""
    found = _lists(data)
    named = [items for name, items in found if name == "rows"]
    return named[0] if named else found[0][1] if found else []


def _lists(value: Any) -> list[tuple[str, list[Mapping[str, Any]]]]:
    if not isinstance(value, Mapping):
        return []
    own = [(k, v) for k, v in value.items() if isinstance(v, list) and all(isinstance(i, Mapping) for i in v)]
    return own + [inner for v in value.values() for inner in _lists(v)]


def flat(rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[Row]]:
    """Column names in the order they first appear, and each row as text. Lists are counted."""
    flattened = [dict(_flatten(row, "")) for row in rows]
    columns = list(dict.fromkeys(name for row in flattened for name in row))
    return columns, flattened


def _flatten(row: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    cells: list[tuple[str, str]] = []
    for name, value in row.items():
        if isinstance(value, Mapping):
            cells.extend(_flatten(value, f"{prefix}{name}."))
        elif isinstance(value, list):
            cells.append((prefix + name, f"[{len(value)}]"))
        else:
            cells.append((prefix + name, "" if value is None else str(value)))
    return cells


def as_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Aligned columns, numbers to the right."""
    columns, texts = flat(rows)
    if not columns:
        return "(no rows)"
    widths = [max(len(name), *(len(row.get(name, "")) for row in texts)) for name in columns]
    right = [all(_is_number(row.get(name, "")) for row in texts) for name in columns]

    def line(cells: Sequence[str]) -> str:
        aligned = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(cells, widths, right, strict=True)
        )
        return "  ".join(aligned).rstrip()

    rule = "  ".join("-" * width for width in widths)
    return "\n".join([line(columns), rule, *(line([row.get(c, "") for c in columns]) for row in texts)])


def _is_number(text: str) -> bool:
    return text == "" or text.lstrip("-").replace(".", "", 1).isdigit()


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    columns, texts = flat(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(texts)
    return out.getvalue().rstrip("\n")
