"""Meridian Services, the company all sandbox systems belong to: its master data, read from CSV.

The files in `sources/sandbox/company` are also what a gateway's configuration names as chart of accounts,
hierarchy and crosswalks; here the crosswalks are read backwards, to give each system its own codes.

**Deliberately unmapped:** the cost centre `US-OPS-199` exists in SAP (code `0010101991`) and takes some
manual postings of US01, but no crosswalk, budget or hierarchy knows it: it was opened in the ERP only. In
`Company.cost_centers` it hangs under no parent. So does `US-CORP-390`, a code (`0010103901`) of costs that
finance and facilities share, which the configuration maps to both by weight.

`US-SALES-240` went from Marketing to the corporate functions in April 2026.
"""

from functools import cache
from typing import Final

from sources.sandbox.estate.documents import Account, Company, CostCenter, LegalEntity, Project, Supplier
from sources.sandbox.estate.master import rows

UNMAPPED_COST_CENTER: Final = "US-OPS-199"
UNMAPPED_SAP_CODE: Final = "0010101991"
SHARED_COST_CENTER: Final = "US-CORP-390"
SHARED_SAP_CODE: Final = "0010103901"
SHARES: Final = (("US-CORP-310", 60), ("US-CORP-340", 40))
"""Who bears what is booked on it, in percent."""
LEDGER_ONLY: Final = {UNMAPPED_COST_CENTER: UNMAPPED_SAP_CODE, SHARED_COST_CENTER: SHARED_SAP_CODE}
"""Codes of the American ledger that are nobody's cost centre: not planned, nor bought for."""

_CROSSWALKS: Final = ("sap", "coupa", "anaplan", "tryton")


@cache
def meridian() -> Company:
    now = {r["child"]: r["parent"] for r in rows("moves") if not r["to"]}
    return Company(
        entities=tuple(LegalEntity(r["id"], r["name"], r["currency"]) for r in rows("legal_entities")),
        accounts=tuple(
            Account(r["id"], r["name"], r["class"], r["parent"] or None) for r in rows("accounts")
        ),
        cost_centers=(
            *(
                CostCenter(
                    r["id"],
                    r["name"],
                    r["entity"] or None,
                    now.get(r["id"], r["parent"]) or None,
                    r["owner"] or None,
                )
                for r in rows("cost_centers")
            ),
            CostCenter(UNMAPPED_COST_CENTER, "Pop-up Studio", "US01", None, None),
            CostCenter(SHARED_COST_CENTER, "Headquarters", "US01", None, None),
        ),
        projects=tuple(Project(r["id"], r["name"], r["entity"]) for r in rows("projects")),
        suppliers=tuple(Supplier(r["id"], r["name"], r["currency"]) for r in rows("suppliers")),
        codes=_codes(),
    )


def _codes() -> dict[str, dict[str, dict[str, str]]]:
    codes: dict[str, dict[str, dict[str, str]]] = {}
    for system in _CROSSWALKS:
        for row in rows(f"crosswalk_{system}"):
            codes.setdefault(system, {}).setdefault(row["dimension"], {})[row["target"]] = row["source"]
    codes["sap"]["cost_center"] |= LEDGER_ONLY
    return codes
