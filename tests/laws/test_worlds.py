"""The random worlds hold every situation that the oracle knows, so that no law passes for want of a case."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tests.laws import oracle
from tests.laws.oracle_documents import Documents
from tests.laws.oracle_matching import Matching
from tests.laws.oracle_orders import Orders
from tests.laws.oracle_waiting import held
from tests.laws.questions import company
from tests.laws.worlds import World, world

WORLDS: Final = 30
SITUATIONS: Final = (
    *(measure for measure in (*oracle.CHAIN, *oracle.MEMOS) if measure != "actual"),
    *("limit committed", "subscription committed", "unknown"),
    *("reversed", "posted again", "by order line", "keyed", "keyed on a distribution", "stranger"),
    *("booked twice", "in several vouchers"),
    *("accrued", "covered by the ledger", "by distribution", "phased", "phased by distribution"),
)


def test_every_situation_is_met_in_several_worlds() -> None:
    met = Counter(situation for seed in range(WORLDS) for situation in set(_met(world(seed, 3))))
    assert {situation: met[situation] for situation in SITUATIONS if met[situation] < 3} == {}


def _met(small: World) -> Iterator[str]:
    books = {name: small.books.get(name, []) for name in oracle.COLLECTIONS}
    documents = Documents(books, company(small.model))
    yield from _matched(documents.matching)
    yield from _relieved(documents.relief)
    for measure, key, pieces in documents.chain(None):
        amounts = {piece.amount for piece in pieces}
        if None in amounts:
            yield "unknown"
        if amounts - {None, 0}:
            yield measure
        if amounts - {None, 0} and measure == "commitment":
            yield {"blanket": "limit committed", "subscription": "subscription committed"}.get(key[0], "")


def _matched(found: Matching) -> Iterator[str]:
    yield from ("reversed" for _ in found.reversed)
    yield from ("posted again" for id_ in found.undone if id_ in found.posted)
    yield from ("stranger" for _ in found.strangers)
    yield from ("booked twice" for _ in found.duplicates)
    yield from ("in several vouchers" for those in found.carriers.values() if len(those) > 1)
    yield from ("by order line" for _ in found.posted - found.named)
    for keyed in (keyed for those in found.keyed.values() for keyed in those):
        yield "keyed" if keyed.dist is None else "keyed on a distribution"


def _relieved(orders: Orders) -> Iterator[str]:
    yield from ("covered by the ledger" for amount in held(orders).values() if amount)
    for key in filter(orders.counts, orders.lines):
        shares, phases = len(orders.amounts(key)), len(orders.phases(key))
        met = {
            "accrued": orders.accrued(key) > 0,
            "by distribution": shares > 1,
            "phased": phases > 1,
            "phased by distribution": shares > 1 and phases > 1,
        }
        yield from (situation for situation, there in met.items() if there)
