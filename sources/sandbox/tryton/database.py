"""The database: all models of the entity, built from its history at the first question."""

from collections.abc import Hashable, Mapping
from functools import cached_property
from typing import Any

from sources.sandbox.estate.documents import Estate
from sources.sandbox.shelf import Shelf
from sources.sandbox.tryton import ledger_models, master_models, trade_models
from sources.sandbox.tryton.bookkeeping import Bookkeeping, posting_dates
from sources.sandbox.tryton.domain import Domain, Key, leaf, parse, reader, select
from sources.sandbox.tryton.errors import failure, unknown
from sources.sandbox.tryton.masters import Masters
from sources.sandbox.tryton.model import Model
from sources.sandbox.tryton.trading import Trading

Order = tuple[tuple[str, bool], ...]


class Database:
    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._shelves: dict[str, Shelf[Key, Any]] = {}

    @cached_property
    def models(self) -> Mapping[str, Model]:
        masters = Masters(self._estate)
        trading = Trading(self._estate, masters, posting_dates(self._estate))
        books = Bookkeeping(self._estate, masters, trading)
        every = (
            *master_models.models(masters),
            *trade_models.models(masters, trading),
            *ledger_models.models(masters, books),
        )
        return {model.name: model for model in every}

    def model(self, name: str) -> Model:
        """Raises ModelError for a model that does not exist (or is not served)."""
        if name not in self.models:
            raise unknown(name)
        return self.models[name]

    def search(self, model: Model, domain: Any, order: Any) -> list[Any]:
        """The records inside the domain, in the order asked for."""
        parsed, ordering = parse(domain, model, self.models), self._order(order, model)
        shelf = self._shelf(model)

        def compute() -> list[int]:
            rows = sorted(select(parsed, shelf))
            for name, descending in reversed(ordering):
                column = shelf.column((tuple(name.split(".")), ()))
                rows.sort(key=lambda row: _rank(column[row]), reverse=descending)
            return rows

        found = shelf.remember(_key(parsed, ordering), compute)
        return [shelf.records[row] for row in found]

    def _shelf(self, model: Model) -> Shelf[Key, Any]:
        if model.name not in self._shelves:
            self._shelves[model.name] = Shelf(
                model.records, lambda key: reader(key, model, self.models), many=True
            )
        return self._shelves[model.name]

    def _order(self, order: Any, model: Model) -> Order:
        if not order:
            return model.order
        ordering = []
        for pair in order:
            match pair:
                case [str(), _]:
                    pass
                case _:
                    raise failure(f"Wrong order: {pair!r}")
            direction = str(pair[1] or "ASC").upper()
            if direction not in ("ASC", "DESC"):
                raise unknown(str(pair[1]))
            field = leaf((tuple(pair[0].split(".")), ()), model, self.models)
            if field.many or not field.sortable:
                raise failure(f"Missing order function on field '{pair[0]}' on model '{model.name}'")
            ordering.append((pair[0], direction == "DESC"))
        return tuple(ordering)


def _key(domain: Domain, order: Order) -> Hashable:
    return (repr(domain), order)


def _rank(values: tuple[Any, ...]) -> tuple[bool, Any]:
    """Null, and a relation that is not there, before everything else."""
    value = values[0] if values else None
    return (value is not None, 0 if value is None else value)
