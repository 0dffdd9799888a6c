"""The oracle itself against cases worked out by hand: distributions and phases."""

from fractions import Fraction

from tests.laws.by_hand import cells


def test_a_named_distribution_is_relieved_itself() -> None:
    """600 and 400. The invoice of 100 names neither: 60 and 40; that of 300 names the second: 540 and 60 are
    open, and the 300 wait there.

    purchase-orders
    number  dist  percent  cost_center  match_basis  amount
    PO1     1     60       C1           AMOUNT       1000
    PO1     2     40       C2           AMOUNT       1000

    invoices
    number  po   po_dist  amount
    I1      PO1  -        100
    I2      PO1  2        300
    """
    assert cells(test_a_named_distribution_is_relieved_itself, ["cost_center"]) == {
        "C1": {"commitment": 540, "invoiced_not_posted": 60},
        "C2": {"commitment": 60, "invoiced_not_posted": 340},
    }


def test_a_distribution_does_not_eat_anothers_share() -> None:
    """Q = 5 and 5, R = 4 and 4, keyed on the second 7: open 1 and 0, received 4 and 0, 2 too many.

    purchase-orders
    number  dist  percent  cost_center  quantity  price  receipt_required
    PO1     1     50       C1           10        100    true
    PO1     2     50       C2           10        100    true

    receipts
    po   quantity
    PO1  8

    journal-lines
    number  cost_center  amount  ref_po  ref_po_line  ref_dist  ref_quantity
    J1      C2           700     PO1     1            2         7
    """
    assert cells(test_a_distribution_does_not_eat_anothers_share, ["cost_center"]) == {
        "C1": {"commitment": 100, "received_not_invoiced": 400},
        "C2": {"over_invoiced": 200, "actual": 700},
    }


def test_a_distribution_that_the_line_does_not_have_is_none() -> None:
    """Distribution 7 is nobody's: 100 are shared, 50 and 50.

    purchase-orders
    number  dist  percent  cost_center  match_basis  amount
    PO1     1     50       C1           AMOUNT       1000
    PO1     2     50       C2           AMOUNT       1000

    invoices
    number  po   po_dist  amount
    I1      PO1  7        100
    """
    assert cells(test_a_distribution_that_the_line_does_not_have_is_none, ["cost_center"]) == {
        "C1": {"commitment": 450, "invoiced_not_posted": 50},
        "C2": {"commitment": 450, "invoiced_not_posted": 50},
    }


def test_thirds_of_a_hundred() -> None:
    """33.333… each; the cent left over goes to the lowest number, which is not the first row.

    purchase-orders
    number  dist  percent  cost_center  match_basis  amount
    PO1     10    1        C1           AMOUNT       100
    PO1     2     1        C2           AMOUNT       100
    PO1     3     1        C3           AMOUNT       100
    """
    assert cells(test_thirds_of_a_hundred, ["cost_center"]) == {
        "C1": {"commitment": Fraction("33.33")},
        "C2": {"commitment": Fraction("33.34")},
        "C3": {"commitment": Fraction("33.33")},
    }


def test_the_oldest_phase_is_eaten_first() -> None:
    """Three phases of 100. Invoiced 120: the first and 20 of the second. Received 200: 80 of the second.
    Open: the third. The invoice waits in the order's own period.

    purchase-orders
    number  match_basis  amount  receipt_required
    PO1     AMOUNT       300     true

    order-schedules
    number  period    amount
    PO1     2026-P12  100
    PO1     2026-P11  100
    PO1     2027-P01  100

    receipts
    po   amount
    PO1  200

    invoices
    number  po   amount
    I1      PO1  120
    """
    assert cells(test_the_oldest_phase_is_eaten_first, ["period"]) == {
        "2026-P01": {"invoiced_not_posted": 120},
        "2026-P12": {"received_not_invoiced": 80},
        "2027-P01": {"commitment": 100},
    }


