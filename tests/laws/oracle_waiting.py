"""The oracle's waiting invoices: approved, carried by no voucher, less what the ledger already holds."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from tests.laws.oracle_company import Row
from tests.laws.oracle_matching import Key, Lines
from tests.laws.oracle_money import ZERO, added, times
from tests.laws.oracle_orders import Orders, name
from tests.laws.oracle_pieces import Piece, spread
from tests.laws.oracle_worth import age, mirror, sign


def waiting(
    orders: Orders, invoices: Lines, currencies: Mapping[str, str]
) -> Iterator[tuple[Key, list[Piece]]]:
    """Each waiting invoice line where its order belongs (on the one distribution it names), or, without a
    known order, where it says itself."""
    already = held(orders)
    for key, rows in invoices.items():
        row = rows[0]
        if orders.matching.waits(row):
            order = orders.lines.get((key[0], row.get("po") or "", row.get("po_line") or ""), [])
            value = added([orders.worth.billed(row, order), times(Fraction(-1), already.get(key, ZERO))])
            named = [own for own in order if name(own) == row.get("po_dist")]
            yield key, spread(value, named or order or rows, currencies[key[0]])


def held(orders: Orders) -> dict[Key, Fraction | None]:
    """What the ledger holds of each waiting invoice line, signed like its value."""
    found: dict[Key, Fraction | None] = {}
    for key, rows in orders.billed.items():
        if orders.counts(key):
            those = sorted(filter(orders.matching.waits, rows), key=age)
            holds = _by_receipts if orders.books_receipts(key) else _by_accruals
            found |= holds(orders, key, those)
    return found


def _by_receipts(orders: Orders, key: Key, those: Sequence[Row]) -> dict[Key, Fraction | None]:
    """Where the ledger books receipts: the oldest first, as much as is received and not posted; of a credit,
    as much as is posted and not received."""
    posted = [row for row in orders.billed[key] if _is_posted(orders, row)]
    taken = added(list(orders.invoiced(key, posted).values())) or ZERO
    room = orders.received(key) - taken
    found: dict[Key, Fraction | None] = {}
    for row in those:
        covered = max(ZERO, min(_asked(orders, key, row), sign(row) * room))
        room -= sign(row) * covered
        found[_key(row)] = times(sign(row) * covered, orders.unit(key))
    return found


def _by_accruals(orders: Orders, key: Key, those: Sequence[Row]) -> dict[Key, Fraction | None]:
    """Where accruals are booked by hand: the oldest first, what of them covers nothing else. No credits."""
    unused, unit = orders.unused(key), orders.unit(key)
    found: dict[Key, Fraction | None] = {}
    for row in those:
        asked = max(ZERO, _asked(orders, key, row))
        if sign(row) < 0 or unused == 0 or asked == 0:
            continue
        if unused is None or unit is None:
            found[_key(row)] = None
        else:
            covered = min(asked * abs(unit), unused)
            unused -= covered
            found[_key(row)] = covered if unit > 0 else -covered
    return found


def _asked(orders: Orders, key: Key, row: Row) -> Fraction:
    """The line's quantity on the axis of its order, without the sign of a credit; nothing where unknown."""
    order = orders.lines[key][0]
    return mirror(order) * sign(row) * (orders.worth.counted(row, order) or ZERO)


def _is_posted(orders: Orders, row: Row) -> bool:
    return (row["legal_entity"], row["id"]) in orders.matching.posted


def _key(row: Row) -> Key:
    return row["legal_entity"], row["id"], row["line"]
