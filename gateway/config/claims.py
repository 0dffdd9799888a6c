"""Claims that exclude each other: a fact from two systems, a code given twice."""

from collections.abc import Iterator

from gateway.config.members import MEASURED
from gateway.config.policies import DEFAULT
from gateway.config.problems import Data, Document, Finding, Path
from gateway.config.raw import find, text, texts
from sources.spi.facts import Fact


def check(document: Document) -> Iterator[Finding]:
    """Facts an entity has from two sources or does not use at all, company codes given twice."""
    yield from _check_facts(document.data)
    yield from _check_companies(document.data)


def _check_facts(data: Data) -> Iterator[Finding]:
    entities = [entity for _, entity in find(data, "legalEntities", "*")]
    unused = {(fact, text(entity, "id")) for entity in entities for fact in _unused(entity)}
    first: dict[tuple[str, str], tuple[str, Path]] = {}
    for fact, entity, source, path in _provided(data):
        owner, at = first.setdefault((fact, entity), (source, path))
        if (fact, entity) in unused:
            yield path, f"{fact} is unused in {entity}: provide it or do not use it"
        if at != path and not (fact == Fact.ORDER and _owned(data, entity)):
            yield path, f"{fact} of {entity} comes from {owner} already; {_remedy(fact)}"


def _remedy(fact: str) -> str:
    if fact == Fact.ORDER:
        return "name the commitmentOwner in its policy if both hold the same orders"
    return "it has one source"


def _owned(data: Data, entity: str) -> bool:
    """Whether the entity's policy says whose copy of an order counts, so that two systems may hold them."""
    policies = dict(_policies(data))
    return policies.get(entity, policies.get(DEFAULT)) is not None


def _policies(data: Data) -> Iterator[tuple[str, str | None]]:
    for path, policy in find(data, "policies", "*"):
        yield str(path[-1]), text(policy, "commitmentOwner")


def _unused(entity: Data) -> Iterator[str]:
    """A list, or the words of a table's cell."""
    yield from (text(entity, "unused") or "").split()
    yield from (fact for _, fact in texts(entity, "unused", "*"))


def _provided(data: Data) -> Iterator[tuple[str, str, str, Path]]:
    """Fact, entity, source, and where the source says so."""
    for path, source in find(data, "sources", "*"):
        entities = [str(at[-1]) for at, _ in find(source, "entities", "*")]
        for at, fact in texts(source, "facts", "*"):
            if fact in MEASURED:
                yield from ((fact, entity, str(path[-1]), (*path, *at)) for entity in entities)


def _check_companies(data: Data) -> Iterator[Finding]:
    for path, source in find(data, "sources", "*"):
        first: dict[str, str] = {}
        for at, code in texts(source, "entities", "*"):
            owner = first.setdefault(code, str(at[-1]))
            if owner != at[-1]:
                yield (*path, *at), f"is the company code of {owner} already"
