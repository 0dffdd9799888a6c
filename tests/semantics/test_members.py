"""Members: codes to members and back, and the trees they stand in."""

from typing import Final

from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.dimensions import UNASSIGNED, UNMAPPED, CrosswalkRow, Dimension, Member
from resolvers.semantics.tree import descendants
from tests.world import System, model

ACCOUNT: Final = Dimension.ACCOUNT
ROWS: Final = (
    CrosswalkRow("erp", ACCOUNT, "0000610000", "6100"),
    CrosswalkRow("erp", ACCOUNT, "0000610001", "6100"),
    CrosswalkRow("erp", ACCOUNT, "6200", "1500"),
    CrosswalkRow("other", ACCOUNT, "X", "6100"),
)
ERP: Final = Crosswalk(model(System("erp", {}, {"ONE": "1000"}), crosswalk=ROWS), "erp")


def test_codes_become_members() -> None:
    """Mapped ones are mapped; a listed member is itself; anything else is in nobody's books."""
    codes = ("0000610000", "0000610001", "6100", "6200", "4000", "9999", "X")
    members = [ERP.member(ACCOUNT, code) for code in codes]
    assert members == ["6100", "6100", "6100", "1500", "4000", UNMAPPED, UNMAPPED]


def test_no_value_is_not_an_unknown_one() -> None:
    assert ERP.member(ACCOUNT, None) == UNASSIGNED
    assert ERP.member(ACCOUNT, "") == UNASSIGNED


def test_in_an_open_dimension_every_code_is_a_member() -> None:
    assert ERP.member(Dimension.SUPPLIER, "whoever") == "whoever"


def test_companies_have_the_codes_their_source_was_given() -> None:
    assert ERP.member(Dimension.LEGAL_ENTITY, "1000") == "ONE"
    assert "1000" in (ERP.codes(Dimension.LEGAL_ENTITY, ["ONE"]) or ())


def test_a_filter_goes_out_in_all_codes_of_its_members() -> None:
    """Its own code too, unless that means another member."""
    assert ERP.codes(ACCOUNT, ["6100"]) == ("0000610000", "0000610001", "6100")
    assert ERP.codes(ACCOUNT, ["6200"]) == ()
    assert ERP.codes(ACCOUNT, ["1500", "4000"]) == ("1500", "4000", "6200")


def test_what_has_no_code_cannot_go_out() -> None:
    assert ERP.codes(ACCOUNT, ["6100", UNMAPPED]) is None
    assert ERP.codes(ACCOUNT, [UNASSIGNED]) is None


def test_only_codes_that_are_not_their_own_members_change() -> None:
    codes = ["0000610000", None, "9999", "6100", UNMAPPED]
    assert ERP.changed(ACCOUNT, codes) == {
        "0000610000": "6100",
        None: UNASSIGNED,
        "9999": UNMAPPED,
        UNMAPPED: UNMAPPED,
    }
    assert ERP.changed(Dimension.SUPPLIER, ["whoever", None]) == {None: UNASSIGNED}
    assert ERP.changed(Dimension.LEGAL_ENTITY, ["1000", "ONE"]) == {"1000": "ONE", "ONE": UNMAPPED}


TREE: Final = {
    id_: Member(id_, id_, parent=parent)
    for id_, parent in (("ALL", None), ("A", "ALL"), ("B", "ALL"), ("A1", "A"), ("A2", "A"), ("A1x", "A1"))
}


def test_descendants_are_the_nodes_and_all_below() -> None:
    assert descendants(TREE, ["A"]) == {"A", "A1", "A2", "A1x"}
    assert descendants(TREE, ["A1", "B"]) == {"A1", "A1x", "B"}
    assert descendants(TREE, []) == frozenset()


def test_a_tree_that_bites_its_tail_ends() -> None:
    loop = {"A": Member("A", "A", parent="B"), "B": Member("B", "B", parent="A")}
    assert descendants(loop, ["A"]) == {"A", "B"}
