"""Problems together: all at once, by line, and none that only follows from another."""

OTHER = "  old: {{connector: tryton, url: 'https://t.example', entities: {{DE01: 1}}, facts: [{fact}]}}\n"
TREE = """\
hierarchies:
  - dimension: cost_center
    edges:
      - {child: US-OPS, parent: EMEA}
      - {child: DE-OPS, parent: GROUP}
      - {child: X, parent: GROUP}
sources:
"""
PERIODS = """\
id: GROUP
    periods:
      - {id: 2025-P00, start: 2025-01-01, end: 2025-01-31}
      - {id: 2025-P01, start: 2025-01-01, end: 2025-01-31}
      - {id: 2025-P03, start: 2025-02-02, end: 2025-02-01}
      - {id: 2025-P02, start: 2025-02-02, end: 2025-13-01}"""


def lines(problems):
    return [int(problem.split(":")[0]) for problem in problems]


def test_every_kind_of_problem_is_found_in_one_go(changed, wrong):
    problems = wrong(
        changed(
            ("calendar: GROUP", "calendar: GROUP\ncalendar: OTHER"),
            ("currency: USD}", "currency: XXQ}"),
            ("owner: Alice", "ownr: Alice"),
            ("entity: DE01", "entity: NOWHERE"),
            ("0010101101: US-OPS", "0010101101: NOBODY"),
            ("env:SAP_PASSWORD", "env:NOT_SET"),
            ("[LEDGER, VOUCHER]", "[LEDGER, LEGDER]"),
        ),
        connectors=lambda _: ["no such connector"],
    )
    assert lines(problems) == sorted(lines(problems))
    assert [problem.split(": ")[1] for problem in problems] == [
        "calendar",
        "legalEntities[0].currency",
        "costCenters[1].ownr",
        "costCenters[2].entity",
        "crosswalks[0].rows.0010101101",
        "sources.sap.auth.password",
        "sources.sap.facts[1]",
    ]


def test_connectors_are_asked_although_something_else_is_wrong(changed, wrong):
    asked = []

    def connectors(settings):
        asked.append(settings)
        return [
            "options.ledger: must match [0-9A-Z]{2}",
            "auth: needs password",
            "speaks only to 8.2: not 8.0",
        ]

    problems = wrong(changed(("profile: demo", "profile: test")), connectors=connectors)
    assert [settings.name for settings in asked] == ["sap"]
    assert problems == [
        "2: profile: must be 'demo' or 'production', not 'test'",
        "26: sources.sap: speaks only to 8.2: not 8.0",
        "26: sources.sap.options.ledger: must match [0-9A-Z]{2}",
        "29: sources.sap.auth: needs password",
    ]


def test_a_list_whose_rows_are_all_wrong_is_not_called_empty(changed, wrong):
    problems = wrong(
        changed(
            ("name: Meridian Inc., currency: USD", "name: A"),
            ("name: Meridian GmbH, currency: EUR", "name: B"),
        )
    )
    assert lines(problems) == [6, 7]
    assert all("currency: is required: Currency of its ledger." in problem for problem in problems)


def test_a_missing_table_is_reported_and_not_every_row_that_refers_to_it(changed, wrong):
    text = changed(("accounts:\n", "accounts: {csv: none.csv}\nxaccounts:\n"))
    problems = wrong(text)
    assert problems[0] == "8: accounts: cannot read 'none.csv': No such file or directory"
    assert len(problems) == 2
    assert "xaccounts: is not a key here" in problems[1]


def test_two_sources_of_one_fact_are_two_owners(changed, wrong):
    text = changed(
        (
            "sources:\n",
            f"sources:\n{OTHER.format(fact='LEDGER')}",
        )
    )
    assert wrong(text) == [
        "32: sources.sap.facts[0]: LEDGER of DE01 comes from old already; it has one source"
    ]


