"""Phases of orders, blanket agreements, prepayments and subscriptions as flat rows."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from sources.sandbox.canonical.table import Row
from sources.sandbox.estate.agreements import Blanket, Instalment
from sources.sandbox.estate.documents import Estate


def text(value: Decimal | int | None) -> str | None:
    """A number as an exact string."""
    return None if value is None else f"{Decimal(value):f}"


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def agreements(estate: Estate, entities: frozenset[str]) -> dict[str, list[Row]]:
    return {
        "order-schedules": list(_phases(estate, entities)),
        "blankets": [_blanket(blanket) for blanket in estate.blankets if blanket.entity in entities],
        "deferrals": list(_instalments(d for d in estate.deferrals if d.entity in entities)),
        "subscriptions": [
            {**row, "rate": "1", "committed_through": instalment.committed_through}
            for instalment in estate.subscriptions
            if instalment.entity in entities
            for row in _instalments([instalment])
        ],
    }


def _phases(estate: Estate, entities: frozenset[str]) -> Iterator[Row]:
    ids = {(order.entity, order.number): order.id for order in estate.orders}
    for phase in estate.phases:
        if phase.entity in entities:
            yield {
                "id": ids[phase.entity, phase.order],
                "number": phase.order,
                "line": text(phase.line),
                "legal_entity": phase.entity,
                "period": phase.period,
                "amount": text(phase.amount),
            }


def _blanket(blanket: Blanket) -> Row:
    """All of it is charged to one place."""
    return {
        "id": blanket.id,
        "number": blanket.number,
        "dist": "1",
        "status": blanket.status,
        "legal_entity": blanket.entity,
        "account": blanket.account,
        "cost_center": blanket.cost_center,
        "project": blanket.project,
        "supplier": blanket.supplier,
        "date": iso(blanket.date),
        "currency": blanket.currency,
        "rate": text(blanket.rate),
        "amount": text(blanket.amount),
        "percent": "100",
    }


def _instalments(instalments: Iterable[Instalment]) -> Iterator[Row]:
    for instalment in instalments:
        yield {
            "id": instalment.id,
            "number": instalment.number,
            "line": text(instalment.line),
            "legal_entity": instalment.entity,
            "account": instalment.account,
            "cost_center": instalment.cost_center,
            "project": instalment.project,
            "supplier": instalment.supplier,
            "period": instalment.period,
            "currency": instalment.currency,
            "amount": text(instalment.amount),
        }
