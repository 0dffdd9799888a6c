"""Funds: which budget a spend draws on, and what is left of that budget once the spend is made.

A line of spend lies in a cell: its members in the dimensions that control it. The nearest cell upwards that
has a budget is its *control node*; everything in the node and below consumes the node's budget. Lines that
draw on one node are seen together:

    availableBefore = budget − consumed + replaced
    availableAfter  = availableBefore − Σ amounts of the lines

`replaced` is the part of the consumption that the lines themselves already are, as requisitions.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum
from itertools import product
from typing import Final

from resolvers.semantics.calendar import Window
from resolvers.semantics.dimensions import Dimension, Member

Cell = tuple[str, ...]
"""Members in the order of the dimensions that control."""
_WIDE: Final = Context(prec=100, rounding=ROUND_HALF_UP)
"""Sums and products of money stay exact: Python's own 28 digits would round them silently."""
_NOTHING: Final = Decimal(0)


class Action(StrEnum):
    """What a legal entity does about a spend that does not fit."""

    BLOCK = "BLOCK"
    WARN = "WARN"
    NONE = "NONE"


class Verdict(StrEnum):
    """From mild to severe: of several, the last one counts."""

    FITS = "FITS"
    EXCEEDS_WITHIN_TOLERANCE = "EXCEEDS_WITHIN_TOLERANCE"
    UNKNOWN = "UNKNOWN"
    NO_BUDGET = "NO_BUDGET"
    EXCEEDS = "EXCEEDS"


_SEVERITY: Final = {verdict: rank for rank, verdict in enumerate(Verdict)}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    return max(verdicts, key=_SEVERITY.__getitem__, default=Verdict.FITS)


@dataclass(frozen=True, slots=True)
class FundsControl:
    """How a legal entity controls its spend. `window` PTD: the period of the spend; YTD: the fiscal year up
    to it; FY: the whole year. `dimensions` are some of COST_CENTER, ACCOUNT and PROJECT. Tolerances, in
    percent of the node's budget and in ledger currency: where both are given, the smaller one holds."""

    action: Action = Action.WARN
    window: Window = Window.FY
    dimensions: tuple[Dimension, ...] = (Dimension.COST_CENTER, Dimension.ACCOUNT)
    tolerance_percent: Decimal | None = None
    tolerance_amount: Decimal | None = None

    def tolerance(self, budget: Decimal, rate: Decimal) -> Decimal:
        """How far below zero is still tolerated; `rate` takes ledger currency to that of `budget`."""
        with localcontext(_WIDE):
            given = []
            if self.tolerance_percent is not None:
                given.append(max(budget, _NOTHING) * self.tolerance_percent / 100)
            if self.tolerance_amount is not None:
                given.append(self.tolerance_amount * rate)
            return min(given, default=_NOTHING)

    def blocks(self, verdict: Verdict) -> bool:
        """Whether the entity stops it. What nobody budgeted is stopped like what exceeds a budget."""
        return self.action is Action.BLOCK and verdict in (Verdict.EXCEEDS, Verdict.NO_BUDGET)


@dataclass(frozen=True, slots=True)
class Node:
    """A control node: a cell of a legal entity, over the periods of its window."""

    legal_entity: str
    dimensions: tuple[Dimension, ...]
    cell: Cell
    periods: tuple[str, ...]
    currency: str


