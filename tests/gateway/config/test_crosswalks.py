"""Crosswalk lines: everything they can say, and what they must not say together."""

import re
from datetime import date
from decimal import Decimal

import pytest

from resolvers.semantics.dimensions import CrosswalkRow, Dimension

ROWS = "    rows: {0010101101: US-OPS, 0010201101: DE-OPS}\n"
COLUMNS = (
    "source,target,weight,validFrom,validTo,priority,account,targetAccount\n"
    "K*,US-OPS,0.6,2026-01-01,2026-06-30,3,61*,6100\n"
    ",DE-OPS,,,,,6200,\n"
)
EXPECTED = [
    CrosswalkRow(
        "sap",
        Dimension.COST_CENTER,
        "K*",
        "US-OPS",
        Decimal("0.6"),
        date(2026, 1, 1),
        date(2026, 6, 30),
        3,
        ((Dimension.ACCOUNT, "61*"),),
        ((Dimension.ACCOUNT, "6100"),),
    ),
    CrosswalkRow("sap", Dimension.COST_CENTER, "", "DE-OPS", beside=((Dimension.ACCOUNT, "6200"),)),
]


def lines(*written: str) -> str:
    return "    lines:\n" + "".join(f"      - {{{line}}}\n" for line in written)


REST = "source: K*, target: DE-OPS, weight: 0.4, validFrom: 2026-01-01, validTo: 2026-06-30, priority: 3"


def test_lines_say_more_than_rows(changed, loaded):
    whole = (
        "source: K*, target: US-OPS, weight: 0.6, validFrom: 2026-01-01, validTo: 2026-06-30, priority: 3, "
        "account: 61*, targetAccount: 6100"
    )
    rest = f"{REST}, account: 61*, targetAccount: 6200"
    text = changed((ROWS, lines(whole, "account: 6200, target: DE-OPS", rest)))
    assert list(loaded(text).model.crosswalk[:2]) == EXPECTED


def test_a_table_has_the_columns_of_a_line(changed, loaded):
    text = changed((ROWS, "    csv: map.csv\n"))
    table = COLUMNS + "K*,DE-OPS,0.4,2026-01-01,2026-06-30,3,61*,6200\n"
    assert list(loaded(text, {"map.csv": table}).model.crosswalk[:2]) == EXPECTED


WRONG = [
    (
        "a target that does not exist",
        ["source: K, target: NOBODY"],
        r"25: .*\[0\]: 'NOBODY' is not in costCenters; .*",
    ),
    (
        "another target that does not exist",
        ["source: K, target: US-OPS, targetAccount: 9"],
        r"25: .*\[0\]: '9' is not in accounts; it has .*",
    ),
    (
        "from after to",
        ["source: K, target: US-OPS, validFrom: 2026-07-01, validTo: 2026-06-30"],
        r"25: .*\[0\]: must be valid from a day on or before validTo \(2026-06-30\)",
    ),
    (
        "nothing asked for",
        ["target: US-OPS"],
        r"25: .*\[0\]: must have a source, or a code of another dimension",
    ),
    (
        "no number",
        ["source: K, target: US-OPS, weight: half"],
        r"25: .*weight: must be a decimal number .*, not 'half'",
    ),
    ("no share", ["source: K, target: US-OPS, weight: 0"], r"25: .*weight: must be more than 0, not '0'"),
    ("no day", ["source: K, target: US-OPS, validTo: soon"], r"25: .*validTo: must be a date .*, not 'soon'"),
    (
        "weights that do not add up",
        ["source: K, target: US-OPS, weight: 0.6", "source: K, target: DE-OPS, weight: 0.5"],
        r"25: .*\[0\]: the weights of 'K' of sap add up to 1.1, not to 1",
    ),
    (
        "weights that do not add up later",
        [
            "source: K, target: US-OPS, weight: 0.6",
            "source: K, target: DE-OPS, weight: 0.4, validTo: 2026-06-30",
        ],
        r"25: .*\[0\]: the weights of 'K' of sap add up to 0.6 from 2026-07-01 on, not to 1",
    ),
    (
        "two whole targets at a time",
        [
            "source: K, target: US-OPS, validTo: 2026-06-30",
            "source: K, target: DE-OPS, validFrom: 2026-06-30",
        ],
        r"26: .*\[1\]: 'K' of sap is 'US-OPS' already \(threefold.yaml:25\); .*weights add up to 1",
    ),
    (
        "the same twice",
        ["source: K, target: US-OPS", "source: K, target: US-OPS"],
        r"26: .*\[1\]: 'K' of sap is 'US-OPS' already \(threefold.yaml:25\); .*",
    ),
    (
        "patterns that tie",
        ["source: 10*, target: US-OPS", "source: '*01', target: DE-OPS"],
        r"26: .*\[1\]: '\*01' of sap ties with '10\*' \(threefold.yaml:25\): both can match a line, .*",
    ),
    (
        "dimensions that tie",
        [
            "account: 6100, costCenter: K, dimension: PROJECT, target: P",
            "account: 6100, supplier: K, dimension: PROJECT, target: P",
        ],
        r"26: .*\[1\]: account '6100' with supplier 'K' of sap ties with .* cost_center 'K' .*",
    ),
    (
        "a company is whole",
        ["source: 77, target: US01, dimension: LEGAL_ENTITY, validTo: 2026-06-30"],
        r"25: .*\[0\]: a legal entity has whole codes, always: .*",
    ),
    (
        "a supplier is whole",
        [
            "source: S, target: A, dimension: SUPPLIER, weight: 0.5",
            "source: S, target: B, dimension: SUPPLIER, weight: 0.5",
        ],
        r"25: .*\[0\]: weight: must be 1, not 0.5: invoices are matched by who the supplier is",
    ),
    (
        "a dimension twice",
        ["source: K, target: US-OPS, costCenter: L"],
        r"25: .*\[0\]: asks for COST_CENTER twice: as source, and by its name",
    ),
    (
        "two targets in one",
        ["source: K, target: US-OPS, targetCostCenter: DE-OPS"],
        r"25: .*\[0\]: has two targets in COST_CENTER",
    ),
]


@pytest.mark.parametrize(
    ("written", "expected"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_what_lines_must_not_say(changed, wrong, written, expected):
    problems = wrong(changed((ROWS, lines(*written))))
    assert re.fullmatch(expected, problems[0]), problems
    assert len(problems) <= len(written), problems


def test_a_company_code_belongs_to_the_source(changed, wrong):
    text = changed((ROWS, lines("source: 1010, target: DE01, dimension: LEGAL_ENTITY")))
    (problem,) = wrong(text)
    assert re.fullmatch(r"25: .*\[0\]: '1010' of sap is 'US01' already \(threefold.yaml:\d+\); .*", problem)


def test_days_that_no_line_covers_are_a_warning(changed, loaded):
    """K has no row in April and May; L has one after the other; M has none after March, and is not told."""
    text = changed(
        (
            ROWS,
            lines(
                "source: K, target: US-OPS, validTo: 2026-03-31",
                "source: L, target: US-OPS, validTo: 2026-03-31",
                "source: M, target: US-OPS, validTo: 2026-03-31",
                "source: K, target: DE-OPS, validFrom: 2026-06-01",
                "source: L, target: DE-OPS, validFrom: 2026-04-01",
            ),
        )
    )
    (told,) = (str(warning) for warning in loaded(text).warnings if "crosswalks" in warning.path)
    said = "'K' of sap has no row for 2026-04-01 to 2026-05-31: INVALID, unless another matches"
    assert told == f"threefold.yaml:28: crosswalks[0].lines[3]: {said}"
