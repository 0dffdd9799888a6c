"""The crosswalk in answers: days, patterns, several dimensions and several members, end to end."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from resolvers.plan.answer import Answer
from resolvers.plan.listing import Listing
from resolvers.plan.question import Filter, WhatIf
from resolvers.semantics.dimensions import INVALID, UNMAPPED, CrosswalkRow, Dimension, Member
from resolvers.semantics.shares import is_stand_in
from sources.spi.context import Context
from sources.spi.facts import Fact
from tests.plan.scenes import question
from tests.world import CENTERS, System, ask, documents, model, table, using

ACCOUNT, CENTER, PROJECT = Dimension.ACCOUNT, Dimension.COST_CENTER, Dimension.PROJECT
DOCUMENTS: Final = documents(
    """
    budget-entries
    number  account  cost_center  period    date        amount
    B1      6100     K            2026-P02  2025-11-20  1000
    B2      6100     C2           2026-P07  2025-11-20  500

    purchase-orders
    number  account  cost_center  quantity  price  date
    PO1     6100     K            10        100    2026-02-10
    PO2     6200     X7           1         40     2026-02-10
    PO3     6100     C2           1         7      2026-02-10

    journal-lines
    number  account  cost_center  period    date        amount
    J1      6100     K            2026-P01  2026-01-31  60.01
    J2      6100     K            2026-P03  2026-04-02  30
    J3      6200     X7           2026-P02  2026-02-10  12
    J4      6200     Y9           2026-P02  2026-02-10  5
    """
)
OWN: Final = System("own", DOCUMENTS)


def row(code: str, target: str, dimension: Dimension = CENTER, **more: Any) -> CrosswalkRow:
    return CrosswalkRow("own", dimension, code, target, Decimal(more.pop("weight", 1)), **more)


UNTIL_MARCH: Final = (row("K", "C1", valid_to=date(2026, 3, 31)),)
SHARED: Final = (row("K", "C1", weight="0.6"), row("K", "C2", weight="0.4"))


def answer(crosswalk: tuple[CrosswalkRow, ...], *measures: str, **parts: Any) -> Answer:
    return ask(model(OWN, crosswalk=crosswalk), OWN, question=question(*measures, **parts))


def test_the_day_of_a_row_says_which_rows_hold() -> None:
    """K is C1 until March. J2 is posted in April into March: INVALID. B1 is for February, whenever it was
    entered."""
    got = answer(UNTIL_MARCH, "actual", "budget", "commitment", by=(CENTER,))
    assert table(got.rows, "actual", "budget", "commitment") == {
        "C1": ("60.01", "1000.00", "1000.00"),
        "C2": ("0.00", "500.00", "7.00"),
        "INVALID": ("30.00", "0.00", "0.00"),
        "UNMAPPED": ("17.00", "0.00", "40.00"),
    }


def test_what_has_no_member_is_listed_with_why_and_how_much() -> None:
    """K in April has rows, none of them valid; X7 and Y9 have none."""
    got = answer(UNTIL_MARCH, "actual", by=(CENTER,))
    assert got.gaps.rows() == [
        ("own", "COST_CENTER", "INVALID", "K", Decimal("30.00")),
        ("own", "COST_CENTER", "UNMAPPED", "X7", Decimal("12.00")),
        ("own", "COST_CENTER", "UNMAPPED", "Y9", Decimal("5.00")),
    ]


def test_coverage_is_by_amount() -> None:
    """60.01 of 107.01 has a cost centre: 56.08 %; all of it an account. No line has a project. The suppliers'
    dimension is open: what has one is covered."""
    got = answer(UNTIL_MARCH, "actual", by=(CENTER,))
    assert got.coverage.select("source", "dimension", "amount", "mapped", "percent").rows() == [
        ("own", "ACCOUNT", Decimal("107.01"), Decimal("107.01"), Decimal("100.00")),
        ("own", "COST_CENTER", Decimal("107.01"), Decimal("60.01"), Decimal("56.08")),
    ]


@pytest.mark.parametrize(
    "by", [(CENTER,), (CENTER, ACCOUNT, Dimension.PERIOD, Dimension.SUPPLIER)], ids=["coarse", "fine"]
)
def test_coverage_does_not_depend_on_what_is_grouped_by(by: tuple[Dimension, ...]) -> None:
    """|1000| + |500| of the budget and |1000| + |40| + |7| of the orders, beside the ledger's 107.01."""
    (found,) = [
        r
        for r in answer(UNTIL_MARCH, "available", by=by).coverage.rows(named=True)
        if r["dimension"] == "COST_CENTER"
    ]
    assert (found["amount"], found["mapped"]) == (Decimal("2654.01"), Decimal("2567.01"))


