"""Whatever a configuration file holds, loading it ends in a configuration or in problems."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.config import ConfigurationError, load
from gateway.config.file import File

unhurried = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)

_WORDS = [
    "sap",
    "GROUP",
    "US01",
    "6100",
    "COST_CENTER",
    "LEDGER",
    "USD",
    "2025",
    "2025-P01",
    "2025-01-01",
    "30s",
    "",
]
_INNER = (
    "id", "name", "parent", "child", "entity", "unused", "csv", "rows", "source",
    "sources", "dimension", "edges", "periods", "start", "end", "facts", "entities", "auth",
    "limits", "sap", "currency", "to", "fiscalYear", "class", "system", "ignore", "url",
    "connector", "timeout", "firstYear", "lastYear", "startMonth",
)  # fmt: skip
_KEYS = [field.alias or name for name, field in File.model_fields.items()]
_SHAPES = st.recursive(
    st.sampled_from(_WORDS) | st.text("ab01:-. é", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_INNER), inner, max_size=6),
    max_leaves=12,
)


def written(data):
    """Text, lists and mappings as YAML in one line."""
    if isinstance(data, dict):
        return "{" + ", ".join(f'"{key}": {written(value)}' for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(written, data)) + "]"
    return f'"{data}"'


@pytest.fixture(scope="module")
def scratch(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "threefold.yaml"


def refused(path):
    with pytest.raises(ConfigurationError) as caught:
        load(path, {}, lambda _: [])
    assert caught.value.problems
    assert all(problem.line >= 1 and problem.message for problem in caught.value.problems)


@unhurried
@given(content=st.binary(max_size=80))
def test_any_bytes(scratch, content):
    scratch.write_bytes(content)
    refused(scratch)


@unhurried
@given(content=st.dictionaries(st.sampled_from(_KEYS), _SHAPES, max_size=8))
def test_sections_of_any_shape(scratch, content):
    scratch.write_text(written(content), encoding="utf-8")
    refused(scratch)


@unhurried
@given(table=st.binary(max_size=60) | st.text('id,name"\n\r xé', max_size=60).map(str.encode))
def test_any_table(scratch, table):
    scratch.write_text(
        "accounts: {csv: table.csv}\ncrosswalks: [{csv: table.csv, source: a}]\n", encoding="utf-8"
    )
    scratch.with_name("table.csv").write_bytes(table)
    refused(scratch)


@unhurried
@given(data=st.data())
def test_a_valid_file_with_something_cut_out_and_something_put_in(scratch, valid, data):
    start = data.draw(st.integers(0, len(valid)))
    end = data.draw(st.integers(start, min(len(valid), start + 30)))
    piece = data.draw(st.sampled_from(_WORDS) | st.text("ab01:{}[]&*!,-'\" \n", max_size=4))
    scratch.write_text(valid[:start] + piece + valid[end:], encoding="utf-8")
    try:
        found = load(scratch, {"SAP_PASSWORD": "x"}, lambda _: []).warnings
    except ConfigurationError as error:
        found = error.problems
    assert all(problem.file == str(scratch) and problem.line >= 1 for problem in found)
