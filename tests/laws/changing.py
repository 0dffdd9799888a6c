"""Worlds changed after they were drawn: documents taken out, put in, sent twice."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from tests.laws.chance import Row
from tests.laws.worlds import CODES, World, codes
from tests.world import Rows, System

Edit = Callable[[str, Rows], Rows]
"""The rows of a collection, changed. Legal entities are canonical in them; other members need not be."""
_ENTITIES: Final = {code: entity for entity, code in CODES.items()}
_CODED: Final = ("account", "cost_center", "supplier")


def edited(world: World, edit: Edit) -> World:
    """The world with every collection changed, in the books and in the systems that show them."""
    books = {name: edit(name, rows) for name, rows in world.books.items()}
    return replace(world, books=books, systems=tuple(_edited(system, edit) for system in world.systems))


def _edited(system: System, edit: Edit) -> System:
    shown = {
        name: [_named(row, CODES) for row in edit(name, [_named(row, _ENTITIES) for row in rows])]
        for name, rows in system.collections.items()
    }
    return replace(system, collections=shown)


def _named(row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    return {**row, "legal_entity": names[row["legal_entity"]]}


def without(world: World, gone: Callable[[str, Row], bool]) -> World:
    """The world without the rows of a collection that are `gone`."""
    return edited(world, lambda name, rows: [row for row in rows if not gone(name, row)])


def beside(world: World, added: Mapping[str, Sequence[Row]]) -> World:
    """The world with more documents, in canonical members: every system shows those of its entities in its
    own codes."""
    books = {name: [*rows, *added.get(name, ())] for name, rows in world.books.items()}
    systems = tuple(
        replace(
            system,
            collections={
                name: [*rows, *_dressed(system, added.get(name, ()))]
                for name, rows in system.collections.items()
            },
        )
        for system in world.systems
    )
    return replace(world, books=books, systems=systems)


def _dressed(system: System, rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [
        {
            **row,
            **{name: codes(system.name, name, row[name])[0] for name in _CODED if row.get(name)},
            "legal_entity": CODES[row["legal_entity"]],
        }
        for row in rows
        if row["legal_entity"] in system.entities
    ]
