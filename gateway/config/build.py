"""The engine's model of the tenant, from a file in which everything has been checked."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from gateway.config.calendars import CalendarSection, calendar
from gateway.config.crosswalks import translations
from gateway.config.file import File
from gateway.config.materiality import rules
from gateway.config.members import (
    AccountSection,
    CostCenterSection,
    LegalEntitySection,
    ProjectSection,
    SupplierSection,
)
from gateway.config.period_maps import period_maps
from gateway.config.policies import funds_control, policy
from gateway.config.problems import Data
from gateway.config.rates import average_rates, budget_rates, closing_rates
from gateway.config.spreading import spreading
from gateway.config.trees import hierarchies
from resolvers.semantics.calendar import Calendar
from resolvers.semantics.dimensions import MEMBERSHIP, CrosswalkRow, Dimension, Member
from resolvers.semantics.entities import LegalEntity
from resolvers.semantics.hierarchy import on
from resolvers.semantics.model import Model, Provision, SpotRate
from resolvers.semantics.tree import Tree

_Listed = LegalEntitySection | AccountSection | CostCenterSection | ProjectSection | SupplierSection


def model(file: File, data: Data, today: date) -> Model:
    """`data` is the text that `file` was validated from."""
    trees = {dimension: hierarchies(data, dimension) for dimension in MEMBERSHIP}
    above = {dimension: on(found[0], today) for dimension, found in trees.items() if found}
    return Model(
        legal_entities={entity.id: _entity(entity, file) for entity in file.legal_entities},
        members={
            Dimension.LEGAL_ENTITY: _members(above.get(Dimension.LEGAL_ENTITY, {}), file.legal_entities),
            Dimension.ACCOUNT: _members(above.get(Dimension.ACCOUNT, {}), file.accounts),
            Dimension.COST_CENTER: _members(above.get(Dimension.COST_CENTER, {}), file.cost_centers),
            Dimension.PROJECT: _members(above.get(Dimension.PROJECT, {}), file.projects),
            Dimension.SUPPLIER: _members(above.get(Dimension.SUPPLIER, {}), file.suppliers),
        },
        calendars={section.id: _calendar(section, file) for section in file.calendars},
        calendar=file.calendar,
        reporting_currency=file.reporting_currency,
        rates=tuple(budget_rates(file.rates)),
        average_rates=tuple(average_rates(file.rates)),
        closing_rates=tuple(closing_rates(file.rates, _ends(file))),
        spot_rates=tuple(SpotRate(rate.currency, rate.to, rate.date, rate.rate) for rate in file.spot_rates),
        crosswalk=_crosswalk(data),
        provisions=tuple(
            Provision(name, frozenset(source.facts), source.entities, source.calendar)
            for name, source in file.sources.items()
        ),
        today=today,
        max_rows=file.limits.max_rows,
        materiality=rules(file.materiality),
        hierarchies={dimension: found for dimension, found in trees.items() if found},
        spreading=spreading(file.spreading),
        forecast=(file.forecast.scenario, file.forecast.version) if file.forecast else (None, None),
        funds={e.id: funds_control(file.policies, e.id) for e in file.legal_entities},
    )


def _ends(file: File) -> Mapping[str, date]:
    """The last day of each period of the calendar named at the top."""
    named = (calendar(section) for section in file.calendars if section.id == file.calendar)
    return {period.id: period.end for each in named for period in each.periods}


def _calendar(section: CalendarSection, file: File) -> Calendar:
    return replace(calendar(section), maps=period_maps(file.period_maps, section.id))


def _entity(section: LegalEntitySection, file: File) -> LegalEntity:
    return LegalEntity(
        id=section.id,
        name=section.name,
        currency=section.currency,
        calendar=section.calendar or file.calendar,
        unused=frozenset(section.unused),
        policy=policy(file.policies, section.id),
    )


def _members(above: Tree, sections: Iterable[_Listed]) -> Mapping[str, Member]:
    return {section.id: _member(section, above.get(section.id)) for section in sections}


def _member(section: _Listed, parent: str | None) -> Member:
    if isinstance(section, LegalEntitySection):
        return Member(section.id, section.name, section.id, parent, section.id)
    code = section.code or section.id
    if isinstance(section, AccountSection):
        return Member(section.id, section.name, code, parent, kind=section.class_)
    if isinstance(section, SupplierSection):
        return Member(section.id, section.name, code, parent)
    return Member(section.id, section.name, code, parent, section.entity, section.owner)


def _crosswalk(data: Data) -> tuple[CrosswalkRow, ...]:
    return tuple(row for _, row in translations(data))
