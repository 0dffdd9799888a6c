"""Tryton's search language: whatever a domain selects, a plain predicate selects too."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.sandbox.shelf import Shelf
from sources.sandbox.tryton.domain import parse, reader, select
from sources.sandbox.tryton.errors import ModelError
from sources.sandbox.tryton.model import char, day, integer, many2one, model, numeric, one2many, reference
from sources.sandbox.tryton.wire import dumps, loads


class Row:
    """A record of the made-up model below."""

    def __init__(self, id_: int, values: dict[str, Any], others: "list[Row]") -> None:
        self.id, self.values, self.others = id_, values, others

    def parent(self) -> "Row | None":
        position = self.values["parent"]
        return None if position is None else self.others[position % len(self.others)]


MODEL = model(
    "a.model",
    [],
    char("name", lambda row: row.values["name"]),
    numeric("amount", lambda row: row.values["amount"]),
    day("day", lambda row: row.values["day"]),
    integer("many", lambda row: row.id),
    many2one("parent", "a.model", Row.parent),
    one2many("all", "a.model", lambda row: row.others[: row.id - 1]),
    reference("origin", lambda row: None if row.parent() is None else ("a.model", row.parent())),
)
MODELS = {"a.model": MODEL}
VALUES: dict[str, Any] = {
    "name": st.none() | st.sampled_from(["a", "b", "AND"]),
    "amount": st.decimals(-2, 2, places=1),
    "day": st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 3)),
}
ROWS = st.lists(st.fixed_dictionaries({**VALUES, "parent": st.none() | st.integers(0, 9)}), max_size=6)
PATHS = {
    "": lambda row: [row],
    "parent.": lambda row: [row.parent()] if row.parent() else [],
    "parent.parent.": lambda row: [row.parent().parent()] if row.parent() and row.parent().parent() else [],
    "all.": lambda row: row.others[: row.id - 1],
}
ORDERED = {">=": "__ge__", "<=": "__le__", ">": "__gt__", "<": "__lt__"}


@st.composite
def clauses(draw: st.DrawFn) -> tuple[Any, Any]:
    name, prefix = draw(st.sampled_from([*VALUES])), draw(st.sampled_from([*PATHS]))
    operator = draw(st.sampled_from(["=", "!=", "in", "not in", *ORDERED]))
    listed = operator in ("in", "not in")
    asked = draw(st.lists(VALUES[name], max_size=3) if listed else VALUES[name])

    def text(value: Any) -> Any:
        return "" if name == "name" and value is None else value

    def holds(row: Row) -> bool:
        found = [text(target.values[name]) for target in PATHS[prefix](row)]
        given = asked if listed else [asked]
        wanted = [text(value) for value in given]
        if operator in ("=", "in"):
            return any(value in wanted for value in found)
        if operator in ORDERED:
            known = [value for value in found if value is not None and wanted[0] is not None]
            return any(getattr(value, ORDERED[operator])(wanted[0]) for value in known)
        some = any(value is not None and value not in wanted for value in found)
        return not given or some or (not found and None not in given)

    return [prefix + name, operator, asked], holds


def joined(inner: st.SearchStrategy[tuple[Any, Any]]) -> st.SearchStrategy[tuple[Any, Any]]:
    def join(word: str, parts: list[tuple[Any, Any]]) -> tuple[Any, Any]:
        rule = any if word == "OR" and parts else all
        source = [word, *(part for part, _ in parts)] if word else [part for part, _ in parts]
        return source, lambda row: rule(holds(row) for _, holds in parts)

    return st.builds(join, st.sampled_from(["AND", "OR", ""]), st.lists(inner, max_size=3))


@settings(deadline=None)
@given(ROWS, joined(st.recursive(clauses(), joined, max_leaves=5)))
def test_a_domain_selects_what_its_predicate_says(
    values: list[dict[str, Any]], asked: tuple[Any, Any]
) -> None:
    source, holds = asked
    rows: list[Row] = []
    rows.extend(Row(n, value, rows) for n, value in enumerate(values, start=1))
    shelf = Shelf(rows, lambda key: reader(key, MODEL, MODELS), many=True)
    found = select(parse(loads(dumps(source)), MODEL, MODELS), shelf)
    assert found == {row.id - 1 for row in rows if holds(row)}


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        (["name", "~", "a"], "Invalid domain"),
        ([["name", "~", "a"]], "Invalid domain"),
        ([["name", "="]], "Invalid domain"),
        ([["nothing", "=", 1]], "'nothing'"),
        ([["parent.nothing", "=", 1]], "'nothing'"),
        ([["name.x", "=", 1]], "no relation"),
        ([["name", "like", "a%"]], "like"),
        ([["parent", "child_of", [1]]], "child_of"),
        ([["name", "in", "a"]], "not iterable"),
        ([["parent", "=", "a"]], "Missing target field"),
        ([["origin.name", "=", "a"]], "not enough values to unpack"),
        ([["origin.name", "=", "a", "b.model"]], "'b.model'"),
        ([["name", "=", ["a"]]], "Invalid domain"),
        ("name", "Invalid domain"),
    ],
)
def test_domains_that_tryton_does_not_understand(domain: Any, words: str) -> None:
    with pytest.raises(ModelError) as error:
        parse(domain, MODEL, MODELS)
    assert words in str(error.value.error)


def test_an_empty_list_is_the_null_of_lists() -> None:
    """As on the real server: `groups = null` finds users without groups, `groups != 3` too."""
    rows: list[Row] = []
    nothing = {"name": "", "amount": 0, "day": None, "parent": None}
    rows.extend(Row(n, nothing, rows) for n in (1, 2, 3))
    shelf = Shelf(rows, lambda key: reader(key, MODEL, MODELS), many=True)

    def found(*clause: Any) -> set[int]:
        return {*select(parse([[*clause]], MODEL, MODELS), shelf)}

    assert found("all", "=", None) == {0}
    assert found("all", "!=", None) == {1, 2}
    assert found("all", "!=", 1) == {0, 2}
    assert found("parent", "!=", 1) == set()
    assert found("parent.name", "!=", "x") == {0, 1, 2}