def test_members_without_a_row_can_be_filtered_by() -> None:
    got = answer(UNTIL_MARCH, "actual", by=(CENTER,), where=(Filter(CENTER, (INVALID, "C1")),))
    assert table(got.rows, "actual") == {"C1": "60.01", "INVALID": "30.00"}
    assert residual(got) == {"cost_center in (C1, INVALID)"}


def test_a_filter_behind_a_pattern_is_done_here_and_the_plan_says_so() -> None:
    """``X*`` is C2; nobody can say which codes there are."""
    got = answer((row("X*", "C2"),), "actual", by=(CENTER,), where=(Filter(CENTER, ("C2",)),))
    assert table(got.rows, "actual") == {"C2": "12.00"}
    assert residual(got) == {"cost_center in (C2)"}
    assert residual(answer((), "actual", by=(CENTER,), where=(Filter(CENTER, ("C2",)),))) == set()


def residual(got: Answer) -> set[str]:
    scans = (scan for wave in got.plan.waves for scan in wave)
    return {text for scan in scans for text in scan.residual if text.startswith("cost_center")}


def test_a_code_of_several_members_is_shared_at_every_stage() -> None:
    """K is C1 by 0.6 and C2 by 0.4: of 90.01 posted, 54.01 and 36.00; of 1,000 ordered, 600 and 400."""
    got = answer(SHARED, "actual", "budget", "commitment", by=(CENTER,))
    cells = table(got.rows, "actual", "budget", "commitment")
    assert cells["C1"] == ("54.01", "600.00", "600.00")
    assert cells["C2"] == ("36.00", "900.00", "407.00")


def test_a_filter_on_one_member_brings_its_share_and_no_other() -> None:
    got = answer(SHARED, "actual", "commitment", "consumed", where=(Filter(CENTER, ("C1",)),))
    assert table(got.totals, "actual", "commitment", "consumed") == {"*": ("54.01", "600.00", "654.01")}


def test_the_documents_behind_a_share_are_listed_with_their_part_of_it() -> None:
    """J1 and J2 are balances of two periods; C1 has 36.01 and 18 of them, and 600 of PO1."""
    asked = question("actual", "commitment", by=(CENTER,), where=(Filter(CENTER, ("C1",)),))
    found = using(
        model(OWN, crosswalk=SHARED), OWN, do=lambda engine: engine.documents(asked, Context.within(30))
    ).parts
    assert sorted((r["number"], str(r["amount"].normalize())) for r in found.iter_rows(named=True)) == [
        ("J1", "36.01"),
        ("J2", "18"),
        ("PO1", "6E+2"),
    ]


def test_a_revenue_account_shared_with_a_cost_keeps_its_sides() -> None:
    """100 credited on M, half revenue and half cost: 50 earned, and 50 less spent."""
    books = documents("journal-lines\nnumber  account  amount\nJ1      M        -100\n")
    crosswalk = (row("M", "4000", ACCOUNT, weight="0.5"), row("M", "6100", ACCOUNT, weight="0.5"))
    own = System("own", books)
    asked = question(
        "actual", by=(ACCOUNT,), classes=tuple(model().members[ACCOUNT][a].kind for a in ("4000", "6100"))
    )
    got = ask(model(own, crosswalk=crosswalk), own, question=asked)
    assert table(got.rows, "actual") == {"4000": "50.00", "6100": "-50.00"}


