"""What an export says is what the JSON answer says: every format, read back by others, value by value.

Random tables of figures: nulls, control characters, formulas, huge, negative and zero amounts, no rows.
"""

import asyncio
import csv
import io
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import orjson
import polars as pl
import pytest
from graphql import ExecutionResult, execute, parse
from graphql.execution.values import VariableValues
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway.exports.export import export, exported
from gateway.exports.formats import Format, Wanted
from gateway.exports.spool import Spool
from resolvers.graph.exporting import ExportContext, ExportExecutor
from resolvers.plan.engine import Engine
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.measures import MEASURES, Unit
from sources.spi.context import Context
from tests.gateway.exports import reading
from tests.graph.frames import stages
from tests.graph.stage import CALENDAR, CORE, Told, answer, completed, model

DOCUMENT = """{ budgetPosition { rows {
  cellId currency name: legalEntity { name code owner: parent } costCenter { id name owner }
  account { class } period { id start number adjustment }
  budget actual consumedPercent favorability
} } }"""
DECIMALS = {"budget", "actual", "consumedPercent"}
COLUMNS = [
    *("cellId", "currency", "name.name", "name.code", "name.owner"),
    *("costCenter.id", "costCenter.name", "costCenter.owner", "account.class"),
    *("period.id", "period.start", "period.number", "period.adjustment"),
    *("budget", "actual", "consumedPercent", "favorability"),
]
NEVER = VariableValues({}, {})


def written(told: Told, wanted: Wanted, document: str = DOCUMENT) -> bytes:
    """The export of a told answer."""

    async def run() -> bytes:
        planned = export(CORE, parse(document), None, {}, wanted, 1000)
        context = ExportContext(cast("Engine", told), Context.within(60))
        result = execute(CORE, planned.document, context_value=context, executor_class=ExportExecutor)
        found = result if isinstance(result, ExecutionResult) else await result
        file = exported(planned, found, context, None, time.monotonic() + 60)
        assert isinstance(file.body, Spool)
        content = b"".join(file.body.parts())
        assert len(content) == len(file.body)
        return content

    return asyncio.run(run())


def expected(told: Told) -> list[dict[str, Any]]:
    """The rows of the JSON answer with the columns of the table, nulls for objects that are null."""
    body = orjson.loads(orjson.dumps(completed(told, DOCUMENT).data))
    rows = reading.flattened(body["budgetPosition"]["rows"], DECIMALS)
    return [{name: row.get(name) for name in COLUMNS} for row in rows]


def as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def some() -> Told:
    """Two rows, the same each time."""
    rows = pl.DataFrame(
        {
            "cell_id": ["a", "b"],
            "currency": "EUR",
            "completeness": "COMPLETE",
            **{dimension.column: pl.Series([None, None], dtype=pl.String) for dimension in Dimension},
            **{
                name: pl.Series([Decimal("-1.50"), None], dtype=pl.Decimal(38, 2))
                for name, measure in MEASURES.items()
                if measure.unit is not Unit.WORD
            },
            "favorability": None,
        }
    )
    return Told(model({}, {}, CALENDAR), answer(rows))


unhurried = settings(
    max_examples=25,
    phases=[Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FORMULAS = st.sampled_from(("=1+1", "-5", "+5", "@x", "\t=1", "'=1", "''-x", " =1", "＝1", "'t Hooft", "-"))


@st.composite
def tables(draw: st.DrawFn) -> Told:
    """A told answer, some with cells that look like formulas."""
    told, _ = draw(stages())
    rows = told.answer.rows
    if rows.is_empty() or draw(st.booleans()):
        return told
    texts = draw(st.lists(FORMULAS, min_size=rows.height, max_size=rows.height))
    return replace(told, answer=replace(told.answer, rows=rows.with_columns(cell_id=pl.Series(texts))))


@unhurried
@given(tables())
def test_csv(told):
    content = written(told, Wanted(Format.CSV))
    rows = expected(told)
    assert content.split(b"\r\n")[0].decode().split(",") == COLUMNS
    assert reading.csv(content) == [{name: as_text(value) for name, value in row.items()} for row in rows]
    nothing = [{n: None if v is None else as_text(v) for n, v in row.items()} for row in rows]
    assert reading.csv_by_arrow(content) == nothing


@unhurried
@given(tables())
def test_a_spreadsheet_finds_no_formula_in_csv(told):
    for row in csv.DictReader(io.StringIO(written(told, Wanted(Format.CSV)).decode(), newline="")):
        for name, text in row.items():
            number = name.split(".")[-1] in {*DECIMALS, "number"}
            assert number or not text.lstrip().startswith(tuple("=+-@＝＋－＠")), text


@unhurried
@given(tables())
def test_ndjson(told):
    as_answered = [{n: str(v) if isinstance(v, Decimal) else v for n, v in r.items()} for r in expected(told)]
    content = written(told, Wanted(Format.NDJSON))
    assert reading.ndjson(content) == as_answered
    # Not only the values: the texts of numbers have the same digits.
    assert [list(row) for row in reading.ndjson(content)] == [COLUMNS] * len(as_answered)


@unhurried
@given(tables())
def test_ndjson_with_numbers(told):
    rows = reading.ndjson(written(told, Wanted(Format.NDJSON, numbers=True)))
    whole = [{n: Decimal(v) if n in DECIMALS and v is not None else v for n, v in r.items()} for r in rows]
    assert whole == expected(told)
    assert [list(row) for row in rows] == [COLUMNS] * len(rows)


@pytest.mark.parametrize("name", ["arrow", "parquet"])
@unhurried
@given(told=tables())
def test_arrow_and_parquet(name, told):
    content = written(told, Wanted(Format(name)))
    for read in reading.TYPED[name]:
        assert read(content) == expected(told)


def digits(value: Decimal) -> int:
    """Those a cell has to hold, zeros at the end of a fraction aside."""
    whole, _, fraction = f"{abs(value):f}".partition(".")
    return len((whole + fraction.rstrip("0")).lstrip("0"))


@unhurried
@given(tables())
def test_xlsx(told):
    for found, wanted in zip(reading.xlsx(written(told, Wanted(Format.XLSX))), expected(told), strict=True):
        for name, value in wanted.items():
            # A cell holds fifteen digits and no empty text; what has more of them is a text.
            many = isinstance(value, Decimal) and digits(value) > 15
            assert (found[name] or None) == ((str(value) if many else value) or None), name


@pytest.mark.parametrize("form", list(Format))
def test_a_table_is_the_same_bytes_whenever_it_is_written(form):
    told = some()
    assert written(told, Wanted(form)) == written(told, Wanted(form))
