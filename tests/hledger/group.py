"""The company on both sides, and figures of both sides that can be compared."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sources.sandbox.estate.company import UNMAPPED_COST_CENTER
from sources.sandbox.estate.documents import Estate
from tests.gateway.world import Door
from tests.hledger.asked import Answer, Figures, Key, asked
from tests.hledger.reports import Told

BOTH_YEARS: Final = ("--begin=2025-01-01", "--end=2027-01-01")
PLANNED: Final = {"from": "2025-P01", "to": "2026-P12"}
"""The two years that are planned, as both sides are told."""
ALL: Final = {"accountClass": ["EXPENSE", "CAPEX", "REVENUE"]}
"""Spend and revenue."""


@dataclass(frozen=True, slots=True)
class Group:
    """`door`: the gateway. `centers` and `accounts`: hledger's journals, whose trees are those of the cost
    centres and of the accounts."""

    estate: Estate
    door: Door
    centers: Path
    accounts: Path

    @property
    def ledgers(self) -> dict[str, str]:
        """The ledger currency of every entity."""
        return {entity.id: entity.currency for entity in self.estate.company.entities}

    def answers(
        self,
        *by: str,
        of: Collection[str] | None = None,
        where: Mapping[str, Any] = ALL,
        **question: Any,
    ) -> Iterator[tuple[str, Answer]]:
        """One question per entity, or for those of `of`, asked in its ledger currency."""
        for entity, currency in self.ledgers.items():
            if of is None or entity in of:
                asking = {**ALL, **where, "legalEntity": {"in": [entity]}}
                yield entity, asked(self.door, currency, by, where=asking, **question)

    def ours(self, *by: str, **question: Any) -> dict[Key, Decimal]:
        """The rows of all entities: entity, members, measure and currency."""
        return {
            (entity, *key): amount
            for entity, answer in self.answers(*by, **question)
            for key, amount in answer.rows.items()
        }

    def theirs(self, report: Iterable[Told]) -> dict[Key, Decimal]:
        """Of hledger's tree of cost centres, the accounts in them: entity, cost centre, account, column,
        measure and currency."""
        entities = self.ledgers
        return {
            (entity, mapped(center), account, told.column, told.measure, told.currency): told.amount
            for told in report
            if told.path[-2:-1] and told.path[-2] in entities
            for center, entity, account in (told.path[-3:],)
        }

    def nodes(self, report: Iterable[Told], wanted: Iterable[str]) -> dict[Key, Decimal]:
        """Nodes above all entities: entity, node, column, measure and currency. A currency that stands there
        is that of one entity's ledger."""
        entities = {currency: entity for entity, currency in self.ledgers.items()}
        return {
            (entities[told.currency], told.path[-1], told.column, told.measure, told.currency): told.amount
            for told in report
            if told.path[-1] in wanted
        }


def mapped(center: str) -> str:
    """The cost centre that no crosswalk knows is UNMAPPED to the gateway."""
    return "UNMAPPED" if center == UNMAPPED_COST_CENTER else center


def without(figures: Figures, place: int) -> dict[Key, Decimal]:
    """The figures without one member of their keys, of which there is but one."""
    assert len({key[place] for key in figures}) == 1
    return {(*key[:place], *key[place + 1 :]): amount for key, amount in figures.items()}


def added(figures: Iterable[tuple[Key, Decimal]]) -> dict[Key, Decimal]:
    """The figures of each key in one."""
    sums: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for key, amount in figures:
        sums[key] += amount
    return {key: amount for key, amount in sums.items() if amount}


def same(ours: Figures, theirs: Figures, *, at_least: int) -> None:
    """Every figure is the same to the last digit, and there are as many as the comparison is about."""
    assert len(theirs) >= at_least, len(theirs)
    keys = sorted(ours.keys() | theirs.keys())
    different = [(key, ours.get(key), theirs.get(key)) for key in keys if ours.get(key) != theirs.get(key)]
    assert different == [], f"{len(different)} of {len(keys)} figures: cell, ours, hledger's"
