"""The service document and ``$metadata``: an EDMX of exactly what this sandbox serves."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from sources.sandbox.sap.edm import EntitySet, Property

_EDMX = "http://schemas.microsoft.com/ado/2007/06/edmx"
_EDM = "http://schemas.microsoft.com/ado/2008/09/edm"
_DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"
_SAP = "http://www.sap.com/Protocols/SAPData"


def service_document(sets: Iterable[EntitySet]) -> dict[str, dict[str, list[str]]]:
    return {"d": {"EntitySets": [target.name for target in sets]}}


def edmx(service: str, sets: Iterable[EntitySet]) -> bytes:
    """The EDMX document, UTF-8. Navigations stay out of it: their associations say nothing a reader of
    `edm.EntitySet` needs.
    """
    targets = [*sets]
    root = ET.Element(
        "edmx:Edmx", {"Version": "1.0", "xmlns:edmx": _EDMX, "xmlns:m": _DATA, "xmlns:sap": _SAP}
    )
    services = ET.SubElement(root, "edmx:DataServices", {"m:DataServiceVersion": "2.0"})
    schema = ET.SubElement(services, "Schema", {"Namespace": service, "xmlns": _EDM})
    for target in targets:
        _entity_type(schema, target)
    container = ET.SubElement(schema, "EntityContainer", {"Name": f"{service}_Entities"})
    for target in targets:
        ET.SubElement(container, "EntitySet", {"Name": target.name, "EntityType": f"{service}.{target.type}"})
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _entity_type(schema: ET.Element, target: EntitySet) -> None:
    attributes = {"Name": target.type, **({"sap:semantics": "aggregate"} if target.aggregate else {})}
    entity = ET.SubElement(schema, "EntityType", attributes)
    key = ET.SubElement(entity, "Key")
    for name in target.key:
        ET.SubElement(key, "PropertyRef", {"Name": name})
    for prop in target.properties.values():
        ET.SubElement(entity, "Property", _attributes(prop, target))


def _attributes(prop: Property, target: EntitySet) -> dict[str, str]:
    attributes = {"Name": prop.name, "Type": prop.type.value}
    if target.aggregate and prop.name not in target.key:
        attributes["sap:aggregation-role"] = "measure" if prop.measure else "dimension"
    if prop.unit is not None:
        attributes["sap:unit"] = prop.unit
    if not prop.filterable:
        attributes["sap:filterable"] = "false"
    if not prop.sortable:
        attributes["sap:sortable"] = "false"
    return attributes
