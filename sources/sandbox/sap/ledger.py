"""The two ledger services: the journal cube (aggregates) and the accounting document items (lines).

``API_JOURNALENTRYITEMBASIC_SRV/A_JournalEntryItemBasic`` has no document, date or reference;
``API_OPLACCTGDOCITEMCUBE_SRV/A_OperationalAcctgDocItemCube`` has them, line by line. What an upstream
system's interface hands over stands in Reference3IDByBusinessPartner (the id of its invoice).
"""

from decimal import Decimal
from typing import Final

from sources.sandbox.sap.edm import EntitySet, always, day, entity_set, flag, number, text
from sources.sandbox.sap.master import CHART_OF_ACCOUNTS, CONTROLLING_AREA
from sources.sandbox.sap.postings import Document, Posting

FISCAL_YEARS: Final = {"US01": "K4", "GB01": "V3"}
"""Fiscal year variants: calendar months, months from April on; both with special periods."""
_NO_QUANTITY: Final = Decimal(0)


def _reverse(document: Document) -> tuple[str, str]:
    """SAP links both ways: a reversal and what it reverses name each other in the same field."""
    return document.reversal_of or document.reversed_by or ("", "0000")


def _quantity_unit(posting: Posting) -> str:
    return "EA" if posting.line.quantity is not None else ""


JOURNAL_CUBE: Final[EntitySet] = entity_set(
    "A_JournalEntryItemBasic",
    ("ID",),
    text("ID", always(""), filterable=False),
    text("Ledger", always("0L")),
    text("LedgerName", always("Leading Ledger")),
    text("LedgerFiscalYear", lambda p: p.document.year),
    text("ControllingArea", always(CONTROLLING_AREA)),
    text("CompanyCode", lambda p: p.document.company_code),
    text("CompanyCodeName", lambda p: p.document.master.entity_name(p.document.journal.entity)),
    text("GLAccount", lambda p: p.document.master.account(p.line.account)),
    text("GLAccountName", lambda p: p.document.master.account_name(p.line.account)[:30]),
    text("CostCenter", lambda p: p.document.master.cost_center(p.line.cost_center)),
    text("CostCenterName", lambda p: p.document.master.center_name(p.line.cost_center)[:20]),
    text("ProfitCenter", always("")),
    text("FunctionalArea", always("")),
    text("Segment", always("")),
    text("Project", lambda p: p.document.master.project(p.line.project)),
    text("WBSElement", lambda p: p.document.master.project(p.line.project)),
    text("ControllingDebitCreditCode", lambda p: p.side),
    text("FiscalPeriod", lambda p: p.document.period),
    text("FiscalYearVariant", lambda p: FISCAL_YEARS[p.document.journal.entity]),
    text("FiscalYearPeriod", lambda p: p.document.year + p.document.period),
    text("ChartOfAccounts", always(CHART_OF_ACCOUNTS)),
    text("TransactionCurrency", lambda p: p.document.currency),
    number("AmountInTransactionCurrency", lambda p: p.amount, "TransactionCurrency", measure=True),
    text("CompanyCodeCurrency", lambda p: p.document.currency),
    number("AmountInCompanyCodeCurrency", lambda p: p.amount, "CompanyCodeCurrency", measure=True),
    aggregate=True,
)

LINE_ITEMS: Final[EntitySet] = entity_set(
    "A_OperationalAcctgDocItemCube",
    ("CompanyCode", "FiscalYear", "AccountingDocument", "AccountingDocumentItem"),
    text("CompanyCode", lambda p: p.document.company_code),
    text("FiscalYear", lambda p: p.document.year),
    text("AccountingDocument", lambda p: p.document.journal.number),
    text("AccountingDocumentItem", lambda p: f"{p.line.line:03d}"),
    text("CompanyCodeName", lambda p: p.document.master.entity_name(p.document.journal.entity)),
    text("ChartOfAccounts", always(CHART_OF_ACCOUNTS)),
    text("Ledger", always("0L")),
    text("AccountingDocumentType", lambda p: p.document.type),
    text("FiscalPeriod", lambda p: p.document.period),
    day("PostingDate", lambda p: p.document.journal.posting_date),
    day("DocumentDate", lambda p: p.document.journal.document_date),
    day("AccountingDocumentCreationDate", lambda p: p.document.journal.posting_date),
    text("GLAccount", lambda p: p.document.master.account(p.line.account)),
    text("GLAccountName", lambda p: p.document.master.account_name(p.line.account)[:30]),
    flag("IsBalanceSheetAccount", lambda p: p.document.master.is_balance_sheet(p.line.account)),
    text("ControllingArea", lambda p: CONTROLLING_AREA if p.line.cost_center else ""),
    text("CostCenter", lambda p: p.document.master.cost_center(p.line.cost_center)),
    text("CostCenterName", lambda p: p.document.master.center_name(p.line.cost_center)[:20]),
    text("Project", lambda p: p.document.master.project(p.line.project)),
    text("Supplier", lambda p: p.document.master.supplier(p.line.supplier)),
    text("SupplierName", lambda p: p.document.master.supplier_name(p.line.supplier)),
    text("DebitCreditCode", lambda p: p.side),
    text("CompanyCodeCurrency", lambda p: p.document.currency),
    number("AmountInCompanyCodeCurrency", lambda p: p.amount, "CompanyCodeCurrency"),
    text("TransactionCurrency", lambda p: p.document.currency),
    number("AmountInTransactionCurrency", lambda p: p.amount, "TransactionCurrency"),
    text("DocumentItemText", lambda p: p.line.text[:50]),
    text("DocumentReferenceID", lambda p: p.document.reference),
    text("AssignmentReference", lambda p: p.line.supplier_invoice or ""),
    text("Reference3IDByBusinessPartner", lambda p: p.line.invoice or ""),
    text("PurchasingDocument", lambda p: p.line.po or ""),
    text("PurchasingDocumentItem", lambda p: f"{p.line.po_line or 0:05d}"),
    text("BaseUnit", _quantity_unit),
    number("Quantity", lambda p: p.line.quantity or _NO_QUANTITY, "BaseUnit"),
    text("ReverseDocument", lambda p: _reverse(p.document)[0]),
    text("ReverseDocumentFiscalYear", lambda p: _reverse(p.document)[1]),
    flag("IsReversal", lambda p: p.document.reversal_of is not None),
    flag("IsReversed", lambda p: p.document.reversed_by is not None),
)
