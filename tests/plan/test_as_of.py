"""As of a day: what is dated later is not there yet, what has no date is; who cannot tell says so."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from resolvers.plan.answer import Answer
from resolvers.plan.missing import Lost
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.measures import Stage
from sources.spi.errors import AsOfUnsupported
from sources.spi.facts import Fact
from sources.spi.scan import Accepted, Scan
from tests.plan.doubles import Around
from tests.plan.scenes import question
from tests.world import System, ask, documents, model, table

CENTER: Final = Dimension.COST_CENTER
DOCUMENTS: Final = documents(
    """
    budget-entries
    date        amount
    2026-01-01  1000
    2026-05-01  500

    purchase-orders
    number  ordered_on  date        quantity  price  receipt_required
    PO1     2026-01-10  2026-01-10  10        10     true
    PO2     2026-04-10  2026-01-10  10        10     true

    receipts
    number  po   date        quantity
    GR1     PO1  2026-02-10  2
    GR2     PO1  -           1
    GR3     PO1  2026-04-01  4

    invoices
    number  po   approved_on  quantity  price
    I1      PO1  2026-03-01   1         10
    I2      PO1  2026-04-01   1         10
    I3      PO1  -            1         10

    journal-lines
    number  period    date        amount  ref_invoice
    J1      2026-P03  2026-03-15  70      -
    J2      2026-P03  2026-04-02  30      -
    J3      2026-P03  -           5       -
    V1      2026-P03  2026-04-03  10      I1
    """
)
OWN: Final = System("own", DOCUMENTS)


def answer(as_of: date | None, *systems: System) -> Answer:
    asked = question("available", by=(CENTER,), as_of=as_of, currency="USD")
    used = systems or (OWN,)
    return ask(model(*used), *used, question=asked)


COLUMNS: Final = ("budget", "commitment", "received_not_invoiced", "invoiced_not_posted", "actual")


def test_today() -> None:
    assert table(answer(None).rows, *COLUMNS) == {"C1": ("1500.00", "130.00", "40.00", "20.00", "115.00")}


def test_at_the_end_of_march() -> None:
    """Three received, two invoiced and neither posted yet; the budget is the one that is approved now."""
    got = answer(date(2026, 3, 31))
    assert table(got.rows, *COLUMNS) == {"C1": ("1500.00", "70.00", "10.00", "20.00", "75.00")}


class Present(Around):
    """Knows only the present of some facts."""

    def __init__(self, inner: Any, *facts: Fact) -> None:
        super().__init__(inner)
        self._present = facts

    def accept(self, scan: Scan) -> Accepted:
        if scan.as_of is not None and scan.fact in self._present:
            raise AsOfUnsupported(self.name, scan.fact, scan.as_of)
        return super().accept(scan)


def present(system: System, *facts: Fact) -> System:
    return replace(system, around=lambda source: Present(source, *facts))


def test_who_cannot_tell_the_past_is_unknown_and_nobody_else() -> None:
    """Never answered with today's figures."""
    ledger, rest = frozenset({Fact.LEDGER}), OWN.provided - {Fact.LEDGER}
    books = present(System("books", DOCUMENTS, facts=ledger), Fact.LEDGER)
    other = System("other", DOCUMENTS, facts=rest)
    got = answer(date(2026, 3, 31), books, other)
    assert table(got.rows, *COLUMNS) == {"C1": ("1500.00", "70.00", "10.00", "20.00", None)}
    assert got.missing == (Lost(Stage.LEDGER, "books"),)
    (report,) = (source for source in got.sources if source.error is not None)
    assert (report.name, report.error and report.error.code) == ("books", "AS_OF_UNSUPPORTED")
    assert "LEDGER as of 2026-03-31" in str(report.error)


@pytest.mark.parametrize("as_of", [None, date(2026, 6, 30)])
def test_the_present_can_be_asked_of_anyone(as_of: date | None) -> None:
    got = answer(as_of, present(OWN, *Fact))
    assert got.missing == ()
