"""The oracle's agreements: blankets that orders draw on; what contracts and deferrals have yet to bring."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from tests.laws.oracle_company import Company, Row
from tests.laws.oracle_matching import Lines
from tests.laws.oracle_money import ZERO, added, number, times
from tests.laws.oracle_pieces import Piece, distribution, spread
from tests.laws.oracle_worth import Worth, kept, mirror

NO_RELEASE = {"DRAFT", "PENDING", "CANCELLED"}
Found = tuple[str, tuple[str, ...], list[Piece]]


def blankets(rows: Sequence[Row], orders: Lines, worth: Worth) -> Iterator[Found]:
    """What orders have not drawn of each open agreement: headroom, or committed as well."""
    agreements: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        agreements[row["legal_entity"], row["number"]].append(row)
    for (entity, number_), found in agreements.items():
        if found[0].get("status") in {None, "OPEN"}:
            limit = times(number(found[0]["amount"]), worth.rate(found[0]))
            drawn = _drawn(entity, number_, orders, worth)
            rest = None if limit is None or drawn is None else max(ZERO, limit - drawn)
            committed = worth.company.policy(found[0]).blanket == "LIMIT"
            measure = "commitment" if committed else "blanket_remaining"
            ordered = sorted(found, key=distribution)
            pieces = spread(rest, ordered, worth.company.currencies[entity])
            yield measure, ("blanket", entity, number_), pieces


def _drawn(entity: str, agreement: str, orders: Lines, worth: Worth) -> Fraction | None:
    """The value of all releases, closed or not."""
    values: list[Fraction | None] = []
    for key, (order, *_) in orders.items():
        mine = key[0] == entity and order.get("blanket") == agreement
        if mine and not {order["status"], order.get("line_status")} & NO_RELEASE:
            values.append(times(mirror(order) * kept(order), worth.unit(order)))
    return added(values)


def scheduled(
    books: Mapping[str, Sequence[Row]], company: Company, worth: Worth, as_of: date | None
) -> Iterator[Found]:
    """The periods ahead: of what is paid already, and of contracts until they can be ended."""
    for row in books["deferrals"]:
        if company.is_ahead(row, as_of):
            yield _period("prepaid_remaining", "deferral", row, worth)
    for row in books["subscriptions"]:
        last = row.get("committed_through")
        if company.is_ahead(row, as_of) and (not last or row["period"] <= last):
            yield _period("commitment", "subscription", row, worth)


def _period(measure: str, kind: str, row: Row, worth: Worth) -> Found:
    value = times(number(row["amount"]), worth.rate(row))
    key = (kind, row["legal_entity"], row["id"], row.get("line") or "", row["period"])
    return measure, key, spread(value, [row], worth.company.currencies[row["legal_entity"]])
