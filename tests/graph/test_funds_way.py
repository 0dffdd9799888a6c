"""`fundsCheck` where a budget is exceeded: the documents that stand in the way."""

from tests.graph.funds import check, line


def test_what_stands_in_the_way_is_read_when_asked_and_only_where_a_budget_is_exceeded():
    way = "verdict inTheWay { stage number amount source }"
    checked = check([line("31"), line("1", "C2", "6200")], select=f"nodes {{ {way} }}")
    over, fitting = checked.check["nodes"]
    assert [tuple(each.values()) for each in over["inTheWay"]] == [
        ("LEDGER", "J1", "30.00", "own"),
        ("ORDER", "PO1", "20.00", "own"),
        ("REQUISITION", "R1", "20.00", "own"),
    ]
    assert (fitting["verdict"], fitting["inTheWay"]) == ("FITS", [])
    assert len(checked.asked) == 3
    assert len(check([line("1")], select=f"nodes {{ {way} }}").asked) == 2
    both = check([line("31"), line("301", "C2", "6200")], select=f"nodes {{ {way} }}")
    assert [[each["number"] for each in node["inTheWay"]] for node in both.check["nodes"]] == [
        ["J1", "PO1", "R1"],
        ["J2"],
    ]
    assert len(both.asked) == 3


def test_the_five_biggest_with_the_lines_of_a_document_together():
    rows = "\n".join(f"J{n} {line_} {n}" for n in range(1, 8) for line_ in (1, 2))
    books = f"budget-entries\namount\n1\n\njournal-lines\nnumber line amount\nJ9 1 -1\n{rows}\n\n"
    checked = check([line("1")], books, select="nodes { inTheWay { number amount } }")
    assert [(each["number"], each["amount"]) for each in checked.node["inTheWay"]] == [
        (f"J{n}", f"{2 * n}.00") for n in (7, 6, 5, 4, 3)
    ]


def test_a_document_that_gives_back_stands_in_nobodys_way():
    books = "budget-entries\namount\n1\n\njournal-lines\nnumber amount\nJ1 5\nJ2 -2\n\n"
    checked = check([line("1")], books, select="nodes { inTheWay { number } }")
    assert checked.node["inTheWay"] == [{"number": "J1"}]
