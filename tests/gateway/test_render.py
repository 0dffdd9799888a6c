"""Answers as tables and as CSV."""

from gateway import render

ROWS = [
    {"costCenter": {"id": "C1", "name": "Räume"}, "budget": "1000.00", "documents": {"edges": [1, 2]}},
    {"costCenter": None, "budget": "-5.50", "note": None},
]


def test_the_rows_of_an_answer_are_found():
    answer = {"budgetPosition": {"sources": [{"name": "erp"}], "rows": ROWS, "totals": {"budget": "1"}}}
    assert render.rows_of(answer) == ROWS
    assert render.rows_of({"budgetPosition": {"sources": [{"name": "erp"}]}}) == [{"name": "erp"}]
    assert render.rows_of({"budgetPosition": {"rows": []}}) == []
    assert render.rows_of({"budgetPosition": {"notes": ["a"], "totalRows": 1}}) == []
    assert render.rows_of({"budgetPosition": None}) == []
    assert render.rows_of(None) == []


def test_a_table_has_aligned_columns_and_numbers_to_the_right():
    assert render.as_table(ROWS).splitlines() == [
        "costCenter.id  costCenter.name   budget  documents.edges  costCenter  note",
        "-------------  ---------------  -------  ---------------  ----------  ----",
        "C1             Räume            1000.00  [2]",
        "                                  -5.50",
    ]


def test_no_rows_is_a_table_too():
    assert render.as_table([]) == "(no rows)"
    assert render.as_csv([]) == ""


def test_csv():
    rows = [{"a": 'say "hi"', "b": {"c": "1,5"}}, {"a": "line\nbreak", "b": {"c": None}}]
    assert render.as_csv(rows) == 'a,b.c\n"say ""hi""","1,5"\n"line\nbreak",'
