"""Whose chain could not be read in full: from the look-ups of a walk that nobody answered back to the
documents it began at. Pure.

    I1 ──► order PO1? (failed)           I1 is lost
    I2 ──► order PO2 ──► its vouchers? (failed)    I2 is lost, by way of PO2
    I3 ──► its voucher J3                I3 is known
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from resolvers.plan.errors import QuestionError
from resolvers.plan.papers import Row
from resolvers.plan.spelling import compared
from resolvers.plan.walk import DOCUMENT, FACTS, MOST_DOCUMENTS, Ask, Place, Walk, asks
from sources.spi.errors import SourceError
from sources.spi.facts import Fact

Cause = SourceError | QuestionError | None
"""Why a look-up was not answered: its source failed, there was no room for what it found, or nobody is
configured to know."""
_NUMBERS: Final = ("supplier_invoice", "ref_supplier_invoice")


def unread(begun: Iterable[tuple[Ask, Place]], walk: Walk) -> Mapping[Place, Cause]:
    """The documents a walk began at that lead on to a look-up that was not answered, and why it was not: a
    failure before a bound, a bound before a source that is not configured."""
    causes = _causes(walk)
    if not causes:
        return {}
    chains = _Chains(begun, walk)
    lost: dict[Place, Cause] = {}
    for cause, unanswered in causes:
        for place in chains.through(unanswered):
            lost.setdefault(place, cause)
    return lost


def _causes(walk: Walk) -> list[tuple[Cause, set[Ask]]]:
    """The look-ups that were not answered, by why."""
    failed = {(fact, entity): error for fact, entity, error in walk.errors}
    found: dict[tuple[int, str], tuple[Cause, set[Ask]]] = {}
    for ask in walk.unanswered:
        place = (ask[0], ask[2])
        rank, cause = 0, failed.get(place)
        if cause is None:
            rank = 2 if place in walk.unprovided else 1
        told = cause or (_CUT if rank == 1 else None)
        found.setdefault((rank, str(told)), (told, set()))[1].add(ask)
    return [found[key] for key in sorted(found)]


_CUT: Final = QuestionError(
    "LIMIT_EXCEEDED", f"more than {MOST_DOCUMENTS} documents hang on a document whose matches were asked for"
)


class _Chains:
    """Which documents lead on to which look-ups, and which look-ups lead to them."""

    def __init__(self, begun: Iterable[tuple[Ask, Place]], walk: Walk) -> None:
        self._leading: dict[Ask, set[Place]] = defaultdict(set)
        self._finding: dict[Place, set[Ask]] = defaultdict(set)
        for ask, place in begun:
            self._leading[ask].add(place)
        columns = {(fact, column) for fact, column, *_ in walk.asked}
        for fact in FACTS:
            by = [column for of, column in columns if of is fact]
            for row in walk.rows(fact).iter_rows(named=True):
                self._row(fact, row, by, walk)

    def _row(self, fact: Fact, row: Row, by: list[str], walk: Walk) -> None:
        source, entity, doc = (row[column] for column in DOCUMENT)
        place = (fact, source, entity, doc)
        for ask in (walk.steps or asks)(fact, row):
            self._leading[ask].add(place)
        if fact is Fact.INVOICE:
            self._leading[Fact.VOUCHER, "supplier", entity, row["supplier"]].add(place)
        for column in by:
            ways = (row[column], compared(row[column])) if column in _NUMBERS else (row[column],)
            self._finding[place] |= {(fact, column, entity, way) for way in ways if way}

    def through(self, unanswered: set[Ask]) -> set[Place]:
        """The documents that lead to one of the look-ups, at once or by way of others."""
        reached: set[Place] = set()
        pending = list(unanswered)
        while pending:
            for place in self._leading[pending.pop()] - reached:
                reached.add(place)
                pending.extend(self._finding[place])
        return reached
