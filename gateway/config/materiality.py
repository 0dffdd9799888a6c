"""How large an unexplained difference may be before `reconcile` calls it a break."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator, ValidationError, WithJsonSchema

from gateway.config.base import Section
from gateway.config.problems import Document, Finding
from gateway.config.raw import find
from gateway.config.scalars import Member, Name, PositiveDecimal, one_of
from resolvers.semantics.dimensions import AccountClass
from resolvers.semantics.materiality import Materiality, MaterialityRule

_Class = Annotated[
    AccountClass,
    BeforeValidator(one_of(AccountClass)),
    WithJsonSchema({"enum": [str(word) for word in AccountClass]}),
]
_NOTHING: Final = Decimal(0)


class MaterialitySection(Section):
    """One rule. Of those that fit, the most specific holds: tier, then account, then class, then entity."""

    legal_entity: Member | None = None
    """The legal entity it is for; by default all."""
    account: Member | None = None
    """The account it is for; by default all."""
    account_class: _Class | None = None
    """The class of accounts it is for; by default all."""
    tier: Name | None = None
    """A name for how strict one is, such as AUDIT: the rule holds only where a question asks for it."""
    absolute: PositiveDecimal | None = None
    """How much may stay unexplained, in the entity's ledger currency."""
    percent: PositiveDecimal | None = None
    """How much, in percent of the right side. Where both are given, the larger one holds."""


def rules(sections: Iterable[MaterialitySection]) -> tuple[MaterialityRule, ...]:
    return tuple(_rule(section) for section in sections)


def _rule(section: MaterialitySection) -> MaterialityRule:
    return MaterialityRule(
        Materiality(section.absolute or _NOTHING, section.percent or _NOTHING, section.tier),
        section.legal_entity,
        section.account,
        section.account_class,
    )


def check(document: Document) -> Iterator[Finding]:
    """Rules that say nothing, name an account and a class, or are for the same as another."""
    first: dict[object, str] = {}
    for path, data in find(document.data, "materiality", "*"):
        try:
            section = MaterialitySection.model_validate(data)
        except ValidationError:
            continue
        if section.absolute is None and section.percent is None:
            yield path, "must give absolute, percent or both"
        if section.account is not None and section.account_class is not None:
            yield path, "must name an account or an accountClass, not both"
        key = _rule(section).key
        if key in first:
            yield path, f"is for the same as the rule at {first[key]}"
        first.setdefault(key, document.where(path))
