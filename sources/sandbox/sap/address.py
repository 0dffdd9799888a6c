"""Addresses of single entities: ``A_PurchaseOrderItem(PurchaseOrder='45…',PurchaseOrderItem='00010')``."""

import re
from datetime import date
from typing import Any, Final
from urllib.parse import quote

from sources.sandbox.sap.edm import Edm, EntitySet
from sources.sandbox.sap.errors import GatewayError, not_found
from sources.sandbox.sap.filters import Every, Filter, parse

_SEGMENT: Final = re.compile(r"(?P<set>\w+)(?:\((?P<key>.*)\))?")
_PART: Final = re.compile(r"(?:(\w+)=)?((?:datetime)?'(?:[^']|'')*')(?:,|$)")


def split(segment: str) -> tuple[str, str | None]:
    """The set's name and what stands between the brackets, None without brackets."""
    match = _SEGMENT.fullmatch(segment)
    if match is None:
        raise not_found(segment)
    return match["set"], match["key"]


def key_filter(key: str, target: EntitySet) -> Filter:
    """The key predicate as a filter that selects the one entity. Raises GatewayError when parts of the key
    are missing, unknown or malformed.
    """
    found: dict[str, str] = {}
    position = 0
    while position < len(key):
        match = _PART.match(key, position)
        if match is None:
            raise GatewayError(f"Malformed key predicate '({key})'")
        name = match[1] or target.key[0]
        if name in found:
            raise GatewayError(f"Malformed key predicate '({key})'")
        found[name] = match[2]
        position = match.end()
    if found.keys() != {*target.key}:
        raise GatewayError(f"Invalid key predicate: type {target.type} has the key {', '.join(target.key)}")
    comparisons = [parse(f"{name} eq {literal}", target) for name, literal in found.items()]
    return comparisons[0] if len(comparisons) == 1 else Every(tuple(comparisons))


def uri(target: EntitySet, record: Any) -> str:
    """The address of a record, relative to its service."""
    literals = [(name, _literal(target, name, record)) for name in target.key]
    inside = literals[0][1] if len(literals) == 1 else ",".join(f"{n}={literal}" for n, literal in literals)
    return f"{target.name}({inside})"


def _literal(target: EntitySet, name: str, record: Any) -> str:
    prop = target.properties[name]
    value = prop.get(record)
    if prop.type is Edm.DATE and isinstance(value, date):
        return quote(f"datetime'{value.isoformat()}T00:00:00'", safe="'")
    written = str(value)
    if not (written.isascii() and written.isalnum()):
        written = quote(written.replace("'", "''"), safe="")
    return f"'{written}'"
