"""The query options of OData V2, read strictly: what SAP does not know is an error, not a shrug."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from sources.sandbox.sap.edm import EntitySet
from sources.sandbox.sap.errors import GatewayError
from sources.sandbox.sap.filters import Filter, parse

_KNOWN: Final = frozenset(
    ("$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$inlinecount", "$format", "$skiptoken")
)
_IGNORED: Final = frozenset(("sap-client", "sap-language"))

Tree = dict[str, "Tree"]
Sets = Mapping[str, EntitySet]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which properties of a type are written, which navigations are expanded and which only linked."""

    target: EntitySet
    properties: tuple[str, ...]
    expanded: Mapping[str, "Selection"] = field(default_factory=dict)
    deferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """`order`: properties with True for descending. `token`: rows already delivered by earlier pages."""

    selection: Selection
    filter_text: str = ""
    condition: Filter | None = None
    order: tuple[tuple[str, bool], ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    token: int = 0


def read(query: str, target: EntitySet, sets: Sets) -> Options:
    """The options of one request to `target`; `sets` are the service's. Raises GatewayError."""
    given = _pairs(query)
    if given.get("$format", "json") != "json":
        raise GatewayError(f"Format '{given['$format']}' is not supported", status=415)
    inline = given.get("$inlinecount", "none")
    if inline not in ("allpages", "none"):
        raise GatewayError(f"Invalid value '{inline}' for system query option '$inlinecount'")
    text = given.get("$filter", "").strip()
    return Options(
        selection=_selection(target, given.get("$select"), given.get("$expand"), sets),
        filter_text=text,
        condition=parse(text, target) if "$filter" in given else None,
        order=_order(given.get("$orderby", ""), target),
        top=_number(given, "$top"),
        skip=_number(given, "$skip") or 0,
        count=inline == "allpages",
        token=_number(given, "$skiptoken") or 0,
    )


def _pairs(query: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in _IGNORED:
            continue
        if name not in _KNOWN:
            raise GatewayError(f"Query option '{name}' is not supported")
        if name in given:
            raise GatewayError(f"System query option '{name}' is specified more than once")
        given[name] = value
    return given


def _number(given: Mapping[str, str], name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()):
        raise GatewayError(f"Invalid value '{value}' for system query option '{name}'")
    return int(value)


def _order(value: str, target: EntitySet) -> tuple[tuple[str, bool], ...]:
    order = []
    for part in _list(value):
        name, _, direction = part.partition(" ")
        prop = target.properties.get(name)
        if prop is None:
            raise GatewayError(f"Property {name} not found in type {target.type}")
        if not prop.sortable:
            raise GatewayError(f"Property {name} of type {target.type} is not sortable")
        if direction.strip() not in ("", "asc", "desc"):
            raise GatewayError(f"Invalid token '{direction.strip()}' in system query option '$orderby'")
        order.append((name, direction.strip() == "desc"))
    return tuple(order)


def _selection(target: EntitySet, select: str | None, expand: str | None, sets: Sets) -> Selection:
    asked = None if select is None else _list(select)
    return _select(target, asked, _tree(_list(expand or "")), sets)


def _select(target: EntitySet, asked: list[str] | None, tree: Tree, sets: Sets) -> Selection:
    """Without $select everything is there. With it, an expanded navigation must be selected too: the rule
    of OData V2 that surprises everyone once.
    """
    for name in tree:
        if name not in target.navigations:
            raise GatewayError(f"Navigation property {name} not found in type {target.type}")
    inside: dict[str, list[str] | None]
    if asked is None or "*" in asked:
        own, inside = [*target.properties], dict.fromkeys(target.navigations)
    else:
        own, inside = _sorted_out(target, asked)
    expanded = {
        name: _select(sets[target.navigations[name].target], paths, tree[name], sets)
        for name, paths in inside.items()
        if name in tree
    }
    for name, paths in inside.items():
        if paths and name not in tree:
            raise GatewayError(f"Navigation property {name} is selected from but not expanded")
    deferred = tuple(name for name in inside if name not in tree)
    return Selection(target, tuple(own), expanded, deferred)


def _sorted_out(target: EntitySet, asked: list[str]) -> tuple[list[str], dict[str, list[str] | None]]:
    own: dict[str, None] = {}
    inside: dict[str, list[str] | None] = {}
    for path in asked:
        head, _, rest = path.partition("/")
        if head in target.navigations:
            before = inside.get(head, [])
            inside[head] = None if not rest or before is None else [*before, rest]
        elif head in target.properties and not rest:
            own[head] = None
        else:
            raise GatewayError(f"Property {path} not found in type {target.type}")
    return [*own], inside


def _tree(paths: list[str]) -> Tree:
    root: Tree = {}
    for path in paths:
        node = root
        for name in path.split("/"):
            node = node.setdefault(name, {})
    return root


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
