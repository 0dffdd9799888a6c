"""What table a document asks for: a list it selects, with flat columns that stand before it is executed.

A table is a list of objects; its columns are the values selected of an item, at any depth, named by their
way there: ``costCenter.code``. The edges and nodes of a connection leave no trace in a name. A list within a
list makes a longer table, in which values of the outer item stand on every line of the inner ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphql import DocumentNode, FragmentDefinitionNode, GraphQLSchema, get_operation_ast
from graphql.execution.values import VariableValues

from resolvers.graph.selected import Keys, Kind, Level, Many, Reading
from resolvers.plan.errors import QuestionError


@dataclass(frozen=True, slots=True)
class Column:
    """`keys` lead to the value from the item of the list number `depth` of its table."""

    name: str
    keys: Keys
    kind: Kind
    depth: int


@dataclass(frozen=True, slots=True)
class Table:
    """A list with those around it, outermost first, and the columns of its lines."""

    lists: tuple[Many, ...]
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        return name_of(self.lists)


def name_of(lists: Sequence[Many]) -> str:
    """A table as a document would write its way there: ``budgetPosition.rows``."""
    return ".".join(key for depth, each in enumerate(lists) for key in _shown(lists, depth))


def table(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: str | None,
    variables: VariableValues,
    wanted: str | None = None,
) -> Table:
    """The only table of a valid document, or the one that is `wanted`. Raises QuestionError."""
    found = get_operation_ast(document, operation)
    root = schema.get_root_type(found.operation) if found else None
    if found is None or root is None:
        raise QuestionError("NOT_ONE_TABLE", "operationName: the document has no such operation")
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    level = Reading(schema, fragments, variables).level([(root, found.selection_set)])
    every = list(_chains(level, ()))
    if wanted is not None:
        chosen = [lists for lists in every if name_of(lists) == wanted]
        expected = f"table: {wanted[:80]!r} is none of this document; it has {_listed(every)}"
    else:
        chosen = [lists for lists in every if not lists[-1].level.lists]
        expected = f"an export is one table; this document selects {_listed(every)}"
        expected += ": select one list, or name one with table=" if every else ": select a list of objects"
    if len(chosen) != 1:
        raise QuestionError("NOT_ONE_TABLE", expected)
    return Table(chosen[0], tuple(_columns(chosen[0])))


def _chains(level: Level, before: tuple[Many, ...]) -> Iterator[tuple[Many, ...]]:
    for many in level.lists:
        yield (*before, many)
        yield from _chains(many.level, (*before, many))


def _listed(every: Sequence[Sequence[Many]]) -> str:
    return ", ".join(name_of(lists) for lists in every) or "no list"


def _shown(lists: Sequence[Many], depth: int) -> Keys:
    """The way to a list from the one around it, without what only connections need."""
    many = lists[depth]
    keys = many.keys[:-1] if many.edges else many.keys
    return _named(keys, edges=depth > 0 and lists[depth - 1].edges)


def _columns(lists: Sequence[Many]) -> Iterator[Column]:
    """Refuses what a table cannot say: nothing, two columns of one name, and amounts that would be counted
    once per line of an inner list."""
    known: set[str] = set()
    prefix: Keys = ()
    for depth, many in enumerate(lists):
        prefix = (*prefix, *_shown(lists, depth)) if depth else ()
        for keys, kind in many.level.values:
            name = ".".join((*prefix, *_named(keys, edges=many.edges)))
            if kind in (Kind.DECIMAL, Kind.REAL) and depth < len(lists) - 1:
                inner = ".".join(_shown(lists, depth + 1))
                message = (
                    f"{name}: would stand on every line of {inner}, and add up to too much; leave it out"
                )
                raise QuestionError("REPEATED_AMOUNT", f"{message}, or ask for it in an export of its own")
            if name in known:
                raise QuestionError("SAME_COLUMN", f"{name}: two columns have this name; give one an alias")
            known.add(name)
            yield Column(name, keys, kind, depth)
    if not known:
        raise QuestionError("NOT_ONE_TABLE", f"{name_of(lists)}: no value is selected of it")


def _named(keys: Keys, *, edges: bool) -> Keys:
    return keys[1:] if edges and keys[0] == "node" and len(keys) > 1 else keys
