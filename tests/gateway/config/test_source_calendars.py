"""A source that says in which calendar its periods are."""

from tests.gateway.config.conftest import VALID, Load, Wrong

UK = "  - {id: UK, startMonth: 4, firstYear: 2026, lastYear: 2026}\n"
YEARS = VALID.replace("calendars:\n", "calendars:\n" + UK).replace("EUR, unused", "EUR, calendar: UK, unused")


def test_it_is_each_entity_s_own_by_default(loaded: Load) -> None:
    model = loaded(YEARS).model
    assert [model.home("sap", entity).id for entity in ("US01", "DE01")] == ["GROUP", "UK"]


def test_a_source_may_name_one_for_all_it_says(loaded: Load) -> None:
    model = loaded(YEARS.replace("    facts:", "    calendar: GROUP\n    facts:")).model
    assert [model.home("sap", entity).id for entity in ("US01", "DE01")] == ["GROUP", "GROUP"]


def test_it_must_be_a_calendar(wrong: Wrong) -> None:
    given = YEARS.replace("    facts:", "    calendar: MONTHS\n    facts:")
    line = given.splitlines().index("    calendar: MONTHS") + 1
    assert wrong(given) == [f"{line}: sources.sap.calendar: 'MONTHS' is not in calendars; it has UK, GROUP"]
