"""The measures: what each figure means, the facts it stands on, and how the derived ones follow.

Base measures are sums of *parts* (see `parts`); derived ones are computed from base measures after every
sum, in each cell and each total, so that the identities hold everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polars as pl

from sources.spi.facts import EXACT, Fact


class Stage(StrEnum):
    """Where money stands on its way from plan to ledger."""

    BUDGET = "BUDGET"
    REQUISITION = "REQUISITION"
    ORDER = "ORDER"
    RECEIPT = "RECEIPT"
    INVOICE = "INVOICE"
    LEDGER = "LEDGER"


@dataclass(frozen=True, slots=True)
class Measure:
    """`needs` are the facts of a base measure; `of` the operands of a derived one; `additive` says whether
    values of different cells may be summed."""

    name: str
    meaning: str
    formula: str
    stage: Stage | None = None
    needs: tuple[Fact, ...] = ()
    of: tuple[str, ...] = ()
    additive: bool = True


_RELIEF: Final = (Fact.ORDER, Fact.RECEIPT, Fact.INVOICE, Fact.VOUCHER)

MEASURES: Final[dict[str, Measure]] = {
    measure.name: measure
    for measure in (
        Measure(
            "original_budget",
            "The budget as first approved.",
            "Σ budget entries of type ORIGINAL",
            Stage.BUDGET,
            (Fact.BUDGET,),
        ),
        Measure(
            "budget_revision",
            "Approved changes to the budget.",
            "Σ budget entries of type REVISION",
            Stage.BUDGET,
            (Fact.BUDGET,),
        ),
        Measure(
            "budget_transfer",
            "Budget moved between cells; adds up to zero over all of them.",
            "Σ budget entries of type TRANSFER",
            Stage.BUDGET,
            (Fact.BUDGET,),
        ),
        Measure(
            "carry_forward",
            "Budget carried over from the year before.",
            "Σ budget entries of type CARRY_FORWARD",
            Stage.BUDGET,
            (Fact.BUDGET,),
        ),
        Measure(
            "budget",
            "The revised budget.",
            "originalBudget + budgetRevision + budgetTransfer + carryForward",
            of=("original_budget", "budget_revision", "budget_transfer", "carry_forward"),
        ),
        Measure(
            "pre_commitment",
            "Approved requisitions not yet on a purchase order, at requisition price.",
            "(approved quantity − quantity on purchase orders) × requisition price",
            Stage.REQUISITION,
            (Fact.REQUISITION, Fact.ORDER),
        ),
        Measure(
            "commitment",
            "Ordered, neither received nor invoiced, at order price including non-recoverable tax, at the "
            "order's own exchange rate.",
            "max(0, ordered − max(received, invoiced, 0)) × order unit value",
            Stage.ORDER,
            _RELIEF,
        ),
        Measure(
            "received_not_invoiced",
            "Received and not yet invoiced, at order price: owed, though no invoice has come.",
            "max(0, received − max(invoiced, 0)) × order unit value",
            Stage.RECEIPT,
            _RELIEF,
        ),
        Measure(
            "invoiced_not_posted",
            "Invoices and credits approved in procurement that the ledger does not hold, at invoice value.",
            "Σ ± (net + non-recoverable tax) × invoice rate of approved invoices without a posted voucher",
            Stage.INVOICE,
            (Fact.INVOICE, Fact.VOUCHER, Fact.ORDER),
        ),
        Measure(
            "actual",
            "Posted ledger lines on accounts in budget scope, year-end closing entries excluded.",
            "Σ posted ledger lines",
            Stage.LEDGER,
            (Fact.LEDGER,),
        ),
        Measure(
            "consumed",
            "Everything asked for, ordered, received, invoiced or booked, counted once.",
            "preCommitment + commitment + receivedNotInvoiced + invoicedNotPosted + actual",
            of=("pre_commitment", "commitment", "received_not_invoiced", "invoiced_not_posted", "actual"),
        ),
        Measure(
            "available",
            "What is left of the budget.",
            "budget − consumed",
            of=("budget", "consumed"),
        ),
        Measure(
            "consumed_percent",
            "Consumed in percent of the budget, two decimals; null when the budget is zero. Never add or "
            "average it.",
            "100 × consumed / budget",
            of=("budget", "consumed"),
            additive=False,
        ),
    )
}

BASE: Final = tuple(name for name, measure in MEASURES.items() if not measure.of)
STAGES: Final = {name: measure.stage for name, measure in MEASURES.items() if measure.stage is not None}
"""The stage of each base measure."""
BUDGET_TYPES: Final = {
    "ORIGINAL": "original_budget",
    "REVISION": "budget_revision",
    "TRANSFER": "budget_transfer",
    "CARRY_FORWARD": "carry_forward",
}


def closure(selected: Iterable[str]) -> tuple[str, ...]:
    """The base measures that the selected ones stand on, in catalogue order."""
    wanted: set[str] = set()
    pending = list(selected)
    while pending:
        name = pending.pop()
        if name not in wanted:
            wanted.add(name)
            pending.extend(MEASURES[name].of)
    return tuple(name for name in BASE if name in wanted)


def facts(base: Iterable[str]) -> tuple[Fact, ...]:
    """The facts that base measures stand on, each once."""
    return tuple(dict.fromkeys(fact for name in base for fact in MEASURES[name].needs))


def derived(frame: pl.DataFrame, selected: Iterable[str]) -> pl.DataFrame:
    """`frame` (base measures as columns) with the selected derived measures added. Null in, null out."""
    wanted = set(selected)
    if wanted & {"budget", "available", "consumed_percent"}:
        frame = frame.with_columns(budget=_sum("budget"))
    if wanted & {"consumed", "available", "consumed_percent"}:
        frame = frame.with_columns(consumed=_sum("consumed"))
    if "available" in wanted:
        frame = frame.with_columns(available=pl.col("budget") - pl.col("consumed"))
    if "consumed_percent" in wanted:
        frame = frame.with_columns(consumed_percent=_percent(pl.col("consumed"), pl.col("budget")))
    return frame


def _sum(name: str) -> pl.Expr:
    first, *rest = (pl.col(part) for part in MEASURES[name].of)
    total = first
    for part in rest:
        total = total + part
    return total


def _percent(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """100 × part / whole, two decimals, half up. Dividing a decimal column by zero raises: guard it."""
    safe = pl.when(whole == 0).then(None).otherwise(whole)
    quotient = (part * pl.lit(100).cast(EXACT)) / safe
    return quotient.round(2, mode="half_away_from_zero")
