"""Moves: what is posted, and the drafts Tryton prepares when a supplier invoice is validated.

A validated invoice has its move already, in state draft and without a number: whoever reads lines without
asking for ``move.state = posted`` counts it twice. Only payables carry a party; of an expense line it is
the invoice line it came from (`origin`) that knows the supplier, the purchase line and the quantity. The
closing is posted in a journal of type situation, in the year's adjustment period. A move that cancels
another names it as its origin.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from sources.sandbox.estate.documents import Estate, Journal, JournalLine
from sources.sandbox.tryton.masters import ENTITY, PAYABLE, Masters
from sources.sandbox.tryton.model import Link
from sources.sandbox.tryton.records import (
    Account,
    Analytic,
    AnalyticLine,
    Invoice,
    InvoiceLine,
    Move,
    MoveLine,
    Party,
)
from sources.sandbox.tryton.trading import Trading

_ZERO: Final = Decimal(0)


def posting_dates(estate: Estate) -> Mapping[str, date]:
    """When each invoice was posted, by its id."""
    return {
        line.invoice: journal.posting_date
        for journal in estate.journals
        if journal.entity == ENTITY
        for line in journal.lines
        if line.invoice is not None
    }


class Bookkeeping:
    """Builds all moves of the entity, in the order of the estate's journals, drafts last."""

    def __init__(self, estate: Estate, masters: Masters, trading: Trading) -> None:
        self.masters = masters
        self.trading = trading
        self.moves: list[Move] = []
        self.lines: list[MoveLine] = []
        self.analytic: list[AnalyticLine] = []
        self._by_number: dict[str, Move] = {}
        for journal in estate.journals:
            if journal.entity == ENTITY:
                self._post(journal)
        for invoice in trading.invoices.values():
            if invoice.state == "validated":
                self._draft(invoice)

    def _post(self, journal: Journal) -> None:
        invoice = self._invoice(journal)
        move = Move(
            id=len(self.moves) + 1,
            number=journal.number,
            state="posted",
            day=journal.posting_date,
            period=self.masters.period(journal.period, closing=journal.type == "CLOSING"),
            journal=self.masters.journals.get(journal.origin, self.masters.journals["MANUAL"]),
            description=journal.lines[0].text,
            origin=self._origin(journal, invoice),
        )
        self._by_number[journal.number] = move
        self.moves.append(move)
        if invoice is not None:
            invoice.moves.append(move)
        for line in journal.lines:
            self._line(move, line, invoice)

    def _invoice(self, journal: Journal) -> Invoice | None:
        named = (line.invoice for line in journal.lines if line.invoice is not None)
        return next((self.trading.invoices[name] for name in named), None)

    def _origin(self, journal: Journal, invoice: Invoice | None) -> Link | None:
        if invoice is not None:
            return ("account.invoice", invoice)
        original = self._by_number.get(journal.reverses or "")
        return None if original is None else ("account.move", original)

    def _line(self, move: Move, line: JournalLine, invoice: Invoice | None) -> None:
        account = self.masters.accounts[line.account]
        origin = None if invoice is None or line.invoice is None else self._billed(invoice, line)
        party = self.masters.suppliers[line.supplier] if account.payable and line.supplier else None
        made = MoveLine(
            id=len(self.lines) + 1,
            move=move,
            account=account,
            party=party,
            debit=line.debit,
            credit=line.credit,
            description=line.text,
            origin=None if origin is None else ("account.invoice.line", origin),
        )
        self._keep(made, (self.masters.center(line.cost_center), self.masters.project(line.project)))

    def _billed(self, invoice: Invoice, line: JournalLine) -> InvoiceLine:
        """The invoice line a posting came from."""
        key = None if line.po is None else self.trading.purchase_lines[line.po, line.po_line or 0]
        return next((found for found in invoice.lines if found.origin is key), invoice.lines[0])

    def _draft(self, invoice: Invoice) -> None:
        day = invoice.accounting_date or invoice.day
        move = Move(
            id=len(self.moves) + 1,
            number=None,
            state="draft",
            day=day,
            period=self.masters.period(f"{day.year}-P{day.month:02d}", closing=False),
            journal=self.masters.journals["AP"],
            description=invoice.reference,
            origin=("account.invoice", invoice),
        )
        self.moves.append(move)
        invoice.moves.append(move)
        for line in invoice.lines:
            link: Link = ("account.invoice.line", line)
            made = self._sided(move, line.account, line.amount, link)
            self._keep(made, (entry.account for entry in line.entries))
        total = sum((line.amount for line in invoice.lines), _ZERO)
        self._keep(self._sided(move, self.masters.accounts[PAYABLE], -total, None, invoice.party), ())

    def _sided(
        self, move: Move, account: Account, amount: Decimal, origin: Link | None, party: Party | None = None
    ) -> MoveLine:
        return MoveLine(
            id=len(self.lines) + 1,
            move=move,
            account=account,
            party=party,
            debit=max(amount, _ZERO),
            credit=max(-amount, _ZERO),
            description=move.description,
            origin=origin,
        )

    def _keep(self, line: MoveLine, charged: Iterable[Analytic | None]) -> None:
        """The line, and an analytic line for every analytic account it is charged to."""
        self.lines.append(line)
        line.move.lines.append(line)
        for account in charged:
            if account is not None:
                line.analytic.append(AnalyticLine(len(self.analytic) + 1, line, account))
                self.analytic.append(line.analytic[-1])
