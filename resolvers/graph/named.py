"""Members of dimensions as objects, by id. A document without one has none: UNASSIGNED is null here. So is
what stands for several members."""

from typing import TypeVar

import strawberry

from resolvers.graph.dimensions import Account, CostCenter, LegalEntity, Period, Project, Supplier
from resolvers.graph.scalars import CurrencyCode, PeriodId
from resolvers.semantics.model import INVALID, UNASSIGNED, UNMAPPED, Dimension, Member, Model
from resolvers.semantics.shares import is_stand_in

Plain = TypeVar("Plain", Project, Supplier)
_SPECIAL = {UNMAPPED: "Unmapped", INVALID: "Invalid"}


def legal_entity(model: Model, id_: str) -> LegalEntity:
    entity = model.legal_entities[id_]
    return LegalEntity(
        id=strawberry.ID(id_), code=id_, name=entity.name, currency=CurrencyCode(entity.currency)
    )


def account(model: Model, id_: str | None) -> Account | None:
    if id_ is None or id_ == UNASSIGNED or is_stand_in(id_):
        return None
    member = _member(model, Dimension.ACCOUNT, id_)
    return Account(id=strawberry.ID(id_), code=member.code or id_, name=member.name, class_=member.kind)


def cost_center(model: Model, id_: str | None) -> CostCenter | None:
    if id_ is None or id_ == UNASSIGNED or is_stand_in(id_):
        return None
    member = _member(model, Dimension.COST_CENTER, id_)
    return CostCenter(id=strawberry.ID(id_), code=member.code or id_, name=member.name, owner=member.owner)


def project(model: Model, id_: str | None) -> Project | None:
    return _plain(model, Dimension.PROJECT, id_, Project)


def supplier(model: Model, id_: str | None) -> Supplier | None:
    return _plain(model, Dimension.SUPPLIER, id_, Supplier)


def period(model: Model, id_: str | None) -> Period | None:
    if id_ is None:
        return None
    known = next((p for p in model.calendars[model.calendar].periods if p.id == id_), None)
    if known is None:
        return Period(id=PeriodId(id_), label=id_)
    return Period(
        id=PeriodId(id_),
        label=known.label,
        start=known.start,
        end=known.end,
        fiscal_year=known.fiscal_year,
    )


def _plain(model: Model, dimension: Dimension, id_: str | None, kind: type[Plain]) -> Plain | None:
    if id_ is None or id_ == UNASSIGNED or is_stand_in(id_):
        return None
    member = _member(model, dimension, id_)
    return kind(id=strawberry.ID(id_), code=member.code or id_, name=member.name)


def _member(model: Model, dimension: Dimension, id_: str) -> Member:
    known = model.members.get(dimension, {}).get(id_)
    return known if known is not None else Member(id_, _SPECIAL.get(id_, id_))
