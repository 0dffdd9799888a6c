"""Law 4: what is written column by column equals what is completed object by object, byte for byte."""

from typing import Any

import orjson
import polars as pl
import pytest
from graphql import ExecutionResult, parse, validate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway import encode
from resolvers.semantics.model import Dimension, Member
from tests.graph.frames import CALENDAR, stages
from tests.graph.questions import questions
from tests.graph.stage import CORE, ColumnarExecutor, ObjectExecutor, Told, answer, completed, model

LAW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@LAW
@given(st.data())
def test_columns_equal_objects_byte_for_byte(data):
    told, group_by = data.draw(stages())
    asked = data.draw(questions(CORE, group_by))
    assert not validate(CORE, parse(asked.document)), asked.document
    columns, objects = both(told, asked.document, asked.variables)
    assert columns.errors is None
    assert objects.errors is None
    assert encode.body(columns) == encode.body(objects)


@LAW
@given(st.data())
def test_a_null_that_may_not_be_is_the_same_error_in_the_same_place(data):
    told, group_by = data.draw(stages(broken=True))
    asked = data.draw(questions(CORE, group_by))
    columns, objects = both(told, asked.document, asked.variables)
    assert told_of(columns) == told_of(objects)
    assert bytes_of(columns.data) == bytes_of(objects.data)


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
