"""The planning model: lists, and one module of budget cells seen through two views.

The default view is what a module shows when nobody arranged it: every cost centre by every account, blank
or not, one legal entity and line type at a time. The saved view is arranged for loading: all entities and
line types on rows, rows without data filtered out, so that one call reads one version of the plan. Sums of
cost centres stand among them, for people who look at the view.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final

from sources.sandbox.estate.clock import BUDGET_YEARS
from sources.sandbox.estate.company import LEDGER_ONLY
from sources.sandbox.estate.documents import BudgetEntry, Company, Estate

WORKSPACE: Final = "8a8194836d6572696469616e00000001"
MODEL: Final = "4D4552494449414E5345525649434553"
MODEL_NAME: Final = "FIN01 Financial plan"
MODULE: Final = "102000000001"
DEFAULT_VIEW: Final = MODULE
LOADING_VIEW: Final = "1012000000001"

VERSIONS: Final = "101000000001"
ENTITIES: Final = "101000000002"
COST_CENTERS: Final = "101000000003"
ACCOUNTS: Final = "101000000004"
LINE_TYPES: Final = "101000000005"
TIME: Final = "20000000003"

_LINE_TYPES: Final = ("ORIGINAL", "REVISION", "TRANSFER", "CARRY_FORWARD", "ACTUAL")

Coordinates = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A member of a dimension. Cells name it by `name`; few lists carry codes."""

    id: str
    name: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    id: str
    name: str
    items: tuple[Item, ...]

    def item(self, id_: str) -> Item | None:
        return next((item for item in self.items if item.id == id_), None)


@dataclass(frozen=True, slots=True)
class View:
    """The ids of the dimensions on each axis. `suppressed`: rows without data are left out."""

    id: str
    name: str
    pages: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    suppressed: bool


VIEWS: Final = (
    View(
        id=DEFAULT_VIEW,
        name="BUD01 Budget",
        pages=(VERSIONS, ENTITIES, LINE_TYPES),
        rows=(COST_CENTERS, ACCOUNTS),
        columns=(TIME,),
        suppressed=False,
    ),
    View(
        id=LOADING_VIEW,
        name="BUD01 Budget.All entities",
        pages=(VERSIONS,),
        rows=(ENTITIES, COST_CENTERS, ACCOUNTS, LINE_TYPES),
        columns=(TIME,),
        suppressed=True,
    ),
)


class Model:
    """Dimensions by id, and the cells of the budget module.

    `cells` is addressed by item names in the order of AXES; a missing cell is blank.
    """

    AXES: Final = (VERSIONS, ENTITIES, COST_CENTERS, ACCOUNTS, LINE_TYPES, TIME)

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self.dimensions: Mapping[str, Dimension] = {d.id: d for d in _dimensions(estate)}

    @cached_property
    def cells(self) -> Mapping[Coordinates, Decimal]:
        cells: dict[Coordinates, Decimal] = {}
        sums = _summed(self._estate)
        for entry in self._estate.budget:
            at = _coordinates(self._estate.company, entry)
            for row in (at, *(_instead(at, total) for total in sums.get(entry.cost_center, ()))):
                cells[row] = cells.get(row, Decimal(0)) + entry.amount
        return cells


def _instead(at: Coordinates, total: str) -> Coordinates:
    """The same cell in the row of a sum."""
    center = Model.AXES.index(COST_CENTERS)
    return (*at[:center], total, *at[center + 1 :])


def _summed(estate: Estate) -> Mapping[str, tuple[str, ...]]:
    """The sums each cost centre is part of, by name."""
    centers = {center.id: center for center in estate.company.cost_centers}

    def above(member: str | None) -> Iterator[str]:
        while member is not None:
            if member in estate.summed:
                yield total_name(centers[member].name)
            member = centers[member].parent

    return {member: tuple(above(member)) for member in centers}


def _coordinates(company: Company, entry: BudgetEntry) -> Coordinates:
    return (
        version_name(entry.scenario, entry.version),
        company.code("anaplan", "legal_entity", entry.entity),
        company.code("anaplan", "cost_center", entry.cost_center),
        company.code("anaplan", "account", entry.account),
        line_type_name(entry.type),
        month_name(date(int(entry.period[:4]), int(entry.period[-2:]), 1)),
    )


def total_name(node: str) -> str:
    """Client Support → Total Client Support."""
    return f"Total {node}"


def version_name(scenario: str, version: str) -> str:
    """BUDGET, APPROVED → Budget Approved."""
    return f"{scenario.title()} {version.title()}"


def line_type_name(type_: str) -> str:
    """CARRY_FORWARD → Carry Forward."""
    return type_.replace("_", " ").title()


def month_name(month: date) -> str:
    """2026-06-01 → Jun 26, the way Anaplan names months."""
    return f"{month:%b %y}"


def _dimensions(estate: Estate) -> tuple[Dimension, ...]:
    company = estate.company
    versions = dict.fromkeys((b.scenario, b.version) for b in estate.budget)
    centers = [c.id for c in company.cost_centers if c.entity and c.id not in LEDGER_ONLY]
    totals = {total_name(c.name): None for c in company.cost_centers if c.id in estate.summed}
    accounts = [a.id for a in company.accounts if a.id.isdigit()]
    months = [date(year, month, 1) for year in BUDGET_YEARS for month in range(1, 13)]
    return (
        _list(VERSIONS, "Plan versions", {version_name(*v): f"{v[0]}/{v[1]}" for v in versions}),
        _list(
            ENTITIES,
            "Legal entities",
            {company.code("anaplan", "legal_entity", e.id): None for e in company.entities},
        ),
        _list(
            COST_CENTERS,
            "Cost centres",
            {company.code("anaplan", "cost_center", c): None for c in centers} | totals,
        ),
        _list(ACCOUNTS, "Accounts", {company.code("anaplan", "account", a): None for a in accounts}),
        _list(LINE_TYPES, "Line types", {line_type_name(t): t for t in _LINE_TYPES}),
        Dimension(TIME, "Time", tuple(Item(f"50{m:%Y%m}000000", month_name(m)) for m in months)),
    )


def _list(id_: str, name: str, items: Mapping[str, str | None]) -> Dimension:
    """Item ids are numbered within their list: 203000000001 is the first of list 101000000003."""
    base = 2 * 10**11 + int(id_[-1]) * 10**9
    return Dimension(
        id_,
        name,
        tuple(Item(str(base + i), item, code) for i, (item, code) in enumerate(items.items(), start=1)),
    )