@dataclass(frozen=True, slots=True)
class Demand:
    """What a line of spend takes. `paths` has, per controlling dimension, the line's member and the nodes
    above it, nearest first. `amount` is exact, in the currency of its node; None where it could not be
    translated. `requisition` is the number of the requisition the line comes from."""

    id: str
    legal_entity: str
    paths: tuple[tuple[str, ...], ...]
    period: str
    amount: Decimal | None
    requisition: str | None = None

    @property
    def cell(self) -> Cell:
        return tuple(path[0] for path in self.paths)

    def within(self, node: Node) -> bool:
        """Whether the spend, once made, is part of the node's consumption."""
        return (
            self.legal_entity == node.legal_entity
            and self.period in node.periods
            and len(self.paths) == len(node.cell)
            and all(member in path for member, path in zip(node.cell, self.paths, strict=True))
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of a node; None is unknown, never zero."""

    budget: Decimal | None
    consumed: Decimal | None
    replaced: Decimal | None = _NOTHING

    @property
    def before(self) -> Decimal | None:
        if self.budget is None or self.consumed is None or self.replaced is None:
            return None
        with localcontext(_WIDE):
            return self.budget - self.consumed + self.replaced


@dataclass(frozen=True, slots=True)
class Step:
    """One line in its turn: what was available before it and after it, and what that says of the line."""

    id: str
    amount: Decimal | None
    before: Decimal | None
    after: Decimal | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Weighing:
    """A node with all its lines. `amount` is their sum; `own` are the lines the node controls, in order."""

    before: Decimal | None
    amount: Decimal | None
    after: Decimal | None
    verdict: Verdict
    own: tuple[Step, ...]


def upwards(members: Mapping[str, Member], id_: str) -> tuple[str, ...]:
    """The member and the nodes above it, nearest first. A tree that bites its tail ends where it repeats."""
    path = [id_]
    while (
        (member := members.get(path[-1])) is not None
        and member.parent is not None
        and member.parent not in path
    ):
        path.append(member.parent)
    return tuple(path)


def control_cell(paths: Sequence[Sequence[str]], budgeted: Container[Cell]) -> Cell | None:
    """The nearest cell upwards that has a budget: the fewest steps over all dimensions; among equals the one
    that is closer in the first dimension, then in the second. None where nothing upwards has one."""
    steps = sorted(product(*(range(len(path)) for path in paths)), key=lambda up: (sum(up), up))
    cells = (tuple(path[up] for path, up in zip(paths, each, strict=True)) for each in steps)
    return next((cell for cell in cells if cell in budgeted), None)


def replaced(demands: Iterable[Demand], held: Mapping[tuple[str, Cell], Decimal], exponent: int) -> Decimal:
    """What of the consumption the lines already are. `held` is what a requisition pre-commits in a cell;
    lines of that requisition in that cell replace it up to their own amount; the rest stays consumed."""
    taken: dict[tuple[str, Cell], Decimal] = {}
    with localcontext(_WIDE):
        for demand in demands:
            if demand.requisition is not None and demand.amount is not None:
                key = demand.requisition, demand.cell
                taken[key] = taken.get(key, _NOTHING) + demand.amount
        shares = (
            min(max(held.get(key, _NOTHING), _NOTHING), max(amount, _NOTHING))
            for key, amount in taken.items()
        )
        return sum((rounded(share, exponent) for share in shares), rounded(_NOTHING, exponent))


def weighed(
    figures: Figures, below: Sequence[Demand], own: Sequence[Demand], tolerance: Decimal, exponent: int
) -> Weighing:
    """The lines `own` that a node controls, one after the other, after those `below` it that another node
    controls: they consume this budget too. Amounts are rounded so that they add up to the rounded sum,
    however a line is split. A line that takes nothing fits, and none is judged worse than all together."""
    with localcontext(_WIDE):
        before = figures.before
        running = _Running(exponent)
        for demand in below:
            running.add(demand.amount)
        steps = []
        for demand in own:
            at = running.left(before)
            amount = running.add(demand.amount)
            after = running.left(before)
            steps.append(Step(demand.id, amount, at, after, _judged(amount, after, tolerance)))
        after = running.left(before)
        sums = [step.amount for step in steps if step.amount is not None]
        whole = _judged(sum(sums, _NOTHING), after, tolerance)
        if after is not None:
            steps = [_no_worse(step, whole) for step in steps]
        return Weighing(before, running.sum, after, whole, tuple(steps))


class _Running:
    """A sum that is rounded as it grows. Unknown once an unknown amount was added."""

    def __init__(self, exponent: int) -> None:
        self._exact: Decimal | None = _NOTHING
        self._exponent = exponent

    @property
    def sum(self) -> Decimal | None:
        return None if self._exact is None else rounded(self._exact, self._exponent)

    def add(self, amount: Decimal | None) -> Decimal | None:
        """What the amount adds to the rounded sum; after an unknown amount, the amount rounded by itself."""
        was = self.sum
        self._exact = None if self._exact is None or amount is None else self._exact + amount
        if amount is None:
            return None
        now = self.sum
        return rounded(amount, self._exponent) if was is None or now is None else now - was

    def left(self, before: Decimal | None) -> Decimal | None:
        return None if before is None or self.sum is None else before - self.sum


def _judged(amount: Decimal | None, after: Decimal | None, tolerance: Decimal) -> Verdict:
    if after is None or amount is None:
        return Verdict.UNKNOWN
    if after >= 0 or amount <= 0:
        return Verdict.FITS
    return Verdict.EXCEEDS_WITHIN_TOLERANCE if after >= -tolerance else Verdict.EXCEEDS


def _no_worse(step: Step, whole: Verdict) -> Step:
    mild = min(step.verdict, whole, key=_SEVERITY.__getitem__)
    return Step(step.id, step.amount, step.before, step.after, mild)


def translated(amount: Decimal, rate: Decimal) -> Decimal:
    """Exact: it is rounded with its neighbours, in `weighed`."""
    return _WIDE.multiply(amount, rate)


def rounded(amount: Decimal, exponent: int) -> Decimal:
    """To the smallest unit of a currency, half away from zero."""
    return amount.quantize(Decimal(1).scaleb(-exponent), rounding=ROUND_HALF_UP, context=_WIDE)
