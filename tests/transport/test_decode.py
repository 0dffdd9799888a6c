"""Records to columns: exact, in the right types, and loud about anything else."""

import gc
import re
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sources.spi.errors import Malformed
from sources.spi.facts import EXACT, Fact
from sources.transport.columns import ColumnSpec
from sources.transport.decode import frame, read_json


def column(records: list[dict[str, Any]], name: str = "amount", **spec: Any) -> list[Any]:
    return frame("erp", Fact.LEDGER, records, {name: ColumnSpec.model_validate(spec)})[name].to_list()


def values(raw: list[Any], name: str = "amount", **spec: Any) -> list[Any]:
    return column([{"x": value} for value in raw], name, **{"from": "x", **spec})


def test_json_numbers_are_exact() -> None:
    assert read_json(b'{"a": 0.1, "b": 1e2, "c": 12}', "erp") == {
        "a": Decimal("0.1"),
        "b": Decimal(100),
        "c": 12,
    }


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b"\xff", b"NaN", b"[" * 100_000])
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match="not JSON"):
        read_json(body, "erp")


def test_garbage_is_collected_as_before() -> None:
    read_json(b"[1]", "erp")
    assert gc.isenabled()
    gc.disable()
    try:
        read_json(b"[1]", "erp")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_decimals_are_read_from_strings_and_numbers() -> None:
    raw = ["1.50", 2, Decimal("0.1"), "-7", "", None, "1.2E+3", Decimal("1E-16"), "0.1000000000000000000000"]
    expected = ["1.50", "2", "0.1", "-7", None, None, "1200", "1E-16", "0.1"]
    assert values(raw, type="decimal") == [None if e is None else Decimal(e) for e in expected]


@settings(deadline=None)
@given(st.lists(st.none() | st.decimals(-(10**22) + 1, 10**22 - 1, places=16), max_size=30))
def test_every_decimal_that_fits_is_kept_to_the_last_digit(numbers: list[Decimal | None]) -> None:
    assert values([None if n is None else str(n) for n in numbers], type="decimal") == numbers


@settings(deadline=None)
@given(st.lists(st.text("019.-", min_size=1, max_size=17), min_size=1, max_size=3))
def test_short_texts_are_numbers_or_refused(texts: list[str]) -> None:
    if all(re.fullmatch(r"-?(\d+\.?\d*|\.\d+)", text) for text in texts):
        assert values(texts, type="decimal") == [Decimal(text) for text in texts]
    else:
        with pytest.raises(Malformed):
            values(texts, type="decimal")


@pytest.mark.parametrize(
    "raw",
    [
        "abc",
        "NaN",
        "Infinity",
        "1,000.00",
        " 1",
        "1_000",
        "0x10",
        "--1",
        "0.12345678901234567",
        ".12345678901234567",
        "9" * 23,
        "٣",
    ],
)
def test_a_number_that_is_not_one_or_does_not_fit_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed, match=r"column 'amount' \(at x\): expected decimal, got"):
        values(["1.00", raw], type="decimal")


@pytest.mark.parametrize("raw", [True, 1.5, ["1"], {"a": 1}])
def test_a_number_of_another_kind_is_malformed(raw: object) -> None:
    with pytest.raises(Malformed):
        values([raw], type="decimal")


def test_codes_keep_their_zeros_and_integers_are_written_out() -> None:
    assert values(["0010", 7, "", None], "account") == ["0010", "7", None, None]


@pytest.mark.parametrize("raw", [True, Decimal("1.5"), ["a"], {"a": 1}])
def test_a_code_of_another_kind_is_malformed(raw: object) -> None:
    with pytest.raises(Malformed, match="expected code"):
        values(["a", raw], "account")


def test_dates() -> None:
    iso = ["2026-01-31", "2026-01-31T23:59:59-08:00", "2026-01-31 00:00:00", None, ""]
    assert values(iso, "date", type="date") == [date(2026, 1, 31)] * 3 + [None, None]
    ms = ["/Date(1767225600000)/", "/Date(253402214400000)/", "/Date(-86400000)/", "/Date(0+0000)/", None]
    assert values(ms, "date", type="msdate") == [
        date(2026, 1, 1),
        date(9999, 12, 31),
        date(1969, 12, 31),
        date(1970, 1, 1),
        None,
    ]


