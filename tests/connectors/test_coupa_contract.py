"""What the Coupa connector asks for exists: every path, field and attribute, in Coupa's own R39 Swagger."""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sources.connectors.load import connector
from sources.dialects.rest_query import queries
from sources.dialects.rest_spec import RestEntity
from sources.spi.facts import COLUMNS, Kind
from sources.spi.scan import Keys, Predicate, Scan

HERE = Path(__file__).parents[2]
REFERENCE = Path(os.environ.get("THREEFOLD_REFERENCE", HERE.parent / "shared")) / "vendors/data/coupa"
pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason="Coupa's Swagger files are not here")

COUPA = connector("coupa")
LISTS = ("in", "not_in")
OPERATORS = {*LISTS, "gt_or_eq", "lt_or_eq", "not_eq"}
OPTIONS = {"fields", "limit", "offset", "order_by", "dir"}
UNDOCUMENTED = {"soft_closed"}
"""A status the API reference speaks of ("reopen a soft-closed purchase order") and the Swagger leaves out."""


class Resource:
    """A resource of the Swagger: what its records are made of."""

    def __init__(self, swagger: Mapping[str, Any], operation: Mapping[str, Any]) -> None:
        self._definitions = swagger["definitions"]
        self.options = {parameter["name"] for parameter in operation["parameters"]}
        self.definition = self._referred(operation["responses"]["200"]["schema"])

    def _referred(self, schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
        reference = schema.get("items", schema).get("$ref")
        return None if reference is None else self._definitions[reference.removeprefix("#/definitions/")]

    def find(self, path: tuple[str, ...]) -> Mapping[str, Any]:
        """The schema at the end of a path of names with underscores."""
        current: Mapping[str, Any] | None = self.definition
        schema: Mapping[str, Any] = {}
        for name in path:
            assert current is not None, f"{path}: nothing below {name}"
            schema = current["properties"][name.replace("_", "-")]
            current = self._referred(schema)
        return schema


@cache
def resource(path: str) -> Resource:
    for name in ("Purchasing", "Invoicing", "Core_Platform"):
        swagger = json.loads((REFERENCE / f"R39_{name}_API.json").read_text(encoding="utf-8"))
        operation = swagger["paths"].get(path.removeprefix(swagger["basePath"]), {}).get("get")
        if operation is not None:
            return Resource(swagger, operation)
    raise AssertionError(f"{path} is in none of the files")


def scans(entity: RestEntity) -> Iterator[Scan]:
    """Scans that between them use every column, filter and key."""
    columns = tuple(entity.columns)
    for name, column in entity.columns.items():
        for op in column.filter:
            yield Scan(entity.fact, columns, where=(Predicate(name, op, _values(entity, name)),))
    for key in entity.keys:
        yield Scan(entity.fact, columns, keys=Keys(key, ("1", "2")))


def _values(entity: RestEntity, column: str) -> tuple[Any, ...]:
    if COLUMNS[entity.fact][column].kind is Kind.DATE:
        return (date(2026, 3, 31),)
    words = entity.columns[column].map
    return tuple(sorted(set(words.values()))) if words else ("1", "2")


def listed(fields: list[Any], prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for field in fields:
        if isinstance(field, str):
            yield (*prefix, field)
        else:
            for name, inner in field.items():
                yield from listed(inner, (*prefix, name))


@pytest.mark.parametrize("name", COUPA.entities)
def test_every_field_and_attribute_exists(name: str) -> None:
    entity = COUPA.entities[name]
    found = resource(f"/{entity.path}")
    asked = [query for scan in scans(entity) for query in queries(COUPA.protocol, entity, scan, 6000)]
    assert asked
    for query in asked:
        for parameter, value in query:
            if parameter == "fields":
                for path in listed(json.loads(value)):
                    found.find(path)
            elif parameter in OPTIONS:
                assert parameter in found.options
            else:
                *path, last = parameter.replace("]", "").split("[")
                found.find(tuple(path) if last in OPERATORS else (*path, last))


@pytest.mark.parametrize("name", COUPA.entities)
def test_paging_and_order_are_options_of_the_list(name: str) -> None:
    protocol = COUPA.protocol
    used = {protocol.limit, protocol.offset, *protocol.params}
    assert used <= resource(f"/{COUPA.entities[name].path}").options


@pytest.mark.parametrize("name", COUPA.entities)
def test_every_documented_word_has_a_meaning_and_no_other_is_expected(name: str) -> None:
    entity = COUPA.entities[name]
    found = resource(f"/{entity.path}")
    left_out = set(entity.params.get("status[not_in]", "").split(","))
    for column in entity.columns.values():
        for path in column.from_ if column.map and column.otherwise is None else ():
            schema = found.find(tuple(path.replace("-", "_").split(".")))
            documented = set(schema.get("enum", ()))
            assert documented - left_out <= set(column.map or ()), path
            if len(column.from_) == 1 and documented:
                assert set(column.map or ()) - documented <= UNDOCUMENTED, path
