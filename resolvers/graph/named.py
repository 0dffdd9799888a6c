"""Members of dimensions as objects, by id. A document without one has none: UNASSIGNED is null here. So is
what stands for several members."""

import strawberry

from resolvers.graph.dimensions import Account, CostCenter, LegalEntity, Period, Project, Supplier
from resolvers.graph.scalars import CurrencyCode, PeriodId
from resolvers.semantics.calendar import Period as FiscalPeriod
from resolvers.semantics.dimensions import INVALID, UNASSIGNED, UNMAPPED, Dimension, Member
from resolvers.semantics.model import Model
from resolvers.semantics.shares import is_stand_in

_SPECIAL = {UNMAPPED: "Unmapped", INVALID: "Invalid"}


def legal_entity(model: Model, id_: str) -> LegalEntity:
    entity = model.legal_entities[id_]
    member = model.members.get(Dimension.LEGAL_ENTITY, {}).get(id_)
    return LegalEntity(
        id=strawberry.ID(id_),
        code=id_,
        name=entity.name,
        currency=CurrencyCode(entity.currency),
        calendar=entity.calendar,
        parent=_id(member.parent) if member else None,
    )


def account(model: Model, id_: str | None) -> Account | None:
    member = _member(model, Dimension.ACCOUNT, id_)
    if member is None:
        return None
    return Account(
        id=strawberry.ID(member.id),
        code=member.code or member.id,
        name=member.name,
        class_=member.kind,
        parent=_id(member.parent),
    )


def cost_center(model: Model, id_: str | None) -> CostCenter | None:
    member = _member(model, Dimension.COST_CENTER, id_)
    if member is None:
        return None
    return CostCenter(
        id=strawberry.ID(member.id),
        code=member.code or member.id,
        name=member.name,
        owner=member.owner,
        legal_entity=_id(member.legal_entity),
        parent=_id(member.parent),
    )


def project(model: Model, id_: str | None) -> Project | None:
    member = _member(model, Dimension.PROJECT, id_)
    if member is None:
        return None
    return Project(
        id=strawberry.ID(member.id),
        code=member.code or member.id,
        name=member.name,
        owner=member.owner,
        legal_entity=_id(member.legal_entity),
        parent=_id(member.parent),
    )


def supplier(model: Model, id_: str | None) -> Supplier | None:
    member = _member(model, Dimension.SUPPLIER, id_)
    if member is None:
        return None
    return Supplier(
        id=strawberry.ID(member.id),
        code=member.code or member.id,
        name=member.name,
        parent=_id(member.parent),
    )


def period(model: Model, id_: str | None) -> Period | None:
    if id_ is None:
        return None
    known = next((p for p in model.calendars[model.calendar].periods if p.id == id_), None)
    return Period(id=PeriodId(id_), label=id_) if known is None else of_calendar(known, model.calendar)


def of_calendar(known: FiscalPeriod, calendar: str) -> Period:
    return Period(
        id=PeriodId(known.id),
        label=known.label,
        start=known.start,
        end=known.end,
        fiscal_year=known.fiscal_year,
        number=known.number,
        adjustment=known.adjustment,
        calendar=calendar,
    )


def _id(id_: str | None) -> strawberry.ID | None:
    return None if id_ is None else strawberry.ID(id_)


def _member(model: Model, dimension: Dimension, id_: str | None) -> Member | None:
    if id_ is None or id_ == UNASSIGNED or is_stand_in(id_):
        return None
    known = model.members.get(dimension, {}).get(id_)
    return known if known is not None else Member(id_, _SPECIAL.get(id_, id_))
