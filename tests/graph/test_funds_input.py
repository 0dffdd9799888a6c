"""`fundsCheck` asked wrongly: an error that names the line, its value and what would do."""

import pytest

from tests.graph.funds import check, line


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        ({"entity": "THREE"}, "UNKNOWN_MEMBER", "lines[1].legalEntity: 'THREE' is not one of its 2 members"),
        (
            {"account": "6101"},
            "UNKNOWN_MEMBER",
            "lines[1].account: '6101' is not one of its 5 members; did you mean",
        ),
        (
            {"account": "4000"},
            "BAD_INPUT",
            "lines[1].account: '4000' is of class REVENUE; funds are checked for",
        ),
        ({"account": "2100"}, "BAD_INPUT", "lines[1].account: '2100' is of class BALANCE_SHEET"),
        ({"cost_center": "C9"}, "UNKNOWN_MEMBER", "lines[1].costCenter: 'C9'"),
        ({"cost_center": "UNASSIGNED"}, "UNKNOWN_MEMBER", "lines[1].costCenter: 'UNASSIGNED'"),
        (
            {"cost_center": "D1"},
            "CONTRADICTORY_FILTERS",
            "lines[1].costCenter: 'D1' belongs to TWO, not to ONE",
        ),
        ({"project": ""}, "UNKNOWN_MEMBER", "lines[1].project: ''"),
        ({"currency": "USX"}, "UNKNOWN_CURRENCY", "lines[1].currency: 'USX'"),
        (
            {"amount": "1.001"},
            "BAD_INPUT",
            "lines[1].amount: 1.001 has more decimals than USD; at most 2",
        ),
        ({"amount": "123456789012345678.0000000000000001"}, "BAD_INPUT", "lines[1].amount: 1234"),
        ({"amount": "NaN"}, "BAD_INPUT", "lines[1].amount: NaN"),
        ({"amount": "1E18"}, "BAD_INPUT", "lines[1].amount: 1E+18; a finite amount of at most 18 digits"),
        ({"amount": "1E-999999"}, "BAD_INPUT", "lines[1].amount: 1E-999999 has more decimals"),
        (
            {"date": "2031-01-01"},
            "PERIOD_OUTSIDE_CALENDAR",
            "lines[1].date: 2031-01-01 is outside calendar G",
        ),
        ({"requisition": ""}, "BAD_INPUT", "lines[1].requisition: ''"),
        ({"id": "1"}, "BAD_INPUT", "lines[1].id: '1' is that of lines[0] too"),
    ],
)
def test_a_line_that_makes_no_sense_is_named_with_its_value(given, code, told):
    checked = check([line("1"), line(**{"amount": "1", **given})])
    assert checked.error[0] == code
    assert checked.error[1].startswith(told)
    assert checked.asked == []


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ({"currency": "USX"}, "UNKNOWN_CURRENCY", "currency: 'USX'"),
        ({"asOf": "2027-01-01", "period": {}}, "BAD_INPUT", "asOf: 2027-01-01 is in the future"),
        ({"asOf": "2026-12-31"}, "BAD_INPUT", "asOf: 2026-12-31 is in the future"),
        (
            {"period": {"from": "2025-P12", "to": "2026-P01"}},
            "BAD_INPUT",
            "period: 2025-P12 to 2026-P01 lie in",
        ),
        ({"period": {"fiscalYear": 2030}}, "PERIOD_OUTSIDE_CALENDAR", "period.fiscalYear: 2030"),
        (
            {"period": {"fiscalYear": 2025}},
            "CONTRADICTORY_FILTERS",
            "lines[0].date: 2026-06-01 is not within",
        ),
    ],
)
def test_arguments_that_make_no_sense_are_named_too(arguments, code, told):
    checked = check([line("1", date="2026-06-01")], **arguments)
    assert checked.error[0] == code
    assert checked.error[1].startswith(told)


@pytest.mark.parametrize(("count", "code"), [(0, "BAD_INPUT"), (201, "LIMIT_EXCEEDED")])
def test_lines_are_bounded(count, code):
    assert check([line("1")] * count).error == (code, f"lines: {count} given; 1 to 200 are accepted")
