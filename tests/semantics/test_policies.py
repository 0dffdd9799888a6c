"""Policies: an entity's own, and what a question assumes instead."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from resolvers.plan.errors import QuestionError
from resolvers.plan.question import Question, WhatIf
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.entities import CommitmentDate, Policy, ReliefRate, Tax
from resolvers.semantics.model import Rate, SpotRate
from tests.semantics.conftest import Figures
from tests.world import System, ask, documents, entity, model, table

STAGES: Final = ("pre_commitment", "commitment", "invoiced_not_posted")


@pytest.mark.parametrize(
    ("tax", "found"),
    [
        (Tax.NON_RECOVERABLE, ("110.00", "880.00", "225.00")),
        (Tax.GROSS, ("120.00", "960.00", "240.00")),
        (Tax.NET, ("100.00", "800.00", "200.00")),
    ],
)
def test_tax(figures: Figures, tax: Tax, found: tuple[str, ...]) -> None:
    """A tenth of the price cannot be reclaimed, another tenth can; on the invoice 25 and 15.

    requisitions
    number  quantity  price  tax_rate  recoverable_tax_rate
    R1      1         100    0.1       0.1

    purchase-orders
    number  quantity  price  tax_rate  recoverable_tax_rate
    PO1     10        100    0.1       0.1

    invoices
    number  po   quantity  price  tax  recoverable_tax
    I1      PO1  2         100    25   15
    """
    assert figures(*STAGES, policy=WhatIf(tax=tax)) == {"C1": found}


@pytest.mark.parametrize(
    ("by", "found"),
    [
        (CommitmentDate.BUDGET_DATE, {"2026-P01": "500.00"}),
        (CommitmentDate.ORDER_DATE, {"2025-P12": "200.00", "2026-P01": "300.00"}),
        (CommitmentDate.NEED_BY, {"2026-P01": "200.00", "2026-P04": "300.00"}),
    ],
)
def test_the_date_of_a_commitment(figures: Figures, by: CommitmentDate, found: dict[str, str]) -> None:
    """Without the date the policy goes by, an order stays at its budget date.

    purchase-orders
    number  quantity  price  date        ordered_on  need_by
    PO1     2         100    2026-01-15  2025-12-20  -
    PO2     3         100    2026-01-20  -           2026-04-02
    """
    assert figures("commitment", by=Dimension.PERIOD, policy=WhatIf(commitment_date=by)) == found


EURO: Final[Mapping[str, Any]] = {
    "rates": (Rate("EUR", "USD", 2026, Decimal("1.2")),),
    "spot_rates": (
        SpotRate("EUR", "USD", date(2026, 1, 31), Decimal("1.3")),
        SpotRate("EUR", "USD", date(2026, 5, 31), Decimal("1.5")),
        SpotRate("EUR", "USD", date(2026, 7, 31), Decimal(9)),
    ),
}


@pytest.mark.parametrize(
    ("rate", "commitment"),
    [(ReliefRate.PO, "880.00"), (ReliefRate.BUDGET, "960.00"), (ReliefRate.CURRENT, "1200.00")],
)
def test_the_rate_of_a_commitment(figures: Figures, rate: ReliefRate, commitment: str) -> None:
    """8 of 10 × 100 euros are open, ordered at 1.1; the budget says 1.2, the latest rate is 1.5.

    purchase-orders
    number  quantity  price  currency  rate
    PO1     10        100    EUR       1.1

    invoices
    number  po   quantity  price
    I1      PO1  2         100
    """
    found = figures("commitment", "invoiced_not_posted", world=EURO, policy=WhatIf(relief_rate=rate))
    assert found == {"C1": (commitment, "220.00")}


def test_without_the_rate_it_is_unknown_never_one(figures: Figures) -> None:
    """
    purchase-orders
    number  quantity  price  currency  rate
    PO1     10        100    EUR       1.1
    """
    assert figures("commitment", policy=WhatIf(relief_rate=ReliefRate.CURRENT)) == {"C1": None}


def test_what_commitments_would_differ_by(figures: Figures) -> None:
    """1,000 euros at 1.1 are 1,100; at the latest rate of 1.5 they would be 400 more. Dollars stay.

    purchase-orders
    number  quantity  price  currency  rate
    PO1     10        100    EUR       1.1
    PO2     1         100    -         -
    """
    assert figures("commitment", "commitment_revaluation", world=EURO) == {"C1": ("1200.00", "400.00")}
    earlier = figures("commitment_revaluation", world=EURO, as_of=date(2026, 2, 1))
    assert earlier == {"C1": "200.00"}


ORDERS: Final = """
    purchase-orders
    number  quantity  price
    PO1     10        100
    PO2     1         {price}
"""


def owned(owner: str | None) -> dict[str, Any]:
    """Two systems hold PO1; each has another PO2 or PO3 of its own."""
    suite = System("suite", documents(ORDERS.format(price=70)))
    erp = System("erp", documents(ORDERS.format(price=50).replace("100", "90").replace("PO2", "PO3")))
    world = model(
        suite,
        erp,
        legal_entities={"ONE": entity(policy=Policy(commitment_owner=owner))},
    )
    question = Question(frozenset({"commitment"}), (Dimension.COST_CENTER,))
    return table(ask(world, suite, erp, question=question).rows, "commitment")


def test_an_order_that_two_systems_hold_counts_once() -> None:
    """1,000 in one, 900 in the other; 70 and 50 are each one's own."""
    assert owned("suite") == {"C1": "1120.00"}
    assert owned("erp") == {"C1": "1020.00"}


def test_without_an_owner_the_first_source_is_the_source() -> None:
    assert owned(None) == {"C1": "1070.00"}


def test_an_owner_holds_orders() -> None:
    own = System("own", documents(ORDERS.format(price=1)))
    question = Question(frozenset({"commitment"}), policy=WhatIf(commitment_owner="nobody"))
    with pytest.raises(QuestionError, match=r"policy.commitmentOwner: 'nobody' .*accepted: own"):
        ask(model(own), own, question=question)


def test_the_question_overrides_what_it_names_and_nothing_else() -> None:
    own = Policy(grni_in_ledger=True, tax=Tax.NET)
    assert WhatIf(grni_in_ledger=False).applied(own) == Policy(grni_in_ledger=False, tax=Tax.NET)
    assert WhatIf().applied(own) == own
