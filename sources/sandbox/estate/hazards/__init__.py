"""What goes wrong on purpose: at least one of every hazard a figure must survive, whatever the seed.

Each is a function that writes its documents and says, in its docstring, what happened and which wrong figure
lies near; `Estate.hazards` lists the numbers of the documents by the function's name. They come on top of
the history, in a number range of their own, in cost centres that the README does not show.

==============  ===========================================================================
matching        vouchers whose invoice has to be found
timing          documents between two systems
receiving       what has come and is not billed, in two systems at once
ordering        orders in more than one place, or for more than one thing
planning        the plan and the calendar
contracts       costs of other days than their payment
==============  ===========================================================================
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from sources.sandbox.estate.documents import Estate
from sources.sandbox.estate.hazards import contracts, matching, ordering, planning, receiving, timing
from sources.sandbox.estate.hazards.world import World, world_of
from sources.sandbox.estate.profile import Books

__all__ = ["HAZARDS", "with_hazards"]

Hazard = Callable[[World], tuple[str, ...]]
"""Writes documents into the world; gives their numbers."""

HAZARDS: Final[Mapping[str, Hazard]] = {
    hazard.__name__: hazard
    for hazard in (
        matching.keyed_in_the_ledger,
        matching.voucher_with_supplier_number,
        matching.voucher_spelled_otherwise,
        matching.voucher_with_order_line,
        matching.unknown_order,
        matching.duplicate_voucher,
        matching.split_posting,
        matching.reversed_voucher,
        matching.reversed_and_posted_again,
        matching.recoded_cost_center,
        timing.relieved_and_not_posted,
        timing.exported_long_ago,
        timing.posted_upstream_only,
        timing.forgotten_order,
        receiving.received_in_the_ledger,
        receiving.invoice_of_booked_receipt,
        receiving.voucher_clears_receipt_only,
        receiving.accrual_beside_receipt,
        receiving.accrual_reversed,
        receiving.over_received,
        receiving.over_invoiced,
        ordering.order_in_both_systems,
        ordering.requisition_and_its_order,
        ordering.blanket_and_releases,
        ordering.phased_order,
        ordering.invoice_names_distribution,
        ordering.cumulative_commitment,
        planning.carried_forward,
        planning.budget_of_a_group,
        planning.loaded_actuals,
        planning.closing_journal,
        planning.unmapped_code,
        contracts.prepaid,
        contracts.subscription,
    )
}


def with_hazards(history: Estate, books: Books) -> Estate:
    """The history with every hazard in it."""
    world = world_of(history, books)
    hazards = {name: hazard(world) for name, hazard in HAZARDS.items()}
    more = world.written
    return replace(
        history,
        budget=(*history.budget, *more.budget),
        requisitions=tuple(
            sorted((*history.requisitions, *more.requisitions), key=lambda r: (r.date, r.entity, r.id))
        ),
        orders=tuple(sorted((*history.orders, *more.orders), key=lambda o: (o.date, o.entity, o.id))),
        receipts=tuple(sorted((*history.receipts, *more.receipts), key=lambda r: (r.date, r.entity, r.id))),
        invoices=tuple(sorted((*history.invoices, *more.invoices), key=lambda i: (i.date, i.entity, i.id))),
        journals=tuple(
            sorted((*history.journals, *more.journals), key=lambda j: (j.posting_date, j.entity, j.number))
        ),
        phases=tuple(more.phases),
        blankets=tuple(more.blankets),
        deferrals=tuple(more.deferrals),
        subscriptions=tuple(more.subscriptions),
        copied=tuple(more.copied),
        summed=tuple(more.summed),
        hazards=hazards,
    )
