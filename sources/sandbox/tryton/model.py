"""Models and fields: what a Tryton database is made of, as far as the sandbox has it.

A field's `get` reads the value from a record; of relational fields it gives the related record, the list
of related records, or (reference) a record of any model, with the model's name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Type(StrEnum):
    INTEGER = "integer"
    CHAR = "char"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    NUMERIC = "numeric"
    FLOAT = "float"
    SELECTION = "selection"
    MANY2ONE = "many2one"
    ONE2MANY = "one2many"
    MANY2MANY = "many2many"
    REFERENCE = "reference"


class Record(Protocol):
    @property
    def id(self) -> int: ...


Get = Callable[[Any], Any]
Link = tuple[str, Record]
"""A reference: the model's name and the record."""


@dataclass(frozen=True, slots=True)
class Field:
    """`relation` names the model of a relational field. A field that is not `stored` is computed by the
    server: it can be read, but neither searched nor sorted by. Others can be searched but not sorted by.
    """

    name: str
    type: Type
    get: Get
    relation: str | None = None
    selection: tuple[str, ...] = ()
    stored: bool = True
    sortable: bool = True

    @property
    def many(self) -> bool:
        return self.type in (Type.ONE2MANY, Type.MANY2MANY)


@dataclass(frozen=True, slots=True)
class Model:
    """`order` is the default: pairs of a field's name and whether it descends."""

    name: str
    fields: Mapping[str, Field]
    records: Sequence[Any]
    order: tuple[tuple[str, bool], ...] = (("id", False),)
    by_id: dict[int, Any] = field(default_factory=dict)


def model(
    name: str, records: Sequence[Any], *fields: Field, order: tuple[tuple[str, bool], ...] = (("id", False),)
) -> Model:
    every = (Field("id", Type.INTEGER, lambda record: record.id), *fields)
    return Model(name, {f.name: f for f in every}, records, order, {record.id: record for record in records})


def char(name: str, get: Get) -> Field:
    return Field(name, Type.CHAR, get, sortable=name != "rec_name")


def text(name: str, get: Get) -> Field:
    return Field(name, Type.TEXT, get)


def integer(name: str, get: Get) -> Field:
    return Field(name, Type.INTEGER, get)


def boolean(name: str, get: Get) -> Field:
    return Field(name, Type.BOOLEAN, get)


def day(name: str, get: Get) -> Field:
    return Field(name, Type.DATE, get)


def numeric(name: str, get: Get, *, stored: bool = True, sortable: bool = True) -> Field:
    return Field(name, Type.NUMERIC, get, stored=stored, sortable=sortable)


def quantity(name: str, get: Get) -> Field:
    """A binary float: Tryton keeps quantities so, unlike money."""
    return Field(name, Type.FLOAT, get)


def selection(name: str, options: tuple[str, ...], get: Get, *, sortable: bool = True) -> Field:
    return Field(name, Type.SELECTION, get, selection=options, sortable=sortable)


def many2one(name: str, relation: str, get: Get, *, stored: bool = True, sortable: bool = True) -> Field:
    return Field(name, Type.MANY2ONE, get, relation=relation, stored=stored, sortable=sortable)


def one2many(name: str, relation: str, get: Get) -> Field:
    return Field(name, Type.ONE2MANY, get, relation=relation)


def many2many(name: str, relation: str, get: Get) -> Field:
    return Field(name, Type.MANY2MANY, get, relation=relation)


def reference(name: str, get: Get) -> Field:
    return Field(name, Type.REFERENCE, get)


def always(value: str | bool | None) -> Get:
    """What is the same for every record."""
    return lambda _: value