def test_a_schedule_of_quantities() -> None:
    """4 units in November, 6 in December, at 100. 3 invoiced, 1 cancelled from the end: 1 and 5 are open.

    purchase-orders
    number  quantity  cancelled_quantity  price
    PO1     10        1                   100

    order-schedules
    number  period    amount
    PO1     2026-P11  400
    PO1     2026-P12  600

    invoices
    number  po   quantity  price
    I1      PO1  3         100
    """
    assert cells(test_a_schedule_of_quantities, ["period"]) == {
        "2026-P01": {"invoiced_not_posted": 300},
        "2026-P11": {"commitment": 100},
        "2026-P12": {"commitment": 500},
    }


def test_what_exceeds_the_schedule_is_of_its_last_phase() -> None:
    """100 + 100 are planned of 250.

    purchase-orders
    number  match_basis  amount
    PO1     AMOUNT       250

    order-schedules
    number  period    amount
    PO1     2026-P11  100
    PO1     2026-P12  100
    """
    assert cells(test_what_exceeds_the_schedule_is_of_its_last_phase, ["period"]) == {
        "2026-P11": {"commitment": 100},
        "2026-P12": {"commitment": 150},
    }


def test_phases_and_distributions_are_rounded_together() -> None:
    """0.10 over two phases of 0.05 and thirds: 0.01666… six times. Rounded down 0.06; the four cents left
    over go to both phases of the first two distributions.

    purchase-orders
    number  dist  percent  cost_center  match_basis  amount
    PO1     1     1        C1           AMOUNT       0.10
    PO1     2     1        C2           AMOUNT       0.10
    PO1     3     1        C3           AMOUNT       0.10

    order-schedules
    number  period    amount
    PO1     2026-P11  0.05
    PO1     2026-P12  0.05
    """
    found = cells(test_phases_and_distributions_are_rounded_together, ["cost_center", "period"])
    assert {key: figures["commitment"] for key, figures in found.items()} == {
        "C1|2026-P11": Fraction("0.02"),
        "C1|2026-P12": Fraction("0.02"),
        "C2|2026-P11": Fraction("0.02"),
        "C2|2026-P12": Fraction("0.02"),
        "C3|2026-P11": Fraction("0.01"),
        "C3|2026-P12": Fraction("0.01"),
    }


def test_an_accrual_eats_the_oldest_phase() -> None:
    """150 of 200 open are accrued: 100 of November, 50 of December.

    purchase-orders
    number  match_basis  amount
    PO1     AMOUNT       200

    order-schedules
    number  period    amount
    PO1     2026-P11  100
    PO1     2026-P12  100

    journal-lines
    number  amount  origin   ref_po  ref_po_line
    J1      150     ACCRUAL  PO1     1
    """
    assert cells(test_an_accrual_eats_the_oldest_phase, ["period"]) == {
        "2026-P01": {"actual": 150},
        "2026-P11": {"received_in_actual": 100},
        "2026-P12": {"received_in_actual": 50, "commitment": 50},
    }


def test_what_is_too_much_lies_in_the_orders_own_period() -> None:
    """I − Q = 30, in January; nothing is open in any phase.

    purchase-orders
    number  match_basis  amount
    PO1     AMOUNT       200

    order-schedules
    number  period    amount
    PO1     2026-P11  100
    PO1     2026-P12  100

    invoices
    number  po   amount
    I1      PO1  230
    """
    assert cells(test_what_is_too_much_lies_in_the_orders_own_period, ["period"]) == {
        "2026-P01": {"invoiced_not_posted": 230, "over_invoiced": 30}
    }


def test_each_distribution_has_its_share_of_each_phase() -> None:
    """Phases of 100, half of each for each distribution. The first has 70 billed: its November and 20 of its
    December.

    purchase-orders
    number  dist  percent  cost_center  match_basis  amount
    PO1     1     50       C1           AMOUNT       200
    PO1     2     50       C2           AMOUNT       200

    order-schedules
    number  period    amount
    PO1     2026-P11  100
    PO1     2026-P12  100

    invoices
    number  po   po_dist  amount
    I1      PO1  1        70
    """
    case = test_each_distribution_has_its_share_of_each_phase
    assert cells(case, ["cost_center", "period"]) == {
        "C1|2026-P01": {"invoiced_not_posted": 70},
        "C1|2026-P12": {"commitment": 30},
        "C2|2026-P11": {"commitment": 50},
        "C2|2026-P12": {"commitment": 50},
    }
