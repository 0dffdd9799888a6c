"""A small JSON-RPC client for the Tryton tests. Shares no code with the product, so errors cannot cancel out.

Protocol: ``POST /<database>/rpc/`` with ``{"id", "method", "params"}``; model methods take a context as
their last parameter; a failed model call answers HTTP 200 with an ``error`` list.
"""

import base64
import gzip
import http.client
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

Row = dict[str, Any]
Domain = list[Any]


class RpcError(Exception):
    """An answer that is not a result: HTTP status (200 for a model error) and what the server said."""

    def __init__(self, method: str, status: int, detail: str) -> None:
        super().__init__(f"{method}: {status} {detail}")
        self.status = status


@dataclass(slots=True)
class Client:
    """One session of one user. `context` is sent with every model call."""

    host: str
    port: int
    database: str
    context: Row = field(default_factory=dict)
    timeout: float = 120.0
    authorization: str | None = None
    _ids: Iterator[int] = field(default_factory=itertools.count)

    def login(self, user: str, password: str) -> None:
        user_id, token, *_ = self.call("common.db.login", user, {"password": password})
        secret = base64.b64encode(f"{user}:{user_id}:{token}".encode()).decode()
        self.authorization = f"Session {secret}"

    def call(self, method: str, *params: Any) -> Any:
        request = {"id": next(self._ids), "method": method, "params": params}
        headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
        if self.authorization is not None:
            headers["Authorization"] = self.authorization
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            connection.request(
                "POST", f"/{self.database}/rpc/", json.dumps(request, default=_encode), headers
            )
            reply = connection.getresponse()
            body = reply.read()
            if reply.getheader("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
        finally:
            connection.close()
        if reply.status != http.client.OK:
            raise RpcError(method, reply.status, body[:200].decode(errors="replace"))
        answer = json.loads(body, object_hook=_decode, parse_float=Decimal)
        if "error" in answer:
            raise RpcError(method, reply.status, " ".join(str(part) for part in answer["error"])[:2000])
        return answer["result"]

    def model(self, model: str, method: str, *params: Any, **context: Any) -> Any:
        return self.call(f"model.{model}.{method}", *params, {**self.context, **context})

    def create(self, model: str, *values: Row) -> list[int]:
        return cast(list[int], self.model(model, "create", list(values)))

    def search(self, model: str, domain: Domain, *fields: str, order: Domain | None = None) -> list[Row]:
        """All matching records, `id` included, dotted fields under ``name.``."""
        return cast(list[Row], self.model(model, "search_read", domain, 0, None, order, list(fields)))

    def one(self, model: str, domain: Domain, *fields: str) -> Row:
        (row,) = self.search(model, domain, *fields)
        return row

    def wizard(self, name: str, *steps: tuple[str, Row], **context: Any) -> None:
        """Run a wizard: states in order, each with the forms (by view name) that are filled by then."""
        session, *_ = self.call(f"wizard.{name}.create", {**self.context, **context})
        for state, forms in steps:
            self.call(f"wizard.{name}.execute", session, forms, state, {**self.context, **context})
        self.call(f"wizard.{name}.delete", session, {**self.context, **context})


def _encode(value: object) -> Row:
    match value:
        case Decimal():
            return {"__class__": "Decimal", "decimal": str(value)}
        case date():
            return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    raise TypeError(f"no Tryton encoding for {type(value).__name__}")


def _decode(value: Row) -> Any:
    match value.get("__class__"):
        case "Decimal":
            return Decimal(value["decimal"])
        case "date":
            return date(value["year"], value["month"], value["day"])
        case "datetime":
            parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return datetime(*(value[part] for part in parts))  # noqa: DTZ001 — Tryton's are naive UTC
    return value
