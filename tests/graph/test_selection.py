"""The selection is the question: what is not selected is not asked for."""

import polars as pl
import pytest
from strawberry.utils.str_converters import to_camel_case

from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.measures import BESIDE, MEASURES, TWO_RATES
from tests.graph.stage import CALENDAR, Told, answer, completed, model


def asked(document, **variables):
    """The questions an engine is asked for a document."""
    rows = pl.DataFrame({"cell_id": ["*"], "currency": ["EUR"], "completeness": ["COMPLETE"]})
    others = (*(d.column for d in Dimension), *MEASURES)
    rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in others)
    told = Told(model({}, {}, CALENDAR), answer(rows))
    assert completed(told, document, variables).errors is None
    return told.asked


@pytest.mark.parametrize(
    ("selection", "measures"),
    [
        ("rows { budget }", {"budget"}),
        ("rows { left: available available }", {"available"}),
        ("rows { budget } more: rows { actual } totals { commitment }", {"budget", "actual", "commitment"}),
        ("revenueTotals { consumedPercent }", {"consumed_percent"}),
        ("net { variance }", {"variance"}),
        ("rows { budget @skip(if: $yes) actual @include(if: $yes) }", {"actual"}),
        ("... on BudgetPosition { rows { ...Figures } } ...Totals", {"budget", "actual", "consumed"}),
    ],
)
def test_only_selected_measures_are_asked_for(selection, measures):
    document = f"query Q($yes: Boolean = true) {{ budgetPosition {{ {selection} }} }}"
    document += "fragment Figures on BudgetPositionRow { budget ... @include(if: $yes) { actual } }"
    document += "fragment Totals on BudgetPosition { totals { ...More } totalRows @skip(if: $yes) }"
    document += "fragment More on PositionTotals { consumed }"
    (question,) = asked(document)
    assert question.measures == measures


def test_what_rows_are_sorted_by_is_asked_for():
    (question,) = asked(
        "{ budgetPosition(orderBy: [{ field: AVAILABLE }, { field: ACCOUNT }]) { rows { budget } } }"
    )
    assert question.measures == {"budget", "available"}


def test_rows_without_figures_are_the_cells_of_all_figures():
    (question,) = asked("{ budgetPosition { rows { cellId } } }")
    assert question.measures == MEASURES.keys() - BESIDE - TWO_RATES


@pytest.mark.parametrize("memo", sorted(BESIDE))
def test_what_stands_beside_the_consumption_is_asked_for_by_name(memo):
    (question,) = asked(f"{{ budgetPosition {{ totals {{ {to_camel_case(memo)} }} }} }}")
    assert question.measures == {memo}


@pytest.mark.parametrize(
    ("selection", "measures", "broken"),
    [
        ("breaks { code }", set(), True),
        ("breaks { code } rows { budget }", {"budget"}, True),
        ("breaks @skip(if: true) { code } rows { budget }", {"budget"}, False),
        ("policy { tax } rows { budget }", {"budget"}, False),
    ],
)
def test_breaks_are_looked_for_only_where_selected(selection, measures, broken):
    (question,) = asked(f"{{ budgetPosition {{ {selection} }} }}")
    assert (question.measures, question.breaks) == (measures, broken)


def test_two_root_fields_are_two_questions():
    first, second = asked(
        """{
            one: budgetPosition { rows { budget } }
            two: budgetPosition(groupBy: [PERIOD, ACCOUNT, PERIOD], limit: 5) { totals { actual } }
        }"""
    )
    assert (first.measures, first.group_by) == ({"budget"}, ())
    assert (second.measures, second.group_by) == ({"actual"}, (Dimension.PERIOD, Dimension.ACCOUNT))
    assert second.limit == 5