@pytest.mark.parametrize(
    ("codec", "raw"),
    [
        ("date", "31.01.2026"),
        ("date", "2026-02-30"),
        ("date", "2026-01-31x"),
        ("date", 20260131),
        ("msdate", "2026-01-31"),
        ("msdate", "/Date(999999999999999)/"),
        ("msdate", "/Date(x)/"),
    ],
)
def test_a_date_that_is_not_one_is_malformed(codec: str, raw: object) -> None:
    with pytest.raises(Malformed, match=f"expected {codec}"):
        values([raw], "date", type=codec)


def test_periods_months_and_flags() -> None:
    assert values(["2026003", "2026016", ""], "period", type="period") == ["2026-P03", "2026-P16", None]
    assert values(["Jan 26", "December 2026"], "period", type="month") == ["2026-P01", "2026-P12"]
    spec = {"flag": ColumnSpec.model_validate({"from": "x", "type": "flag"})}
    records = [{"x": True}, {"x": "false"}, {"x": None}]
    found = frame("erp", Fact.ORDER, records, {"receipt_required": spec["flag"]})
    assert found["receipt_required"].to_list() == [True, False, None]


@pytest.mark.parametrize(("codec", "raw"), [("period", "2026-03"), ("month", "Foo 26"), ("month", "Jan 126")])
def test_a_period_that_is_not_one_is_malformed(codec: str, raw: str) -> None:
    with pytest.raises(Malformed, match=f"expected {codec}, got a str of {len(raw)} characters"):
        values([raw], "period", type=codec)


def test_the_first_path_with_a_value_wins() -> None:
    records = [{"a": "1", "b": {"c": "2"}}, {"a": "", "b": {"c": "2"}}, {"b": None}, {"b": ["no record"]}]
    assert column(records, "account", **{"from": ["a", "b.c"]}) == ["1", "2", None, None]


def test_joined_paths() -> None:
    records = [{"y": "2026", "p": {"n": "003"}}, {"y": None, "p": {}}]
    assert column(records, "period", **{"from": "y+p.n", "type": "period"}) == ["2026-P03", None]
    with pytest.raises(Malformed):
        column([{"y": "2026"}], "period", **{"from": "y+p.n", "type": "period"})


def test_words_are_translated_and_unknown_ones_refused() -> None:
    spec: dict[str, Any] = {"map": {"S": "NORMAL", "H": "CLOSING", "true": "NORMAL", "7": "CLOSING"}}
    assert values(["S", "H", True, 7, "", None], "type", **spec) == [
        "NORMAL", "CLOSING", "NORMAL", "CLOSING", None, None,
    ]  # fmt: skip
    with pytest.raises(Malformed, match="a word that is not in the connector's map"):
        values(["S", "X"], "type", **spec)
    assert values(["S", "X"], "type", otherwise="OTHER", **spec) == ["NORMAL", "OTHER"]


def test_a_word_that_means_nothing_leaves_it_to_the_next_path() -> None:
    records = [{"a": True, "b": "L"}, {"a": False, "b": "L"}, {"a": False, "b": "S"}]
    spec = {"from": ["a", "b"], "map": {"true": "CLOSED", "false": "", "L": "CANCELLED", "S": ""}}
    assert column(records, "status", **spec) == ["CLOSED", "CANCELLED", None]


def test_a_map_can_yield_numbers() -> None:
    assert values(["V1", "V0"], type="decimal", map={"V1": "0.2", "V0": "0"}) == [Decimal("0.2"), Decimal(0)]


def test_placeholders_are_no_values() -> None:
    assert values(["00000", "00010"], "ref_po_line", absent=["00000"]) == [None, "00010"]
    assert values(["0.000", "0", "1"], type="decimal", absent=["0"]) == [None, None, Decimal(1)]
    records = [{"x": "5", "k": "X"}, {"x": "5", "k": ""}, {"x": "5", "k": True}]
    spec = {"from": "x", "type": "decimal", "absentWhen": {"k": ["X", "true"]}}
    assert column(records, **spec) == [None, Decimal(5), None]


