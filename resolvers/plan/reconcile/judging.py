"""From what a pair brought to lines: judged by what is material, in the currency they were read in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from resolvers.plan.engine import Desk
from resolvers.plan.reconcile.answer import Item, Line, Loss, Rolled
from resolvers.plan.reconcile.pairs import Pair
from resolvers.plan.reconcile.question import Reason, Tolerance
from resolvers.plan.reconcile.reading import PLACE, Found
from resolvers.semantics.currency import exponent
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.materiality import Materiality, material
from resolvers.semantics.model import Model
from resolvers.semantics.reconcile import ZERO, reconciled

Place = tuple[str, str | None, str | None]
"""legal entity, partner, account"""


@dataclass(frozen=True, slots=True)
class Judge:
    """What is material to one question."""

    model: Model
    asked: Tolerance

    def lines(self, found: Found, currency: str, losses: Sequence[Loss]) -> Iterator[Line]:
        """The lines of what was found, in `currency`. Where a side was lost, what would explain the
        difference is not known either."""
        items: dict[Place, list[dict[str, Any]]] = {}
        for row in found.items.iter_rows(named=True):
            items.setdefault(_place(row), []).append(row)
        for row in sorted(found.lines.iter_rows(named=True), key=lambda row: [row[c] or "" for c in PLACE]):
            entity, partner, _ = place = _place(row)
            of = {True: entity, False: partner or entity}
            lost = {loss.left for loss in losses if of[loss.left] == loss.legal_entity}
            sides = {True: row["left"], False: row["right"]}
            left, right = (None if side in lost else _money(sides[side], currency) for side in (True, False))
            own = () if lost else [_item(each, currency) for each in items.get(place, ())]
            rolled = None
            if entity in found.rolled and True not in lost:
                balance = found.rolled[entity]
                rolled = Rolled(
                    _money(balance.opening, currency),
                    tuple((name, _money(amount, currency)) for name, amount in balance.movements),
                )
            yield self._judged(place, currency, left, right, own, rolled)

    def _judged(
        self,
        place: Place,
        currency: str,
        left: Decimal | None,
        right: Decimal | None,
        items: Iterable[Item],
        rolled: Rolled | None,
    ) -> Line:
        entity, partner, account = place
        weighed = self._material(entity, account)
        ordered = tuple(sorted(items, key=_rank))
        told = all(item.amount is not None for item in ordered)
        result = None
        if left is not None and right is not None and told:
            explaining = [(item.reason, item.amount or ZERO) for item in ordered]
            result = reconciled(left, right, explaining, weighed.absolute, weighed.percent / 100)
        return Line(
            entity,
            partner,
            account,
            currency,
            left,
            right,
            ordered,
            None if result is None else _money(result.threshold, currency),
            weighed,
            None if result is None else result.status,
            rolled,
        )

    def _material(self, entity: str, account: str | None) -> Materiality:
        """What the question says, and the configured rule where it does not."""
        listed = self.model.members.get(Dimension.ACCOUNT, {})
        kind = listed[account].kind if account is not None and account in listed else None
        rule = material(self.model.materiality, entity, account, kind, self.asked.tier)
        absolute, percent = self.asked.absolute, self.asked.percent
        if absolute is None and percent is None:
            return rule
        return Materiality(absolute or ZERO, percent or ZERO, self.asked.tier)


def _rank(item: Item) -> tuple[int, Decimal, str, str]:
    """By reason, the largest first."""
    numbers = " ".join(sorted(str(document["number"]) for document in item.documents))
    return list(Reason).index(item.reason), -abs(item.amount or ZERO), item.place or "", numbers


def _place(row: Mapping[str, Any]) -> Place:
    return row["legal_entity"], row["partner"], row["account"]


def _item(row: Mapping[str, Any], currency: str) -> Item:
    documents = tuple(row["documents"] or ())
    return Item(Reason(row["reason"]), _money(row["amount"], currency), row["place"], row["since"], documents)


def _money(amount: Decimal | None, currency: str) -> Decimal | None:
    return None if amount is None else amount.quantize(Decimal(1).scaleb(-exponent(currency)))


def losses(pair: Pair, found: Found, desk: Desk) -> Iterator[Loss]:
    """The sides that are not known, each once: nobody provides a fact, or its source could not be read."""
    seen: dict[Loss, None] = {}
    for entity in found.entities:
        for left, facts in ((True, pair.left), (False, pair.right)):
            own = [fact for fact in facts if fact not in desk.model.legal_entities[entity].unused]
            unprovided = [fact for fact in own if not desk.finder.providers(fact, entity)]
            seen |= {Loss(left, entity, fact, None): None for fact in unprovided}
            for outcome in found.outcomes:
                node = outcome.node
                matters = outcome.error is not None and node.fact in facts and entity in node.entities
                if matters and not _of_the_other(node.source, entity, found, left=left):
                    seen[Loss(left, entity, node.fact, node.source)] = None
    yield from seen


def _of_the_other(source: str, entity: str, found: Found, *, left: bool) -> bool:
    """Whether the source only has the copies of the other side."""
    one, other = found.copies.get(entity, ("", ""))
    return source == (other if left else one)
