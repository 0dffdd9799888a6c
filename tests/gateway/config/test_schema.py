"""The JSON Schema of the file, as committed, against the files that ship and against what the loader says."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from gateway import wiring
from gateway.config import ConfigurationError, json_schema, load
from gateway.config import yaml as strict
from gateway.config.problems import Problems
from gateway.config.schema import text

ROOT = Path(__file__).parents[3]
SHIPPED = [ROOT / "threefold.example.yaml", ROOT / "gateway/demo/threefold.yaml"]
SECRETS = {
    "ANAPLAN_PASSWORD",
    "SAP_PASSWORD",
    "COUPA_SECRET",
    "TRYTON_PASSWORD",
    "JAPAN_TOKEN",
    "THREEFOLD_DEMO_ANAPLAN_PASSWORD",
    "THREEFOLD_DEMO_SAP_PASSWORD",
    "THREEFOLD_DEMO_COUPA_SECRET",
    "THREEFOLD_DEMO_TRYTON_PASSWORD",
    "THREEFOLD_DEMO_CANONICAL_TOKEN",
}


class Editor(yaml.SafeLoader):
    """Reads YAML as editors do: numbers and flags are no text, dates are."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own attribute
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def keyed(data: Any) -> Any:
    """JSON has text keys only."""
    if isinstance(data, dict):
        return {str(key): keyed(value) for key, value in data.items()}
    return [keyed(item) for item in data] if isinstance(data, list) else data


def as_the_loader_reads(content: bytes) -> Any:
    return json.loads(json.dumps(strict.load(content, "f.yaml", Problems("f.yaml")).data))


def as_an_editor_reads(content: bytes) -> Any:
    return keyed(yaml.load(content, Editor))  # noqa: S506 - a safe loader


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


def test_the_committed_schema_is_the_one_of_the_code():
    committed = (ROOT / "docs/threefold.schema.json").read_text(encoding="utf-8")
    assert committed == text(), "threefold schema --config > docs/threefold.schema.json"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
@pytest.mark.parametrize("reader", [as_the_loader_reads, as_an_editor_reads])
def test_the_files_that_ship_are_valid(validator, path, reader):
    assert [error.message for error in validator.iter_errors(reader(path.read_bytes()))] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_files_that_ship_fit_their_connectors_and_draw_no_warning(path):
    configuration = load(path, dict.fromkeys(SECRETS, "x"), wiring.problems)
    assert configuration.warnings == ()
    assert set(configuration.model.legal_entities) == {"US01", "DE01", "GB01", "JP01"}


def test_the_demo_draws_on_the_whole_sandbox_company():
    model = load(SHIPPED[1], dict.fromkeys(SECRETS, "x")).model
    assert model.members["COST_CENTER"]["US-OPS-110"].parent == "OPS-DELIVERY"
    assert model.members["ACCOUNT"]["6100"].kind == "EXPENSE"
    assert {row.source for row in model.crosswalk} == {"anaplan", "sap", "sap-purchasing", "coupa", "tryton"}


def test_every_key_is_described(validator):
    undescribed = [
        f"{name}.{key}"
        for name, section in {"File": json_schema(), **json_schema()["$defs"]}.items()
        for key, value in section["properties"].items()
        if "description" not in value and "$ref" not in value
    ]
    assert undescribed == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 1", "version: 2"),
        ("profile: demo", "profile: open"),
        ("reportingCurrency: USD\n", ""),
        ("reportingCurrency: USD", "reportingCurrency: dollar"),
        ("calendar: GROUP", "calendar: GROUP\nbudgets: {x: y}"),
        ("owner: Alice Warren", "ownr: Alice Warren"),
        ("class: EXPENSE", "class: COST"),
        ("unused: [REQUISITION]", "unused: [SUPPLIER]"),
        ("rate: 1.10", "rate: about 1"),
        ("dimension: COST_CENTER", "dimension: PERIOD"),
        ("https://", "sap://"),
        ("env:SAP_PASSWORD", "hunter2"),
        ("[LEDGER, VOUCHER]", "[]"),
        ("[LEDGER, VOUCHER]", "[GL]"),
        ("entities: {US01: 1010, DE01: 2010}", "entities: {}"),
        ("facts: [LEDGER", "maxAge: soon\n    facts: [LEDGER"),
    ],
)
def test_what_the_schema_refuses_the_loader_refuses(changed, valid, loaded, validator, old, new):
    assert validator.is_valid(as_an_editor_reads(valid.encode()))
    assert not validator.is_valid(as_an_editor_reads(changed((old, new)).encode()))
    with pytest.raises(ConfigurationError):
        loaded(changed((old, new)))


def test_the_manual_mentions_every_key():
    manual = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    sections = [json_schema(), *json_schema()["$defs"].values()]
    keys = {key for section in sections for key in section["properties"]}
    assert sorted(key for key in keys if f"`{key}`" not in manual and f"## {key}" not in manual) == []