def test_signs() -> None:
    records = [{"x": "5", "dc": "S"}, {"x": "5", "dc": "H"}, {"x": None, "dc": "H"}]
    assert column(records, **{"from": "x", "type": "decimal", "negate": True}) == [
        Decimal(-5),
        Decimal(-5),
        None,
    ]
    turned = {"from": "x", "type": "decimal", "negativeWhen": {"dc": ["H"]}}
    assert column(records, **turned) == [Decimal(5), Decimal(-5), None]
    assert column(records, **turned, negate=True) == [Decimal(-5), Decimal(5), None]
    memo = [{"x": "5", "dc": dc, "memo": memo} for dc in ("S", "H", "") for memo in ("", "X")]
    crossed = {"from": "x", "type": "decimal", "negativeWhen": {"dc+memo": ["H", "SX"]}}
    assert column(memo, **crossed) == [Decimal(n) for n in (5, -5, -5, 5, 5, 5)]


def test_a_part_is_taken_off_and_a_sign_taken_away() -> None:
    records = [
        {"x": "5", "v": "2", "k": "Y"},
        {"x": "-5", "v": None, "k": "Y"},
        {"x": "-5", "v": "1", "k": ""},
    ]
    spec = {"from": "x", "type": "decimal", "minus": "v", "positiveWhen": {"k": ["Y"]}}
    assert column(records, **spec) == [Decimal(3), Decimal(5), Decimal(-6)]


def test_in_a_list_that_is_not_exploded_there_is_only_the_last_date() -> None:
    records = [{"steps": [{"on": "2026-01-31T10:00:00Z"}, {"on": None}, {"on": "2026-01-02"}]}, {"steps": []}]
    assert column(records, "date", **{"from": "steps.on", "type": "date"}) == [date(2026, 1, 31), None]
    assert column(records, "account", **{"from": "steps.on"}) == [None, None]


def test_division_is_exact_where_it_can_be() -> None:
    records = [
        {"x": "12.34", "u": "100"},
        {"x": "10", "u": "3"},
        {"x": "5", "u": None},
        {"x": None, "u": "2"},
    ]
    spec = {"from": "x", "type": "decimal", "divideBy": "u"}
    assert column(records, **spec) == [Decimal("0.1234"), Decimal("3.3333333333333333"), Decimal(5), None]
    with pytest.raises(Malformed, match="a divisor of zero"):
        column([{"x": "1", "u": "0.00"}], **spec)


def test_constants() -> None:
    assert column([{}, {}], "status", const="POSTED") == ["POSTED", "POSTED"]
    assert column([{}], "amount", const="1.5") == [Decimal("1.5")]
    flag = {"receipt_required": ColumnSpec.model_validate({"const": "true"})}
    assert frame("erp", Fact.ORDER, [{}], flag)["receipt_required"].to_list() == [True]


def test_no_records_have_the_right_columns() -> None:
    spec = {
        "amount": ColumnSpec.model_validate(
            {"from": "x", "type": "decimal", "negate": True, "divideBy": "u"}
        ),
        "type": ColumnSpec.model_validate({"from": "t", "map": {"a": "b"}, "absent": ["b"]}),
        "date": ColumnSpec.model_validate({"from": ["d", "e+f"], "type": "msdate"}),
    }
    found = frame("erp", Fact.LEDGER, [], spec)
    assert found.schema == pl.Schema({"amount": EXACT, "type": pl.String(), "date": pl.Date()})


def test_an_error_names_the_column_and_the_path_and_never_the_record() -> None:
    with pytest.raises(Malformed) as raised:
        column([{"pay": {"iban": "DE00 1234", "x": "secret"}}], **{"from": "pay.x", "type": "decimal"})
    assert str(raised.value) == (
        "erp: column 'amount' (at pay.x): expected decimal, got a str that is no finite number"
    )


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, "exactly one"),
        ({"from": "a", "const": "b"}, "exactly one"),
        ({"from": "a", "of": "b"}, "Extra inputs"),
        ({"from": "a+b", "widths": [4]}, "one number for each part"),
        ({"from": "a", "type": "dezimal"}, "Input should be"),
    ],
)
def test_a_column_that_makes_no_sense_is_refused(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ColumnSpec.model_validate(spec)


def test_a_column_knows_all_it_reads() -> None:
    spec = ColumnSpec.model_validate(
        {
            "from": ["a.b", "c+d"],
            "absentWhen": {"e": ["X"]},
            "negativeWhen": {"f+a.b": ["H"]},
            "divideBy": "g",
        }
    )
    assert spec.reads == ("a.b", "c", "d", "e", "f", "g")
    assert spec.name == "a.b"
