"""The oracle itself against cases worked out by hand: agreements, contracts, policies."""

from datetime import date
from fractions import Fraction

from tests.laws.by_hand import cells, total
from tests.laws.oracle_company import Policy


def test_a_blanket_and_its_releases() -> None:
    """1000 − (10 − 1) × 50 − 200, the closed release counted whole, the draft, the
    pending and the cancelled not: 350. The
    agreement that was closed has no rest; what is drawn beyond PO5's limit is not negative.

    blankets
    number  amount  status  cost_center
    BA1     1000    OPEN    C2
    BA2     1000    CLOSED  C2
    BA3     10      OPEN    C2

    purchase-orders
    number  status     blanket  quantity  cancelled_quantity  price
    PO1     OPEN       BA1      10        1                   50
    PO2     CLOSED     BA1      2         -                   100
    PO3     DRAFT      BA1      3         -                   100
    PO4     CANCELLED  BA1      4         -                   100
    PO5     OPEN       BA3      1         -                   40
    PO6     PENDING    BA1      5         -                   100
    """
    case = test_a_blanket_and_its_releases
    assert total(case) == {"commitment": 450 + 40, "blanket_remaining": 350}
    assert cells(case, ["cost_center"], Policy(blanket="LIMIT")) == {
        "C1": {"commitment": 450 + 40},
        "C2": {"commitment": 350},
    }


def test_a_blanket_over_distributions() -> None:
    """100 at 1.5, less 50: 100 over 3 and 1.

    blankets
    number  amount  currency  rate  dist  percent  cost_center
    BA1     100     EUR       1.5   1     3        C1
    BA1     100     EUR       1.5   2     1        C2

    purchase-orders
    number  blanket  quantity  price  cost_center
    PO1     BA1      1         50     C3
    """
    assert cells(test_a_blanket_over_distributions, ["cost_center"]) == {
        "C1": {"blanket_remaining": 75},
        "C2": {"blanket_remaining": 25},
        "C3": {"commitment": 50},
    }


def test_what_is_paid_already_and_what_contracts_bring() -> None:
    """As of the last of March: April and May of what was paid; of the contract April, when it can be ended.
    As of today, the last of June: nothing.

    deferrals
    number  line  period    amount
    D1      1     2026-P03  10
    D1      2     2026-P04  20
    D1      3     2026-P05  40

    subscriptions
    number  line  period    amount  committed_through
    S1      1     2026-P03  1       2026-P04
    S1      2     2026-P04  2       2026-P04
    S1      3     2026-P05  4       2026-P04
    """
    case = test_what_is_paid_already_and_what_contracts_bring
    assert total(case, as_of=date(2026, 3, 31)) == {"prepaid_remaining": 60, "commitment": 2}
    assert total(case) == {}


def test_a_contract_in_another_currency() -> None:
    """10 at 1.25; of the one without a rate nobody knows.

    subscriptions
    number  period    amount  currency  rate  cost_center
    S1      2026-P07  10      EUR       1.25  C1
    S2      2026-P07  10      EUR       -     C2
    """
    assert cells(test_a_contract_in_another_currency, ["cost_center"]) == {
        "C1": {"commitment": Fraction("12.5")},
        "C2": {"commitment": None},
    }


def test_taxes() -> None:
    """An order of 10 at 100, 10 % lost and 5 % given back, one of them billed with 11 and 6.

    purchase-orders
    number  quantity  price  tax_rate  recoverable_tax_rate
    PO1     10        100    0.10      0.05

    invoices
    number  po   quantity  price  tax  recoverable_tax
    I1      PO1  1         100    11   6
    """
    assert total(test_taxes) == {"commitment": 990, "invoiced_not_posted": 111}
    assert total(test_taxes, Policy(tax="GROSS")) == {"commitment": 1035, "invoiced_not_posted": 117}
    assert total(test_taxes, Policy(tax="NET")) == {"commitment": 900, "invoiced_not_posted": 100}


def test_the_date_a_commitment_is_budgeted_by() -> None:
    """PO1 has all three dates; PO2 has only its budget date.

    purchase-orders
    number  quantity  price  date        need_by     ordered_on
    PO1     1         10     2026-01-15  2026-05-10  2026-02-20
    PO2     1         7      2026-03-15  -           -

    invoices
    number  po   amount  quantity
    I1      PO1  4       0.5
    """
    case = test_the_date_a_commitment_is_budgeted_by
    assert cells(case, ["period"]) == {
        "2026-P01": {"commitment": 5, "invoiced_not_posted": 4},
        "2026-P03": {"commitment": 7},
    }
    assert cells(case, ["period"], Policy(commitment_date="NEED_BY")) == {
        "2026-P03": {"commitment": 7},
        "2026-P05": {"commitment": 5, "invoiced_not_posted": 4},
    }
    assert cells(case, ["period"], Policy(commitment_date="ORDER_DATE")) == {
        "2026-P02": {"commitment": 5, "invoiced_not_posted": 4},
        "2026-P03": {"commitment": 7},
    }


def test_days_outside_the_calendar() -> None:
    """Before its first period all of it is ahead, after its last nothing.

    deferrals
    number  period    amount
    D1      2025-P01  10
    """
    case = test_days_outside_the_calendar
    assert total(case, as_of=date(2024, 12, 31)) == {"prepaid_remaining": 10}
    assert total(case, as_of=date(2028, 1, 1)) == {}
