"""The models of the ledger."""

from collections.abc import Iterator
from typing import Final

from sources.sandbox.tryton.bookkeeping import Bookkeeping
from sources.sandbox.tryton.masters import Masters
from sources.sandbox.tryton.model import (
    Model,
    always,
    char,
    day,
    many2one,
    model,
    numeric,
    one2many,
    reference,
    selection,
)

_MOVE_STATES: Final = ("draft", "posted")


def models(masters: Masters, books: Bookkeeping) -> Iterator[Model]:
    """Of moves, their lines and what these are charged to."""
    yield model(
        "account.move",
        books.moves,
        char("number", lambda m: m.number),
        char("rec_name", lambda m: m.number or f"({m.id})"),
        selection("state", _MOVE_STATES, lambda m: m.state),
        day("date", lambda m: m.day),
        day("post_date", lambda m: m.day if m.state == "posted" else None),
        char("description", lambda m: m.description),
        many2one("period", "account.period", lambda m: m.period),
        many2one("journal", "account.journal", lambda m: m.journal),
        many2one("company", "company.company", lambda _: masters.company),
        reference("origin", lambda m: m.origin),
        one2many("lines", "account.move.line", lambda m: m.lines),
        order=(("date", True), ("number", True), ("id", False)),
    )
    yield model(
        "account.move.line",
        books.lines,
        many2one("move", "account.move", lambda line: line.move),
        selection("move_state", _MOVE_STATES, lambda line: line.move.state),
        reference("move_origin", lambda line: line.move.origin),
        selection("state", ("draft", "valid"), always("valid")),
        selection("analytic_state", ("draft", "valid"), always("valid")),
        day("date", lambda line: line.move.day),
        many2one("period", "account.period", lambda line: line.move.period),
        many2one("journal", "account.journal", lambda line: line.move.journal),
        many2one("account", "account.account", lambda line: line.account),
        many2one("party", "party.party", lambda line: line.party),
        numeric("debit", lambda line: line.debit),
        numeric("credit", lambda line: line.credit),
        char("description", lambda line: line.description),
        char("rec_name", lambda line: line.account.name),
        reference("origin", lambda line: line.origin),
        many2one("company", "company.company", lambda _: masters.company),
        many2one("currency", "currency.currency", lambda _: masters.company.currency, sortable=False),
        one2many("analytic_lines", "analytic_account.line", lambda line: line.analytic),
        order=(("id", True),),
    )
    yield model(
        "analytic_account.line",
        books.analytic,
        many2one("account", "analytic_account.account", lambda a: a.account),
        many2one("move_line", "account.move.line", lambda a: a.line),
        day("date", lambda a: a.line.move.day),
        numeric("debit", lambda a: a.line.debit),
        numeric("credit", lambda a: a.line.credit),
        many2one("company", "company.company", lambda _: masters.company, sortable=False),
        order=(("date", False), ("id", False)),
    )
