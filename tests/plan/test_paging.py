"""Pages of documents: in one order, each document on one page, whatever happens between two pages."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.plan.errors import QuestionError
from resolvers.plan.listing import Sort
from resolvers.plan.paging import DEFAULT, cursors, ordered, page
from sources.spi.facts import EXACT

IDENTITY: Final = ("source", "_doc")
SCHEMA: Final = {
    "source": pl.String(),
    "_doc": pl.String(),
    "number": pl.String(),
    "date": pl.Date(),
    "worth": EXACT,
}
days = st.none() | st.integers(0, 3).map(lambda n: date(2026, 1, 1) + timedelta(n))
amounts = st.none() | st.sampled_from(["-1.00", "0.00", "0.01", "12345678901234567890.12"]).map(Decimal)
rows = st.tuples(
    st.sampled_from("ab"), st.sampled_from("12") | st.none(), st.sampled_from("xyz"), days, amounts
)
documents = st.lists(rows, max_size=12).map(lambda found: pl.DataFrame(found, schema=SCHEMA, orient="row"))
orders = st.just(DEFAULT) | st.lists(
    st.tuples(st.sampled_from(Sort), st.booleans()), min_size=1, max_size=3, unique_by=lambda key: key[0]
).map(tuple)


@settings(deadline=None)
@given(documents, orders, st.integers(1, 4))
def test_pages_are_the_whole(found, by, first):
    whole = ordered(found, by, IDENTITY)
    after, read = None, []
    while True:
        part, more = page(whole, by, IDENTITY, first, after)
        read.append(part)
        if not more:
            break
        after = cursors(part, by, IDENTITY)[-1]
    assert pl.concat(read).equals(whole)


@settings(deadline=None)
@given(documents, orders, st.data())
def test_a_page_does_not_move_when_others_come_and_go(found, by, data):
    """Of what is left after the cursor, nothing is lost or shown twice, whatever went before it."""
    unique = found.unique([*IDENTITY], keep="first", maintain_order=True)
    whole = ordered(unique, by, IDENTITY)
    if not whole.height:
        return
    at = data.draw(st.integers(0, whole.height - 1))
    gone = data.draw(st.sets(st.integers(0, whole.height - 1)))
    after = cursors(whole.slice(at, 1), by, IDENTITY)[0]
    left = [index for index in range(whole.height) if index not in gone]
    changed = ordered(whole[left].drop("_again"), by, IDENTITY)
    part, more = page(changed, by, IDENTITY, 100, after)
    assert part.equals(whole[[index for index in left if index > at]])
    assert not more


@settings(deadline=None)
@given(documents, orders, st.randoms())
def test_the_order_of_what_is_found_does_not_matter(found, by, random):
    unique = found.unique([*IDENTITY], keep="first", maintain_order=True)
    shuffled = unique.sample(fraction=1, shuffle=True, seed=random.randint(0, 99))
    assert ordered(shuffled, by, IDENTITY).equals(ordered(unique, by, IDENTITY))


def test_unknown_values_come_last_either_way():
    found = pl.DataFrame(
        [("a", str(n), "x", None, amount) for n, amount in enumerate((None, Decimal(2), Decimal(1)))],
        schema=SCHEMA,
        orient="row",
    )
    for down, expected in ((False, [1, 2, None]), (True, [2, 1, None])):
        assert ordered(found, ((Sort.AMOUNT, down),), IDENTITY)["worth"].to_list() == expected


@pytest.mark.parametrize("after", ["", "x", "bm8=", "WzFd", "eyJhIjoxfQ==", "é"])
def test_what_is_no_cursor_is_refused(after):
    with pytest.raises(QuestionError, match="endCursor"):
        page(ordered(pl.DataFrame(schema=SCHEMA), DEFAULT, IDENTITY), DEFAULT, IDENTITY, 1, after)


def test_a_cursor_belongs_to_its_order():
    whole = ordered(
        pl.DataFrame([("a", "1", "x", None, None)], schema=SCHEMA, orient="row"), DEFAULT, IDENTITY
    )
    cursor = cursors(whole, DEFAULT, IDENTITY)[0]
    with pytest.raises(QuestionError, match="in this order"):
        page(whole, ((Sort.NUMBER, True),), IDENTITY, 1, cursor)
