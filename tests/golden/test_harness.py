"""The harness itself: it fails what is wrong, says what it cannot ask, is loud about what it cannot read."""

import asyncio
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.golden import reconciliation
from tests.golden.grid import Grid
from tests.golden.periods import months, years_in
from tests.golden.publish import Rows, published
from tests.golden.question import Question
from tests.golden.rows import Row
from tests.golden.run import FAILED, PASSED, UNREADABLE, run
from tests.golden.verdict import Got, Trap, flat, problems

ROOT = Path(__file__).parents[2]
Lines = list[str]


def consumption(id_: str = "T1", **changes: Any) -> dict[str, Any]:
    """70 left of a budget of 100: LAB has spent 30."""
    place = {"account": "6100", "costCenter": "LAB"}
    return {
        "id": id_,
        "title": "Thirty of a hundred",
        "kind": "CONSUMPTION",
        "explanation": "100 − 30 = 70",
        "systems": {
            "planning": {"budget": [{"type": "ORIGINAL", **place, "amount": "100"}]},
            "erp": {"journalLines": [{"je": "J1", **place, "debit": "30", "credit": "0"}]},
        },
        "expected": {"cells": {"LAB": {"available": "70"}}},
        **changes,
    }


def ran(tmp_path: Path, *cases: Any, **file: Any) -> tuple[int, Lines]:
    """Exit status and printed lines of a file of those cases."""
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"schemaVersion": 2, "cases": list(cases), **file}), encoding="utf-8")
    lines: Lines = []
    return asyncio.run(run([path], lines.append)), lines


def test_a_right_expectation_passes(tmp_path: Path) -> None:
    assert ran(tmp_path, consumption()) == (PASSED, ["1 passed, 0 failed"])


def test_a_wrong_expectation_fails_with_expected_and_got(tmp_path: Path) -> None:
    wrong = consumption("T2", expected={"cells": {"LAB": {"available": "71"}}, "totals": {"actual": "30.01"}})
    status, lines = ran(tmp_path, consumption(), wrong)
    assert status == FAILED
    assert lines == [
        "FAIL T2 Thirty of a hundred",
        "    cells.LAB.available: expected 71, got 70.00",
        "    totals.actual: expected 30.01, got 30.00",
        "1 passed, 1 failed",
    ]


@pytest.mark.parametrize(
    ("hazard", "path"),
    [
        ({"measure": "actual", "wrongValue": "30"}, "cells.LAB.actual"),
        ({"measure": "actual", "wrongValue": "30.00", "cell": "LAB"}, "cells.LAB.actual"),
        ({"measure": "budget", "wrongValue": "100", "cell": "TOTAL"}, "totals.budget"),
    ],
)
def test_a_hazard_that_comes_out_fails(tmp_path: Path, hazard: dict[str, Any], path: str) -> None:
    status, lines = ran(tmp_path, consumption(hazard={"wrong": "a plausible mistake", **hazard}))
    assert status == FAILED
    assert any(line.strip().startswith(f"{path}: hazard") for line in lines)


def test_a_hazard_that_does_not_come_out_passes(tmp_path: Path) -> None:
    hazards = (
        {"wrong": "w", "measure": "actual", "wrongValue": "31"},
        {"wrong": "w", "measure": "actual", "wrongValue": "30", "cell": "OPS"},
        {"wrong": "a story only"},
        {"wrong": "w", "measure": "noSuchMeasure", "wrongValue": "30"},
    )
    cases = [consumption(f"T{i}", hazard=hazard) for i, hazard in enumerate(hazards)]
    assert ran(tmp_path, *cases) == (PASSED, ["4 passed, 0 failed"])


def test_a_cell_without_documents_holds_nothing(tmp_path: Path) -> None:
    nothing = {"cells": {"OPS": {"actual": "0", "consumedPercent": None}}}
    assert ran(tmp_path, consumption(expected=nothing))[0] == PASSED
    something = {"cells": {"OPS": {"actual": "5"}}}
    assert "    cells.OPS.actual: expected 5, got 0" in ran(tmp_path, consumption(expected=something))[1]


