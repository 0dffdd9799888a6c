"""The catalogue: what there is to ask about, told without calling anyone unless asked whether they answer."""

import asyncio
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from graphql import GraphQLObjectType
from strawberry.utils.str_converters import to_snake_case

from resolvers.semantics.calendar import Calendar
from resolvers.semantics.dimensions import Dimension, Edge, Hierarchy
from resolvers.semantics.measures import MEASURES
from sources.spi.context import Context
from sources.spi.errors import Unavailable
from sources.spi.source import Health
from tests.graph.papers import replied, systems
from tests.graph.stage import CORE
from tests.plan.doubles import Around
from tests.world import ACCOUNTS, CENTERS, System, april, calendar, model

BOOKS = """
    journal-lines
    number amount
    J1     10
"""


def told(query: str, *used, world=None):
    reply = replied(query, *(used or systems(BOOKS)), world=world)
    assert reply.errors == []
    assert not reply.scans
    return reply.data


def test_every_measure_is_told_as_the_schema_has_it():
    data = told("{ measures { name meaning formula stage additive facts optionalFacts of } }")
    found = {each["name"]: each for each in data["measures"]}
    row = CORE.type_map["BudgetPositionRow"]
    assert isinstance(row, GraphQLObjectType)
    assert found.keys() <= row.fields.keys()
    assert [to_snake_case(name) for name in found] == [*MEASURES]
    assert all(each["meaning"] in row.fields[name].description for name, each in found.items())
    assert set(found["available"]["of"]) == {"budget", "consumed"}
    assert not found["consumedPercent"]["additive"]


def test_a_derived_measure_stands_on_the_facts_of_what_it_is_made_of():
    data = told("{ measures { name stage facts optionalFacts } }")
    found = {each["name"]: each for each in data["measures"]}
    assert found["actual"] == {"name": "actual", "stage": "LEDGER", "facts": ["LEDGER"], "optionalFacts": []}
    assert found["consumed"]["stage"] is None
    assert set(found["consumed"]["facts"]) == {
        "REQUISITION", "ORDER", "RECEIPT", "INVOICE", "VOUCHER", "DEFERRAL", "LEDGER",
    }  # fmt: skip
    assert set(found["consumed"]["optionalFacts"]) == {"ORDER_SCHEDULE", "BLANKET", "SUBSCRIPTION"}
    assert set(found["available"]["facts"]) == {*found["consumed"]["facts"], "BUDGET"}


def test_dimensions_say_whether_they_are_closed_and_how_they_are_arranged():
    """ALL stands above three cost centres; accounts stand side by side; suppliers and projects are open."""
    query = "{ dimensions { name open memberCount hierarchies { name roots memberCount levels } } }"
    found = {each.pop("name"): each for each in told(query)["dimensions"]}
    assert [*found] == [dimension.value for dimension in Dimension]
    tree = {"name": "DEFAULT", "roots": ["ALL"], "memberCount": 4, "levels": 2}
    assert found["COST_CENTER"] == {"open": False, "memberCount": len(CENTERS), "hierarchies": [tree]}
    assert found["ACCOUNT"] == {"open": False, "memberCount": len(ACCOUNTS), "hierarchies": []}
    assert found["LEGAL_ENTITY"] == {"open": False, "memberCount": 2, "hierarchies": []}
    assert found["PERIOD"] == {"open": False, "memberCount": 24, "hierarchies": []}
    for name in ("PROJECT", "SUPPLIER"):
        assert found[name] == {"open": True, "memberCount": None, "hierarchies": []}


def test_every_tree_of_a_dimension_is_listed_as_it_stands_today():
    """N1 stands below EAST since April, and the model's day is in July; MANAGERS is a tree of its own."""
    trees = (
        Hierarchy(
            Dimension.COST_CENTER,
            "DEFAULT",
            (
                Edge("N1", "ALL", until=date(2026, 3, 31)),
                Edge("N1", "EAST", date(2026, 4, 1)),
                Edge("EAST", "ALL"),
            ),
        ),
        Hierarchy(Dimension.COST_CENTER, "MANAGERS", (Edge("N1", "ADA"), Edge("S1", "BEN"))),
    )
    known = model(*systems(BOOKS), hierarchies={Dimension.COST_CENTER: trees})
    query = "{ dimensions(names: [COST_CENTER]) { hierarchies { name roots memberCount levels } } }"
    assert told(query, world=known)["dimensions"][0]["hierarchies"] == [
        {"name": "DEFAULT", "roots": ["ALL"], "memberCount": 3, "levels": 3},
        {"name": "MANAGERS", "roots": ["ADA", "BEN"], "memberCount": 4, "levels": 2},
    ]


def world():
    calendars: dict[str, Calendar] = {"G": calendar(adjustment=True), "APRIL": april()}
    return model(*systems(BOOKS), calendars=calendars)


def test_periods_of_the_groups_calendar_or_another():
    shown = "{ id label start end fiscalYear number adjustment calendar }"
    data = told(
        f'{{ periods(fiscalYear: 2026) {shown} uk: periods(calendar: "APRIL", fiscalYear: 2025) {shown} }}',
        world=world(),
    )
    assert [each["id"] for each in data["periods"]] == [f"2026-P{number:02d}" for number in range(1, 14)]
    assert data["periods"][12] == {
        "id": "2026-P13", "label": "Closing", "start": "2026-12-01", "end": "2026-12-31",
        "fiscalYear": 2026, "number": 13, "adjustment": True, "calendar": "G",
    }  # fmt: skip
    assert data["uk"][0] == {
        "id": "2025-P01", "label": "Apr 2024", "start": "2024-04-01", "end": "2024-04-30",
        "fiscalYear": 2025, "number": 1, "adjustment": False, "calendar": "APRIL",
    }  # fmt: skip


