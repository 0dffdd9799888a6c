"""How annual budgets lie in the periods of their year, and which plan is the forecast."""

from collections.abc import Iterator
from typing import Annotated, Final, Self

from pydantic import BeforeValidator, ValidationError, WithJsonSchema, model_validator

from gateway.config.base import Section
from gateway.config.calendars import CalendarSection, calendar
from gateway.config.members import AccountKind
from gateway.config.problems import Document, Finding, Path
from gateway.config.raw import find, text
from gateway.config.scalars import NonNegativeDecimal, Text, one_of, refused
from resolvers.semantics.spreading import Profile, Spreading

_PERIODS: Final = 12
_Profile = Annotated[
    Profile, BeforeValidator(one_of(Profile)), WithJsonSchema({"enum": [str(profile) for profile in Profile]})
]


class SpreadingSection(Section):
    """The profile by which annual budget entries, those with a fiscal year and no period, lie in the ordinary
    periods of their year. The most specific section holds: a version before an account class. Without any,
    they are spread evenly."""

    version: Text | None = None
    """Only entries of this version of the plan."""
    account_class: AccountKind | None = None
    """Only entries on accounts of this class."""
    profile: _Profile
    """EVEN; WEEKS_445, quarters of 4, 4 and 5 weeks; PROFILE, by `weights`; NONE, in no period: they stay in
    UNASSIGNED, and are inside windows that hold the whole year."""
    weights: tuple[NonNegativeDecimal, ...] = ()
    """Of a PROFILE: what the periods 1 to 12 weigh, relative to each other."""

    @model_validator(mode="after")
    def _weighed(self) -> Self:
        if self.profile is not Profile.PROFILE and self.weights:
            raise refused("must have weights only with the profile PROFILE")
        if self.profile is Profile.PROFILE and (len(self.weights) != _PERIODS or not any(self.weights)):
            raise refused("must have twelve weights that are not all 0")
        return self


class ForecastSection(Section):
    """The plan that `forecast` and `outlook` are of, unless a question names another."""

    scenario: Text
    """Scenario of its budget entries."""
    version: Text
    """Version of its budget entries."""


def spreading(sections: tuple[SpreadingSection, ...]) -> tuple[Spreading, ...]:
    return tuple(Spreading(s.profile, s.weights, s.version, s.account_class) for s in sections)


def check(document: Document) -> Iterator[Finding]:
    """Two profiles for the same entries, and profiles of twelve periods where years have more."""
    first: dict[tuple[str | None, str | None], Path] = {}
    for path, entry in find(document.data, "spreading", "*"):
        named = (text(entry, "version"), text(entry, "accountClass"))
        if (at := first.setdefault(named, path)) != path:
            yield path, f"is for the same entries as {document.where(at)}"
        if text(entry, "profile") in {Profile.PROFILE, Profile.WEEKS_445}:
            for name, year in _longer(document):
                yield path, f"is of twelve periods; calendar {name} has more in {year}: use EVEN or NONE"


def _longer(document: Document) -> Iterator[tuple[str, int]]:
    """Calendars with more than twelve ordinary periods in a year, and the first such year."""
    for _, data in find(document.data, "calendars", "*"):
        try:
            found = calendar(CalendarSection.model_validate(data))
        except ValidationError:
            continue
        numbers = ((p.fiscal_year, p.number) for p in found.periods if not p.adjustment)
        years = [year for year, number in numbers if number > _PERIODS]
        if years:
            yield found.id, min(years)
