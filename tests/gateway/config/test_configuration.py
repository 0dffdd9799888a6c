"""What a valid file becomes: the engine's model, the sources' settings, warnings."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.config import ConfigurationError, load
from gateway.config.calendars import CalendarSection, calendar
from gateway.config.scalars import seconds
from gateway.limits import USUAL
from resolvers.semantics.dimensions import AccountClass, CrosswalkRow, Dimension, Member
from resolvers.semantics.model import Provision, Rate
from sources.spi.facts import Fact
from sources.spi.settings import Limits

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_the_model(valid, loaded):
    model = loaded(valid).model
    assert model.legal_entities["DE01"].currency == "EUR"
    assert model.legal_entities["DE01"].calendar == "GROUP"
    assert model.legal_entities["DE01"].unused == {Fact.REQUISITION}
    assert model.members[Dimension.COST_CENTER]["US-OPS"] == Member(
        "US-OPS", "Operations", "US-OPS", "GROUP", "US01", "Alice Warren"
    )
    assert model.members[Dimension.ACCOUNT]["6100"].kind is AccountClass.EXPENSE
    assert model.members[Dimension.LEGAL_ENTITY]["US01"] == Member(
        "US01", "Meridian Inc.", "US01", None, "US01"
    )
    assert model.members[Dimension.PROJECT] == {}
    assert model.reporting_currency == "USD"
    assert model.rates[1] == Rate("EUR", "USD", 2026, Decimal("1.10"))
    assert model.crosswalk[0] == CrosswalkRow("sap", Dimension.COST_CENTER, "0010101101", "US-OPS")
    assert model.provisions == (
        Provision("sap", frozenset({Fact.LEDGER, Fact.VOUCHER}), {"US01": "1010", "DE01": "2010"}),
    )
    assert model.max_rows == 100_000
    assert model.today == datetime.now(UTC).date()


def test_what_is_left_out_has_its_usual_value(valid, loaded):
    configuration = loaded(valid)
    assert (configuration.profile, configuration.clock, configuration.deadline) == ("demo", None, 30.0)
    settings = configuration.sources["sap"]
    assert settings.limits == Limits()
    assert (settings.max_age, settings.account, settings.ca, settings.proxy) == (60.0, None, None, None)
    assert (settings.options, settings.mapping) == ({}, {})


MORE = """\
    account: shared
    limits: {concurrency: 2, callsPerSecond: 7, pageSize: 50, maxRows: 10, maxPages: 3, maxBytes: 9,
             timeout: 1500ms}
    maxAge: PT1H30M
    staleWhileRevalidate: 10s
    staleIfError: 1h
    options: {ledger: 0L}
    ca: ca.pem
    proxy: http://proxy.example:3128/
    mapping: {orders: {cost_center: {from: [segment-1, segment-2], negate: true}}}
