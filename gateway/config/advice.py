"""What a configuration may well mean, and more likely does not: warnings, at the line they are about."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from gateway.config.crosswalk_faults import uncovered
from gateway.config.crosswalks import translations
from gateway.config.ids import TABLES, declared
from gateway.config.members import MEASURED, OPTIONAL
from gateway.config.problems import Data, Finding
from gateway.config.text import shown
from resolvers.semantics.model import Model
from sources.spi.facts import Fact
from sources.spi.settings import SourceSettings

_SHOWN: Final = 5


def advice(
    model: Model, sources: Mapping[str, SourceSettings], profile: str, data: Data
) -> Iterator[Finding]:
    """`data` is the text that `model` was built from."""
    yield from _unprovided(model, data)
    yield from _unrated(model)
    yield from _adrift(model, data)
    yield from uncovered(list(translations(data)))
    if profile == "production":
        yield from _unencrypted(sources.values())


def _unprovided(model: Model, data: Data) -> Iterator[Finding]:
    provided = {(fact, name) for each in model.provisions for fact in each.facts for name in each.entities}
    for path, name in declared(data, "legalEntities"):
        unused = model.legal_entities[name].unused | OPTIONAL
        lacking = [fact for fact in MEASURED if fact not in unused and (fact, name) not in provided]
        if lacking:
            said = f"no source provides {', '.join(lacking)}, so its figures will be incomplete"
            yield path, f"{said}; list under unused what it does not use"


def _unrated(model: Model) -> Iterator[Finding]:
    """Years in which a ledger's figures cannot be translated to the reporting currency."""
    if any(Fact.EXCHANGE_RATE in provision.facts for provision in model.provisions):
        return
    to = model.reporting_currency
    rated = {(rate.currency, rate.fiscal_year) for rate in model.rates if rate.to == to}
    needed = {
        (entity.currency, period.fiscal_year)
        for entity in model.legal_entities.values()
        for period in model.calendars[entity.calendar].periods
        if entity.currency != to
    }
    lacking = sorted(needed - rated)
    for currency in dict.fromkeys(currency for currency, _ in lacking):
        years = ", ".join(str(year) for each, year in lacking if each == currency)
        yield ("rates",), f"there is no rate from {currency} to {to} for {years}"


def _adrift(model: Model, data: Data) -> Iterator[Finding]:
    """Members outside the tree that the others of their dimension are in."""
    for dimension, members in model.members.items():
        edges = [edge for tree in model.hierarchies.get(dimension, ()) for edge in tree.edges]
        above = {end for edge in edges for end in (edge.child, edge.parent)}
        alone = members.keys() - above
        adrift = [(path, name) for path, name in declared(data, TABLES[dimension]) if name in alone]
        if above and adrift:
            named = ", ".join(shown(name) for _, name in adrift[:_SHOWN])
            more = f" and {len(adrift) - _SHOWN} more" if len(adrift) > _SHOWN else ""
            yield adrift[0][0], f"{named}{more}: neither below nor above another of {TABLES[dimension]}"


def _unencrypted(sources: Iterable[SourceSettings]) -> Iterator[Finding]:
    for source in sources:
        if source.auth and source.url.startswith("http://"):
            path = ("sources", source.name, "url")
            yield path, "credentials travel unencrypted; use https:// where the system can"
