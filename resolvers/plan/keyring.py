"""The keys of one question's lookups: which facts they stand on, and each found once."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.keys import keys_of
from resolvers.plan.plan import KeySet, Node
from resolvers.semantics.model import Model
from sources.spi.facts import Fact

STANDS_ON: Final[Mapping[KeySet, tuple[Fact, ...]]] = {
    KeySet.ORDERS: (Fact.ORDER, Fact.ORDER_SCHEDULE),
    KeySet.REQUISITIONS: (Fact.REQUISITION,),
    KeySet.STRANGERS: (Fact.INVOICE, Fact.ORDER),
    KeySet.PHASED: (Fact.ORDER_SCHEDULE,),
    KeySet.BLANKETS: (Fact.BLANKET,),
    KeySet.NAMED: (Fact.VOUCHER, Fact.ORDER),
    KeySet.INVOICES: (Fact.INVOICE, Fact.VOUCHER),
    KeySet.SUPPLIER_INVOICES: (Fact.INVOICE, Fact.VOUCHER),
    KeySet.BILLED: (Fact.INVOICE, Fact.VOUCHER),
    KeySet.SUPPLIERS: (Fact.INVOICE, Fact.VOUCHER),
    KeySet.UNPLACED: (Fact.INVOICE, Fact.VOUCHER),
    KeySet.REVERSIBLE: (Fact.VOUCHER,),
    KeySet.CARRIED: (Fact.INVOICE, Fact.VOUCHER),
    KeySet.CARRIED_NUMBERS: (Fact.INVOICE, Fact.VOUCHER),
    KeySet.CARRIED_ORDERS: (Fact.INVOICE, Fact.VOUCHER),
}
"""The facts that `keys_of` reads: a lookup waits for their earlier waves, and for nothing else."""


class Keyring:
    """Finds keys for one question. Lookups of several facts by the same keys share them."""

    def __init__(self, bound: Bound, model: Model) -> None:
        self.bound = bound
        self._model = model
        self._found: dict[tuple[KeySet, tuple[str, ...]], tuple[str, ...]] = {}

    def values(
        self, keys: KeySet, entities: tuple[str, ...], frames: Mapping[Fact, pl.DataFrame]
    ) -> tuple[str, ...]:
        """What a keyed node looks up for its entities, sorted, each once. `frames` are the rows that earlier
        waves found of the facts the keys stand on; they are the same whenever the same keys are asked for."""
        if (keys, entities) not in self._found:
            found = keys_of(keys, entities, self.bound, frames, self._model)
            self._found |= {(key, entities): values for key, values in found.items()}
        return self._found[keys, entities]


def inputs(node: Node) -> tuple[Fact, ...]:
    """The facts whose rows a node needs before it can run."""
    return () if node.keys_from is None else STANDS_ON[node.keys_from]
