"""What only one ledger of the company has: audit entries, a code that two cost centres share, partners."""

from decimal import Decimal

from sources.sandbox.estate import build
from sources.sandbox.estate.company import SHARED_COST_CENTER, SHARED_SAP_CODE, SHARES
from sources.sandbox.estate.master import rows


def test_audit_entries_are_dated_on_the_last_day_and_stated_after_it() -> None:
    found = [j for j in build().journals if j.period.endswith("P13")]
    assert {(j.entity, j.period, f"{j.posting_date:%m-%d}") for j in found} == {
        ("US01", "2024-P13", "12-31"),
        ("US01", "2025-P13", "12-31"),
    }
    assert {j.document_date for j in found} == {j.posting_date for j in found}


def test_the_shared_code_divides_without_a_rest_and_no_file_maps_it() -> None:
    """A configuration does, by weight; so both oracles may share it exactly."""
    booked = [x for j in build().journals for x in j.lines if x.cost_center == SHARED_COST_CENTER]
    assert len(booked) >= 24
    assert sum(percent for _, percent in SHARES) == 100
    assert all(
        (line.debit - line.credit) * percent % 100 == Decimal(0) for line in booked for _, percent in SHARES
    )
    assert SHARED_SAP_CODE not in {row["source"] for row in rows("crosswalk_sap")}


def test_the_seller_names_the_partner_on_both_lines() -> None:
    found = [j for j in build().journals if any(line.partner for line in j.lines)]
    assert {(j.entity, line.partner) for j in found for line in j.lines} == {("JP01", "US01")}
    assert len(found) == 2


def test_one_cost_centre_moved() -> None:
    """It is below the later of two nodes, and the two follow each other without a gap."""
    before, after = rows("moves")
    (now,) = [c for c in build().company.cost_centers if c.id == after["child"]]
    assert before["child"] == after["child"]
    assert now.parent == after["parent"] != before["parent"]
    assert (before["to"], after["from"]) == ("2026-03-31", "2026-04-01")