def test_several_sources_may_describe_the_same_members(changed, loaded):
    text = changed(
        ("[LEDGER, VOUCHER]", "[LEDGER, VOUCHER, SUPPLIER]"),
        (
            "sources:\n",
            f"sources:\n{OTHER.format(fact='SUPPLIER')}",
        ),
    )
    assert set(loaded(text).sources) == {"old", "sap"}


def test_trees_kept_apart_from_their_members(changed, wrong):
    members = "in costCenters; it has GROUP, US-OPS, DE-OPS"
    before = "has the parent 'GROUP' already (threefold.yaml:14)"
    assert wrong(changed(("sources:\n", TREE))) == [
        f"28: hierarchies[0].edges[0]: 'US-OPS' {before}; a member has one",
        f"28: hierarchies[0].edges[0].parent: 'EMEA' is not {members}",
        f"30: hierarchies[0].edges[2].child: 'X' is not {members}",
    ]


def test_a_tree_over_members_nobody_listed(changed, wrong):
    tree = "hierarchies:\n  - dimension: PROJECT\n    edges: [{child: P1, parent: P2}]\nsources:\n"
    assert wrong(changed(("sources:\n", tree))) == [
        "1: projects: must list the members that hierarchies order by PROJECT"
    ]


def test_a_long_circle_is_told_in_short(changed, wrong):
    ring = [f"C{i}" for i in range(20)]
    rows = "".join(
        f"  - {{id: {name}, name: {name}, parent: {ring[i - 1]}}}\n" for i, name in enumerate(ring)
    )
    problems = wrong(changed(("calendars:\n", f"{rows}calendars:\n")))
    assert len(problems) == 1
    assert problems[0].endswith("is a circle: C0 → C19 → C18 → C17 → C16 → C15 → C14 → C13 → … → C0")


def test_near_names_are_suggested_in_long_lists(changed, wrong):
    rows = "".join(f"  - {{id: CC-{i:03d}, name: N, parent: GROUP}}\n" for i in range(30))
    problems = wrong(
        changed(("calendars:\n", f"{rows}calendars:\n"), ("parent: GROUP, entity: US01", "parent: GRUOP"))
    )
    assert problems == ["14: costCenters[1].parent: 'GRUOP' is not in costCenters; did you mean GROUP?"]


def test_listed_periods_follow_each_other(changed, wrong):
    months = "{id: GROUP, startMonth: 1, firstYear: 2025, lastYear: 2026}"
    number = "must be a period such as 2026-P01: the fiscal year and the number in it"
    assert wrong(changed((months, PERIODS))) == [
        f"19: calendars[0].periods[0].id: {number}, not '2025-P00'",
        "22: calendars[0].periods[3].end: must be a date such as 2026-06-30, not '2025-13-01'",
    ]
    dated = PERIODS.replace(
        "2025-P00, start: 2025-01-01, end: 2025-01-31", "2024-P12, start: 2024-12-01, end: 2024-12-31"
    )
    assert wrong(changed((months, dated.replace("2025-13-01", "2025-03-01, adjustment: true")))) == [
        "21: calendars[0].periods[2]: ends on 2025-02-01, before it starts on 2025-02-02",
        "21: calendars[0].periods[2]: must start on 2025-02-01, the day after 2025-P01 ends",
        "22: calendars[0].periods[3]: must come after 2025-P03: periods are listed in order, each once",
        "22: calendars[0].periods[3]: must lie within the ordinary period before it",
    ]


def test_both_ways_to_say_a_calendar(changed, wrong):
    periods = "periods: [{id: 2025-P01, start: 2025-01-01, end: 2025-01-31}], startMonth: 1"
    assert wrong(changed(("startMonth: 1", periods))) == [
        "17: calendars[0]: must have either periods or startMonth, firstYear and lastYear"
    ]


def test_a_file_that_is_no_mapping(wrong):
    assert wrong("- a\n- b\n") == ["1: must be a mapping, not a list"]
    assert wrong("threefold") == ["1: must be a mapping, not 'threefold'"]
    assert wrong("") == ["1: the file is empty"]
    assert wrong("a: 1\n---\nb: 2\n")[0].startswith("2: not YAML: expected a single document")
