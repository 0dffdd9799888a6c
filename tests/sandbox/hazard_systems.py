"""The systems of one company as a reader meets them: rows of documents, looked up by number."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.types import ASGIApp

from sources.sandbox import anaplan, canonical, coupa, sap
from sources.sandbox.anaplan.model import LOADING_VIEW, MODEL, VERSIONS
from sources.sandbox.estate import build
from sources.sandbox.estate.documents import Estate
from sources.sandbox.serve import systems

SEEDS = (7, 11, 23)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Systems:
    """Everything over HTTP; `estate` only tells which numbers to ask for."""

    estate: Estate

    @cached_property
    def _applications(self) -> Mapping[str, ASGIApp]:
        return systems(self.estate)

    def _ask(self, system: str, path: str, method: str = "GET", **options: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._applications[system])
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{system}") as client:
                return await client.request(method, path, **options)

        answer = asyncio.run(call())
        assert answer.is_success, answer.text
        return answer

    @cached_property
    def _coupa_token(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": coupa.CLIENT,
            "client_secret": coupa.SECRET,
            "scope": " ".join(coupa.SCOPES),
        }
        return str(self._ask("coupa", "/oauth2/token", "POST", data=form).json()["access_token"])

    def coupa(self, resource: str, **query: str) -> list[Any]:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {self._coupa_token}"}
        rows: list[Any] = self._ask("coupa", f"/api/{resource}", params=query, headers=headers).json()
        return rows

    def coupa_order(self, number: str) -> Any:
        (order,) = self.coupa("purchase_orders", po_number=number)
        return order

    def sap(self, path: str, condition: str, expand: str = "") -> list[Any]:
        params = {"$format": "json", "$filter": condition} | ({"$expand": expand} if expand else {})
        address = f"/sap/opu/odata/sap/{path}"
        answer = self._ask("sap", address, params=params, auth=(sap.USER, sap.PASSWORD))
        rows: list[Any] = answer.json()["d"]["results"]
        return rows

    def postings(self, number: str) -> list[Any]:
        """The lines of a document in the ledger that SAP keeps."""
        path = "API_OPLACCTGDOCITEMCUBE_SRV/A_OperationalAcctgDocItemCube"
        return self.sap(path, f"AccountingDocument eq '{number}'")

    def sap_order(self, number: str) -> Any:
        path = "API_PURCHASEORDER_PROCESS_SRV/A_PurchaseOrder"
        (order,) = self.sap(path, f"PurchaseOrder eq '{number}'", "to_PurchaseOrderItem")
        return order

    def published(self, collection: str, *numbers: str) -> list[Row]:
        """Rows of the system that publishes everything, of these documents."""
        return self._published(collection, [("number", number) for number in numbers])

    def billing(self, order: str) -> list[Row]:
        return self._published("invoices", [("po", order)])

    def _published(self, collection: str, query: Iterable[tuple[str, str]]) -> list[Row]:
        headers = {"Authorization": f"Bearer {canonical.DEMO_KEY}"}
        answer = self._ask("canonical", f"/{collection}?{urlencode([*query])}", headers=headers)
        rows: list[Row] = answer.json()["data"]
        return rows

    def plan(self, version: str) -> dict[tuple[str, ...], list[str]]:
        """Cells of a version in the planning tool, by the names on its row: entity, cost centre, account,
        type."""
        given = self._ask("anaplan", "/token/authenticate", "POST", auth=anaplan.DEMO_LOGIN).json()
        headers = {
            "Authorization": f"AnaplanAuthToken {given['tokenInfo']['tokenValue']}",
            "Accept": "application/json",
        }
        root = f"/2/0/models/{MODEL}"
        items = self._ask("anaplan", f"{root}/dimensions/{VERSIONS}/items", headers=headers).json()["items"]
        ids = {item["name"]: item["id"] for item in items}
        query = {"format": "v1", "pages": f"{VERSIONS}:{ids[version]}"}
        grid = self._ask("anaplan", f"{root}/views/{LOADING_VIEW}/data", params=query, headers=headers).json()
        return {tuple(row["rowCoordinates"]): row["cells"] for row in grid["rows"]}


@cache
def systems_of(seed: int) -> Systems:
    return Systems(build(seed, 1))
