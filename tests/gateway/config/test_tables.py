"""Tables in CSV files: rows like any others, with the places of their own file."""

import re

import pytest

ACCOUNTS = """\
id,name,class,parent
OPEX,Operating expense,,
6100,Consulting,EXPENSE,OPEX
0062,Software,EXPENSE,OPEX
"""
INLINE = """\
accounts:
  - {id: OPEX, name: Operating expense}
  - {id: 6100, name: Consulting, class: EXPENSE, parent: OPEX}
  - {id: 6200, name: Software, class: EXPENSE, parent: OPEX}
"""
FROM_FILE = (INLINE, "accounts: {csv: chart/accounts.csv}\n")
ROWS = """\
  - source: sap
    dimension: COST_CENTER
    rows: {0010101101: US-OPS, 0010201101: DE-OPS}
"""


def chart(tmp_path, text):
    """The file beside the configuration; the fixture writes files into an existing folder only."""
    (tmp_path / "chart").mkdir(exist_ok=True)
    return {"chart/accounts.csv": text}


def test_rows_stand_in_for_the_list(changed, loaded, tmp_path):
    model = loaded(changed(FROM_FILE), chart(tmp_path, ACCOUNTS)).model
    assert list(model.members["ACCOUNT"]) == ["OPEX", "6100", "0062"]
    assert model.members["ACCOUNT"]["OPEX"].kind is None
    assert model.members["ACCOUNT"]["0062"].parent == "OPEX"


def test_byte_order_marks_windows_lines_and_quotes(changed, loaded, tmp_path):
    text = (
        b'\xef\xbb\xbfid,name,class\r\n6100,"Consulting, ""other""",EXPENSE\r\n\r\n6200,Software,EXPENSE\r\n'
    )
    members = loaded(changed(FROM_FILE), chart(tmp_path, text)).model.members["ACCOUNT"]
    assert members["6100"].name == 'Consulting, "other"'
    assert list(members) == ["6100", "6200"]


def test_problems_of_rows_are_at_their_lines(changed, wrong, tmp_path):
    lines = (
        "id,name,class,parent",
        'OPEX,"two\nlines",EXPENSE,',
        "6100,,COST,OPEX",
        "6200,Software,EXPENSE,NOBODY",
        "6100,Again,EXPENSE",
        "OPEX,Again,EXPENSE,",
    )
    text = "must be one line of 1 to 500 characters without spaces around them"
    classes = "EXPENSE, REVENUE, CAPEX, BALANCE_SHEET"
    problems = wrong(changed(FROM_FILE), chart(tmp_path, "\n".join(lines)))
    assert [problem.removeprefix("chart/accounts.csv:") for problem in problems] == [
        f"2: accounts[0].name: {text}, not 'two\\nlines'",
        f"4: accounts[1].class: must be one of {classes}, not 'COST'",
        "4: accounts[1].name: is required: What people read.",
        "5: accounts[2].parent: 'NOBODY' is not in accounts; it has OPEX, 6100, 6200",
        "6: accounts: has 3 cells where the header has 4",
        "7: accounts[3].id: 'OPEX' is given twice; the first is chart/accounts.csv:2",
    ]


def test_a_table_that_cannot_be_read_is_one_problem(changed, wrong, tmp_path):
    known = "id, name, class, code, parent"
    for text, expected in (
        (
            "id,name,class,colour\n",
            f"1: accounts: has columns 'colour', not among {known}; ignore may name them",
        ),
        ("id,class\n", f"1: accounts: has no column name; it may have {known}"),
        ("id,name,name\n", "1: accounts: has two columns 'name'"),
        ("", "1: accounts: is empty; its first line names the columns"),
        ('id,name\n6100,"Consult\n', "2: accounts: is not CSV: unexpected end of data"),
        (b"id,name\n6100,\xe9\n", "2: accounts: is not UTF-8 text"),
        ("id,name\n", "8: accounts: must not be empty"),
    ):
        file = "" if expected.startswith("8") else "chart/accounts.csv:"
        assert wrong(changed(FROM_FILE), chart(tmp_path, text)) == [f"{file}{expected}"]


def test_columns_of_no_use_are_named(changed, loaded, wrong, tmp_path):
    text = "id,name,class,colour\n6100,Consulting,EXPENSE,red\n6200,Software,EXPENSE,\n"
    ignoring = (INLINE, "accounts: {csv: chart/accounts.csv, ignore: [colour]}\n")
    assert list(loaded(changed(ignoring), chart(tmp_path, text)).model.members["ACCOUNT"]) == ["6100", "6200"]
    for reference in (
        "chart/accounts.csv",
        "{file: a.csv}",
        "{csv: [a.csv]}",
        "{csv: a.csv, ignore: colour}",
    ):
        assert wrong(changed((INLINE, f"accounts: {reference}\n"))) == [
            "8: accounts: must be a list or {csv: PATH, ignore: [COLUMN]}"
        ]


def test_paths_that_are_none(changed, wrong):
    assert wrong(changed((INLINE, "accounts: {csv: .}\n"))) == [
        "8: accounts: cannot read '.': Is a directory"
    ]
    assert wrong(changed((INLINE, 'accounts: {csv: "\\0"}\n'))) == [
        "8: accounts: cannot read '\\x00': not a path"
    ]


