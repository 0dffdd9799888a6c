"""How a scan is said to Coupa: bracketed attributes, lists, places, instants, and projections."""

import json
from datetime import date

import pytest
from pydantic import ValidationError

from sources.connectors.load import connector
from sources.dialects.rest_query import queries
from sources.spi.facts import Fact
from sources.spi.scan import Keys, Op, Predicate, Scan
from sources.transport.message import Call, Params

COUPA = connector("coupa")
ORDERS = COUPA.entities["purchase_orders"]


def asked(scan: Scan, url_bytes: int = 6000) -> list[Params]:
    return queries(COUPA.protocol, ORDERS, scan, url_bytes)


def conditions(scan: Scan) -> list[dict[str, str]]:
    """The queries without what is the same in all of them."""
    common = {"order_by", "dir", "fields"}
    return [{name: value for name, value in query if name not in common} for query in asked(scan)]


def orders(*where: Predicate) -> Scan:
    return Scan(Fact.ORDER, ("number",), where=where)


def test_one_value_is_an_equation_and_several_are_a_list() -> None:
    assert conditions(orders(Predicate("number", Op.IN, ("PO1",)))) == [{"po_number": "PO1"}]
    assert conditions(orders(Predicate("number", Op.IN, ("PO1", "PO2")))) == [{"po_number[in]": "PO1,PO2"}]


def test_a_value_with_the_separator_is_asked_for_alone() -> None:
    """Coupa's lists know no escape: `a,b` in one would be two values."""
    found = conditions(orders(Predicate("supplier", Op.IN, ("a,b", "c", "d"))))
    assert found == [{"supplier[number][in]": "c,d"}, {"supplier[number]": "a,b"}]


def test_a_line_is_looked_for_on_its_allocations_and_on_its_account() -> None:
    where = (Predicate("cost_center", Op.IN, ("C1",)), Predicate("account", Op.IN, ("6400",)))
    split, whole = "order_lines[account_allocations][account]", "order_lines[account]"
    assert conditions(orders(*where)) == [
        {f"{split}[segment_2]": "C1", f"{split}[segment_3]": "6400"},
        {f"{whole}[segment_2]": "C1", f"{whole}[segment_3]": "6400"},
    ]


def test_days_are_widened_to_every_zone() -> None:
    """1 January in Auckland begins on 31 December in UTC, and ends in Honolulu on 2 January."""
    where = (Predicate("date", Op.GE, (date(2026, 1, 1),)), Predicate("date", Op.LE, (date(2026, 1, 1),)))
    assert conditions(orders(*where)) == [
        {"created_at[gt_or_eq]": "2025-12-31", "created_at[lt_or_eq]": "2026-01-03"}
    ]


def test_our_words_become_theirs() -> None:
    (found,) = conditions(orders(Predicate("status", Op.IN, ("FINALLY_CLOSED", "CANCELLED"))))
    assert found == {"status[in]": "closed,cancelled"}


def test_a_word_they_do_not_have_matches_nothing() -> None:
    assert asked(orders(Predicate("status", Op.IN, ("PARTIALLY_RECEIVED",)))) == []


def test_what_is_no_number_is_not_looked_for_among_numbers() -> None:
    assert asked(orders(Predicate("id", Op.IN, ("PO1", "٣", "")))) == []
    assert conditions(orders(Predicate("id", Op.IN, ("PO1", "42")))) == [{"id": "42"}]


def test_keys_are_one_more_condition() -> None:
    scan = Scan(Fact.ORDER, ("number",), keys=Keys("req", ("20001", "20002")))
    assert conditions(scan) == [{"requisition_header[id][in]": "20001,20002"}]


def test_a_long_list_is_cut_to_the_length_of_an_address() -> None:
    numbers = tuple(f"PO-{n:08d}" for n in range(2_000))
    parts = asked(orders(Predicate("number", Op.IN, numbers)), url_bytes=2_000)
    assert all(len(Call("GET", "", part).query) <= 2_000 for part in parts)
    listed = [number for part in parts for number in dict(part)["po_number[in]"].split(",")]
    assert tuple(listed) == numbers


def test_fields_are_what_is_read_and_nothing_else() -> None:
    (query,) = asked(Scan(Fact.ORDER, ("number", "cost_center", "rate")))
    account = {"account": ["segment_2"]}
    line = ["id", "accounting_total", "total", {"account_allocations": ["id", account]}, account]
    assert json.loads(dict(query)["fields"]) == ["id", "po_number", {"order_lines": line}]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"date": {"filter": {"GE": "EXACT"}}}, "instants"),
        ({"date": {"filter": {"IN": "SUPERSET"}}}, "instants"),
        ({"req": {"from": ["a", "b", "c"], "filter": {"IN": "SUPERSET"}}}, "places"),
    ],
)
def test_a_mapping_that_cannot_be_asked_is_refused(change: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        COUPA.overridden({"purchase_orders": change})
