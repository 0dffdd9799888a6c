"""Random valid GraphQL documents over the schema: aliases, merged duplicates, fragments, @skip, @include."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)
from hypothesis import strategies as st

from resolvers.semantics.dimensions import Dimension

DEEP = 7
"""As far as the account of a document's line."""
ALIASES = ("a", "b", "self", "exprs", "_x", "id", "name", "budget", "actual", "rows", "node", "__shown")
CONDITIONS = ("", "", "", "@include(if: $yes)", "@include(if: $no)", "@skip(if: $no)", "@skip(if: true)")
CONDITIONS += ("@skip(if: false) @include(if: $yes)", "@include(if: true)", "@skip(if: $yes)")
ARGUMENTS = {
    ("BudgetPositionRow", "documents"): (
        "",
        "(first: 2)",
        "(first: $few)",
        "(first: 0)",
        "(first: 1, after: $after)",
    ),
    ("BudgetPosition", "breaks"): ("", "(first: 1)", "(first: $few)", "(first: 0)"),
}
LIKELY = {"documents": 8, "edges": 4, "node": 4, "lines": 4, "breaks": 4, "policy": 4}
"""How many times as often as others a field is drawn: what lies below it is worth coming to."""
VARIABLES = {"yes": "Boolean!", "no": "Boolean = false", "few": "Int = 3", "after": "String"}


@dataclass(frozen=True)
class Asked:
    document: str
    variables: dict[str, Any]


@st.composite
def questions(draw: st.DrawFn, schema: GraphQLSchema, group_by: Sequence[Dimension]) -> Asked:
    """A document that asks `budgetPosition` for rows and more, once or twice."""
    writer = _Writer(draw, schema)
    arguments = f"(groupBy: [{', '.join(group_by)}])" if group_by else ""
    answer = schema.get_type("BudgetPosition")
    roots = draw(st.sampled_from((("",), ("", "again: "))))
    body = " ".join(f"{root}budgetPosition{arguments} {writer.answer(answer)}" for root in roots)
    operation = f"query Asked{writer.declared(body)} {{ {body} }}"
    values = {"yes": True, **draw(st.sampled_from(({}, {"no": False}, {"few": 1}, {"after": None})))}
    return Asked("\n".join([operation, *writer.fragments.values()]), values)


@dataclass
class _Writer:
    """Writes selections. `keys` remembers what each response name stands for, so that they can be merged;
    `fragments` are the named ones by name, `about` their types.
    """

    draw: st.DrawFn
    schema: GraphQLSchema
    fragments: dict[str, str] = field(default_factory=dict)
    about: dict[str, GraphQLNamedType] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)

    def answer(self, answer: Any) -> str:
        """The answer's selection, always with rows, sometimes under two names."""
        row = self.schema.get_type("BudgetPositionRow")
        names = self.draw(st.sampled_from((("rows",), ("rows", "rows"), ("rows", "more: rows"))))
        rows = [f"{name} {self.selection(row, 2, most=8)}" for name in names]
        self.keys |= {("BudgetPosition", "rows"): "rows", ("BudgetPosition", "more"): "rows"}
        return f"{{ {' '.join(rows)} {self.entries(answer, 1, most=2)} }}"

    def selection(self, parent: GraphQLNamedType, depth: int, most: int = 3) -> str:
        return f"{{ {self.entries(parent, depth, most)} }}"

    def entries(self, parent: GraphQLNamedType, depth: int, most: int) -> str:
        count = self.draw(st.integers(1, most))
        return " ".join(self._entry(parent, depth) for _ in range(count))

    def declared(self, body: str) -> str:
        """The variables used, declared."""
        text = " ".join([body, *self.fragments.values()])
        used = [f"${name}: {kind}" for name, kind in VARIABLES.items() if f"${name})" in text]
        return f"({', '.join(used)})" if used else ""

    def _entry(self, parent: GraphQLNamedType, depth: int) -> str:
        kind = self.draw(st.sampled_from(("field",) * 6 + ("inline", "named")))
        if kind == "field" or depth >= DEEP:
            return self._field(parent, depth)
        inner = self.draw(st.sampled_from(self._narrower(parent)))
        if kind == "named":
            return f"...{self._fragment(inner, depth)} {self._condition()}"
        on = f"on {inner.name}" if inner is not parent or self.draw(st.booleans()) else ""
        return f"... {on} {self._condition()} {self.selection(inner, depth + 1)}"

    def _fragment(self, about: GraphQLNamedType, depth: int) -> str:
        """The name of a fragment: a new one, or one already written."""
        known = [name for name, kind in self.about.items() if kind is about]
        if known and self.draw(st.booleans()):
            return self.draw(st.sampled_from(known))
        written = self.selection(about, depth + 1)
        name = f"F{len(self.fragments)}"
        self.about[name] = about
        self.fragments[name] = f"fragment {name} on {about.name} {written}"
        return name

    def _field(self, parent: Any, depth: int) -> str:
        """A field under a response name; a name already taken keeps meaning what it meant."""
        fields = {name: get_named_type(f.type) for name, f in parent.fields.items()}
        names = [n for n, kind in fields.items() if depth < DEEP or is_leaf_type(kind)] + ["__typename"]
        name = self.draw(st.sampled_from([n for n in names for _ in range(LIKELY.get(n, 1))]))
        wanted = name + self.draw(st.sampled_from(ARGUMENTS.get((parent.name, name), ("",))))
        family = parent.interfaces[0].name if getattr(parent, "interfaces", ()) else parent.name
        key = self.draw(st.sampled_from((name, name, *ALIASES, *names[:-1])))
        meant = self.keys.setdefault((family, key), wanted)
        bare = meant.partition("(")[0]
        if bare not in names:
            return "__typename"
        shown = meant if key == bare else f"{key}: {meant}"
        below = fields.get(bare)
        inner = "" if below is None or is_leaf_type(below) else self.selection(below, depth + 1)
        return f"{shown} {self._condition()} {inner}"

    def _condition(self) -> str:
        return self.draw(st.sampled_from(CONDITIONS))

    def _narrower(self, parent: GraphQLNamedType) -> list[GraphQLNamedType]:
        """Types a fragment on `parent` may be about."""
        if isinstance(parent, GraphQLInterfaceType):
            return [parent, *self.schema.get_possible_types(parent)]
        assert isinstance(parent, GraphQLObjectType)
        return [parent, *parent.interfaces]
