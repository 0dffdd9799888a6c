"""Master data in SAP's codes: company codes, G/L accounts, cost centres, suppliers and their names."""

from collections.abc import Callable
from typing import Final

from sources.sandbox.estate.documents import Company

ENTITIES: Final = ("US01", "GB01")
"""The legal entities that keep their books in SAP."""

CONTROLLING_AREA: Final = "A000"
CHART_OF_ACCOUNTS: Final = "YCOA"


class Master:
    """Code and name of every canonical member. A missing member is an empty string: SAP's "initial"."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.currency = {entity.id: entity.currency for entity in company.entities}
        self._entity_names = {entity.id: entity.name for entity in company.entities}
        self._account_names = {account.id: account.name for account in company.accounts}
        self._center_names = {center.id: center.name for center in company.cost_centers}
        self._supplier_names = {supplier.id: supplier.name for supplier in company.suppliers}
        self.company_code = self._coder("legal_entity")
        self.account = self._coder("account")
        self.cost_center = self._coder("cost_center")
        self.supplier = self._coder("supplier")
        self.project = self._coder("project")
        self._balance = {account.id for account in company.accounts if account.kind == "BALANCE_SHEET"}

    def _coder(self, dimension: str) -> Callable[[str | None], str]:
        code, known = self.company.code, {"": ""}

        def of(member: str | None) -> str:
            key = member or ""
            if key not in known:
                known[key] = code("sap", dimension, key)
            return known[key]

        return of

    def entity_name(self, member: str) -> str:
        return self._entity_names.get(member, "")[:25]

    def account_name(self, member: str) -> str:
        return self._account_names.get(member, "")

    def center_name(self, member: str | None) -> str:
        return self._center_names.get(member or "", "")

    def supplier_name(self, member: str | None) -> str:
        return self._supplier_names.get(member or "", "")

    def is_balance_sheet(self, account: str) -> bool:
        return account in self._balance