"""


def test_everything_else_can_be_said(changed, loaded):
    clock = "clock: 2026-06-30T14:00:00+02:00\nlimits: {maxRows: 500, deadline: 1m}\ncache: {maxBytes: 5}"
    text = changed(("profile: demo", f"profile: demo\n{clock}"), ("    facts: [", f"{MORE}    facts: ["))
    configuration = loaded(text, {"ca.pem": "x"})
    assert configuration.clock == datetime(2026, 6, 30, 12, tzinfo=UTC)
    assert configuration.model.today == date(2026, 6, 30)
    assert (configuration.model.max_rows, configuration.deadline) == (500, 60.0)
    assert (configuration.cache_bytes, configuration.answer_bytes) == (5, 67_108_864)
    settings = configuration.sources["sap"]
    assert settings.limits == Limits(2, 7, 50, 10, 3, 9, 1.5)
    assert (settings.max_age, settings.account, settings.options) == (5400.0, "shared", {"ledger": "0L"})
    assert (settings.stale_while_revalidate, settings.stale_if_error) == (10.0, 3600.0)
    assert (settings.ca, settings.proxy) == ("ca.pem", "http://proxy.example:3128")
    assert settings.mapping == {
        "orders": {"cost_center": {"from": ("segment-1", "segment-2"), "negate": "true"}}
    }


def test_fiscal_years_are_named_by_the_year_they_end_in():
    section = CalendarSection.model_validate(
        {"id": "UK", "startMonth": "4", "firstYear": "2025", "lastYear": "2026", "adjustmentPeriods": "2"}
    )
    periods = calendar(section).periods
    assert len(periods) == 28
    first, last, adjustment = periods[0], periods[11], periods[13]
    assert (first.id, first.start, first.end, first.label) == (
        "2025-P01", date(2024, 4, 1), date(2024, 4, 30), "April 2024"
    )  # fmt: skip
    assert (last.id, last.number, last.start, last.end) == (
        "2025-P12",
        12,
        date(2025, 3, 1),
        date(2025, 3, 31),
    )
    assert (adjustment.id, adjustment.adjustment, adjustment.start) == ("2025-P14", True, last.end)
    assert periods[14].id == "2026-P01"


@unhurried
@given(st.integers(1, 12), st.integers(1950, 2150), st.integers(0, 3), st.integers(0, 4))
def test_ordinary_periods_leave_no_day_out(start, first, years, adjustments):
    data = {"id": "C", "startMonth": str(start), "firstYear": str(first), "lastYear": str(first + years)}
    section = CalendarSection.model_validate({**data, "adjustmentPeriods": str(adjustments)})
    ordinary = [period for period in calendar(section).periods if not period.adjustment]
    assert len(ordinary) == 12 * (years + 1)
    for before, after in pairwise(ordinary):
        assert (after.start - before.end).days == 1
    assert all(period.end.year == period.fiscal_year for period in ordinary if period.number == 12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30s", 30),
        ("5m", 300),
        ("250ms", 0.25),
        ("1.5h", 5400),
        ("1d", 86400),
        ("PT5M", 300),
        ("P1DT1S", 86401),
    ],
)
def test_durations(text, expected):
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "5", "s", "5 m", "-5m", "P", "PT", "P1Y", "1e3s", "٣s"])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match=r".*"):
        seconds(text)


NONE = "no source provides"
INCOMPLETE = ", so its figures will be incomplete; list under unused what it does not use"


def warned(configuration):
    return [str(warning).removeprefix("threefold.yaml:") for warning in configuration.warnings]


def test_warnings(changed, loaded):
    text = changed(
        ("profile: demo", "profile: production"),
        ("https:", "http:"),
        ("fiscalYear: 2026", "fiscalYear: 2024"),
        ("{id: DE-OPS, name: Betrieb, parent: GROUP", "{id: DE-OPS, name: Betrieb"),
    )
    assert warned(loaded(text)) == [
        "2: profile: without identity, `threefold serve` does not start",
        f"6: legalEntities[0].id: {NONE} BUDGET, REQUISITION, ORDER, RECEIPT, INVOICE, DEFERRAL{INCOMPLETE}",
        f"7: legalEntities[1].id: {NONE} BUDGET, ORDER, RECEIPT, INVOICE, DEFERRAL{INCOMPLETE}",
        "15: costCenters[2].id: 'DE-OPS': neither below nor above another of costCenters",
        "18: rates: there is no rate from EUR to USD for 2026",
        "28: sources.sap.url: credentials travel unencrypted; use https:// where the system can",
    ]


def test_an_entity_that_has_everything_draws_no_warning(changed, loaded):
    unused = "BUDGET, REQUISITION, ORDER, RECEIPT, INVOICE, DEFERRAL"
    text = changed(("unused: [REQUISITION]", f"unused: [{unused}]"), ("USD}", f"USD, unused: [{unused}]}}"))
    assert warned(loaded(text)) == []


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigurationError, match=r"none.yaml:1: cannot be read: No such file or directory"):
        load(tmp_path / "none.yaml", {})


def test_limits_of_a_request(changed, loaded):
    """Each key under the name that messages use; what is not given is as usual."""
    assert loaded(changed()).limits == USUAL
    given = "limits: {mode: measure, maxCost: 7, maxRootFields: 2, maxUpstreamCalls: 3, maxTokens: 9}"
    found = loaded(changed(("profile: demo", f"profile: demo\n{given}"))).limits
    assert found == replace(
        USUAL, enforced=False, max_cost=7, max_root_fields=2, max_upstream_calls=3, max_tokens=9
    )
