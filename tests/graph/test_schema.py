"""The schema is a contract: printed, described to the last argument, and never broken without notice."""

import subprocess
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    get_named_type,
    parse,
    validate,
)
from strawberry.utils.str_converters import to_snake_case

from gateway.questions import QUESTIONS
from resolvers.graph.figures import Figures
from resolvers.graph.schema import build
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.measures import MEASURES, Unit

HERE = Path(__file__).parents[2]
PRINTED = HERE / "schema.graphql"
SCHEMA = build()
CORE: GraphQLSchema = SCHEMA._schema
OURS = {name: kind for name, kind in CORE.type_map.items() if not name.startswith("__")}


def test_the_printed_schema_is_the_one_served():
    assert PRINTED.read_text(encoding="utf-8") == SCHEMA.as_str() + "\n", "run: make schema"


def test_nothing_is_broken_that_was_not_deprecated_first():
    shown = subprocess.run(
        ["git", "show", "HEAD:schema.graphql"], cwd=HERE, capture_output=True, text=True, check=False
    )
    if shown.returncode:
        pytest.skip("no earlier schema in this checkout")
    before = build_schema(shown.stdout)
    announced = tuple(deprecated(before))
    changes = [c.description for c in find_breaking_changes(before, CORE)]
    assert not [change for change in changes if not change.startswith(announced or ("\0",))]


def deprecated(schema: GraphQLSchema):
    """How the removal of each deprecated field and enum value would be described."""
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            yield from (
                f"Field {name}.{f} was removed" for f, it in kind.fields.items() if it.deprecation_reason
            )
        elif isinstance(kind, GraphQLEnumType):
            yield from (
                f"Enum value {name}.{v} was " for v, it in kind.values.items() if it.deprecation_reason
            )


def test_removing_what_was_deprecated_is_no_surprise():
    before = build_schema(
        """
        type Query { a(in: I): E, b: Int @deprecated(reason: "a") }
        enum E { A, B @deprecated(reason: "a") }
        input I { a: Int, b: Int @deprecated(reason: "a") }
        """
    )
    after = build_schema("type Query { a(in: I): E } enum E { A } input I { a: Int }")
    changes = find_breaking_changes(before, after)
    assert len(changes) == 3
    assert all(change.description.startswith(tuple(deprecated(before))) for change in changes)


def test_everything_has_a_description():
    missing = [name for name, kind in OURS.items() if not kind.description]
    for name, kind in OURS.items():
        for field, it in getattr(kind, "fields", {}).items():
            missing += [] if it.description else [f"{name}.{field}"]
            arguments = getattr(it, "args", {}).items()
            missing += [f"{name}.{field}({arg})" for arg, its in arguments if not its.description]
    assert missing == []


def test_the_figures_are_the_measures():
    declared = {field.python_name for field in Figures.__strawberry_definition__.fields}
    assert declared == MEASURES.keys()
    for name in ("BudgetPositionRow", "PositionTotals"):
        fields = CORE.type_map[name].fields
        shown = [to_snake_case(f) for f in fields if to_snake_case(f) in MEASURES]
        assert shown == [*MEASURES]
        amounts = [to_snake_case(f) for f, it in fields.items() if get_named_type(it.type).name == "Decimal"]
        assert amounts == [name for name, measure in MEASURES.items() if measure.unit is not Unit.WORD]


def test_every_measure_states_its_formula():
    fields = CORE.type_map["BudgetPositionRow"].fields
    for field, it in fields.items():
        measure = MEASURES.get(to_snake_case(field))
        if measure is not None:
            assert measure.formula in it.description
            assert ("Not additive" in it.description) is not measure.additive


def test_rows_can_be_sorted_by_every_measure_and_dimension():
    values = CORE.type_map["OrderField"].values
    assert [value.value for value in values.values()] == [*MEASURES, *(d.column for d in Dimension)]
    assert [name.lower() for name in values] == [*MEASURES, *(d.column for d in Dimension)]


def test_one_can_only_read():
    assert CORE.mutation_type is None
    assert CORE.subscription_type is None


def test_no_money_is_a_float():
    assert "Float" not in OURS


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title)
def test_every_shipped_question_is_valid(question):
    document = parse(question.document)
    assert validate(CORE, document) == []
    operation = document.definitions[0]
    assert operation.name.value[0].isupper()
