"""The engine's enumerations as GraphQL enums. Registered once, here, before any type names them."""

import strawberry

from resolvers.plan.answer import State
from resolvers.plan.mapping import MappedBy
from resolvers.semantics.breaks import BreakCode
from resolvers.semantics.calendar import DateBasis, Window
from resolvers.semantics.dimensions import AccountClass, Dimension, HierarchyView
from resolvers.semantics.entities import Blankets, CommitmentDate, ReliefRate, Tax
from resolvers.semantics.measures import Stage
from resolvers.semantics.rates import RateBasis
from resolvers.semantics.variance import Favorability
from sources.spi.facts import Fact
from sources.spi.standing import Circuit

__all__ = [
    "AccountClass",
    "Blankets",
    "BreakCode",
    "Circuit",
    "CommitmentDate",
    "DateBasis",
    "Dimension",
    "Fact",
    "Favorability",
    "HierarchyView",
    "MappedBy",
    "RateBasis",
    "ReliefRate",
    "Stage",
    "State",
    "Tax",
    "Window",
]

strawberry.enum(
    AccountClass, description="What an account measures. Budget scope is EXPENSE, REVENUE and CAPEX."
)
strawberry.enum(Dimension, description="What figures can be grouped by.")
strawberry.enum(
    HierarchyView,
    description="RESTATED: all periods in the tree of the day asked about. AS_POSTED: each period in the "
    "tree of its last day.",
)
strawberry.enum(
    Window,
    description="PTD the period · QTD its quarter so far · YTD its year so far · ITD everything so far · "
    "FY the whole fiscal year, adjustment periods included.",
)
strawberry.enum(
    DateBasis,
    description="POSTING: a ledger line belongs to the period it was posted in. DOCUMENT: to the one of "
    "its document's date, if it has one.",
)
strawberry.enum(
    Stage, description="Where money stands on its way from plan to ledger; MEMO stands beside it."
)
strawberry.enum(
    State,
    name="SourceState",
    description="LIVE: read for this answer. CACHED: read before, and younger than its maximum age. STALE: "
    "older than that, because a new reading is under way or failed; see `error`. FAILED: could not be read; "
    "its figures are null.",
)
strawberry.enum(
    Circuit,
    name="SourceCircuit",
    description="CLOSED: it is asked as usual. OPEN: too many calls failed, nobody is kept waiting for it. "
    "HALF_OPEN: a call now and then sees whether it is back.",
)
strawberry.enum(
    MappedBy,
    description="ROW: rows of the crosswalk say so. ITSELF: the code is a member. UNMAPPED: neither. "
    "INVALID: rows, but none of that day. UNASSIGNED: no code.",
)
strawberry.enum(Fact, name="Fact", description="A kind of business record a source provides.")
strawberry.enum(
    Blankets,
    name="BlanketPolicy",
    description="RELEASES: only the orders drawn on an agreement are committed. LIMIT: all of its limit is.",
)
strawberry.enum(
    ReliefRate,
    description="PO: the order's own exchange rate. CURRENT: the latest. BUDGET: the budget's of the year.",
)
strawberry.enum(
    RateBasis,
    description="CONSTANT: everything at the budget rate of its year, so that exchange rates move nothing. "
    "REPORTED: what is booked at the average rate of its period, what is asked for, ordered or owed at the "
    "latest closing rate known on the day asked about, budgets at the budget rate.",
)
strawberry.enum(
    Favorability,
    description="FAVORABLE: less spent or more earned than planned. UNFAVORABLE: the other way round.",
)
strawberry.enum(
    CommitmentDate,
    description="BUDGET_DATE: the budget date of the order. NEED_BY: when it is needed. ORDER_DATE: when it "
    "was placed.",
)
strawberry.enum(
    Tax,
    description="NON_RECOVERABLE: what cannot be reclaimed is cost. GROSS: all tax is. NET: no tax is.",
)
strawberry.enum(
    BreakCode,
    description="EXPORT_NOT_POSTED: exported long ago, not in the ledger · STALE_SOURCE: said to be posted, "
    "not in the ledger · PO_REF_NOT_FOUND: a voucher names an unknown order · DUPLICATE_VOUCHER: an invoice "
    "posted twice · OVER_INVOICED and OVER_RECEIVED: beyond the order · UNMAPPED_MEMBER: a code without a "
    "member · TRANSFER_NOT_BALANCED: a budget transfer that does not add up to nothing · IC_MISMATCH: two "
    "entities that booked different amounts with each other · PERIOD_MISSING: in no period of the calendar "
    "· RATE_MISSING: nothing to translate with · RECODED: booked outside the order's account and cost "
    "centre · ZOMBIE_PO: open for long without any document · NEGATIVE_AVAILABLE: a cell is overspent.",
)
