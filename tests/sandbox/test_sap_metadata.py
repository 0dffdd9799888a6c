"""The sandbox's SAP against SAP's own metadata: no property, filter or length that SAP does not have."""

import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sources.sandbox.estate import build
from sources.sandbox.sap.catalog import SERVICES, Catalog
from sources.sandbox.sap.edm import Edm
from sources.sandbox.sap.metadata import edmx

ESTATE = build(7, 0.05)
REFERENCE = Path(os.environ.get("THREEFOLD_REFERENCE", Path(__file__).parents[3] / "shared"))

SAP = "{http://www.sap.com/Protocols/SAPData}"


def local(element: ET.Element, name: str) -> list[ET.Element]:
    return [child for child in element.iter() if child.tag.endswith("}" + name)]


@pytest.mark.parametrize("service", [*SERVICES])
def test_what_is_served_is_in_the_metadata_of_sap(service: str) -> None:
    """Every property with its type, key, navigation and limits; nothing is more filterable than there."""
    file = REFERENCE / "vendors/data/sap" / f"{service}.v2.edmx"
    if not file.exists():
        pytest.skip(f"no reference metadata at {file}")
    root = ET.parse(file).getroot()  # noqa: S314 - reference material of our own
    types = {element.get("Name"): element for element in local(root, "EntityType")}
    collections = Catalog(ESTATE).service(service) or {}
    for target in SERVICES[service]:
        entity = types[target.type]
        assert target.aggregate == (entity.get(f"{SAP}semantics") == "aggregate")
        assert [ref.get("Name") for ref in local(entity, "PropertyRef")] == [*target.key]
        navigations = {nav.get("Name") for nav in local(entity, "NavigationProperty")}
        assert target.navigations.keys() <= navigations
        properties = {prop.get("Name"): prop for prop in local(entity, "Property")}
        assert target.properties.keys() <= properties.keys()
        for prop in target.properties.values():
            there = properties[prop.name]
            assert there.get("Type") == prop.type, prop.name
            assert there.get(f"{SAP}unit") == prop.unit or prop.unit is None, prop.name
            assert prop.measure == (there.get(f"{SAP}aggregation-role") == "measure"), prop.name
            assert not prop.filterable or there.get(f"{SAP}filterable") != "false", prop.name
            assert not prop.sortable or there.get(f"{SAP}sortable") != "false", prop.name
            if prop.type is Edm.STRING and there.get("MaxLength"):
                longest = max(len(value) for value in collections[target.name].shelf.column(prop.name))
                assert longest <= int(there.get("MaxLength", 0)), prop.name


def test_its_own_metadata_says_what_it_serves() -> None:
    targets = SERVICES["API_COSTCENTER_SRV"]
    root = ET.fromstring(edmx("API_COSTCENTER_SRV", targets))  # noqa: S314 - written by ourselves
    names = {element.get("Name") for element in local(root, "Property")}
    assert names == {name for target in targets for name in target.properties}
