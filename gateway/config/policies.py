"""How legal entities keep their books, where books differ."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from gateway.config.base import Section
from gateway.config.scalars import Count, Flag, Member, Name, PositiveDecimal, one_of, refused
from resolvers.semantics.calendar import Window
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.entities import Blankets, CommitmentDate, Policy, ReliefRate, Tax
from resolvers.semantics.funds import Action, FundsControl

DEFAULT: Final = "default"
"""The key that stands for every entity without one of its own."""


CONTROLLING: Final = (Dimension.COST_CENTER, Dimension.ACCOUNT, Dimension.PROJECT)
"""What spend can be controlled by: the dimensions a budget may carry."""
WINDOWS: Final = (Window.FY, Window.YTD, Window.PTD)


def _names(words: Iterable[StrEnum]) -> WithJsonSchema:
    return WithJsonSchema({"enum": [str(word) for word in words]})


_Blankets = Annotated[Blankets, BeforeValidator(one_of(Blankets)), _names(Blankets)]
_ReliefRate = Annotated[ReliefRate, BeforeValidator(one_of(ReliefRate)), _names(ReliefRate)]
_Date = Annotated[CommitmentDate, BeforeValidator(one_of(CommitmentDate)), _names(CommitmentDate)]
_Tax = Annotated[Tax, BeforeValidator(one_of(Tax)), _names(Tax)]


_Action = Annotated[Action, BeforeValidator(one_of(Action)), _names(Action)]
_Window = Annotated[Window, BeforeValidator(one_of(WINDOWS)), _names(WINDOWS)]
_Controlling = Annotated[Dimension, BeforeValidator(one_of(CONTROLLING)), _names(CONTROLLING)]


def _some(dimensions: tuple[Dimension, ...]) -> tuple[Dimension, ...]:
    if not dimensions or len(set(dimensions)) < len(dimensions):
        raise refused(f"must list some of {', '.join(CONTROLLING)}, each once")
    return dimensions


class FundsControlSection(Section):
    """How a legal entity controls its spend. `fundsCheck` advises by it; nothing is stopped here."""

    action: _Action = Action.WARN
    """What the entity does about a spend that does not fit: BLOCK, WARN or NONE."""
    window: _Window = Window.FY
    """The periods whose budget counts: the fiscal year (FY), the year so far (YTD) or the period (PTD) of the
    spend."""
    dimensions: Annotated[tuple[_Controlling, ...], AfterValidator(_some)] = CONTROLLING[:2]
    """What makes a cell that is controlled: some of COST_CENTER, ACCOUNT and PROJECT."""
    tolerance_percent: PositiveDecimal | None = None
    """How far a spend may exceed, in percent of the budget; by default not at all."""
    tolerance_amount: PositiveDecimal | None = None
    """How far, in ledger currency. Where both tolerances are given, the smaller one holds."""


class PolicySection(Section):
    """The policy of one legal entity, or of all others under `default`."""

    grni_in_ledger: Flag = False
    """Receipts are posted when goods arrive (goods received, invoice not received), so the ledger already
    holds what is received: it is not counted again, and an invoice in flight counts only what it adds."""
    blanket: _Blankets = Blankets.RELEASES
    """What of a blanket agreement is committed: its RELEASES, or all of its LIMIT."""
    relief_rate: _ReliefRate = ReliefRate.PO
    """The exchange rate commitments count at: the order's own (PO), the latest (CURRENT), or the BUDGET's."""
    commitment_date: _Date = CommitmentDate.BUDGET_DATE
    """The date whose period a commitment belongs to: BUDGET_DATE, NEED_BY or ORDER_DATE."""
    tax: _Tax = Tax.NON_RECOVERABLE
    """The tax that counts before the ledger: NON_RECOVERABLE, GROSS (all of it) or NET (none)."""
    commitment_owner: Name | None = None
    """The source whose copy of a purchase order counts, where two systems hold the same one."""
    stale_export_days: Count = 3
    """Days an exported invoice may take to be posted before it is a break."""
    zombie_days: Count = 180
    """Days an order may stay open without any document before it is a break."""
    variance_accounts: tuple[Member, ...] = ()
    """Accounts that price differences are booked on: what lies there was not recoded."""
    grni_accounts: tuple[Member, ...] = ()
    """Accounts that hold what was received and not invoiced: what `reconcile` compares with purchasing."""
    prepaid_accounts: tuple[Member, ...] = ()
    """Accounts that hold what was paid and deferred: what `reconcile` compares with the schedules."""
    funds_control: FundsControlSection = FundsControlSection()
    """How its spend is controlled."""


def funds_control(sections: Mapping[str, PolicySection], entity: str) -> FundsControl:
    """The control of the entity's own policy, else of the default one."""
    section = sections.get(entity, sections.get(DEFAULT, PolicySection())).funds_control
    return FundsControl(
        action=section.action,
        window=section.window,
        dimensions=section.dimensions,
        tolerance_percent=section.tolerance_percent,
        tolerance_amount=section.tolerance_amount,
    )


def policy(sections: Mapping[str, PolicySection], entity: str) -> Policy:
    """The entity's own policy, else the default one."""
    section = sections.get(entity, sections.get(DEFAULT, PolicySection()))
    return Policy(
        grni_in_ledger=section.grni_in_ledger,
        blanket=section.blanket,
        relief_rate=section.relief_rate,
        commitment_date=section.commitment_date,
        tax=section.tax,
        commitment_owner=section.commitment_owner,
        stale_export_days=section.stale_export_days,
        zombie_days=section.zombie_days,
        variance_accounts=frozenset(section.variance_accounts),
        grni_accounts=frozenset(section.grni_accounts),
        prepaid_accounts=frozenset(section.prepaid_accounts),
    )
