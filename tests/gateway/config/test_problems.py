"""Every kind of problem: with its file, its line, its path, what is wrong and what would be accepted."""

import re

import pytest

FACTS = (
    "BUDGET, REQUISITION, ORDER, RECEIPT, INVOICE, VOUCHER, LEDGER, ORDER_SCHEDULE, BLANKET, DEFERRAL, "
    "SUBSCRIPTION"
)
MASTER = "EXCHANGE_RATE, COST_CENTER, SUPPLIER"

SINGLE = [
    # what the file is made of
    ("version: 1", "version: 2", "1: version: must be '1', not '2'"),
    ("profile: demo", "profile: test", "2: profile: must be 'demo' or 'production', not 'test'"),
    (
        "profile: demo",
        "profile: production\nclock: 2026-06-30T12:00:00Z",
        "3: clock: is for the demo profile only",
    ),
    (
        "profile: demo",
        "profile: demo\nclock: 2026-06-30T12:00:00",
        "3: clock: must be an instant such as 2026-06-30T12:00:00Z, not '2026-06-30T12:00:00'",
    ),
    ("profile: demo", "profile:", "2: profile: is empty; give it a value or leave the key out"),
    ("profile: demo", "profile: demo\nprofile: demo", "3: profile: given twice; the first is on line 2"),
    ("calendar: GROUP", "calendar: [GROUP]", "4: calendar: must be text, not a list"),
    ("reportingCurrency: USD\n", "", "1: reportingCurrency: is required: Currency of answers .*"),
    (
        "reportingCurrency: USD",
        "reportingCurrency: Dollar",
        "3: reportingCurrency: must be an ISO 4217 currency code such as USD, EUR or JPY, not 'Dollar'",
    ),
    (
        "calendar: GROUP",
        "calendar: GROUP\nbudgets: {x: y}",
        r"5: budgets: is not a key here, where version, .*, sources are",
    ),
    (
        "owner: Alice Warren",
        "ownr: Alice Warren",
        r"14: costCenters\[1\].ownr: is not a key here, where id, .* are; did you mean owner\?",
    ),
    (
        "name: Meridian Inc.",
        "name: ' Meridian'",
        r"6: legalEntities\[0\].name: must be one line of 1 to 500 characters .*, not ' Meridian'",
    ),
    (
        "id: 6200",
        "id: UNMAPPED",
        r"11: accounts\[2\].id: must not be a reserved member \(UNMAPPED, .*\), not 'UNMAPPED'",
    ),
    (
        "unused: [REQUISITION]",
        "unused: [REQ]",
        rf"7: legalEntities\[1\].unused\[0\]: must be one of {FACTS}, not 'REQ'",
    ),
    (
        "class: EXPENSE, parent: OPEX}\n  - {id: 6200",
        "class: COST, parent: OPEX}\n  - {id: 6200",
        r"10: accounts\[1\].class: must be one of EXPENSE, REVENUE, CAPEX, BALANCE_SHEET, not 'COST'",
    ),
    # references
    (
        "calendar: GROUP\n",
        "calendar: FISCAL\n",
        "4: calendar: 'FISCAL' is not in calendars; it has GROUP",
    ),
    (
        "currency: USD}",
        "currency: USD, calendar: X}",
        r"6: legalEntities\[0\].calendar: 'X' is not in calendars; it has GROUP",
    ),
    (
        "id: 6200",
        "id: 6100",
        r"11: accounts\[2\].id: '6100' is given twice; the first is threefold.yaml:10",
    ),
    (
        "entity: DE01",
        "entity: DE02",
        r"15: costCenters\[2\].entity: 'DE02' is not in legalEntities; it has US01, DE01",
    ),
    (
        "parent: GROUP, entity: US01",
        "parent: GRUP, entity: US01",
        r"14: costCenters\[1\].parent: 'GRUP' is not in costCenters; it has GROUP, US-OPS, DE-OPS",
    ),
    (
        "{id: GROUP, name: Group}",
        "{id: GROUP, name: Group, parent: US-OPS}",
        r"13: costCenters\[0\].parent: is a circle: GROUP → US-OPS → GROUP",
    ),
    (
        "class: EXPENSE, parent: OPEX}\n  - {id: 6200",
        "parent: OPEX}\n  - {id: 6200",
        r"10: accounts\[1\].class: is required for '6100', which no account is below",
    ),
    # calendars and rates
    ("startMonth: 1", "startMonth: 13", r"17: calendars\[0\].startMonth: must be at most 12, not '13'"),
    (
        "firstYear: 2025",
        "firstYear: soon",
        r"17: calendars\[0\].firstYear: must be a whole number such as 1 or 5000, not 'soon'",
    ),
    ("firstYear: 2025", "firstYear: 2027", r"17: calendars\[0\]: must end in the year it starts in or .*"),
    (", lastYear: 2026", "", r"17: calendars\[0\]: must have startMonth, firstYear and lastYear, or periods"),
    (
        "rate: 1.0825",
        "rate: '1,0825'",
        r"19: rates\[0\].rate: must be a decimal number such as 1.0825, not '1,0825'",
    ),
    ("rate: 1.10", "rate: 0", r"20: rates\[1\].rate: must be more than 0, not '0'"),
    (
        "rate: 1.10",
        "rate: 1.10, kind: SPOT",
        r"20: rates\[1\].kind: must be 'BUDGET', 'AVERAGE' or 'CLOSING', not 'SPOT'",
    ),
    (
        "rate: 1.10",
        "rate: 1.10, date: 2026-01-31",
        r"20: rates\[1\]: must have fiscalYear, and neither period nor date, being a BUDGET rate",
    ),
    (
        "fiscalYear: 2026, rate: 1.10",
        "kind: AVERAGE, rate: 1.10",
        r"20: rates\[1\]: must have period, and no other time or version, being an AVERAGE rate",
    ),
    (
        "fiscalYear: 2026, rate: 1.10",
        "kind: CLOSING, period: 2026-P01, date: 2026-01-31, rate: 1.10",
        r"20: rates\[1\]: must have date or period, and no other time or version, being a CLOSING rate",
    ),
    (
        "fiscalYear: 2026, rate: 1.10",
        "kind: AVERAGE, period: 2027-P01, rate: 1.10",
        r"20: rates\[1\].period: 2027-P01 is not in calendar GROUP",
    ),
    (
        "fiscalYear: 2026",
        "fiscalYear: 2025",
        r"20: rates\[1\]: EUR to USD in 2025 is given twice; the first is threefold.yaml:19",
    ),
    (
        "{currency: EUR, to: USD, fiscalYear: 2026",
        "{currency: USD, to: USD, fiscalYear: 2026",
        r"20: rates\[1\]: is a rate from USD to itself, which is 1",
    ),
    # crosswalks
    ("- source: sap", "- source: sapp", r"22: crosswalks\[0\].source: 'sapp' is not in sources; it has sap"),
    (
        "dimension: COST_CENTER",
        "dimension: PERIOD",
        r"23: crosswalks\[0\].dimension: must be one of LEGAL_ENTITY, .*, SUPPLIER, not 'PERIOD'",
    ),
    (
        "0010101101: US-OPS",
        "0010101101: US-OP",
        r"24: crosswalks\[0\].rows.0010101101: 'US-OP' is not in costCenters; it has .*",
    ),
    ("    dimension: COST_CENTER\n", "", r"22: crosswalks\[0\]: must say the dimension its rows are for"),
    ("- source: sap\n    dim", "- dim", r"22: crosswalks\[0\]: must say the source \(or sources\) .*"),
    (
        "- source: sap\n",
        "- source: sap\n    sources: [sap]\n",
        r"22: crosswalks\[0\]: must have either source or sources",
    ),
    (
        "- source: sap\n",
        "- source: sap\n    system: sap\n",
        r"22: crosswalks\[0\]: must not have a system, which picks lines of a CSV file",
    ),
    (
        "    rows: {0010101101: US-OPS, 0010201101: DE-OPS}\n",
        "",
        r"22: crosswalks\[0\]: must have either rows or lines or csv",
    ),
    (
        "sources:\n",
        "  - {source: sap, dimension: COST_CENTER, rows: {0010101101: DE-OPS}}\nsources:\n",
        r"25: crosswalks\[1\].rows.0010101101: '0010101101' of sap is 'US-OPS' already .*:24.; .*",
    ),
    (
        "sources:\n",
        "  - {source: sap, dimension: LEGAL_ENTITY, rows: {1010: DE01}}\nsources:\n",
        r"25: crosswalks\[1\].rows.1010: '1010' of sap is 'US01' already \(threefold.yaml:31\); .*",
    ),
    # sources
    ("connector: sap_s4", "connector: 4", "27: sources.sap.connector: must be a name: a letter, .*, not '4'"),
    (
        "https://sap.example",
        "sap.example",
        "28: sources.sap.url: must be an address that starts with http:// or https://, not 'sap.example/.*'",
    ),
    ("odata/sap\n", "odata/sap?x=1\n", "28: sources.sap.url: must be an address without . and #, not .*"),
    (
        "US01: 1010",
        "US02: 1010",
        "30: sources.sap.entities.US02: 'US02' is not in legalEntities; it has US01, DE01",
    ),
    ("US01: 1010", "US01: 2010", "30: sources.sap.entities.DE01: is the company code of US01 already"),
    ("entities: {US01: 1010, DE01: 2010}", "entities: {}", "30: sources.sap.entities: must not be empty"),
    (
        "[LEDGER, VOUCHER]",
        "[LEDGER, REQUISITION]",
        r"31: sources.sap.facts\[1\]: REQUISITION is unused in DE01: provide it or do not use it",
    ),
    (
        "[LEDGER, VOUCHER]",
        "[GL]",
        rf"31: sources.sap.facts\[0\]: must be one of {FACTS}, {MASTER}, not 'GL'",
    ),
    (
        "    facts: [",
        "    maxAge: 60\n    facts: [",
        "31: sources.sap.maxAge: must be a duration such as 30s, 5m or PT5M, not '60'",
    ),
    (
        "    facts: [",
        "    limits: {timeout: 0s}\n    facts: [",
        "31: sources.sap.limits.timeout: must be more than 0, not '0s'",
    ),
    ("    facts: [", "    ca: no.pem\n    facts: [", "31: sources.sap.ca: is no file: no.pem"),
]


@pytest.mark.parametrize(("old", "new", "expected"), SINGLE, ids=[case[2][:60] for case in SINGLE])
def test_one_mistake_is_one_problem_at_its_line(changed, wrong, old, new, expected):
    problems = wrong(changed((old, new)))
    assert len(problems) == 1, problems
    assert re.fullmatch(expected, problems[0]), problems[0]