@pytest.mark.parametrize(
    ("case", "fault"),
    [
        (consumption(colour="red"), "colour: unknown key, value 'red'"),
        (
            consumption(kind="CONSUMPTIONS"),
            "kind: unknown kind, value 'CONSUMPTIONS'; there are ",
        ),
        ({"id": "T1"}, "kind: unknown kind, value None; "),
        (
            consumption(systems={"s2p": {"requisitions": [{"id": "R", "status": "OPEN", "lines": []}]}}),
            "systems.s2p.requisitions[0].status: Input should be 'PENDING', 'APPROVED' or 'CANCELLED', value",
        ),
        (consumption(systems={"crm": {}}), "systems.crm: unknown key, value {}"),
        (consumption(expected={"cells": {"LAB": {"avaliable": "1"}}}), "expected.cells.LAB.avaliable"),
        (consumption(expected={"breaks": [{"code": "ODD", "amount": "1"}]}), "expected.breaks[0].code"),
        (consumption(expected={"totals": {"actual": "1,5"}}), "expected.totals.actual: "),
        ("not a case", "the case: "),
    ],
)
def test_what_cannot_be_read_is_named_and_counts_as_failed(tmp_path: Path, case: Any, fault: str) -> None:
    status, lines = ran(tmp_path, case, consumption("T9"))
    assert status == UNREADABLE
    assert lines[0].startswith("ERROR T1" if isinstance(case, dict) else "ERROR cases[0]")
    assert any(line.strip().startswith(fault) for line in lines), lines
    assert lines[-1] == "1 passed, 1 failed"


