"""The planning system: tokens, dimensions, and views read as grids of strings."""

import asyncio
import csv
import json
import os
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from sources.sandbox.anaplan import DEMO_LOGIN, app
from sources.sandbox.anaplan.grid import RefusedError, read
from sources.sandbox.anaplan.model import (
    ACCOUNTS,
    COST_CENTERS,
    DEFAULT_VIEW,
    ENTITIES,
    LINE_TYPES,
    LOADING_VIEW,
    MODEL,
    TIME,
    VERSIONS,
    VIEWS,
    WORKSPACE,
    Model,
    line_type_name,
    version_name,
)
from sources.sandbox.estate import build

ESTATE = build(7, 0.05)
ROOT = f"/2/0/models/{MODEL}"
JSON = {"Accept": "application/json"}
APPROVED = f"{VERSIONS}:201000000001"


class Clock:
    time = 1_782_820_800.0

    def __call__(self) -> float:
        return self.time


class Session:
    """A client with a token, if it wants one, on a system of its own."""

    def __init__(self, estate=ESTATE, *, token: bool = True) -> None:
        self.clock = Clock()
        self.app = app(estate, token_seconds=60, now=self.clock)
        self.headers: dict[str, str] = {}
        if token:
            self.login()

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://anaplan") as client:
                options["headers"] = self.headers | options.get("headers", {})
                return await client.request(method, path, **options)

        return asyncio.run(ask())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def login(self) -> dict[str, Any]:
        answer = self.request("POST", "/token/authenticate", auth=DEMO_LOGIN)
        assert answer.status_code == 201
        info = answer.json()["tokenInfo"]
        self.headers = {"Authorization": f"AnaplanAuthToken {info['tokenValue']}"}
        return info

    def grid(self, view: str, *pages: str) -> dict[str, Any]:
        answer = self.get(f"{ROOT}/views/{view}/data", params={"format": "v1", "pages": pages}, headers=JSON)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json"
        return answer.json()


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def items(session: Session, dimension: str) -> dict[str, str]:
    found = session.get(f"{ROOT}/dimensions/{dimension}/items").json()["items"]
    return {item["name"]: item["id"] for item in found}


def test_a_token_is_given_for_user_and_password_and_expires_unless_renewed():
    session = Session(token=False)
    assert session.get("/2/0/models").status_code == 401
    assert session.request("POST", "/token/authenticate", auth=("a", "b")).status_code == 401
    assert session.request("POST", "/token/authenticate").json()["status"] == "FAILURE_BAD_CREDENTIAL"
    info = session.login()
    assert info["expiresAt"] == (session.clock.time + 60) * 1000
    assert session.get("/token/validate").json()["tokenInfo"]["tokenId"] == info["tokenId"]
    session.clock.time += 59
    renewed = session.request("POST", "/token/refresh").json()["tokenInfo"]
    assert renewed["tokenValue"] == info["tokenValue"]
    session.clock.time += 59
    assert session.get("/2/0/models").status_code == 200
    bearer = {"Authorization": f"Bearer {info['tokenValue']}"}
    assert session.get("/2/0/models", headers=bearer).status_code == 200
    session.clock.time += 1
    assert session.get("/2/0/models").status_code == 401
    assert session.get("/token/validate").status_code == 401
    assert session.request("POST", "/token/refresh").status_code == 401


def test_the_model_can_be_found_from_the_outside_in(session):
    model = session.get("/2/0/models").json()["models"][0]
    assert model["id"] == MODEL
    views = session.get(f"/2/0/workspaces/{WORKSPACE}/models/{MODEL}/views").json()["views"]
    assert {view["id"] for view in views} == {DEFAULT_VIEW, LOADING_VIEW}
    view = session.get(f"{ROOT}/views/{LOADING_VIEW}").json()
    assert [axis["name"] for axis in view["pages"]] == ["Plan versions"]
    assert [axis["id"] for axis in view["rows"]] == [ENTITIES, COST_CENTERS, ACCOUNTS, LINE_TYPES]
    assert set(items(session, VERSIONS)) == {
        "Budget Approved",
        "Budget Draft",
        "Forecast 6+6",
        "Actual Loaded",
    }
    types = {"Original", "Revision", "Transfer", "Carry Forward", "Actual"}
    assert set(items(session, LINE_TYPES)) == types


def test_lists_carry_names_and_few_codes(session):
    centers = session.get(f"{ROOT}/dimensions/{COST_CENTERS}/items").json()["items"]
    assert len(centers) == 48 + 1
    assert centers[-1]["name"] == "Total Client Support"
    assert {"name": "Operations East", "id": "203000000001"} in centers
    months = session.get(f"{ROOT}/views/{LOADING_VIEW}/dimensions/{TIME}/items").json()["items"]
    assert [months[0]["name"], months[-1]["name"]] == ["Jan 25", "Dec 26"]


def test_one_call_reads_a_version_of_all_entities(session):
    codes = ESTATE.company.code
    support = {"US-OPS-150", "DE-OPS-130", "GB-OPS-130"}
    for scenario, version in {(b.scenario, b.version) for b in ESTATE.budget}:
        name = version_name(scenario, version)
        grid = session.grid(LOADING_VIEW, f"{VERSIONS}:{items(session, VERSIONS)[name]}")
        months = [month for (month,) in grid["columnCoordinates"]]
        expected: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
        for b in ESTATE.budget:
            if (b.scenario, b.version) == (scenario, version):
                entity, account = (
                    codes("anaplan", "legal_entity", b.entity),
                    codes("anaplan", "account", b.account),
                )
                month = months[(int(b.period[:4]) - 2025) * 12 + int(b.period[-2:]) - 1]
                total = ["Total Client Support"] if b.cost_center in support else []
                for row in (codes("anaplan", "cost_center", b.cost_center), *total):
                    expected[entity, row, account, line_type_name(b.type), month] += b.amount
        found = {
            (*row["rowCoordinates"], month): Decimal(cell)
            for row in grid["rows"]
            for month, cell in zip(months, row["cells"], strict=True)
            if cell
        }
        assert grid["pages"] == [name]
        assert found == expected


