"""Everything the SAP connector names is in SAP's own metadata, and may be used as it is used."""

import asyncio
import json
import random
import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import parse_qsl

import httpx
import pytest

from sources.connectors.load import build, connector
from sources.dialects.odata_spec import ODataEntity
from sources.spi.context import Context
from sources.spi.facts import COLUMNS, Kind
from sources.spi.scan import Keys, Predicate, Scan
from sources.spi.settings import Limits, SourceSettings
from sources.transport.columns import Codec, parts
from sources.transport.limits import Accounts
from tests.connectors.edmx import Service, Type, service

ENTITIES = connector("sap_s4").entities
TYPES = {
    Codec.CODE: {"Edm.String"},
    Codec.PERIOD: {"Edm.String"},
    Codec.MSDATE: {"Edm.DateTime"},
    Codec.FLAG: {"Edm.Boolean"},
    Codec.DECIMAL: {"Edm.Decimal"},
}
EXCEPTIONS = {("order", "rate"): {"Edm.String"}}
"""EKKO-WKURS is an output field in this service: a number, written as a string."""


@pytest.fixture(params=sorted(ENTITIES))
def entity(request: pytest.FixtureRequest) -> tuple[str, ODataEntity, Service, Type]:
    found: ODataEntity = ENTITIES[request.param]
    name, _, target = found.path.partition("/")
    described = service(name)
    return request.param, found, described, described.sets[target]


Described = tuple[str, ODataEntity, Service, Type]


def test_every_path_leads_to_a_property_of_the_promised_type(entity: Described) -> None:
    name, spec, described, root = entity
    for column, what in spec.columns.items():
        for path in (part for origin in what.from_ for part in parts(origin)):
            prop = described.at(root, path.replace(".", "/"))
            expected = EXCEPTIONS.get((name, column), TYPES[what.type])
            assert prop.type in expected | ({"Edm.Boolean", "Edm.String"} if what.map else set()), (
                column,
                path,
            )
        for path in what.reads:
            described.at(root, path.replace(".", "/"))


def test_every_navigation_on_a_path_is_expanded(entity: Described) -> None:
    _, spec, described, root = entity
    for path in (path for column in spec.columns.values() for path in column.reads if "." in path):
        assert path.rpartition(".")[0].replace(".", "/") in spec.expand, path
    for path in spec.expand:
        start = root
        for navigation in path.split("/"):
            start = described.types[start.navigations[navigation]]
        assert start.properties
    for navigation, values in spec.pick.items():
        assert values.keys() <= described.types[root.navigations[navigation]].properties.keys()


def test_what_is_filtered_is_filterable(entity: Described) -> None:
    _, spec, _, root = entity
    asked = {name for name, column in spec.columns.items() if column.filter} | spec.keys.keys()
    for name in asked:
        column = spec.columns[name]
        for part in parts(column.name):
            assert root.properties[part].filterable, part
        if column.widths:
            assert column.widths == tuple(root.properties[part].length for part in parts(column.name))


def test_pages_are_kept_apart_by_a_key(entity: Described) -> None:
    _, spec, _, root = entity
    assert spec.always_grouped == root.aggregate
    if not root.aggregate:
        assert spec.order == root.keys
    assert all(root.properties[name].sortable for name in spec.order)


def test_sums_are_grouped_by_dimensions_and_stand_beside_their_unit(entity: Described) -> None:
    _, spec, _, root = entity
    if not root.aggregate:
        assert spec.aggregates is None
        return
    for name, column in spec.columns.items():
        for path in column.reads:
            role = "dimension" if name in (spec.aggregates or ()) else "measure"
            assert root.properties[path].role == role, path
            assert spec.units.get(path) == root.properties[path].unit, path


def test_what_a_map_translates_from_fits_the_property(entity: Described) -> None:
    _, spec, described, root = entity
    for name, column in spec.columns.items():
        props = [described.at(root, p.replace(".", "/")) for p in column.reads]
        lengths = {prop.length for prop in props if prop.length}
        words = [word for word in column.map or {} if word not in ("true", "false")]
        assert all(len(word) in lengths for word in words), name
        assert any(p.type == "Edm.Boolean" for p in props) or not {"true", "false"} & {*(column.map or ())}