def test_two_cases_of_one_id_are_both_refused(tmp_path: Path) -> None:
    status, lines = ran(tmp_path, consumption(), consumption())
    assert (status, lines[-1]) == (UNREADABLE, "0 passed, 2 failed")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"schemaVersion": 1, "cases": [7]}', "schemaVersion: "),
        ('{"schemaVersion": 2, "cases": []}', "cases: "),
        ('{"schemaVersion": 2, "cases": [7], "extra": 1}', "extra: unknown key, value 1"),
        ('{"schemaVersion": 2, "schemaVersion": 2}', "the key 'schemaVersion' is given twice in one object"),
        ("{", "Expecting property name"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "cases.json"
    path.write_text(text, encoding="utf-8")
    lines: Lines = []
    assert asyncio.run(run([path, tmp_path / "absent.json"], lines.append)) == UNREADABLE
    assert lines[1].strip().startswith(f"{path}: {fault}")
    assert lines[-3:] == [
        f"ERROR {tmp_path / 'absent.json'}",
        f"    {tmp_path / 'absent.json'}: No such file or directory",
        "0 passed, 2 failed",
    ]


def test_the_schema_is_asked_what_can_be_asked() -> None:
    question = Question(
        {"groupBy": ["COST_CENTER", "MOON"], "phase": "FULL", "where": {"moon": {"in": ["1"]}}},
        {"rows": ("cellId", "actual", "tides"), "moons": ("id",)},
    )
    arguments = question.unknown_arguments()
    assert "the argument `phase` is not built" in arguments
    assert sum("MOON" in reason or "'moon'" in reason for reason in arguments) == 2
    assert question.unknown_fields() == ["the measure tides is not built", "`moons` is not built"]
    known = Question({"limit": 1}, question.select)
    assert known.text() == (
        "query($limit: Int!) { budgetPosition(limit: $limit) { completeness rows { cellId actual } } }"
    )


def test_what_the_sandbox_has_no_place_for_is_named() -> None:
    row: Row = {"id": "R1", "colour": "red", "counts_as_posting": True, "amount": None}
    rows: Rows = {"s2p": {"receipts": [row], "pigeons": [row]}, "erp": {"doves": []}}
    found = published(rows)
    assert found.lacking == (
        "the canonical system cannot carry receipts.colour yet",
        "the canonical system cannot carry pigeons yet",
    )
    assert found.systems["s2p"]["receipts"] == [{"id": "R1"}]
    assert found.systems["planning"] == {"budget-entries": []}


def test_breaks_are_counted_one_by_one() -> None:
    stale = ("STALE_SOURCE", Decimal(40))
    got = Got(breaks=[("STALE_SOURCE", Decimal("40.00")), ("ZOMBIE_PO", Decimal(1))])
    assert problems({}, [stale], None, got) == []
    assert problems({}, [stale, stale], None, got) == [
        "breaks: expected STALE_SOURCE 40, got STALE_SOURCE 40.00, ZOMBIE_PO 1"
    ]
    assert problems({}, [stale], None, Got()) == ["breaks: expected STALE_SOURCE 40, got nothing"]


def test_nothing_expected_goes_unanswered() -> None:
    expected = flat({"totals": {"actual": Decimal(1)}, "periods": (Decimal(2),), "breaks": ()})
    assert expected == {("totals", "actual"): 1, ("periods", "1"): 2}
    got = Got({("totals", "actual"): "1.00"}, errors=["ledger: no answer"])
    assert problems(expected, (), None, got) == [
        "periods.1: expected 2, got nothing",
        "reported: ledger: no answer",
    ]
    assert problems(expected, (), None, Got(lacking=["a word"])) == ["a word"]


def test_a_null_is_no_zero_and_no_hazard() -> None:
    trap = Trap("actual", None, Decimal(0), "unknown taken for nothing")
    got = Got({("cells", "LAB", "actual"): None})
    assert problems({("cells", "LAB", "actual"): Decimal(0)}, (), trap, got) == [
        "cells.LAB.actual: expected 0, got null"
    ]


def test_keys_of_cells_are_written_as_the_case_writes_them() -> None:
    grid = Grid(("fiscalYear", "costCenter", "period"), (), months([2026]), {})
    assert grid._key("LAB|2026-P03", "2026") == "2026|LAB|2026-03"


def test_years_come_from_dates_periods_and_fiscal_years() -> None:
    dumped = {"a": ({"date": "2025-12-31"}, {"period": "2027-P01"}), "fiscal_year": "2026", "amount": "1999"}
    assert years_in(dumped) == {2025, 2026, 2027}


def recon(**expected: str) -> dict[str, Any]:
    return {
        "id": "T1",
        "title": "Two totals",
        "kind": "RECON",
        "explanation": "12 − 10 = 2",
        "left": "12",
        "right": "10",
        "items": [{"reason": "LATE", "amount": "2"}],
        "expected": expected,
    }


def test_reconciliation_is_asked_of_its_own_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def reconciled(left: Decimal, right: Decimal, items: Any, *_tolerances: Decimal) -> Any:
        explained = sum(amount for _, amount in items)
        residual = left - right - explained
        return SimpleNamespace(
            difference=left - right, explained=explained, residual=residual, threshold=0, status="EXPLAINED"
        )

    monkeypatch.setitem(sys.modules, reconciliation.MODULE, SimpleNamespace(reconciled=reconciled))
    right = recon(difference="2", residual="0", status="EXPLAINED")
    assert ran(tmp_path, right) == (PASSED, ["1 passed, 0 failed"])
    wrong = ran(tmp_path, recon(status="BREAK"))[1]
    assert wrong[1:] == ["    status: expected BREAK, got EXPLAINED", "0 passed, 1 failed"]
    monkeypatch.setitem(sys.modules, reconciliation.MODULE, SimpleNamespace())
    unbuilt = ran(tmp_path, right)[1]
    assert unbuilt[1] == f"    kind RECON needs {reconciliation.MODULE}.reconciled, which is not built"


@pytest.mark.slow
def test_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"schemaVersion": 2, "cases": [consumption()]}), encoding="utf-8")
    command = [sys.executable, "-m", "tests.golden", str(path), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (UNREADABLE, "1 passed, 1 failed"), done.stderr
