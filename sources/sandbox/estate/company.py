"""Meridian Services, the company all sandbox systems belong to: its master data, read from CSV.

The files in `sources/sandbox/company` are also what a gateway's configuration names as chart of accounts,
hierarchy and crosswalks; here the crosswalks are read backwards, to give each system its own codes.

**Deliberately unmapped:** the cost centre `US-OPS-199` exists in SAP (code `0010101991`) and takes some
manual postings of US01, but no crosswalk, budget or hierarchy knows it: it was opened in the ERP only. In
`Company.cost_centers` it hangs under no parent.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import Final

from sources.sandbox.estate.documents import Account, Company, CostCenter, LegalEntity, Project, Supplier

UNMAPPED_COST_CENTER: Final = "US-OPS-199"
UNMAPPED_SAP_CODE: Final = "0010101991"

_CROSSWALKS: Final = ("sap", "coupa", "anaplan", "tryton")


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one master data file; an empty cell is an empty string."""
    text = files("sources.sandbox").joinpath("company", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def meridian() -> Company:
    return Company(
        entities=tuple(LegalEntity(r["id"], r["name"], r["currency"]) for r in rows("legal_entities")),
        accounts=tuple(
            Account(r["id"], r["name"], r["class"], r["parent"] or None) for r in rows("accounts")
        ),
        cost_centers=(
            *(
                CostCenter(r["id"], r["name"], r["entity"] or None, r["parent"] or None, r["owner"] or None)
                for r in rows("cost_centers")
            ),
            CostCenter(UNMAPPED_COST_CENTER, "Pop-up Studio", "US01", None, None),
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
    codes["sap"]["cost_center"][UNMAPPED_COST_CENTER] = UNMAPPED_SAP_CODE
    return codes
