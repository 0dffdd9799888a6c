"""The sandbox's Coupa against Coupa's own API description (R39): no field it does not have."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from sources.sandbox.coupa.catalog import RESOURCES
from sources.sandbox.coupa.shape import Association, Kind, Shape

REFERENCE = Path(os.environ.get("THREEFOLD_REFERENCE", Path(__file__).parents[3] / "shared"))
FILES = ("R39_Purchasing_API.json", "R39_Invoicing_API.json", "R39_Core_Platform_API.json")
TYPES = {
    Kind.INTEGER: {"integer"},
    Kind.DECIMAL: {"number"},
    Kind.TEXT: {"string"},
    Kind.MOMENT: {"string"},
    Kind.FLAG: {"boolean"},
}


def described() -> list[dict[str, Any]]:
    folder = REFERENCE / "vendors/data/coupa"
    if not folder.exists():
        pytest.skip(f"no reference API description in {folder}")
    return [json.loads((folder / name).read_text(encoding="utf-8")) for name in FILES]


def nested(shape: Shape) -> list[Shape]:
    inner = [member.shape for member in shape.members.values() if isinstance(member, Association)]
    return [shape, *(deeper for found in inner for deeper in nested(found))]


@pytest.mark.parametrize("name", [*RESOURCES])
def test_every_field_is_in_the_api_description(name: str) -> None:
    """With its type. Custom fields, which are the customer's own, are no part of the description."""
    descriptions = described()
    assert any(f"/{name}" in description["paths"] for description in descriptions)
    for shape in nested(RESOURCES[name].shape):
        if shape.name.endswith("custom fields"):
            continue
        properties = next(
            description["definitions"][shape.name]["properties"]
            for description in descriptions
            if shape.name in description["definitions"]
        )
        for member in shape.members.values():
            if member.name == "custom-fields":
                continue
            there = properties[member.name]
            if isinstance(member, Association):
                target = there["items"] if member.many else there
                assert target["$ref"] == f"#/definitions/{member.shape.name}", (shape.name, member.name)
            else:
                assert there["type"] in TYPES[member.kind], (shape.name, member.name)
