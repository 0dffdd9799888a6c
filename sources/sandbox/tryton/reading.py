"""Reading records: fields by name, dotted ones through their relations.

``["number", "party.code"]`` gives ``{"id": 7, "number": "PUR00007", "party.": {"id": 3, "code": "12"}}``:
what lies behind a relation comes under the relation's name with a dot, always with its id, and the relation
itself only when it is asked for too.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sources.sandbox.tryton.errors import failure, unknown
from sources.sandbox.tryton.model import Field, Model, Type

Write = Callable[[Any], dict[str, Any]]
Cell = tuple[str, Callable[[Any], Any]]
Models = Mapping[str, Model]


def writer(names: Iterable[Any], model: Model, models: Models) -> Write:
    """A function that writes one record of the model. Raises ModelError for an unknown field."""
    own: dict[str, None] = {"id": None}
    behind: dict[str, list[str]] = {}
    for name in names:
        if not isinstance(name, str):
            raise failure(f"'{type(name).__name__}' object has no attribute 'split'")
        head, _, rest = name.partition(".")
        if head not in model.fields:
            raise unknown(head)
        if "." in name:
            behind.setdefault(head, []).extend([rest] if rest else [])
        else:
            own[head] = None
    cells = [_own(model.fields[name]) for name in own]
    cells += [_related(model.fields[name], inner, models) for name, inner in behind.items()]
    return lambda record: {name: read(record) for name, read in cells}


def _own(field: Field) -> Cell:
    get = field.get
    if field.many:
        return field.name, lambda record: [item.id for item in get(record)]
    if field.type is Type.MANY2ONE:
        return field.name, lambda record: None if (found := get(record)) is None else found.id
    if field.type is Type.REFERENCE:
        return field.name, lambda record: _reference(get(record))
    return field.name, get


def _reference(link: Any) -> str | None:
    return None if link is None else f"{link[0]},{link[1].id}"


def _related(field: Field, names: list[str], models: Models) -> Cell:
    key, get = f"{field.name}.", field.get
    if field.type is Type.REFERENCE:
        return key, _through(get, names, models)
    if field.relation is None:
        raise failure(f"'{field.name}' has no relation")
    write = writer(names, models[field.relation], models)
    if field.many:
        return key, lambda record: [write(item) for item in get(record)]
    return key, lambda record: None if (found := get(record)) is None else write(found)


def _through(get: Callable[[Any], Any], names: list[str], models: Models) -> Callable[[Any], Any]:
    """Through a reference, whose model differs from record to record."""
    writers: dict[str, Write] = {}

    def read(record: Any) -> dict[str, Any] | None:
        link = get(record)
        if link is None:
            return None
        name, target = link
        if name not in writers:
            writers[name] = writer(names, models[name], models)
        return writers[name](target)

    return read


def definitions(model: Model, names: Iterable[Any] | None) -> dict[str, dict[str, Any]]:
    """`fields_get`: the definition of each field; names that do not exist are left out."""
    wanted = frozenset(names or model.fields)
    return {name: _definition(field) for name, field in model.fields.items() if name in wanted}


def _definition(field: Field) -> dict[str, Any]:
    definition: dict[str, Any] = {
        "name": field.name,
        "type": field.type.value,
        "string": field.name.replace("_", " ").title(),
        "help": "",
        "readonly": not field.stored,
        "required": field.name == "id",
        "states": "{}",
        "domain": "[]",
        "context": "{}",
        "loading": "eager",
        "searchable": field.stored,
        "sortable": field.stored and field.sortable and not field.many,
        "create": True,
        "delete": True,
    }
    if field.relation is not None:
        definition["relation"] = field.relation
    if field.selection:
        definition["selection"] = [[option, option.replace("_", " ").title()] for option in field.selection]
    return definition
