"""A question that selects everything there is below a row, and an answer in which nothing is absent."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
from graphql import GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType, GraphQLSchema, get_named_type

from resolvers.graph.nodes import KINDS
from resolvers.plan.breaks import Break
from resolvers.semantics.breaks import BreakCode
from resolvers.semantics.dimensions import AccountClass, Dimension, Member
from resolvers.semantics.entities import LegalEntity, Policy
from resolvers.semantics.measures import MEASURES
from resolvers.semantics.parts import SCHEMA
from sources.spi.facts import Fact
from tests.graph.stage import CALENDAR, Library, Told, answer, model

FIELDS: Final = ("rows", "breaks", "policy")
_AFTER_NODES: Final = 2
"""How many steps beyond a document are selected: what it says of others, and what those say themselves."""


def selected(schema: GraphQLSchema) -> str:
    """All fields of the rows, of their documents of every kind, of breaks and of policies. Aliases say whose
    each field is: ``Invoice__type``."""
    answered = schema.get_type("BudgetPosition")
    assert isinstance(answered, GraphQLObjectType)
    inside = " ".join(f"{name} {_below(schema, answered.fields[name].type, 0)}" for name in FIELDS)
    dimensions = ", ".join(Dimension)
    return f"{{ budgetPosition(groupBy: [{dimensions}]) {{ {inside} }} }}"


def _below(schema: GraphQLSchema, kind: Any, nodes: int) -> str:
    """The selection of a field of that type, nothing for a scalar; `nodes` documents were passed by now."""
    named = get_named_type(kind)
    if isinstance(named, GraphQLInterfaceType):
        every = sorted(schema.get_possible_types(named), key=lambda each: each.name)
        return f"{{ {' '.join(f'... on {each.name} {_fields(schema, each, nodes + 1)}' for each in every)} }}"
    if isinstance(named, GraphQLObjectType):
        return _fields(schema, named, nodes + bool(named.interfaces))
    return ""


def _fields(schema: GraphQLSchema, kind: GraphQLObjectType, nodes: int) -> str:
    written = [
        f"{kind.name}__{name}: {name} {_below(schema, it.type, nodes)}"
        for name, it in kind.fields.items()
        if nodes < _AFTER_NODES or not _is_document(get_named_type(it.type))
    ]
    return f"{{ {' '.join(written)} }}"


def _is_document(named: GraphQLNamedType) -> bool:
    return isinstance(named, GraphQLInterfaceType) or bool(getattr(named, "interfaces", ()))


def told() -> Told:
    """One row that is known in full and one of which nothing is, a document of every kind behind the first,
    a break and a policy."""
    ids = {d: "2026-P01" if d is Dimension.PERIOD else "A" for d in Dimension}
    columns: dict[str, pl.Series] = {
        **{d.column: pl.Series([id_, None], dtype=pl.String) for d, id_ in ids.items()},
        **{name: pl.Series([Decimal("-1.20"), None], dtype=pl.Decimal(38, 2)) for name in MEASURES},
        "favorability": pl.Series(["FAVORABLE", None]),
        "cell_id": pl.Series(["A", "B"]),
        "currency": pl.Series(["EUR", "EUR"]),
        "completeness": pl.Series(["COMPLETE", "PARTIAL"]),
    }
    listed = {
        d: {"A": Member("A", "Name", "C", "N", "A", owner="Owner", kind=AccountClass.EXPENSE)}
        for d in Dimension
        if d is not Dimension.PERIOD
    }
    paper = {"fact": "INVOICE", "source": "s2p", "id": "1", "number": "I-1"}
    return Told(
        model(listed, {"A": LegalEntity("A", "A Inc.", "EUR", "C")}, CALENDAR),
        answer(
            pl.DataFrame(columns),
            policies={"A": Policy(commitment_owner="s2p")},
            breaks=[Break(BreakCode.RECODED, Decimal("1.20"), "EUR", "A", "6100", 3, (paper,))],
        ),
        pl.from_dicts([_part(fact, ids) for fact in KINDS], schema=SCHEMA),
        {"erp": Library("erp", "An ERP"), "s2p": Library("s2p", "A suite")},
    )


def _part(fact: Fact, ids: dict[Dimension, str]) -> dict[str, Any]:
    named = {"id": f"{fact}-1", "number": f"{fact}-1", "line": None if fact is Fact.BUDGET else "1"}
    place = {d.column: id_ for d, id_ in ids.items()}
    refer = {"ref_invoice": "I-1", "ref_po": "PO-1", "dist": "1", "source": "s2p", "date": date(2026, 1, 1)}
    return {
        "measure": "commitment",
        "fact": fact,
        "amount": Decimal(1),
        "exponent": 2,
        "revenue": False,
        **named,
        **place,
        **refer,
    }
