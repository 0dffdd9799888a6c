"""The plan and the calendar: what one year hands to the next, sums beside their parts, actuals in the plan,
closings, codes nobody mapped.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from sources.sandbox.estate.company import UNMAPPED_COST_CENTER
from sources.sandbox.estate.documents import BudgetEntry
from sources.sandbox.estate.hazards.posting import spend
from sources.sandbox.estate.hazards.world import World
from sources.sandbox.estate.hazards.writing import Clerk, numbers
from sources.sandbox.estate.journals import entry
from sources.sandbox.estate.money import ZERO

SUMMED: Final = "OPS-SUPPORT"
_LOADED: Final = ("2026-P01", "2026-P05")
"""first and last month whose actuals were loaded"""


def carried_forward(world: World) -> tuple[str, ...]:
    """An order of last November is not delivered at the turn of the year. Order and budget go over to
    January: what one year gives away the other receives. Counted in both years, the order eats two budgets,
    or the budget is there twice.
    """
    jp = world.jp
    order = jp.amend(replace(jp.order(6, 620, date(2025, 11, 25)), budget_date=date(2026, 1, 1)))
    amount, number = jp.money(6 * 620), jp.numbers.budget(2026)
    given = _entry(jp, number, "CARRY_FORWARD", "2025-P12", -amount, decided=date(2026, 1, 5))
    taken = _entry(jp, number, "CARRY_FORWARD", "2026-P01", amount, decided=date(2026, 1, 5))
    jp.into.budget.extend((given, taken))
    return numbers(order, given, taken)


def _entry(
    clerk: Clerk, number: str, type_: str, period: str, amount: Decimal, *, decided: date, account: str = ""
) -> BudgetEntry:
    return BudgetEntry(
        id=clerk.numbers.entry(),
        number=number,
        entity=clerk.trade.entity,
        type=type_,
        account=account or clerk.account,
        cost_center=clerk.center,
        project=None,
        period=period,
        date=decided,
        scenario="BUDGET",
        version="APPROVED",
        status="APPROVED",
        currency=clerk.trade.currency,
        amount=amount,
    )


def budget_of_a_group(world: World) -> tuple[str, ...]:
    """The planning tool shows Client Support as a row of its own, with the sum of its cost centres beside
    them. Adding up every row doubles their budget. Plans have no documents: this names the node.
    """
    world.us.into.summed.append(SUMMED)
    return (SUMMED,)


def loaded_actuals(world: World) -> tuple[str, ...]:
    """Planners load the actuals of closed months beside their budget, as a version and a line type. Read as
    a budget they add what was spent to what may be spent; beside the ledger's they count twice.
    """
    us, first, last = world.us, *_LOADED
    spent: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for journal in world.history.journals:
        if journal.entity == us.trade.entity and first <= journal.period <= last:
            for line in journal.lines:
                if line.cost_center == us.center:
                    spent[line.account, journal.period] += line.debit - line.credit
    number, loaded = us.numbers.budget(2026), date(2026, 6, 3)
    for (account, period), amount in sorted(spent.items()):
        found = _entry(us, number, "ACTUAL", period, amount, decided=loaded, account=account)
        us.into.budget.append(replace(found, scenario="ACTUAL", version="LOADED"))
    return (number,)


def closing_journal(world: World) -> tuple[str, ...]:
    """The closings of the history: each clears a year's income and expense, so that the year's actuals seem
    to be nothing.
    """
    return numbers(*(journal for journal in world.history.journals if journal.type == "CLOSING"))


def unmapped_code(world: World) -> tuple[str, ...]:
    """A correction to a cost centre that was opened in the ledger only: no crosswalk knows its code. Dropped,
    the total is less than the ledger's; it belongs inside, as unmapped.
    """
    us = world.us
    taken = entry(1, us.account, us.money(315), "Reclassification", UNMAPPED_COST_CENTER)
    given = entry(2, us.account, -us.money(315), "Reclassification", us.center)
    return numbers(spend(us, [taken, given], date(2026, 6, 16), "MANUAL"))