def test_all_years_unless_one_is_asked_for():
    years = [each["fiscalYear"] for each in told("{ periods { fiscalYear } }")["periods"]]
    assert years == [2025] * 12 + [2026] * 12


def test_only_what_is_named():
    data = told("""{ measures(names: ["actual", "budget"]) { name } sources(names: ["erp"]) { name }
        dimensions(names: [PERIOD]) { name } none: measures(names: []) { name } }""")
    assert data == {
        "measures": [{"name": "budget"}, {"name": "actual"}],
        "sources": [{"name": "erp"}],
        "dimensions": [{"name": "PERIOD"}],
        "none": [],
    }


@pytest.mark.parametrize(
    ("field", "code", "said"),
    [
        (
            'measures(names: ["actuals"])',
            "UNKNOWN_MEASURE",
            "names: 'actuals' is not one of originalBudget, ",
        ),
        ('sources(names: ["sap"])', "UNKNOWN_SOURCE", "names: 'sap' is not one of plan, s2p, erp"),
    ],
)
def test_a_name_that_is_nobodys_is_refused(field, code, said):
    reply = replied(f"{{ {field} {{ name }} }}", *systems(BOOKS))
    (error,) = reply.errors
    assert error["extensions"] == {"code": code}
    assert error["message"].startswith(said)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            'calendar: "LUNAR"',
            "UNKNOWN_MEMBER",
            "calendar: 'LUNAR' is not one of its 2 members; did you mean APRIL?",
        ),
        (
            "fiscalYear: 1999",
            "PERIOD_OUTSIDE_CALENDAR",
            "fiscalYear: 1999 is outside calendar G: it has 2025 to 2026",
        ),
    ],
)
def test_a_calendar_or_year_that_is_not_there_is_refused(arguments, code, said):
    reply = replied(f"{{ periods({arguments}) {{ id }} }}", *systems(BOOKS), world=world())
    assert reply.data == {"periods": None}
    assert [(e["extensions"]["code"], e["message"]) for e in reply.errors] == [(code, said)]


def test_sources_are_told_without_calling_them():
    query = """{ sources { name system maxAgeSeconds
        legalEntities { code legalEntity { id name } } facts { fact legalEntities columns abilities } } }"""
    found = {each["name"]: each for each in told(query)["sources"]}
    assert [*found] == ["plan", "s2p", "erp"]
    erp = found["erp"]
    assert [each["legalEntity"]["id"] for each in erp["legalEntities"]] == ["ONE", "TWO"]
    facts = {each["fact"]: each for each in erp["facts"]}
    assert facts.keys() == {"LEDGER", "VOUCHER"}
    assert "ref_invoice" in facts["VOUCHER"]["columns"]
    assert any(words.startswith("filters by account, cost_center") for words in facts["LEDGER"]["abilities"])
    assert any("number (200 a call)" in words for words in facts["VOUCHER"]["abilities"])
    assert any(words.startswith("adds up by") for words in facts["LEDGER"]["abilities"])
    assert not any(words.startswith("adds up by") for words in facts["VOUCHER"]["abilities"])


class Probed(Around):
    """Notes its probes, and answers when all that `together` waits for have begun theirs."""

    def __init__(self, inner, together: asyncio.Barrier, begun: list[str]) -> None:
        super().__init__(inner)
        self._together, self._begun = together, begun

    async def probe(self, _: Context) -> Health:
        self._begun.append(self.name)
        await self._together.wait()
        if self.name == "erp":
            raise Unavailable(self.name, "connection refused")
        return Health(ok=True, detail="answered", milliseconds=1.6)


def probing(most: int) -> tuple[list[str], list[System]]:
    """Systems that answer a probe when so many have begun, and what was begun."""
    begun: list[str] = []
    together = asyncio.Barrier(most)
    around = partial(Probed, together=together, begun=begun)
    return begun, [replace(each, around=around) for each in systems(BOOKS)]


def test_whether_they_answer_is_asked_of_all_at_once_and_of_each_once():
    begun, used = probing(3)
    data = told("{ sources { name reachable { ok detail } again: reachable { milliseconds } } }", *used)
    assert {each["name"]: each["reachable"] for each in data["sources"]} == {
        "plan": {"ok": True, "detail": "answered"},
        "s2p": {"ok": True, "detail": "answered"},
        "erp": {"ok": False, "detail": "SOURCE_UNAVAILABLE: connection refused"},
    }
    assert data["sources"][0]["again"] == {"milliseconds": 2}
    assert sorted(begun) == ["erp", "plan", "s2p"]


def test_who_never_answers_is_bounded_by_the_deadline(monkeypatch):
    monkeypatch.setattr(Context, "remaining", lambda *_: 0.01)
    _, used = probing(4)
    data = told("{ sources { reachable { ok detail } } }", *used)
    late = {"ok": False, "detail": "no answer within 0.01 s"}
    assert [each["reachable"] for each in data["sources"]] == [late] * 3
