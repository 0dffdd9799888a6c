"""Nested lists become rows, one per innermost element."""

from typing import Any

from sources.spi.facts import Fact
from sources.transport.columns import ColumnSpec
from sources.transport.decode import explode, frame


def lines(rows: list[dict[str, Any]]) -> list[Any]:
    spec = ColumnSpec.model_validate({"from": ["po.n", "gl.n"]})
    return frame("erp", Fact.LEDGER, rows, {"line": spec})["line"].to_list()


def test_lists_become_rows() -> None:
    order = {"id": 1, "lines": [{"n": 1, "d": [{"p": 40}, {"p": 60}]}, {"n": 2, "d": []}]}
    assert explode([order], ["lines"]) == [
        {"id": 1, "lines": {"n": 1, "d": [{"p": 40}, {"p": 60}]}},
        {"id": 1, "lines": {"n": 2, "d": []}},
    ]
    assert [row["lines"] for row in explode([order], ["lines", "d"])] == [
        {"n": 1, "d": {"p": 40}},
        {"n": 1, "d": {"p": 60}},
    ]
    assert [row["lines"]["n"] for row in explode([order], ["lines", "d?"])] == [1, 1, 2]
    assert explode([{"id": 1}, {"id": 2, "lines": None}], ["lines"]) == []
    assert explode([{"id": 1, "lines": {"n": 1}}], ["lines"]) == [{"id": 1, "lines": {"n": 1}}]


def test_two_lists_become_rows_one_after_the_other() -> None:
    invoice = {"id": 1, "po": [{"n": "a"}], "gl": [{"n": "b"}, {"n": "c"}]}
    rows = explode([invoice, {"id": 2, "po": [], "gl": []}], ["po|gl"])
    assert lines(rows) == ["a", "b", "c"]
    assert len(explode([invoice, {"id": 2}], ["po|gl?"])) == 4
