"""Every request the Anaplan connector makes is one that Anaplan's OpenAPI files allow."""

import asyncio
import json
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from sources.connectors.load import build
from sources.sandbox.anaplan.model import DEFAULT_VIEW, LOADING_VIEW
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.scan import Op, Predicate, Scan
from sources.spi.settings import Limits
from sources.transport.limits import Accounts
from tests.connectors.test_anaplan import application, settings

HERE = Path(__file__).parents[2]
REFERENCE = Path(os.environ.get("THREEFOLD_REFERENCE", HERE.parent / "shared")) / "vendors/data/anaplan"
pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason="Anaplan's OpenAPI files are not here")

COLUMNS = ("legal_entity", "account", "cost_center", "period", "scenario", "version", "type", "amount")


@cache
def specification(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((REFERENCE / f"{name}-openapi.json").read_text(encoding="utf-8"))
    return found


def valid(instance: Any, schema: Mapping[str, Any], within: Mapping[str, Any]) -> None:
    jsonschema.validate(instance, {**schema, "components": within["components"]})


def check(request: httpx.Request, name: str, root: str) -> None:
    """The path, its parameters, the method, the query, the headers and the body, against the file."""
    api = specification(name)
    path = request.url.path.removeprefix(root)
    template, item = next(
        (template, item)
        for template, item in api["paths"].items()
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
    )
    operation = item[request.method.lower()]
    declared = [resolved(p, api) for p in (*item.get("parameters", ()), *operation.get("parameters", ()))]
    values = dict(zip(re.findall(r"\{(\w+)\}", template), variables(template, path), strict=True))
    by_place = {(p["in"], p["name"]): p for p in declared}
    for variable, value in values.items():
        valid(value, by_place["path", variable]["schema"], api)
    for parameter in request.url.params:
        schema = by_place["query", parameter]["schema"]
        given = request.url.params.get_list(parameter)
        valid(given if schema.get("type") == "array" else given[0], schema, api)
    if ("header", "Accept") in by_place:
        valid(request.headers["accept"], by_place["header", "Accept"]["schema"], api)
    assert all(p["name"] in request.url.params for p in declared if p["in"] == "query" and p.get("required"))
    if body := operation.get("requestBody"):
        content = resolved(body, api)["content"]["application/json"]
        valid(json.loads(request.content), content["schema"], api)


def resolved(item: Mapping[str, Any], api: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = item
    if "$ref" in item:
        found = api
        for part in item["$ref"].removeprefix("#/").split("/"):
            found = found[part]
    return found


def variables(template: str, path: str) -> tuple[str, ...]:
    found = re.fullmatch(re.sub(r"\{\w+\}", "([^/]+)", template), path)
    assert found is not None
    return found.groups()


def requests(view: str) -> list[httpx.Request]:
    """All requests of a probe and of two reads, made to the sandbox."""
    made: list[httpx.Request] = []
    sandbox = httpx.ASGITransport(app=application())

    class Recording(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await request.aread()
            made.append(request)
            return await sandbox.handle_async_request(request)

    async def run() -> None:
        source = build(settings(Limits(), view), Accounts(), Recording())
        ctx = Context.within(600)
        assert (await source.probe(ctx)).ok
        where = (Predicate("version", Op.IN, ("APPROVED",)), Predicate("type", Op.IN, ("ORIGINAL",)))
        for scan in (Scan(Fact.BUDGET, COLUMNS, where=where), Scan(Fact.BUDGET, COLUMNS)):
            await source.run(source.accept(scan), ctx)
        await source.aclose()

    asyncio.run(run())
    return made


@pytest.mark.parametrize("view", [LOADING_VIEW, DEFAULT_VIEW])
def test_every_request_is_allowed(view: str) -> None:
    made = requests(view)
    for request in made:
        if request.url.path.startswith("/token/"):
            assert request.headers["authorization"].startswith("Basic ")
            check(request, "authentication", "")
        else:
            assert request.headers["authorization"].startswith("AnaplanAuthToken ")
            check(request, "integration", "/2/0")
    assert any(request.url.path.endswith("/data") for request in made)


def test_the_token_stands_where_the_file_says() -> None:
    info = specification("authentication")["components"]["schemas"]["TokenInfo"]["properties"]
    assert {"tokenValue", "expiresAt"} <= set(info)
