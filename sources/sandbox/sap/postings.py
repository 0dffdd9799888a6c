"""Journal lines as SAP keeps them: the records behind the journal cube and the accounting document items.

Closing journals are posted in special period 016, as a year-end closing in SAP is. So the cube, which has
no document type, leaves them out with ``FiscalPeriod ne '016'``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sources.sandbox.estate.documents import Estate, Journal, JournalLine
from sources.sandbox.sap.master import ENTITIES, Master

CLOSING_PERIOD: Final = "016"
DOCUMENT_TYPES: Final = {
    "AP": "KR",
    "GRNI": "WE",
    "AR": "DR",
    "PAYMENT": "ZP",
    "PAYROLL": "ZY",
    "EXPENSES": "ZE",
    "ASSETS": "AF",
    "ACCRUAL": "ZA",
    "MANUAL": "SA",
    "CLOSING": "SC",
}
"""Sub-ledger of origin → AccountingDocumentType. The types starting with Z are the company's own."""


@dataclass(frozen=True, slots=True)
class Document:
    """One accounting document. `period` has three digits, `type` is SAP's document type. `reference` is the
    supplier's invoice number, a header field: set where the document carries exactly one. `reversal_of` and
    `reversed_by` are document numbers with fiscal years.
    """

    journal: Journal
    master: Master
    company_code: str
    currency: str
    year: str
    period: str
    type: str
    reference: str
    reversal_of: tuple[str, str] | None
    reversed_by: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of one accounting document."""

    document: Document
    line: JournalLine

    @property
    def amount(self) -> Decimal:
        """Debit minus credit, in the currency of the company code."""
        return self.line.debit - self.line.credit

    @property
    def side(self) -> str:
        """S (Soll, debit) or H (Haben, credit)."""
        return "H" if self.line.credit else "S"


def postings(estate: Estate, master: Master) -> Iterator[Posting]:
    """Every journal line of the entities that keep their books here, in document order."""
    journals = [journal for journal in estate.journals if journal.entity in ENTITIES]
    links = _Links(journals)
    for journal in journals:
        document = Document(
            journal=journal,
            master=master,
            company_code=master.company_code(journal.entity),
            currency=master.currency[journal.entity],
            year=journal.period[:4],
            period=_period(journal),
            type=DOCUMENT_TYPES.get(journal.origin, DOCUMENT_TYPES["MANUAL"]),
            reference=_reference(journal),
            reversal_of=links.reversal_of(journal),
            reversed_by=links.reversed_by.get((journal.entity, journal.number)),
        )
        for line in journal.lines:
            yield Posting(document, line)


class _Links:
    """Which journal reverses which."""

    def __init__(self, journals: Sequence[Journal]) -> None:
        self._years = {(journal.entity, journal.number): journal.period[:4] for journal in journals}
        self.reversed_by = {
            (journal.entity, journal.reverses): (journal.number, journal.period[:4])
            for journal in journals
            if journal.reverses
        }

    def reversal_of(self, journal: Journal) -> tuple[str, str] | None:
        if journal.reverses is None:
            return None
        return journal.reverses, self._years.get((journal.entity, journal.reverses), journal.period[:4])


def _period(journal: Journal) -> str:
    if journal.type == "CLOSING":
        return CLOSING_PERIOD
    return f"{int(journal.period.partition('-P')[2]):03d}"


def _reference(journal: Journal) -> str:
    found = {line.supplier_invoice for line in journal.lines if line.supplier_invoice}
    return found.pop() if len(found) == 1 else ""
