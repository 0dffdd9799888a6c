"""The oracle's order lines: all that was received, invoiced, keyed and accrued on each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.laws.oracle_company import Row
from tests.laws.oracle_matching import Key, Lines, Matching
from tests.laws.oracle_money import ZERO, added, number, times
from tests.laws.oracle_pieces import shares
from tests.laws.oracle_relief import Amounts, Phase, Rules, length, relieved
from tests.laws.oracle_worth import Worth, kept, mirror, price

NOT_YET = {"DRAFT", "PENDING"}
DEAD = {"CANCELLED", "CLOSED", "FINALLY_CLOSED"}
A_LITTLE = Fraction(1, 10**30)


@dataclass(frozen=True)
class Orders:
    """Order lines with all that refers to them. Quantities are on the axis of the line: absolute values, and
    money of the order where it is matched by amount."""

    lines: Lines
    receipts: Lines
    schedules: Lines
    billed: Lines
    accruals: Mapping[Key, Fraction]
    matching: Matching
    worth: Worth

    def counts(self, key: Key) -> bool:
        """Whether the line is known and was ever approved."""
        order = self.lines.get(key, [{"status": "DRAFT"}])[0]
        return not {order["status"], order.get("line_status")} & NOT_YET

    def unit(self, key: Key) -> Fraction | None:
        """What one unit of the axis is worth: negative for a discount."""
        order = self.lines[key][0]
        return times(Fraction(mirror(order)), self.worth.unit(order))

    def rules(self, key: Key) -> Rules:
        order = self.lines[key][0]
        final = any(row.get("final_match") for row in self._counted(key))
        dead = final or bool({order["status"], order.get("line_status")} & DEAD)
        return Rules(dead, bool(order.get("receipt_required")), self.books_receipts(key))

    def books_receipts(self, key: Key) -> bool:
        return self.worth.company.policies[key[0]].books_receipts

    def phases(self, key: Key) -> list[Phase]:
        """The periods of the line's schedule, the oldest first, with their parts of the axis."""
        each = price(self.lines[key][0])
        rows = sorted(self.schedules.get(key, []), key=lambda row: row.get("period") or "9999")
        return [(row.get("period"), abs(number(row["amount"]) / each) if each else ZERO) for row in rows]

    # What was received, invoiced and accrued.

    def received(self, key: Key) -> Fraction:
        """Net of returns, if the line requires receipts."""
        order = self.lines[key][0]
        name = "amount" if order.get("match_basis") == "AMOUNT" else "quantity"
        needed = self.receipts.get(key, []) if order.get("receipt_required") else []
        return mirror(order) * sum((number(row.get(name)) for row in needed), ZERO)

    def invoiced(self, key: Key, rows: Sequence[Row]) -> dict[str | None, Fraction | None]:
        """By these invoice lines and by what was keyed, under the distributions they name. One that the line
        does not have is none."""
        order, known = self.lines[key][0], {name(row) for row in self.lines[key]}
        taken = [(row.get("po_dist"), self.worth.counted(row, order)) for row in rows]
        for keyed in self.matching.keyed.get(key, []):
            units = None if order.get("match_basis") == "AMOUNT" else keyed.quantity
            taken.append((keyed.dist, self._units(keyed.amount, order) if units is None else units))
        found: dict[str | None, Fraction | None] = {None: ZERO}
        for dist, units in taken:
            under = dist if dist in known else None
            found[under] = added([found.get(under, ZERO), times(Fraction(mirror(order)), units)])
        return found

    def accrued(self, key: Key) -> Fraction:
        """By hand, as an absolute value; nothing in a ledger that books receipts itself."""
        each = mirror(self.lines[key][0]) * price(self.lines[key][0])
        net = self.accruals.get(key, ZERO) * (1 if each > 0 else -1 if each else 0)
        return ZERO if self.books_receipts(key) else max(ZERO, net)

    def unused(self, key: Key) -> Fraction | None:
        """What was accrued and covers neither receipts nor open orders, as an absolute value."""
        accrued, unit = self.accrued(key), self.unit(key)
        if not accrued:
            return ZERO
        if unit is None or not self.is_clear(key):
            return None
        held = [length(relieved(of, self.rules(key))["received_in_actual"]) for of in self.amounts(key)]
        return accrued - abs(unit) * sum(held, ZERO)

    # All of it together.

    def is_clear(self, key: Key) -> bool:
        """Whether what is invoiced is known."""
        return None not in self.invoiced(key, self._counted(key)).values()

    def amounts(self, key: Key) -> list[Amounts]:
        """Of the whole line, or of each distribution once anything that counts names one. Unknown invoices
        are left out."""
        counted = self.invoiced(key, self._counted(key))
        if counted.keys() == {None}:
            return [self._part(key, Fraction(1), counted[None] or ZERO)]
        rows = self.lines[key]
        return [
            self._part(key, share, share * (counted[None] or ZERO) + (counted.get(name(row)) or ZERO))
            for row, share in zip(rows, shares(rows), strict=True)
        ]

    def _part(self, key: Key, share: Fraction, invoiced: Fraction) -> Amounts:
        accrued = self._units(self.accrued(key), self.lines[key][0])
        whole = (kept(self.lines[key][0]), self.received(key))
        held = A_LITTLE if accrued is None else abs(accrued)
        return Amounts(whole[0] * share, whole[1] * share, invoiced, held * share)

    def _counted(self, key: Key) -> list[Row]:
        return [row for row in self.billed.get(key, []) if self.matching.counts(row)]

    def _units(self, amount: Fraction, order: Row) -> Fraction | None:
        """Ledger money in units of the order."""
        unit = self.worth.unit(order)
        if amount == 0 or unit == 0:
            return ZERO
        return None if unit is None else amount / unit


def name(row: Row) -> str:
    """What a distribution is called."""
    return row.get("dist") or "1"
