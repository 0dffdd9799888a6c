"""The measures: what each figure means, the facts it stands on, and how the derived ones follow.

Base measures are sums of *parts* (see `parts`); derived ones are computed from base measures after every
sum, in each cell and each total, so that the identities hold everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sources.spi.facts import Fact


class Stage(StrEnum):
    """Where money stands on its way from plan to ledger."""

    BUDGET = "BUDGET"
    REQUISITION = "REQUISITION"
    ORDER = "ORDER"
    RECEIPT = "RECEIPT"
    INVOICE = "INVOICE"
    PREPAID = "PREPAID"
    LEDGER = "LEDGER"
    FORECAST = "FORECAST"
    OUTLOOK = "OUTLOOK"
    PRIOR_YEAR = "PRIOR_YEAR"
    MEMO = "MEMO"


class Unit(StrEnum):
    """What a measure is counted in: the answer's currency, percent with two decimals, or a word."""

    MONEY = "MONEY"
    PERCENT = "PERCENT"
    WORD = "WORD"


@dataclass(frozen=True, slots=True)
class Measure:
    """`needs` are the facts of a base measure, its own first, `also` those that belong to it where a source
    has them; `of` are the operands of a derived one; `additive` says whether values of different cells may be
    summed."""

    name: str
    meaning: str
    formula: str
    stage: Stage | None = None
    needs: tuple[Fact, ...] = ()
    also: tuple[Fact, ...] = ()
    of: tuple[str, ...] = ()
    additive: bool = True
    unit: Unit = Unit.MONEY


_RELIEF: Final = (Fact.ORDER, Fact.RECEIPT, Fact.INVOICE, Fact.VOUCHER)
_PHASES: Final = (Fact.ORDER_SCHEDULE,)
CONSUMING: Final = (
    "pre_commitment",
    "commitment",
    "received_not_invoiced",
    "invoiced_not_posted",
    "prepaid_remaining",
    "actual",
)
"""The disjoint stages that consume a budget."""

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
            "order's own exchange rate; and what is left of subscriptions until they can end.",
            "max(0, ordered − max(received, invoiced, 0)) × order unit value",
            Stage.ORDER,
            _RELIEF,
            (*_PHASES, Fact.BLANKET, Fact.SUBSCRIPTION),
        ),
        Measure(
            "received_not_invoiced",
            "Received, not yet invoiced and not in the ledger, at order price: owed, though no invoice "
            "has come.",
            "max(0, received − max(invoiced, 0)) × order unit value − receivedInActual",
            Stage.RECEIPT,
            _RELIEF,
            _PHASES,
        ),
        Measure(
            "invoiced_not_posted",
            "Invoices and credits approved in procurement that no posted voucher carries, at invoice value, "
            "less what the ledger already holds for the same receipts.",
            "Σ ± ((net + non-recoverable tax) × invoice rate − what the ledger holds) of approved invoices "
            "without a posted voucher",
            Stage.INVOICE,
            (Fact.INVOICE, Fact.VOUCHER, Fact.ORDER),
        ),
        Measure(
            "prepaid_remaining",
            "Paid already and deferred: what of the schedule still hits this budget.",
            "Σ amortisation of the periods after the day asked about",
            Stage.PREPAID,
            (Fact.DEFERRAL,),
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
            "preCommitment + commitment + receivedNotInvoiced + invoicedNotPosted + prepaidRemaining "
            "+ actual",
            of=CONSUMING,
        ),
        Measure(
            "consumed_known",
            "What is known of the consumption where a source is missing. It claims no more than that.",
            "the sum of the stages of consumed that are known; null when none is",
            of=CONSUMING,
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
            unit=Unit.PERCENT,
        ),
        Measure(
            "variance",
            "How far actuals are from the budget: above zero is favourable, for spend and for revenue alike, "
            "so that variances of both add up to that of the net.",
            "budget − actual; of revenue actual − budget",
            of=("budget", "actual"),
        ),
        Measure(
            "actual_minus_budget",
            "The plain difference, whatever the account. Do not add spend to revenue.",
            "actual − budget",
            of=("budget", "actual"),
        ),
        Measure(
            "variance_percent",
            "The variance in percent of the budget, two decimals; null when the budget is zero. Never add or "
            "average it.",
            "100 × variance / |budget|",
            of=("budget", "actual"),
            additive=False,
            unit=Unit.PERCENT,
        ),
        Measure(
            "attainment_percent",
            "How much of the budget actuals have come to, in percent, two decimals; null when the budget is "
            "zero. Never add or average it.",
            "100 × actual / budget",
            of=("budget", "actual"),
            additive=False,
            unit=Unit.PERCENT,
        ),
        Measure(
            "favorability",
            "Whether the variance is good news.",
            "FAVORABLE where variance > 0, UNFAVORABLE where variance < 0, ON_BUDGET where it is zero",
            of=("budget", "actual"),
            additive=False,
            unit=Unit.WORD,
        ),
        Measure(
            "operational_variance",
            "The part of the variance that is not due to exchange rates: everything at budget rates, "
            "whatever rates the answer is in.",
            "variance with actuals at budget rates",
            of=("budget", "actual"),
        ),
        Measure(
            "fx_variance",
            "The part of the variance that is due to exchange rates; zero in the ledger's currency.",
            "variance as reported − variance at budget rates",
            of=("budget", "actual"),
        ),
        Measure(
            "fx_effect",
            "What exchange rates have done to what is available; zero in the ledger's currency.",
            "available as reported − available at budget rates",
            of=("budget", "consumed"),
        ),
        Measure(
            "pending_pre_commitment",
            "Memo, not in consumed: requisitions submitted and not yet approved, at requisition price.",
            "quantity × requisition price of pending requisitions",
            Stage.MEMO,
            (Fact.REQUISITION, Fact.ORDER),
        ),
        Measure(
            "blanket_remaining",
            "Memo, not in consumed: what blanket agreements leave to be released.",
            "max(0, limit − Σ releases)",
            Stage.MEMO,
            (Fact.BLANKET, Fact.ORDER),
        ),
        Measure(
            "over_invoiced",
            "Memo, not in consumed: invoiced beyond what was ordered, at order price.",
            "max(0, invoiced − ordered) × order unit value",
            Stage.MEMO,
            _RELIEF,
            _PHASES,
        ),
        Measure(
            "over_received",
            "Memo, not in consumed: received beyond what was ordered, at order price.",
            "max(0, received − ordered) × order unit value",
            Stage.MEMO,
            _RELIEF,
            _PHASES,
        ),
        Measure(
            "received_in_actual",
            "Memo, not in consumed: received and not invoiced, and in the ledger already, by its receipts or "
            "by an accrual.",
            "all that is received and not invoiced where the ledger books receipts, else what accruals hold "
            "of it",
            Stage.MEMO,
            _RELIEF,
            _PHASES,
        ),
        Measure(
            "commitment_revaluation",
            "Memo, not in consumed: what commitments in foreign currency would differ by at the latest rate.",
            "commitment × (latest rate ÷ order rate − 1)",
            Stage.MEMO,
            _RELIEF,
            _PHASES,
        ),
        Measure(
            "forecast",
            "Beside the budget: what is expected, by a later view of the plan.",
            "Σ budget entries of the forecast's scenario and version",
            Stage.FORECAST,
            (Fact.BUDGET,),
        ),
        Measure(
            "closed_actual",
            "The actual of closed periods: those that ended before the day asked about.",
            "Σ posted ledger lines of periods that ended before asOf",
            Stage.OUTLOOK,
            (Fact.LEDGER,),
        ),
        Measure(
            "forecast_to_go",
            "The forecast of the periods that are not closed yet.",
            "Σ forecast of periods that end on asOf or later",
            Stage.OUTLOOK,
            (Fact.BUDGET,),
        ),
        Measure(
            "outlook",
            "What the periods will come to: actual as far as they are closed, forecast for the rest.",
            "closedActual + forecastToGo",
            of=("closed_actual", "forecast_to_go"),
        ),
        Measure(
            "prior_year_actual",
            "The actual of the same periods a year earlier.",
            "Σ posted ledger lines of the periods with the same numbers in the fiscal year before",
            Stage.PRIOR_YEAR,
            (Fact.LEDGER,),
        ),
    )
}