def test_the_default_view_shows_one_page_blank_cells_and_all(session):
    pages = [APPROVED, f"{ENTITIES}:{items(session, ENTITIES)['Meridian Services KK']}"]
    grid = session.grid(DEFAULT_VIEW, *pages)
    assert grid["pages"] == ["Budget Approved", "Meridian Services KK", "Original"]
    assert len(grid["rows"]) == 49 * len(items(session, ACCOUNTS))
    assert {cell for row in grid["rows"] for cell in row["cells"]} > {""}
    together = session.grid(DEFAULT_VIEW, ",".join(pages))
    assert together == grid


def test_a_cell_of_entries_that_cancel_out_is_zero_not_blank():
    entry = ESTATE.budget[0]
    estate = replace(ESTATE, budget=(entry, replace(entry, amount=-entry.amount)))
    row = Session(estate).grid(LOADING_VIEW)["rows"][0]
    assert sorted(set(row["cells"])) == ["", "0"]


def test_empty_lists_are_left_out_and_a_page_of_nothing_is_refused():
    session = Session(replace(ESTATE, budget=()))
    assert session.get(f"{ROOT}/dimensions/{VERSIONS}/items").json().keys() == {"meta", "status"}
    answer = session.get(f"{ROOT}/views/{LOADING_VIEW}/data")
    assert (answer.status_code, answer.json()["status"]["code"]) == (400, 400)


def test_without_asking_for_json_the_answer_is_csv(session):
    path = f"{ROOT}/views/{LOADING_VIEW}/data"
    for options in ({}, {"headers": JSON}, {"params": {"format": "v1"}, "headers": {"Accept": "text/csv"}}):
        answer = session.get(path, **options)
        assert answer.headers["content-type"].startswith("text/csv")
    lines = list(csv.reader(StringIO(answer.text)))
    assert lines[0] == ["Budget Approved"]
    assert lines[1][:5] == ["", "", "", "", "Jan 25"]
    row = session.grid(LOADING_VIEW)["rows"][0]
    assert lines[2] == [*row["rowCoordinates"], *row["cells"]]
    escaped = session.get(path, headers={"Accept": "text/csv;escaped=true"})
    assert escaped.text.startswith('"Budget Approved"')


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        (f"{ROOT}/views/{LOADING_VIEW}/data?pages={ENTITIES}:202000000001", 400, f"selector [{ENTITIES}]"),
        (f"{ROOT}/views/{LOADING_VIEW}/data?pages={VERSIONS}:9", 400, f"selector [{VERSIONS}:9]"),
        (f"{ROOT}/views/{LOADING_VIEW}/data?format=v2", 400, "Invalid format"),
        (f"{ROOT}/views/{LOADING_VIEW}/data?limit=5", 400, "Unknown parameter [limit]"),
        (f"{ROOT}/dimensions/{TIME}/items", 400, "Time dimension"),
        (f"{ROOT}/dimensions/101000000009/items", 404, "Not Found"),
        (f"{ROOT}/views/{LOADING_VIEW}/dimensions/{VERSIONS}/items", 404, "Not Found"),
        (f"{ROOT}/views/102000000009", 404, "Not Found"),
        (f"/2/0/models/{'0' * 32}/views", 404, "Not Found"),
        (f"/2/0/workspaces/{'0' * 32}/models", 404, "Not Found"),
    ],
)
def test_what_cannot_be_answered_is_refused(session, path, status, message):
    answer = session.get(path)
    assert answer.status_code == status
    assert answer.json()["status"]["code"] == status
    assert message in answer.json()["status"]["message"]


def test_a_view_of_more_than_a_million_cells_is_refused():
    vast = replace(VIEWS[0], rows=(COST_CENTERS, ACCOUNTS, ENTITIES, LINE_TYPES), pages=(VERSIONS,))
    with pytest.raises(RefusedError, match="1000000 cells"):
        read(Model(ESTATE), vast, [])


@pytest.mark.parametrize(
    ("path", "declared"),
    [
        ("/models", "/models"),
        (f"/models/{MODEL}/views", "/models/{modelId}/views"),
        (f"/models/{MODEL}/views/{LOADING_VIEW}", "/models/{modelId}/views/{viewId}"),
        (f"/models/{MODEL}/views/{LOADING_VIEW}/data?format=v1", "/models/{modelId}/views/{viewId}/data"),
        (
            f"/models/{MODEL}/views/{LOADING_VIEW}/dimensions/{TIME}/items",
            "/models/{modelId}/views/{viewId}/dimensions/{dimensionId}/items",
        ),
        (
            f"/models/{MODEL}/dimensions/{VERSIONS}/items",
            "/models/{modelId}/dimensions/{dimensionId}/items",
        ),
    ],
)
def test_answers_have_the_declared_shape(session, path, declared):
    here = Path(__file__).parents[2]
    reference = Path(os.environ.get("THREEFOLD_REFERENCE", here.parent / "shared"))
    file = reference / "vendors/data/anaplan/integration-openapi.json"
    if not file.exists():
        pytest.skip(f"no reference material at {reference}")
    specification = json.loads(file.read_text(encoding="utf-8"))
    response = specification["paths"][declared]["get"]["responses"]["200"]
    schema = response["content"]["application/json"]["schema"]
    answer = session.get(f"/2/0{path}", headers=JSON)
    jsonschema.validate(answer.json(), {"components": specification["components"], **schema})
