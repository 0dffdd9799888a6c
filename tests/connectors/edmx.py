"""Reads the metadata of an OData service: what there is, and what may be done with it."""

import os
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

SAP = "{http://www.sap.com/Protocols/SAPData}"
EDM = "{http://schemas.microsoft.com/ado/2008/09/edm}"
REFERENCE = Path(os.environ.get("THREEFOLD_REFERENCE", Path(__file__).parents[2].parent / "shared"))


@dataclass(frozen=True)
class Property:
    name: str
    type: str
    length: int | None
    filterable: bool
    sortable: bool
    unit: str | None
    role: str | None


@dataclass
class Type:
    name: str
    keys: tuple[str, ...]
    aggregate: bool
    properties: dict[str, Property] = field(default_factory=dict)
    navigations: dict[str, str] = field(default_factory=dict)


class Service:
    """`sets` by name; a navigation leads to the name of a type in `types`."""

    def __init__(self, root: ET.Element) -> None:
        ends = {
            (association.get("Name"), end.get("Role")): _short(end.get("Type"))
            for association in root.iter(f"{EDM}Association")
            for end in association.iter(f"{EDM}End")
        }
        self.types = {str(t.get("Name")): _type(t, ends) for t in root.iter(f"{EDM}EntityType")}
        self.sets = {
            str(s.get("Name")): self.types[_short(s.get("EntityType"))] for s in root.iter(f"{EDM}EntitySet")
        }

    def at(self, start: Type, path: str) -> Property:
        """The property at a slashed path of navigations. Raises KeyError naming what is not there."""
        *navigations, name = path.split("/")
        for navigation in navigations:
            start = self.types[start.navigations[navigation]]
        return start.properties[name]


def _short(name: str | None) -> str:
    return str(name).rpartition(".")[2]


def _type(element: ET.Element, ends: dict[tuple[str | None, str | None], str]) -> Type:
    found = Type(
        str(element.get("Name")),
        tuple(str(ref.get("Name")) for ref in element.iter(f"{EDM}PropertyRef")),
        element.get(f"{SAP}semantics") == "aggregate",
    )
    for item in element.iter(f"{EDM}Property"):
        length = item.get("MaxLength")
        found.properties[str(item.get("Name"))] = Property(
            str(item.get("Name")),
            str(item.get("Type")),
            int(length) if length and length.isdecimal() else None,
            item.get(f"{SAP}filterable") != "false",
            item.get(f"{SAP}sortable") != "false",
            item.get(f"{SAP}unit"),
            item.get(f"{SAP}aggregation-role"),
        )
    for item in element.iter(f"{EDM}NavigationProperty"):
        association = _short(item.get("Relationship"))
        found.navigations[str(item.get("Name"))] = ends[association, item.get("ToRole")]
    return found


@cache
def service(name: str) -> Service:
    """The reference metadata of a V2 service of SAP; the test is skipped where there is none."""
    path = REFERENCE / "vendors" / "data" / "sap" / f"{name}.v2.edmx"
    if not path.is_file():
        pytest.skip(f"no reference metadata at {path}: set THREEFOLD_REFERENCE")
    return Service(ET.parse(path).getroot())  # noqa: S314 - our own reference, not input
