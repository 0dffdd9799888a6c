"""The engine's model of the tenant, from a file in which everything has been checked."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from gateway.config.calendars import CalendarSection, calendar
from gateway.config.crosswalks import translations
from gateway.config.file import File
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
from gateway.config.spreading import spreading
from gateway.config.trees import parents
from resolvers.semantics.model import (
    Calendar,
    CrosswalkRow,
    Dimension,
    LegalEntity,
    Member,
    Model,
    Provision,
    Rate,
    SpotRate,
)

_Listed = LegalEntitySection | AccountSection | CostCenterSection | ProjectSection | SupplierSection


def model(file: File, data: Data, today: date) -> Model:
    """`data` is the text that `file` was validated from."""
    return Model(
        legal_entities={entity.id: _entity(entity, file) for entity in file.legal_entities},
        members={
            Dimension.LEGAL_ENTITY: _members(Dimension.LEGAL_ENTITY, file.legal_entities, data),
            Dimension.ACCOUNT: _members(Dimension.ACCOUNT, file.accounts, data),
            Dimension.COST_CENTER: _members(Dimension.COST_CENTER, file.cost_centers, data),
            Dimension.PROJECT: _members(Dimension.PROJECT, file.projects, data),
            Dimension.SUPPLIER: _members(Dimension.SUPPLIER, file.suppliers, data),
        },
        calendars={section.id: _calendar(section, file) for section in file.calendars},
        calendar=file.calendar,
        reporting_currency=file.reporting_currency,
        rates=tuple(Rate(rate.currency, rate.to, rate.fiscal_year, rate.rate) for rate in file.rates),
        spot_rates=tuple(SpotRate(rate.currency, rate.to, rate.date, rate.rate) for rate in file.spot_rates),
        crosswalk=_crosswalk(data),
        provisions=tuple(
            Provision(name, frozenset(source.facts), source.entities) for name, source in file.sources.items()
        ),
        today=today,
        max_rows=file.limits.max_rows,
        spreading=spreading(file.spreading),
        forecast=(file.forecast.scenario, file.forecast.version) if file.forecast else (None, None),
        funds={e.id: funds_control(file.policies, e.id) for e in file.legal_entities},
    )


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


def _members(dimension: Dimension, sections: Iterable[_Listed], data: Data) -> Mapping[str, Member]:
    above = {child: parent for child, (parent, _) in parents(data, dimension).items()}
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
    return tuple(
        CrosswalkRow(row.source, Dimension(row.dimension), row.member, row.target)
        for row in translations(data)
        if row.source is not None and row.dimension is not None
    )
