"""The ids a configuration declares: every one once, every reference to one of them."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Final

from gateway.config.policies import DEFAULT
from gateway.config.problems import Data, Document, Finding, Path
from gateway.config.raw import find, texts
from gateway.config.text import shown
from resolvers.semantics.dimensions import Dimension

TABLES: Final = {
    Dimension.LEGAL_ENTITY: "legalEntities",
    Dimension.ACCOUNT: "accounts",
    Dimension.COST_CENTER: "costCenters",
    Dimension.PROJECT: "projects",
    Dimension.SUPPLIER: "suppliers",
}
"""The section that lists a dimension's members."""

_REFERENCES: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (("calendar",), "calendars"),
    (("legalEntities", "*", "calendar"), "calendars"),
    (("sources", "*", "calendar"), "calendars"),
    (("periodMaps", "*", "from"), "calendars"),
    (("periodMaps", "*", "to"), "calendars"),
    (("accounts", "*", "parent"), "accounts"),
    (("costCenters", "*", "parent"), "costCenters"),
    (("costCenters", "*", "entity"), "legalEntities"),
    (("projects", "*", "parent"), "projects"),
    (("projects", "*", "entity"), "legalEntities"),
    (("suppliers", "*", "parent"), "suppliers"),
    (("policies", "*", "commitmentOwner"), "sources"),
    (("policies", "*", "varianceAccounts", "*"), "accounts"),
    (("policies", "*", "grniAccounts", "*"), "accounts"),
    (("policies", "*", "prepaidAccounts", "*"), "accounts"),
    (("materiality", "*", "legalEntity"), "legalEntities"),
    (("materiality", "*", "account"), "accounts"),
    (("crosswalks", "*", "source"), "sources"),
    (("crosswalks", "*", "sources", "*"), "sources"),
)
_FEW: Final = 12
_SEARCHABLE: Final = 200


def declared(data: Data, section: str) -> Iterator[tuple[Path, str]]:
    """The ids of a section in the order of the file, with where each is; keys are the ids of a mapping."""
    for path, _ in find(data, section, "*"):
        if isinstance(path[-1], str):
            yield path, path[-1]
    yield from texts(data, section, "*", "id")


def check(document: Document) -> Iterator[Finding]:
    """Ids given twice, and references to ids that are not there."""
    known: dict[str, dict[str, Path]] = {}
    for section in (*TABLES.values(), "calendars", "sources"):
        first = known.setdefault(section, {})
        for path, name in declared(document.data, section):
            if name in first:
                yield path, f"{shown(name)} is given twice; the first is {document.where(first[name])}"
            first.setdefault(name, path)
    for pattern, section in _REFERENCES:
        for path, name in texts(document.data, *pattern):
            yield from missing(path, name, known[section], section)
    for path, _ in find(document.data, "policies", "*"):
        if path[-1] != DEFAULT:
            yield from missing(path, str(path[-1]), known["legalEntities"], "legalEntities")
    for path, _ in find(document.data, "sources", "*", "entities", "*"):
        yield from missing(path, str(path[-1]), known["legalEntities"], "legalEntities")


def missing(path: Path, name: str, known: Collection[str], section: str) -> Iterator[Finding]:
    """That `name` is not among the ids of a section; nothing where it has none, which is found elsewhere."""
    if known and name not in known:
        yield path, f"{shown(name)} is not in {section}{_instead(name, list(known))}"


def _instead(name: str, ids: list[str]) -> str:
    if len(ids) <= _FEW:
        return f"; it has {', '.join(ids)}"
    close = get_close_matches(name, ids, n=1) if len(ids) <= _SEARCHABLE else []
    return f"; did you mean {close[0]}?" if close else ""