class Recorder(httpx.AsyncBaseTransport):
    """Answers everything with nothing, and keeps what was asked."""

    def __init__(self) -> None:
        self.urls: list[httpx.URL] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.urls.append(request.url)
        return httpx.Response(200, content=json.dumps({"d": {"__count": "0", "results": []}}))


def scans(rng: random.Random, spec: ODataEntity) -> Iterator[Scan]:
    """Questions that use a little of everything an entity offers."""
    names = sorted(spec.columns)
    for _ in range(40):
        asked = tuple(rng.sample(names, k=rng.randint(1, len(names))))
        filtered = [(name, op) for name in names for op in spec.columns[name].filter]
        where = tuple(
            Predicate(name, op, (value(spec, name),))
            for name, op in rng.sample(filtered, k=rng.randint(0, min(4, len(filtered))))
        )
        if spec.always_grouped:
            groups = tuple(name for name in asked if name in (spec.aggregates or ()))
            yield Scan(spec.fact, groups, where=where, group_by=groups, measures=("amount",))
        else:
            yield Scan(spec.fact, asked, where=where)
    for key in spec.keys:
        yield Scan(spec.fact, tuple(names), keys=Keys(key, ("51056000012026", "B's")))


def value(spec: ODataEntity, name: str) -> str | date:
    if COLUMNS[spec.fact][name].kind is Kind.DATE:
        return date(2026, 1, 31)
    if name == "period":
        return "2026-P03"
    return "CLOSING" if name == "type" else "O'Brien"


def test_every_request_is_legal(entity: Described) -> None:
    name, spec, described, root = entity
    recorder = Recorder()

    async def scene() -> None:
        settings = SourceSettings(
            "sap",
            "sap_s4",
            "https://sap.test/sap/opu/odata/sap",
            auth={"kind": "basic", "username": "u", "password": "p"},
            options={"client": "100"},
            limits=Limits(page_size=500),
        )
        source = build(settings, Accounts(), recorder)
        for scan in scans(random.Random(7), spec):
            accepted = source.accept(scan)
            if accepted.entity == name:
                await source.run(accepted, Context.within(600))

    asyncio.run(scene())
    assert len(recorder.urls) > 10
    for url in recorder.urls:
        assert url.path == f"/sap/opu/odata/sap/{spec.path}"
        legal(dict(parse_qsl(url.query.decode(), strict_parsing=True)), described, root)


LITERALS = {
    "Edm.String": r"'(?:[^']|'')*'",
    "Edm.DateTime": r"datetime'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'",
    "Edm.Decimal": r"-?\d+(?:\.\d+)?m",
    "Edm.Boolean": r"true|false",
}


OPTIONS = {
    "$format",
    "$select",
    "$expand",
    "$orderby",
    "$filter",
    "$top",
    "$skip",
    "$inlinecount",
    "sap-client",
}
COMPARISON = re.compile(r"(\w+) (?:eq|ne|ge|le|gt|lt) ((?:datetime)?'(?:[^']|'')*'|[^\s()]+)")


def legal(query: dict[str, str], described: Service, root: Type) -> None:
    assert query.keys() <= OPTIONS
    assert query["$format"] == "json"
    selected = query["$select"].split(",")
    expanded = query.get("$expand", "").split(",")
    for path in selected:
        if path not in expanded:
            prop = described.at(root, path)
            assert path.rpartition("/")[0] in expanded or "/" not in path
            assert not (root.aggregate and prop.unit) or prop.unit in selected, "an amount without its unit"
    for name in filter(None, query.get("$orderby", "").split(",")):
        assert root.properties[name].sortable
        assert not root.aggregate or name in selected
    text = query.get("$filter", "")
    for name, literal in COMPARISON.findall(text):
        assert root.properties[name].filterable
        assert re.fullmatch(LITERALS[root.properties[name].type], literal), (name, literal)
    words = re.split(r"[\s()]+", COMPARISON.sub("", text))
    assert {*words} <= {"", "and", "or"}, "nothing but comparisons, and, or and brackets"
