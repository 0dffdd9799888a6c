"""SAP's filter language: whatever it selects, a plain predicate selects too."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.sandbox.sap.edm import day, entity_set, flag, number, text
from sources.sandbox.sap.errors import GatewayError
from sources.sandbox.sap.filters import parse, select
from sources.sandbox.sap.split import shares
from sources.sandbox.shelf import Shelf

SAMPLE = entity_set(
    "A_Sample",
    ("Code",),
    text("Code", lambda r: r["Code"]),
    number("Amount", lambda r: r["Amount"]),
    day("Day", lambda r: r["Day"]),
    flag("Flag", lambda r: r["Flag"]),
)
DAYS = st.dates(date(2025, 12, 28), date(2026, 1, 4))
VALUES = {
    "Code": st.sampled_from(["", "0010", "10", "O'Neil", "it''s", "a and b", "(x)"]),
    "Amount": st.decimals(-3, 3, places=2),
    "Day": st.none() | DAYS,
    "Flag": st.booleans(),
}
RECORDS = st.lists(st.fixed_dictionaries(VALUES), max_size=12)
ORDER = {"gt": "__gt__", "ge": "__ge__", "lt": "__lt__", "le": "__le__"}


def literal(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}m"
    if isinstance(value, date):
        return f"datetime'{value.isoformat()}T00:00:00'"
    return "'" + value.replace("'", "''") + "'"


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[str, Any]:
    name, operator = draw(st.sampled_from([*VALUES])), draw(st.sampled_from(["eq", "ne", *ORDER]))
    asked = draw(VALUES[name])

    def holds(record: dict[str, Any]) -> bool:
        found = record[name]
        if operator in ("eq", "ne"):
            return (found == asked) is (operator == "eq")
        return found is not None and asked is not None and getattr(found, ORDER[operator])(asked)

    return f"{name} {operator} {literal(asked)}", holds


def combined(inner: st.SearchStrategy[tuple[str, Any]]) -> st.SearchStrategy[tuple[str, Any]]:
    def join(word: str, parts: list[tuple[str, Any]]) -> tuple[str, Any]:
        rule = all if word == "and" else any
        source = f" {word} ".join(f"({source})" for source, _ in parts)
        return source, lambda record: rule(holds(record) for _, holds in parts)

    return st.builds(join, st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=3))


@settings(deadline=None)
@given(RECORDS, st.recursive(comparisons(), combined, max_leaves=6))
def test_a_filter_selects_what_its_predicate_says(
    records: list[dict[str, Any]], asked: tuple[str, Any]
) -> None:
    source, holds = asked
    shelf = Shelf(records, lambda name: SAMPLE.properties[name].get)
    rows = select(parse(source, SAMPLE), shelf)
    assert rows == {row for row, record in enumerate(records) if holds(record)}


@settings(deadline=None)
@given(st.lists(comparisons(), min_size=3, max_size=3), RECORDS)
def test_and_binds_stronger_than_or(parts: list[tuple[str, Any]], records: list[dict[str, Any]]) -> None:
    (a, first), (b, second), (c, third) = parts
    rows = select(
        parse(f"{a} or {b} and {c}", SAMPLE), Shelf(records, lambda name: SAMPLE.properties[name].get)
    )
    expected = {n for n, record in enumerate(records) if first(record) or (second(record) and third(record))}
    assert rows == expected


@pytest.mark.parametrize(
    "source",
    [
        "",
        "Code",
        "Code eq",
        "Code eq 1",
        "Code eq '1",
        "Amount eq '1'",
        "Day ge '2026-01-01'",
        "Day ge datetime'2026-13-01T00:00:00'",
        "Flag eq yes",
        "Nothing eq '1'",
        "Code like '1'",
        "not (Code eq '1')",
        "startswith(Code,'1')",
        "(Code eq '1'",
        "Code eq '1')",
        "Code eq '1' Amount eq 1",
        "Code eq Code",
        "(" * 60 + "Code eq '1'" + ")" * 60,
    ],
)
def test_what_sap_would_refuse_is_refused(source: str) -> None:
    with pytest.raises(GatewayError) as error:
        parse(source, SAMPLE)
    assert error.value.status == 400


@settings(deadline=None)
@given(
    st.decimals(-(10**6), 10**6, places=2),
    st.lists(st.decimals("0.1", 100, places=1), min_size=1, max_size=5),
)
def test_shares_add_up(amount: Decimal, weights: list[Decimal]) -> None:
    parts = shares(amount, weights, Decimal("0.01"))
    assert sum(parts) == amount
    whole = sum(weights)
    assert all(
        abs(part - amount * weight / whole) < Decimal("0.01")
        for part, weight in zip(parts, weights, strict=True)
    )
