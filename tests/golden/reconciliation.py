"""RECON and ROLLFORWARD: arithmetic on totals, asked of `resolvers.semantics.reconcile` directly.

reconciled(left, right, items, tolerance_abs, tolerance_pct)     items: (reason, amount)
    → difference explained residual threshold status
rolled_forward(opening, movements, gl_closing)                   movements: (type, amount)
    → closing gl_closing difference
"""

from decimal import Decimal
from importlib import import_module
from typing import Any, Final, Literal

from tests.golden.case import Case, Conventions
from tests.golden.question import NotBuiltError
from tests.golden.strict import Figure, Strict
from tests.golden.verdict import Got

MODULE: Final = "resolvers.semantics.reconcile"


class Item(Strict):
    reason: str
    amount: Decimal


class ReconFigures(Strict):
    difference: Figure = None
    explained: Figure = None
    residual: Figure = None
    threshold: Figure = None
    status: Literal["MATCHED", "EXPLAINED", "WITHIN_TOLERANCE", "BREAK"] | None = None


class Recon(Case):
    kind: Literal["RECON"]
    left: Decimal
    right: Decimal
    items: tuple[Item, ...] = ()
    tolerance_abs: Decimal = Decimal(0)
    tolerance_pct: Decimal = Decimal(0)
    expected: ReconFigures

    async def got(self, conventions: Conventions) -> Got:  # noqa: ARG002  totals have no conventions
        items = [(item.reason, item.amount) for item in self.items]
        function = _function(self.kind, "reconciled")
        return _read(
            function(self.left, self.right, items, self.tolerance_abs, self.tolerance_pct), ReconFigures
        )


class Movement(Strict):
    type: str
    amount: Decimal


class RollforwardFigures(Strict):
    closing: Figure = None
    gl_closing: Figure = None
    difference: Figure = None


class Rollforward(Case):
    kind: Literal["ROLLFORWARD"]
    opening: Decimal
    movements: tuple[Movement, ...]
    gl_closing: Decimal
    expected: RollforwardFigures

    async def got(self, conventions: Conventions) -> Got:  # noqa: ARG002  totals have no conventions
        movements = [(movement.type, movement.amount) for movement in self.movements]
        function = _function(self.kind, "rolled_forward")
        return _read(function(self.opening, movements, self.gl_closing), RollforwardFigures)


def _function(kind: str, name: str) -> Any:
    try:
        return getattr(import_module(MODULE), name)
    except (ModuleNotFoundError, AttributeError):
        raise NotBuiltError(f"kind {kind} needs {MODULE}.{name}, which is not built") from None


def _read(result: object, figures: type[Strict]) -> Got:
    fields = figures.model_fields.items()
    return Got({(str(field.alias),): getattr(result, name) for name, field in fields})
