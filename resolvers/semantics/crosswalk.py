"""Members: from a source's codes to canonical ids and back.

A closed dimension (one with listed members) knows its members: a code without a crosswalk row is itself
when it is a listed member, else UNMAPPED. In an open dimension every code is its own member. No value at
all is UNASSIGNED. Codes of legal entities are fixed where a source is configured; another code is not ours.
"""

from collections.abc import Iterable

from resolvers.semantics.model import MEMBERSHIP, UNASSIGNED, UNMAPPED, Dimension, Model


class Crosswalk:
    """The mapping of one source: its codes to canonical members, and canonical members to its codes."""

    def __init__(self, model: Model, source: str) -> None:
        self._model = model
        self._forth: dict[Dimension, dict[str, str]] = {dimension: {} for dimension in MEMBERSHIP}
        for row in model.crosswalk:
            if row.source == source:
                self._forth[row.dimension][row.source_member] = row.target
        for provision in model.provisions:
            if provision.source == source:
                for entity, code in provision.entities.items():
                    self._forth[Dimension.LEGAL_ENTITY][code] = entity
        self._itself = {
            dimension: model.members.get(dimension, {}).keys() - forth.keys()
            for dimension, forth in self._forth.items()
        }

    def member(self, dimension: Dimension, code: str | None) -> str:
        if code is None or code == "":
            return UNASSIGNED
        target = self._forth[dimension].get(code)
        if target is not None:
            return target
        if dimension is Dimension.LEGAL_ENTITY:
            return UNMAPPED
        known = self._model.members.get(dimension, {})
        return code if code in known or self._model.is_open(dimension) else UNMAPPED

    def changed(self, dimension: Dimension, codes: Iterable[str | None]) -> dict[str | None, str]:
        """The codes that are not their own canonical member, and the member each one is."""
        members = {code: self.member(dimension, code) for code in set(codes) - self._itself[dimension]}
        return {code: member for code, member in members.items() if member != code or member == UNMAPPED}

    def codes(self, dimension: Dimension, members: Iterable[str]) -> tuple[str, ...] | None:
        """The source's codes of canonical members: what a filter pushes down. None when the members cannot
        be written as codes (UNMAPPED, UNASSIGNED), so that the filter must stay here."""
        wanted = set(members)
        if wanted & {UNMAPPED, UNASSIGNED}:
            return None
        forth = self._forth[dimension]
        mapped = [code for code, target in forth.items() if target in wanted]
        own = dimension is not Dimension.LEGAL_ENTITY
        itself = [member for member in wanted if own and member not in forth]
        return tuple(sorted({*mapped, *itself}))


def companies(model: Model) -> dict[tuple[str, str], str]:
    """The legal entity behind each (source, company code): of those a source serves, and of those it only
    names."""
    named = {
        (row.source, row.source_member): row.target
        for row in model.crosswalk
        if row.dimension is Dimension.LEGAL_ENTITY
    }
    served = {
        (provision.source, code): entity
        for provision in model.provisions
        for entity, code in provision.entities.items()
    }
    return named | served
