"""Order lines with a schedule: each phase is in its own period, the oldest is relieved first."""

from resolvers.plan.question import Span
from resolvers.semantics.dimensions import Dimension
from tests.semantics.conftest import Figures

FIRST = Span(first="2025-P01", last="2025-P12")
SECOND = Span(first="2026-P01", last="2026-P12")


def test_what_is_invoiced_eats_the_oldest_phase(figures: Figures) -> None:
    """Three phases of 100, 150 billed: 50 of the second and the third stay open.

    purchase-orders
    number  match_basis  amount  date
    PO1     AMOUNT       300     2025-11-10

    order-schedules
    number  period    amount
    PO1     2025-P11  100
    PO1     2025-P12  100
    PO1     2026-P01  100

    invoices
    number  po   amount  date
    I1      PO1  150     2025-12-01
    """
    assert figures("commitment", by=Dimension.PERIOD) == {"2025-P12": "50.00", "2026-P01": "100.00"}


def test_a_year_sees_its_own_phases_whenever_the_order_was_placed(figures: Figures) -> None:
    """
    purchase-orders
    number  match_basis  amount  date
    PO1     AMOUNT       300     2025-11-10

    order-schedules
    number  period    amount
    PO1     2025-P12  100
    PO1     2026-P01  100
    PO1     2026-P02  100

    invoices
    number  po   amount  date
    I1      PO1  150     2025-12-01
    """
    assert figures("commitment", span=FIRST) == {}
    assert figures("commitment", span=SECOND) == {"C1": "150.00"}


def test_invoiced_then_received_then_open(figures: Figures) -> None:
    """Six at 100 in three phases of 200: 1 billed, 3 received, so 2 owed; 3 open.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     6         100    true

    order-schedules
    number  period    amount
    PO1     2026-P01  200
    PO1     2026-P02  200
    PO1     2026-P03  200

    receipts
    po   quantity
    PO1  3

    invoices
    number  po   quantity  price
    I1      PO1  1         100
    """
    assert figures("commitment", "received_not_invoiced", by=Dimension.PERIOD) == {
        "2026-P01": ("0.00", "100.00"),
        "2026-P02": ("100.00", "100.00"),
        "2026-P03": ("200.00", "0.00"),
    }


def test_what_was_cancelled_is_missing_at_the_end(figures: Figures) -> None:
    """Three phases of 100, 150 cancelled: the first and half of the second stay.

    purchase-orders
    number  match_basis  amount  cancelled_quantity
    PO1     AMOUNT       300     150

    order-schedules
    number  period    amount
    PO1     2026-P01  100
    PO1     2026-P02  100
    PO1     2026-P03  100
    """
    assert figures("commitment", by=Dimension.PERIOD) == {"2026-P01": "100.00", "2026-P02": "50.00"}


def test_what_goes_beyond_the_schedule_is_in_its_last_phase(figures: Figures) -> None:
    """Ordered 250, scheduled 200.

    purchase-orders
    number  match_basis  amount
    PO1     AMOUNT       250

    order-schedules
    number  period    amount
    PO1     2026-P01  100
    PO1     2026-P02  100
    """
    assert figures("commitment", by=Dimension.PERIOD) == {"2026-P01": "100.00", "2026-P02": "150.00"}


def test_phases_times_distributions_add_up_to_the_cent(figures: Figures) -> None:
    """100 in three thirds over two phases of 50: six pieces of 16.66 and four cents, to the first ones.

    purchase-orders
    number  dist  cost_center  percent  match_basis  amount
    PO1     1     C1           1        AMOUNT       100
    PO1     2     C2           1        AMOUNT       100
    PO1     3     C3           1        AMOUNT       100

    order-schedules
    number  period    amount
    PO1     2026-P01  50
    PO1     2026-P02  50
    """
    assert figures("commitment", by=Dimension.PERIOD) == {"2026-P01": "50.00", "2026-P02": "50.00"}
    assert figures("commitment") == {"C1": "33.34", "C2": "33.34", "UNMAPPED": "33.32"}


def test_a_schedule_speaks_of_net_amounts(figures: Figures) -> None:
    """Ten per cent of tax on 200 in two phases.

    purchase-orders
    number  match_basis  amount  tax_rate
    PO1     AMOUNT       200     0.1

    order-schedules
    number  period    amount
    PO1     2026-P01  100
    PO1     2026-P02  100
    """
    assert figures("commitment", by=Dimension.PERIOD) == {"2026-P01": "110.00", "2026-P02": "110.00"}