TOGETHER: Final = (
    row("", "P1", PROJECT, beside=((ACCOUNT, "6100"), (CENTER, "K"))),
    row("", "P2", PROJECT, beside=((ACCOUNT, "62*"), (CENTER, "X*"))),
)


def test_a_dimension_the_source_does_not_have_can_come_from_others() -> None:
    """No row names a project; 6100 on K is P1, 62… on X… is P2. Cost centres are left as they were."""
    projects = {id_: Member(id_, id_) for id_ in ("P1", "P2")}
    members = {**model().members, PROJECT: projects}
    world = model(OWN, crosswalk=TOGETHER, members=members)
    got = ask(world, OWN, question=question("actual", "commitment", "budget", by=(PROJECT,)))
    assert table(got.rows, "actual", "commitment", "budget") == {
        "P1": ("90.01", "1000.00", "1000.00"),
        "P2": ("12.00", "40.00", "0.00"),
        "UNASSIGNED": ("5.00", "7.00", "500.00"),
    }
    one = question("actual", by=(PROJECT,), where=(Filter(PROJECT, ("P2",)),))
    assert table(ask(world, OWN, question=one).rows, "actual") == {"P2": "12.00"}


def test_a_row_can_speak_of_several_dimensions_at_once() -> None:
    """K is (6100, C1) by a quarter and (6200, C2) by three: nothing lies on (6200, C1)."""
    quarters = (
        row("K", "C1", weight="0.25", also=((ACCOUNT, "6100"),), beside=((ACCOUNT, "6100"),)),
        row("K", "C2", weight="0.75", also=((ACCOUNT, "6200"),), beside=((ACCOUNT, "6100"),)),
    )
    got = answer(quarters, "commitment", by=(ACCOUNT, CENTER), where=(Filter(CENTER, ("C1", "C2")),))
    assert table(got.rows, "commitment") == {"6100|C1": "250.00", "6100|C2": "7.00", "6200|C2": "750.00"}


def test_lists_find_documents_by_any_of_their_members() -> None:
    """PO1 lies on K, which is C1 and C2."""
    for wanted, numbers in (("C1", ["PO1"]), ("C2", ["PO1", "PO3"])):
        listing = Listing(Fact.ORDER, where=(Filter(CENTER, (wanted,)),), span=question().span)
        found = using(
            model(OWN, crosswalk=SHARED),
            OWN,
            do=lambda engine, asked=listing: engine.list_documents(asked, Context.within(30)),
        )
        assert sorted(paper.first("number") for paper in found.papers) == numbers


def test_codes_of_master_data_that_are_several_members_describe_none() -> None:
    """The open dimension's own list: K is two members and E ended, so that only L is a member of the list."""
    listed = {"cost-centers": [{"code": code, "name": f"Center {code}"} for code in ("K", "L", "E")]}
    own = System("own", {**DOCUMENTS, **listed}, facts=OWN.provided | {Fact.COST_CENTER})
    members = {ACCOUNT: model().members[ACCOUNT]}
    crosswalk = (*SHARED, row("E", "C9", valid_to=date(2025, 12, 31)))
    world = model(own, crosswalk=crosswalk, members=members)
    found = using(world, own, do=lambda engine: engine.known((CENTER,), Context.within(30)))
    assert found.members[CENTER].keys() == {"L"}


def test_no_answer_shows_what_stands_for_several_members() -> None:
    got = answer(
        (*SHARED, *TOGETHER), "available", by=(CENTER, PROJECT, ACCOUNT), policy=WhatIf(grni_in_ledger=True)
    )
    shown = {member for name in ("cost_center", "project", "account") for member in got.rows[name]}
    assert not any(is_stand_in(member) for member in shown)
    assert shown & CENTERS.keys() == {"C1", "C2"}
    assert UNMAPPED in shown
