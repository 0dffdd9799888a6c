"""From a bound question to a plan. Pure: sources are asked what they would accept, never called."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from resolvers.plan.bind import Bound
from resolvers.plan.plan import KeySet, Node, Plan
from resolvers.plan.pushdown import predicates
from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.measures import facts
from resolvers.semantics.model import Dimension, Model, Provision
from sources.spi.errors import SourceError
from sources.spi.facts import COLUMNS, Fact
from sources.spi.scan import Guarantee, Keys, Op, Predicate, Scan
from sources.spi.source import Source

FLOWS: Final = (Fact.BUDGET, Fact.LEDGER)
GRAIN: Final = ("legal_entity", "account", "cost_center", "project", "period", "currency")
"""The finest balance of a flow: what is rounded as one amount when it has to be translated."""
_KEYED: Final = {
    Fact.RECEIPT: ((2, "po", KeySet.ORDERS),),
    Fact.INVOICE: ((2, "po", KeySet.ORDERS),),
    Fact.ORDER: ((2, "req", KeySet.REQUISITIONS), (2, "number", KeySet.STRANGERS)),
    Fact.VOUCHER: (
        (2, "ref_po", KeySet.ORDERS),
        (3, "ref_invoice", KeySet.INVOICES),
        (3, "ref_supplier_invoice", KeySet.SUPPLIER_INVOICES),
    ),
}
_SCANNED: Final = (*FLOWS, Fact.REQUISITION, Fact.ORDER, Fact.INVOICE)


class Planner:
    """Plans questions over one model and its sources."""

    def __init__(self, model: Model, sources: Mapping[str, Source]) -> None:
        self._model = model
        self._sources = sources
        self._facts = {name: source.facts for name, source in sources.items()}
        self._crosswalks = {name: Crosswalk(model, name) for name in sources}

    def crosswalk(self, source: str) -> Crosswalk:
        return self._crosswalks[source]

    def plan(self, bound: Bound, *, documents: bool = False) -> Plan:
        """The scans the question takes; with `documents`, flows are read line by line instead of grouped."""
        waves: list[list[Node]] = [[], [], []]
        unprovided: dict[Fact, frozenset[str]] = {}
        for fact, entities in self._needs(bound).items():
            waiting = {e for e in entities if fact not in self._model.legal_entities[e].unused}
            for provision in self._model.provisions:
                served = tuple(sorted(waiting & provision.entities.keys()))
                if fact in provision.facts and served:
                    waiting -= set(served)
                    for some in self._apart(fact, provision, served):
                        for wave, node in self._nodes(fact, provision, some, bound, documents=documents):
                            waves[wave - 1].append(node)
            if waiting:
                unprovided[fact] = frozenset(waiting)
        return Plan(bound, tuple(tuple(wave) for wave in waves if wave), unprovided, documents)

    def _needs(self, bound: Bound) -> Mapping[Fact, Iterable[str]]:
        """The facts the measures stand on, and the entities they are needed for: what is in flight stands on
        receipts where the ledger books them."""
        needs: dict[Fact, Iterable[str]] = dict.fromkeys(facts(bound.base), bound.entities)
        if "invoiced_not_posted" in bound.base:
            booking = [e for e in bound.entities if self._model.legal_entities[e].policy.grni_in_ledger]
            needs.setdefault(Fact.RECEIPT, booking)
        return needs

    def _apart(self, fact: Fact, provision: Provision, served: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
        """The entities that are asked about together: each alone where only the keys can tell them apart."""
        told = fact not in _KEYED or "legal_entity" in self._facts[provision.source][fact].columns
        return (served,) if told else ((entity,) for entity in served)

    def _nodes(
        self, fact: Fact, provision: Provision, entities: tuple[str, ...], bound: Bound, *, documents: bool
    ) -> list[tuple[int, Node]]:
        """One scan of what is asked about and the lookups that complete it; where the source cannot look up
        by one of the keys, everything it has."""
        source = self._sources[provision.source]
        capability = self._facts[source.name][fact]
        blank = Node(source.name, source.system, fact, entities, Scan(fact, ()))
        plain = replace(self._plain(fact, source), as_of=self._as_of(fact, bound))
        lookups = [
            (wave, column, origin)
            for wave, column, origin in _KEYED.get(fact, ())
            if self._needed(origin, bound, entities)
        ]
        if any(column not in capability.keys for _, column, _ in lookups):
            whole = replace(plain, where=self._served(source, entities))
            return [(1, self._offered(replace(blank, scan=whole), source))]
        nodes: list[tuple[int, Node]] = []
        if fact in _SCANNED:
            scan = self._scan(fact, source, bound, entities, documents=documents)
            nodes.append((1, self._offered(replace(blank, scan=scan), source)))
        for wave, column, origin in lookups:
            scan = replace(plain, keys=Keys(column, ()))
            node = replace(blank, scan=scan, key_column=column, keys_from=origin)
            nodes.append((wave, self._offered(node, source)))
        return nodes

    def _served(self, source: Source, entities: tuple[str, ...]) -> tuple[Predicate, ...]:
        codes = self._crosswalks[source.name].codes(Dimension.LEGAL_ENTITY, entities) or ()
        return (Predicate("legal_entity", Op.IN, codes),)

    def _needed(self, origin: KeySet, bound: Bound, entities: tuple[str, ...]) -> bool:
        if origin is KeySet.REQUISITIONS:
            used = any(Fact.REQUISITION not in self._model.legal_entities[e].unused for e in entities)
            return used and "pre_commitment" in bound.base
        if origin is KeySet.STRANGERS:
            return "invoiced_not_posted" in bound.base
        return bool({"commitment", "received_not_invoiced", "invoiced_not_posted"} & set(bound.base))

    def _scan(
        self, fact: Fact, source: Source, bound: Bound, entities: tuple[str, ...], *, documents: bool
    ) -> Scan:
        capability = self._facts[source.name][fact]
        where = predicates(fact, capability, self._crosswalks[source.name], bound, self._model, entities)
        as_of = self._as_of(fact, bound)
        if fact not in FLOWS or documents:
            plain = self._plain(fact, source)
            return replace(plain, where=where, as_of=as_of)
        foreign = any(self._model.legal_entities[e].currency != bound.currency for e in entities)
        asked = [d.column for d in (*bound.question.group_by, *bound.members) if d is not Dimension.PERIOD]
        wanted = dict.fromkeys(
            (*GRAIN, *asked) if foreign else ("legal_entity", "account", "period", "currency", *asked)
        )
        if capability.filters.get(("period", Op.IN), Guarantee.NEVER) is Guarantee.NEVER:
            wanted["date"] = None  # rows may lack a period, and then go by their date
        if foreign:
            where = tuple(p for p in where if p.column in (*GRAIN, "date", "scenario", "version"))
        states = ("type", "status", "scenario", "version")
        groups = tuple(c for c in (*wanted, *states) if c in capability.columns and c in COLUMNS[fact])
        return Scan(fact, (*groups, "amount"), where, groups, ("amount",), as_of)

    def _plain(self, fact: Fact, source: Source) -> Scan:
        return Scan(fact, tuple(c for c in COLUMNS[fact] if c in self._facts[source.name][fact].columns))

    def _as_of(self, fact: Fact, bound: Bound) -> date | None:
        return None if fact is Fact.BUDGET else bound.as_of

    def _offered(self, node: Node, source: Source) -> Node:
        try:
            return replace(node, accepted=source.accept(node.scan))
        except SourceError as refusal:
            return replace(node, refusal=refusal)
