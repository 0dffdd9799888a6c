"""From a bound question to a plan. Pure: sources are asked what they would accept, never called."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from resolvers.plan.bind import Bound
from resolvers.plan.control import controlling
from resolvers.plan.flow import in_flow
from resolvers.plan.grouping import GRAIN, PARTNER, groups, is_whole
from resolvers.plan.plan import KeySet, Node, Plan
from resolvers.plan.pushdown import kept, predicates
from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.entities import ReliefRate
from resolvers.semantics.measures import ON_BLANKETS, ON_ORDERS, beside, facts
from resolvers.semantics.model import Model, Provision
from resolvers.semantics.placement import torn
from sources.spi.errors import DateBasisUnsupported, KnownAtUnsupported, SourceError
from sources.spi.facts import COLUMNS, FLOWS, Fact
from sources.spi.scan import Guarantee, Keys, Op, Predicate, Scan
from sources.spi.source import Source

_WHERE_ABLE: Final = (KeySet.SUPPLIERS, KeySet.UNPLACED, KeySet.REVERSIBLE)
"""Lookups that complete what was found; a source that cannot look up so is not read whole for them."""
_WHEN_AND_WHOSE: Final = ("legal_entity", "period", "date")
_KEYED: Final = {
    Fact.ORDER_SCHEDULE: ((2, "number", KeySet.ORDERS),),
    Fact.RECEIPT: ((2, "po", KeySet.ORDERS),),
    Fact.INVOICE: ((2, "po", KeySet.ORDERS),),
    Fact.ORDER: (
        (2, "req", KeySet.REQUISITIONS),
        (2, "number", KeySet.STRANGERS),
        (2, "number", KeySet.PHASED),
        (2, "blanket", KeySet.BLANKETS),
    ),
    Fact.VOUCHER: (
        (2, "ref_po", KeySet.ORDERS),
        (3, "ref_invoice", KeySet.INVOICES),
        (3, "ref_supplier_invoice", KeySet.SUPPLIER_INVOICES),
        (3, "ref_po", KeySet.BILLED),
        (4, "supplier", KeySet.SUPPLIERS),
        (4, "number", KeySet.UNPLACED),
        (4, "reverses", KeySet.REVERSIBLE),
    ),
}
_UNKEYED: Final = (Fact.ORDER_SCHEDULE, Fact.BLANKET, Fact.DEFERRAL, Fact.SUBSCRIPTION)
_SCANNED: Final = (*FLOWS, Fact.REQUISITION, Fact.ORDER, Fact.INVOICE, *_UNKEYED)
_TIMELESS: Final = (Fact.BUDGET, Fact.ORDER_SCHEDULE, Fact.DEFERRAL, Fact.SUBSCRIPTION)
"""What says of itself what belongs when: a past day needs no past state of it."""


class Planner:
    """Plans questions over one model and its sources."""

    def __init__(self, model: Model, sources: Mapping[str, Source]) -> None:
        self._model = model
        self._sources = sources
        self._facts = {name: source.facts for name, source in sources.items()}
        self._crosswalks = {name: Crosswalk(model, name) for name in sources}

    def crosswalk(self, source: str) -> Crosswalk:
        return self._crosswalks[source]

    def carries(self, source: str, fact: Fact) -> frozenset[str]:
        """The columns a source's rows of a fact have, and those of dimensions its codes say something of."""
        own = self._facts[source][fact].columns
        return own | {d.column for d in self._crosswalks[source].derived(own)}

    def plan(self, bound: Bound, *, documents: bool = False) -> Plan:
        """The scans the question takes; with `documents`, flows are read line by line instead of grouped."""
        waves: list[list[Node]] = [[], [], [], []]
        unprovided: dict[Fact, frozenset[str]] = {}
        for fact, entities in self._needs(bound).items():
            found, without = self._providing(fact, entities, bound)
            for provision, some in found:
                for wave, node in self._nodes(fact, provision, some, bound, documents=documents):
                    waves[wave - 1].append(self._told(node, bound))
            if without:
                unprovided[fact] = without
        waves[0] += self._rates(bound)
        if bound.question.strict:
            waves = in_flow(waves)
        return Plan(bound, tuple(tuple(wave) for wave in waves if wave), unprovided, documents)

    def strays(self, bound: Bound) -> Plan:
        """What looking for breaks takes beside the question itself: the vouchers of the window and the orders
        they name. No figure stands on them."""
        waves: list[list[Node]] = [[], []]
        for provision, some in self._providing(Fact.VOUCHER, bound.entities, bound)[0]:
            source = self._sources[provision.source]
            scan = self._scan(Fact.VOUCHER, source, bound, some, documents=True)
            waves[0].append(self._offered(Node(source.name, source.system, Fact.VOUCHER, some, scan), source))
        for provision, some in self._providing(Fact.ORDER, bound.entities, bound)[0]:
            source = self._sources[provision.source]
            plain = replace(self._plain(Fact.ORDER, source), as_of=self._as_of(Fact.ORDER, bound))
            node = Node(source.name, source.system, Fact.ORDER, some, plain)
            if "number" in self._facts[source.name][Fact.ORDER].keys:
                keyed = replace(plain, keys=Keys("number", ()))
                node = replace(node, scan=keyed, key_column="number", keys_from=KeySet.NAMED)
            else:
                node = replace(node, scan=replace(plain, where=self._served(source, some)))
            waves[1].append(self._offered(node, source))
        waves[0] += [*self._transfers(bound), *self._between_entities(bound)]
        return Plan(bound, tuple(tuple(wave) for wave in waves if wave), {}, documents=True)

    def rates(self, bound: Bound) -> Plan:
        """The exchange rates that sources have, whatever the question is in."""
        return Plan(bound, (tuple(self._quoting()),), {})

    def _rates(self, bound: Bound) -> Iterable[Node]:
        """Who has exchange rates, where the question takes any: because it is in another currency than a
        ledger, or because a policy or a measure values commitments anew."""
        whose = {*bound.entities, *bound.consolidated}
        foreign = any(self._model.legal_entities[e].currency != bound.currency for e in whose)
        anew = any(policy.relief_rate is not ReliefRate.PO for policy in bound.policies.values())
        return self._quoting() if foreign or anew or "commitment_revaluation" in bound.needed else ()

    def _quoting(self) -> Iterator[Node]:
        for provision in self._model.provisions:
            if Fact.EXCHANGE_RATE in provision.facts:
                source = self._sources[provision.source]
                scan = self._plain(Fact.EXCHANGE_RATE, source)
                whom = tuple(sorted(provision.entities))
                yield self._offered(Node(source.name, source.system, Fact.EXCHANGE_RATE, whom, scan), source)

    def without_partners(self, bound: Bound) -> tuple[str, ...]:
        """The entities to be consolidated whose ledger does not say with whom it booked."""
        found = self._providing(Fact.LEDGER, bound.consolidated, bound)[0]
        mute = [p for p, _ in found if PARTNER not in self._facts[p.source][Fact.LEDGER].columns]
        return tuple(e for e in bound.consolidated if any(e in provision.entities for provision in mute))

    def _transfers(self, bound: Bound) -> Iterator[Node]:
        """Budget transfers, both sides of each, wherever they lie."""
        asked = bound.question
        chosen = {"scenario": asked.scenario, "version": asked.version, "type": "TRANSFER"}
        for provision, some in self._providing(Fact.BUDGET, bound.entities, bound)[0]:
            source = self._sources[provision.source]
            plain, columns = self._plain(Fact.BUDGET, source), self._facts[source.name][Fact.BUDGET].columns
            if {"type", "number"} <= columns:
                picked = (Predicate(c, Op.IN, (v,)) for c, v in chosen.items() if c in columns)
                scan = replace(plain, where=(*self._served(source, some), *picked))
                node = Node(source.name, source.system, Fact.BUDGET, some, scan)
                yield self._told(self._offered(node, source), bound)

    def _between_entities(self, bound: Bound) -> Iterator[Node]:
        """What entities booked with each other, where the ledger says with whom."""
        for provision, some in self._providing(Fact.LEDGER, bound.entities, bound)[0]:
            source = self._sources[provision.source]
            if PARTNER in self._facts[source.name][Fact.LEDGER].columns:
                scan = self._scan(Fact.LEDGER, source, bound, some, documents=False)
                groups = tuple(dict.fromkeys((*(scan.group_by or ()), "account", PARTNER)))
                where = tuple(p for p in scan.where if p.column in _WHEN_AND_WHOSE)
                grouped = replace(scan, columns=(*groups, "amount"), group_by=groups, where=where)
                node = Node(source.name, source.system, Fact.LEDGER, some, grouped)
                yield self._told(self._offered(node, source), bound)

    def _providing(
        self, fact: Fact, entities: Iterable[str], bound: Bound
    ) -> tuple[list[tuple[Provision, tuple[str, ...]]], frozenset[str]]:
        """Who provides a fact for which entities together, and the entities left without."""
        asked = {e for e in entities if fact not in self._model.legal_entities[e].unused}
        waiting = set(asked)
        twice = {e for e in asked if fact is Fact.ORDER and bound.policies[e].commitment_owner}
        found: list[tuple[Provision, tuple[str, ...]]] = []
        for provision in self._model.provisions:
            served = tuple(sorted((waiting | twice) & provision.entities.keys()))
            if fact in provision.facts and served:
                waiting -= set(served)
                found += [(provision, some) for some in self._apart(fact, provision, served)]
        return found, frozenset(waiting)

    def _needs(self, bound: Bound) -> Mapping[Fact, Iterable[str]]:
        """The facts the measures stand on, and the entities they are needed for: what is in flight stands on
        receipts where the ledger books them. Some facts belong to a measure where a source has them."""
        needs: dict[Fact, Iterable[str]] = dict.fromkeys(facts(bound.needed), bound.entities)
        if "invoiced_not_posted" in bound.needed:
            booking = [e for e in bound.entities if bound.policies[e].grni_in_ledger]
            needs.setdefault(Fact.RECEIPT, booking)
        if Fact.LEDGER in needs:
            needs[Fact.LEDGER] = sorted({*bound.entities, *bound.consolidated})
        for fact in beside(bound.needed):
            having = {e for p in self._model.provisions if fact in p.facts for e in p.entities}
            needs.setdefault(fact, [entity for entity in bound.entities if entity in having])
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
            and (column in capability.keys or origin not in _WHERE_ABLE)
        ]
        if any(column not in capability.keys for _, column, _ in lookups):
            whole = replace(plain, where=self._served(source, entities))
            return [(1, self._offered(replace(blank, scan=whole), source))]
        nodes: list[tuple[int, Node]] = []
        if fact in _SCANNED:
            scan = self._scan(fact, source, bound, entities, documents=documents)
            here = kept(fact, self.carries(source.name, fact), self._crosswalks[source.name], bound)
            nodes.append((1, self._offered(replace(blank, scan=scan, kept=here), source)))
        for wave, column, origin in lookups:
            scan = replace(plain, keys=Keys(column, ()))
            node = replace(blank, scan=scan, key_column=column, keys_from=origin)
            nodes.append((wave, self._offered(node, source)))
        return nodes

    def _served(self, source: Source, entities: tuple[str, ...]) -> tuple[Predicate, ...]:
        codes = self._crosswalks[source.name].codes(Dimension.LEGAL_ENTITY, entities) or ()
        return (Predicate("legal_entity", Op.IN, codes),)

    def _needed(self, origin: KeySet, bound: Bound, entities: tuple[str, ...]) -> bool:
        needed = set(bound.needed)
        if origin is KeySet.REQUISITIONS:
            used = any(Fact.REQUISITION not in self._model.legal_entities[e].unused for e in entities)
            return used and "pre_commitment" in needed
        if origin is KeySet.STRANGERS:
            return "invoiced_not_posted" in needed
        if origin is KeySet.PHASED:
            return bool(needed & ON_ORDERS) and self._has(Fact.ORDER_SCHEDULE, entities)
        if origin is KeySet.BLANKETS:
            return bool(needed & ON_BLANKETS) and self._has(Fact.BLANKET, entities)
        return bool({*ON_ORDERS, "invoiced_not_posted"} & needed)

    def _has(self, fact: Fact, entities: tuple[str, ...]) -> bool:
        return any(fact in p.facts and p.entities.keys() & {*entities} for p in self._model.provisions)

    def _scan(
        self, fact: Fact, source: Source, bound: Bound, entities: tuple[str, ...], *, documents: bool
    ) -> Scan:
        capability = self._facts[source.name][fact]
        where = predicates(fact, capability, self._crosswalks[source.name], bound, self._model, entities)
        as_of = self._as_of(fact, bound)
        if fact is Fact.LEDGER and bound.consolidated:
            where = tuple(p for p in where if p.column in _WHEN_AND_WHOSE)
        if fact not in FLOWS or documents:
            plain = self._plain(fact, source)
            return replace(plain, where=where, as_of=as_of)
        crosswalk = self._crosswalks[source.name]
        also = controlling(bound, self._model) if fact is Fact.BUDGET else ()
        annual = fact is Fact.BUDGET and "fiscal_year" in capability.columns
        whole = annual or is_whole(crosswalk, bound, self._model, entities, also)
        if whole:
            where = tuple(p for p in where if p.column in (*GRAIN, "date", "scenario", "version"))
        found = groups(fact, capability, crosswalk, bound, also, whole=whole)
        days = (day for day in self._days(fact, source, bound, entities) if day in capability.columns)
        by = tuple(dict.fromkeys((*found, *days)))
        return Scan(fact, (*by, "amount"), where, by, ("amount",), as_of)

    def _days(self, fact: Fact, source: Source, bound: Bound, entities: tuple[str, ...]) -> Iterator[str]:
        """The times by which a flow is placed beside its period: its date where rows may lack a period, or
        their period fits nowhere; its document's where that decides; the year of annual budgets, and since
        when and until when a budget entry was known."""
        homes = (self._model.home(source.name, entity) for entity in entities)
        filters = self._facts[source.name][fact].filters
        stated = filters.get(("period", Op.IN), Guarantee.NEVER) is not Guarantee.NEVER
        if not stated or (fact is Fact.LEDGER and any(torn(home, bound.time) for home in homes)):
            yield "date"
        if bound.time.by_document and fact is Fact.LEDGER:
            yield "document_date"
        if fact is Fact.BUDGET:
            yield from ("fiscal_year", "superseded_at")
            yield from ("approved_at",) if bound.time.known_at is not None else ()

    def _plain(self, fact: Fact, source: Source) -> Scan:
        return Scan(fact, tuple(c for c in COLUMNS[fact] if c in self._facts[source.name][fact].columns))

    def _as_of(self, fact: Fact, bound: Bound) -> date | None:
        return None if fact in _TIMELESS else bound.as_of

    def _offered(self, node: Node, source: Source) -> Node:
        try:
            return replace(node, accepted=source.accept(node.scan))
        except SourceError as refusal:
            return replace(node, refusal=refusal)

    def _told(self, node: Node, bound: Bound) -> Node:
        """The node, refused where its source cannot say what the question goes by: it is never answered by
        something else instead."""
        columns = self._facts[node.source][node.fact].columns
        if node.fact is Fact.LEDGER and bound.time.by_document and "document_date" not in columns:
            return replace(node, accepted=None, refusal=DateBasisUnsupported(node.source, node.fact))
        if node.fact is Fact.BUDGET and bound.time.known_at is not None and "approved_at" not in columns:
            return replace(node, accepted=None, refusal=KnownAtUnsupported(node.source, node.fact))
        return node
