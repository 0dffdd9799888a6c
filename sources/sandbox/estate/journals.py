"""Writing journals: balanced, numbered, in the ledger currency of the entity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sources.sandbox.estate.documents import Journal, JournalLine
from sources.sandbox.estate.fiscal import ADJUSTMENTS, fiscal_period, fiscal_year
from sources.sandbox.estate.money import ZERO
from sources.sandbox.estate.numbers import Numbers


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of one entity."""

    entity: str
    currency: str
    numbers: Numbers

    def journal(
        self,
        day: date,
        origin: str,
        lines: Sequence[JournalLine],
        *,
        document_date: date | None = None,
        reverses: str | None = None,
        document_currency: str | None = None,
        closing: bool = False,
        adjustment: bool = False,
    ) -> Journal:
        """A journal in the period of its day, or in the one for adjustments of its year."""
        number = self.numbers.journal(self.entity, origin)
        period = f"{fiscal_year(self.entity, day)}-P{ADJUSTMENTS}" if adjustment else None
        return Journal(
            id=f"{self.entity}-{number}",
            number=number,
            entity=self.entity,
            posting_date=day,
            document_date=document_date or day,
            period=period or fiscal_period(self.entity, day),
            type="CLOSING" if closing else "NORMAL",
            origin=origin,
            currency=self.currency,
            reverses=reverses,
            lines=tuple(lines),
            document_currency=document_currency,
        )


def entry(
    number: int,
    account: str,
    amount: Decimal,
    text: str,
    cost_center: str | None = None,
    *,
    project: str | None = None,
    supplier: str | None = None,
    partner: str | None = None,
) -> JournalLine:
    """A line of `amount` debit, or credit where it is negative."""
    debit, credit = (amount, ZERO) if amount >= 0 else (ZERO, -amount)
    return JournalLine(number, account, cost_center, project, supplier, debit, credit, text, partner=partner)


def counter_entry(
    lines: Sequence[JournalLine], account: str, text: str, supplier: str | None = None
) -> JournalLine:
    """The line that balances the others."""
    net = sum((line.debit - line.credit for line in lines), ZERO)
    return entry(len(lines) + 1, account, -net, text, supplier=supplier)
