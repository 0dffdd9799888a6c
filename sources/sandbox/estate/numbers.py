"""Document numbers in the style of the system each entity's documents live in.

Reference fields bound them: an order number has at most 10 characters in SAP, a supplier's invoice number
at most 16. Journal numbers have 10 digits: the entity, a document type as a ledger's number range, a count.
"""

from collections import Counter
from datetime import date
from typing import Final

_ENTITY_DIGIT: Final = {"US01": 1, "GB01": 2, "DE01": 3, "JP01": 4}
_RANGES: Final = {
    "AP": 51,
    "GRNI": 52,
    "PAYMENT": 15,
    "AR": 18,
    "PAYROLL": 20,
    "EXPENSES": 31,
    "ASSETS": 40,
    "ACCRUAL": 60,
    "MANUAL": 10,
    "CLOSING": 99,
}
_SUPPLIER_STYLES: Final = ("INV-{0}-{1:05d}", "RE{0}{1:05d}", "F/{0}/{1:05d}", "{0}.{1:06d}")


class Numbers:
    """Counts up per series, from `after` on; one instance per build and range."""

    def __init__(self, after: int = 0) -> None:
        self._after = after
        self._count: Counter[str] = Counter()

    def _next(self, *series: str) -> int:
        key = "/".join(series)
        self._count[key] += 1
        return self._after + self._count[key]

    def requisition(self, entity: str) -> tuple[str, str]:
        """The system's own id, and the number people write."""
        n = self._next(entity, "requisition")
        return (str(20000 + n), str(20000 + n)) if entity == "US01" else (f"jp-req-{n:06d}", f"JRQ-{n:06d}")

    def order(self, entity: str) -> tuple[str, str]:
        n = self._next(entity, "order")
        return {
            "US01": (str(40000 + n), f"PO{40000 + n}"),
            "GB01": (f"45{n:08d}", f"45{n:08d}"),
            "DE01": (str(n), f"PUR{n:05d}"),
            "JP01": (f"jp-po-{n:06d}", f"JPO-{n:06d}"),
        }[entity]

    def receipt(self, entity: str) -> tuple[str, str]:
        n = self._next(entity, "receipt")
        return (str(60000 + n), str(60000 + n)) if entity == "US01" else (f"jp-rec-{n:06d}", f"JGR-{n:06d}")

    def invoice(self, entity: str, supplier_invoice: str, day: date) -> tuple[str, str]:
        """Coupa's invoice number is the supplier's; SAP's key is number and fiscal year."""
        n = self._next(entity, "invoice")
        return {
            "US01": (str(70000 + n), supplier_invoice),
            "GB01": (f"51{n:08d}{day.year}", f"51{n:08d}"),
            "DE01": (str(n), f"ER{n:06d}"),
            "JP01": (f"jp-inv-{n:06d}", f"JIV-{n:06d}"),
        }[entity]

    def supplier_invoice(self, supplier: str) -> str:
        style = _SUPPLIER_STYLES[int(supplier[1:]) % len(_SUPPLIER_STYLES)]
        return style.format(supplier[1:], self._next("supplier invoice", supplier))

    def journal(self, entity: str, origin: str) -> str:
        return f"{_ENTITY_DIGIT[entity]}{_RANGES[origin]}{self._next(entity, origin):07d}"

    def agreement(self, entity: str, kind: str) -> str:
        """`kind`: BLANKET, DEFERRAL or SUBSCRIPTION."""
        return f"{entity[:2]}-{kind[:3]}-{self._next(entity, kind):06d}"

    def budget(self, year: int) -> str:
        return f"BUD-{year}-{self._next('budget', str(year)):05d}"

    def entry(self) -> str:
        return f"BE{self._next('entry'):06d}"
