"""The oracle's documents: who belongs to whom, and what each line amounts to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from tests.laws.oracle_agreements import Found, blankets, scheduled
from tests.laws.oracle_company import BUDGETED, Company, Row
from tests.laws.oracle_left import left
from tests.laws.oracle_matching import Key, Matching
from tests.laws.oracle_money import ZERO, number, times
from tests.laws.oracle_orders import NOT_YET, Orders
from tests.laws.oracle_pieces import distribution, spread
from tests.laws.oracle_vouchers import is_posted
from tests.laws.oracle_waiting import waiting
from tests.laws.oracle_worth import Worth, taken

REQUESTED = {"APPROVED": "pre_commitment", "PENDING": "pending_pre_commitment"}
NOT_ORDERED = {*NOT_YET, "CANCELLED"}


def by_line(rows: Sequence[Row], document: str, line: str = "line") -> dict[Key, list[Row]]:
    """Distributions, in their order, of each line (legal entity, document, line)."""
    lines: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        lines[row["legal_entity"], row.get(document) or "", row.get(line) or ""].append(row)
    return {key: sorted(found, key=distribution) for key, found in lines.items()}


class Documents:
    """The documents of some legal entities of a company."""

    def __init__(self, books: Mapping[str, Sequence[Row]], company: Company) -> None:
        self._books, self._company = books, company
        self._worth = Worth(company)
        self._requisitions = by_line(books["requisitions"], "number")
        self._orders = by_line([company.committed(row) for row in books["purchase-orders"]], "number")
        self._invoices = by_line(books["invoices"], "id")
        self.matching = Matching(books["vouchers"], self._orders, self._invoices, self._worth)
        self.relief = Orders(
            self._orders,
            by_line(books["receipts"], "po", "po_line"),
            by_line(books["order-schedules"], "number"),
            by_line([rows[0] for rows in self._invoices.values()], "po", "po_line"),
            self._accruals(),
            self.matching,
            self._worth,
        )

    def _accruals(self) -> dict[Key, Fraction]:
        """What was accrued by hand, net, on each order line."""
        found: dict[Key, Fraction] = defaultdict(Fraction)
        for row in self._books["vouchers"]:
            budgeted = self._company.kind(row) in {*BUDGETED, None}
            if row.get("origin") == "ACCRUAL" and is_posted(row) and budgeted:
                line = row["legal_entity"], row.get("ref_po") or "", row.get("ref_po_line") or ""
                found[line] += number(row["amount"])
        return found

    def chain(self, as_of: date | None) -> Iterator[Found]:
        """Every measure of every line between budget and ledger: its name, the line, and its pieces."""
        yield from self._requested()
        for key in self._orders:
            if self.relief.counts(key):
                for measure, pieces in left(self.relief, key, self._company.currencies[key[0]]).items():
                    yield measure, ("order", *key), pieces
        for key, pieces in waiting(self.relief, self._invoices, self._company.currencies):
            yield "invoiced_not_posted", key, pieces
        yield from blankets(self._books["blankets"], self._orders, self._worth)
        yield from scheduled(self._books, self._company, self._worth, as_of)

    def _requested(self) -> Iterator[Found]:
        """Requisition lines, approved or not yet, with what no order has taken."""
        gone: dict[Key, Fraction] = defaultdict(Fraction)
        for (entity, _, _), (row, *_) in self._orders.items():
            if row.get("req") and not {row["status"], row.get("line_status")} & NOT_ORDERED:
                gone[entity, row["req"], row["req_line"]] += taken(row)
        for key, rows in self._requisitions.items():
            if rows[0]["status"] in REQUESTED:
                rest = max(ZERO, number(rows[0]["quantity"]) - gone[key])
                value = times(rest, self._worth.unit(rows[0]))
                yield REQUESTED[rows[0]["status"]], key, spread(value, rows, self._company.currencies[key[0]])