BASE: Final = tuple(name for name, measure in MEASURES.items() if not measure.of)
MEMOS: Final = tuple(name for name in BASE if MEASURES[name].stage is Stage.MEMO)
"""Base measures beside the consumption, never inside it."""
TWO_RATES: Final = frozenset(("operational_variance", "fx_variance", "fx_effect"))
"""Measures that compare what is translated at budget rates with what is translated as reported."""
FORECASTS: Final = ("forecast", "forecast_to_go")
"""Base measures of the forecast's budget entries."""
APART: Final = frozenset((*FORECASTS, "prior_year_actual"))
"""Base measures with readings of their own: another version, another year."""
COMPARATIVES: Final = (*FORECASTS, "closed_actual", "prior_year_actual")
"""Base measures to be compared with budget and actual, in neither."""
BESIDE: Final = frozenset((*MEMOS, *COMPARATIVES, "outlook"))
"""Measures that are told only where they are asked for."""
USUAL: Final = frozenset(MEASURES) - BESIDE - TWO_RATES
"""What a question is about that names no measure."""
STAGES: Final = {name: measure.stage for name, measure in MEASURES.items() if measure.stage is not None}
"""The stage of each base measure."""
ON_ORDERS: Final = frozenset(name for name, measure in MEASURES.items() if measure.needs == _RELIEF)
"""The base measures that relief of order lines gives."""
ON_BLANKETS: Final = frozenset(
    name for name, measure in MEASURES.items() if Fact.BLANKET in (*measure.needs, *measure.also)
)
BROKEN: Final = frozenset(("budget", "consumed", "over_invoiced", "over_received"))
"""What has to be known to say what does not fit together."""
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
    """The facts that base measures stand on, each once; without those that are read apart."""
    return tuple(dict.fromkeys(fact for name in base if name not in APART for fact in MEASURES[name].needs))


def beside(base: Iterable[str]) -> tuple[Fact, ...]:
    """The facts that belong to base measures where a source has them, each once."""
    return tuple(dict.fromkeys(fact for name in base for fact in MEASURES[name].also))
