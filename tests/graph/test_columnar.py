"""Law 4: what is written column by column equals what is completed object by object, byte for byte."""

from collections.abc import Callable
from typing import Any

import orjson
import polars as pl
import pytest
from graphql import ExecutionResult, parse, validate
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway import encode
from resolvers.semantics.dimensions import Dimension, Member
from tests.graph import everything
from tests.graph.frames import stages
from tests.graph.questions import questions
from tests.graph.stage import CALENDAR, CORE, ColumnarExecutor, ObjectExecutor, Told, answer, completed, model

WALKS = pytest.mark.parametrize("most", [20, pytest.param(100, marks=pytest.mark.slow)])
"""A short walk over random questions, and a long one."""


def walk(most: int, look: Callable[[st.DataObject], None]) -> None:
    """Looks at that many questions. What fails is shown as found: to make it smaller takes minutes."""
    unhurried = settings(
        max_examples=most,
        phases=[Phase.reuse, Phase.generate],
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    unhurried(given(st.data())(look))()


@WALKS
def test_columns_equal_objects_byte_for_byte(most):
    def look(data: st.DataObject) -> None:
        told, group_by = data.draw(stages())
        asked = data.draw(questions(CORE, group_by))
        assert not validate(CORE, parse(asked.document)), asked.document
        columns, objects = both(told, asked.document, asked.variables)
        assert columns.errors is None
        assert objects.errors is None
        assert encode.body(columns) == encode.body(objects)

    walk(most, look)


@WALKS
def test_a_null_that_may_not_be_is_the_same_error_in_the_same_place(most):
    def look(data: st.DataObject) -> None:
        told, group_by = data.draw(stages(broken=True))
        asked = data.draw(questions(CORE, group_by))
        columns, objects = both(told, asked.document, asked.variables)
        assert told_of(columns) == told_of(objects)
        assert bytes_of(columns.data) == bytes_of(objects.data)

    walk(most, look)


def test_everything_there_is_to_ask_is_the_same():
    """Every field of rows, of documents of every kind and those they lead to, of breaks and of policies; and
    none of them is the same for being absent."""
    columns, objects = both(everything.told(), everything.selected(CORE))
    assert columns.errors is None
    assert objects.errors is None
    assert encode.body(columns) == encode.body(objects)
    shown = orjson.loads(encode.body(columns))
    assert names_of(shown, lambda value: value in (None, [])) - names_of(shown, bool) == {
        "BudgetEntry__line",
        "Deferral__status",
        "Receipt__status",
        "Subscription__status",
    }


def names_of(answer: Any, which: Callable[[Any], bool]) -> set[str]:
    """The response names below an answer that have such a value anywhere."""
    if isinstance(answer, list):
        return set().union(*(names_of(item, which) for item in answer))
    if not isinstance(answer, dict):
        return set()
    here = {name for name, value in answer.items() if which(value)}
    return here.union(*(names_of(value, which) for value in answer.values()))


def both(told: Told, document: str, variables: Any = None) -> tuple[ExecutionResult, ExecutionResult]:
    columns = completed(told, document, variables, ColumnarExecutor)
    return columns, completed(told, document, variables, ObjectExecutor)


def bytes_of(data: Any) -> bytes:
    return encode.body(ExecutionResult(data))


def told_of(result: ExecutionResult) -> list[Any]:
    return [(e.message, e.path, e.locations, type(e.original_error)) for e in result.errors or ()]


def table(height: int = 3) -> Told:
    """A told answer with one figure that is known, one that is not, and no dimension."""
    absent = [*(d.column for d in Dimension), "actual"]
    rows = pl.DataFrame({"cell_id": [str(i) for i in range(height)]}).with_columns(
        pl.lit("1.00").alias("budget"),
        pl.lit("COMPLETE").alias("completeness"),
        pl.lit("EUR").alias("currency"),
        *(pl.lit(None, pl.String).alias(name) for name in absent),
    )
    return Told(model({}, {}, CALENDAR), answer(rows))


def rows_of(document: str, told: Told | None = None) -> Any:
    result = completed(told or table(), document)
    assert result.errors is None
    return result.data["budgetPosition"]["rows"]


def test_a_table_is_one_piece_of_bytes():
    assert isinstance(rows_of("{ budgetPosition { rows { cellId budget actual } } }"), orjson.Fragment)


def test_so_is_one_with_members_that_are_absent():
    told = table()
    members = {Dimension.COST_CENTER: {"A": Member("A", "Name")}}
    centers = pl.Series(["A", None, "A"], dtype=pl.String)
    rows = told.answer.rows.with_columns(centers.alias("cost_center"))
    told = Told(model(members, {}, CALENDAR), answer(rows))
    found = rows_of("{ budgetPosition(groupBy: [COST_CENTER]) { rows { costCenter { name } } } }", told)
    assert isinstance(found, orjson.Fragment)
    shown = [{"costCenter": {"name": "Name"}}, {"costCenter": None}, {"costCenter": {"name": "Name"}}]
    assert orjson.loads(orjson.dumps(found)) == shown


@pytest.mark.parametrize("height", [0, 1, 3])
def test_each_row_knows_its_type(height):
    found = rows_of("{ budgetPosition { rows { __typename } } }", table(height))
    assert orjson.loads(orjson.dumps(found)) == [{"__typename": "BudgetPositionRow"}] * height


def test_a_field_with_a_resolver_runs_row_by_row_between_columns():
    document = "{ budgetPosition { rows { cellId d: documents { totalCount } budget } } }"
    row = {"cellId": "0", "d": {"totalCount": 0}, "budget": "1.00"}
    found = rows_of(document)
    assert found[0] == row
    assert [*found[0]] == [*row]


@pytest.mark.parametrize("alias", ["self", "exprs", "named_exprs", "cell_id", "budget", "__x"])
def test_any_alias_will_do(alias):
    found = rows_of(f"{{ budgetPosition {{ rows {{ {alias}: actual cellId }} }} }}")
    assert orjson.loads(orjson.dumps(found))[0] == {alias: None, "cellId": "0"}


@pytest.mark.parametrize(
    "selection",
    [
        "cellId @skip(if: true)",
        "documents { totalCount } cellId @include(if: false)",
        "costCenter { id @skip(if: true) }",
        "cellId account { name @skip(if: true) }",
    ],
)
def test_nothing_selected_is_an_empty_object(selection):
    columns, objects = both(table(), f"{{ budgetPosition {{ rows {{ {selection} }} }} }}")
    assert columns.errors is None
    assert bytes_of(columns.data) == bytes_of(objects.data)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [("(first: 2000)", "LIMIT_EXCEEDED"), ('(after: "?")', "BAD_INPUT"), ("(first: $null)", None)],
)
def test_a_resolver_that_fails_fails_as_ever(arguments, code):
    rows = f"cellId fine: documents {{ totalCount }} documents{arguments} {{ totalCount }}"
    document = f"query Q($null: Int) {{ budgetPosition {{ rows {{ {rows} }} }} }}"
    columns, objects = both(table(), document, {"null": None})
    assert told_of(columns) == told_of(objects)
    assert columns.data == objects.data == {"budgetPosition": None}
    assert [(e.extensions or {}).get("code") for e in columns.errors or ()] == [code]