def test_lists_in_a_cell_are_words(changed, loaded):
    entities = changed()
    start, end = entities.index("legalEntities:"), entities.index("accounts:")
    text = entities[:start] + "legalEntities: {csv: le.csv}\n" + entities[end:]
    rows = "id,name,currency,calendar,unused\nUS01,A,USD,,\nDE01,B,EUR,GROUP,REQUISITION RECEIPT\n"
    model = loaded(text, {"le.csv": rows}).model
    assert model.legal_entities["DE01"].unused == {"REQUISITION", "RECEIPT"}
    assert model.legal_entities["US01"].unused == set()


def test_periods_rates_and_edges_stand_in_files_too(changed, loaded):
    months = "startMonth: 1, firstYear: 2025, lastYear: 2026"
    text = changed(
        (months, "periods: {csv: periods.csv}"),
        ("sources:\n", "hierarchies: [{dimension: ACCOUNT, edges: {csv: edges.csv}}]\nsources:\n"),
    )
    start, end = text.index("rates:"), text.index("crosswalks:")
    text = text[:start] + "rates: {csv: rates.csv}\n" + text[end:]
    periods = (
        "id,start,end,adjustment",
        "2025-P01,2025-01-01,2025-12-31,",
        "2025-P02,2025-12-31,2025-12-31,true",
    )
    files = {
        "periods.csv": "\n".join(periods),
        "edges.csv": "child,parent\n6100,OPEX\n6200,OPEX\n",
        "rates.csv": "currency,to,fiscalYear,kind,rate\nEUR,USD,2025,BUDGET,1.0825\n",
    }
    model = loaded(text.replace(", parent: OPEX", ""), files).model
    assert [period.adjustment for period in model.calendars["GROUP"].periods] == [False, True]
    assert model.members["ACCOUNT"]["6200"].parent == "OPEX"
    assert str(model.rates[0].rate) == "1.0825"


def crosswalk(model):
    return [(row.source, row.dimension, row.source_member, row.target) for row in model.crosswalk]


def test_a_crosswalk_table_names_its_sources_by_system(changed, loaded):
    table = "system,dimension,source,target\nsap,cost_center,001,US-OPS\nsap,ACCOUNT,0006100,6100\n"
    text = changed((ROWS, "  - {csv: map.csv}\n"))
    assert crosswalk(loaded(text, {"map.csv": table}).model) == [
        ("sap", "COST_CENTER", "001", "US-OPS"),
        ("sap", "ACCOUNT", "0006100", "6100"),
    ]


def test_lines_picked_by_system_go_to_every_source_of_the_crosswalk(changed, loaded):
    table = "system,source,target\nERP,001,US-OPS\nOLD,999,NOBODY\nERP,002,DE-OPS\n"
    other = "{connector: coupa, url: 'https://c.example', entities: {US01: x}, facts: [ORDER]}"
    text = changed(
        (ROWS, "  - {csv: map.csv, system: ERP, sources: [sap, other], dimension: COST_CENTER}\n"),
        ("sources:\n", f"sources:\n  other: {other}\n"),
    )
    assert crosswalk(loaded(text, {"map.csv": table}).model) == [
        ("sap", "COST_CENTER", "001", "US-OPS"),
        ("other", "COST_CENTER", "001", "US-OPS"),
        ("sap", "COST_CENTER", "002", "DE-OPS"),
        ("other", "COST_CENTER", "002", "DE-OPS"),
    ]


TWO_COLUMNS = "{csv: map.csv, source: sap, dimension: COST_CENTER}"
OPEN = [
    (
        "{csv: map.csv}",
        "system,source,target|old,1,US-OPS|old,2,US-OPS",
        "2: 'old' is not its source; pick .*",
    ),
    ("{csv: map.csv, source: sap}", "system,source,target|old,1,US-OPS", "2: 'old' is not its source; .*"),
    (
        "{csv: map.csv}",
        "source,target|1,US-OPS|2,US-OPS",
        "2: names no source: give the crosswalk a source, .*",
    ),
    ("{csv: map.csv, source: sap}", "source,target|1,US-OPS|2,US-OPS", "2: names no dimension: give one .*"),
    (TWO_COLUMNS, "source,target|1,US-OPS|1,DE-OPS", "3: '1' of sap is 'US-OPS' already .map.csv:2.; .*"),
    (TWO_COLUMNS, "source,target|1,US", "2: 'US' is not in costCenters; it has GROUP, US-OPS, DE-OPS"),
]


@pytest.mark.parametrize(("entry", "table", "expected"), OPEN)
def test_crosswalk_tables_that_leave_something_open(changed, wrong, entry, table, expected):
    problems = wrong(changed((ROWS, f"  - {entry}\n")), {"map.csv": table.replace("|", "\n")})
    line, message = expected.split(": ", 1)
    assert len(problems) == 1, problems
    assert re.fullmatch(rf"map.csv:{line}: crosswalks\[0\].csv\[[01]\]: {message}", problems[0])


def test_a_system_that_picks_nothing(changed, wrong):
    entry = "  - {csv: map.csv, source: sap, system: old, dimension: COST_CENTER}\n"
    assert wrong(changed((ROWS, entry)), {"map.csv": "system,source,target\nsap,1,US-OPS\n"}) == [
        "22: crosswalks[0].system: 'old' is in no line of the CSV file"
    ]
