"""One question in the audit: filled in while it is answered, and one line of JSON at its end."""

import hashlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import orjson
from graphql import DocumentNode, get_operation_ast

from gateway.answers import Account, Answered
from gateway.asking import Asked
from gateway.audit import redact
from gateway.encode import UNFORESEEN


@dataclass(slots=True)
class Entry:
    """Who asked, and what came of it. `kept`: another request's answer was given again, so that no call was
    made for this one."""

    method: str
    principal: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    began: float = field(default_factory=time.perf_counter)
    document: str | None = None
    name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    form: str = "json"
    cost: int | None = None
    status: int | None = None
    codes: tuple[str, ...] = ()
    kept: bool = True
    age: float = 0.0
    size: int = 0
    account: Account | None = None

    def asks(self, question: Asked, form: str) -> None:
        self.form = form
        self.document = hashlib.sha256(question.query.encode("utf-8", "surrogatepass")).hexdigest()

    def reads(self, document: DocumentNode, question: Asked) -> None:
        """A name that the document has, not whatever the request calls it."""
        found = get_operation_ast(document, question.operation)
        self.name = found.name.value if found and found.name else None
        self.variables = redact.variables(document, question.operation, question.variables or {})

    def gives(self, answered: Answered) -> None:
        self.account = answered.account
        self.codes = answered.account.codes
        self.age = answered.age
        self.size = len(answered.body)

    @property
    def outcome(self) -> str:
        """`left`: nobody waited for the answer."""
        if self.status is None:
            return "left"
        if UNFORESEEN in self.codes:
            return "failed"
        nothing = self.account is None or not self.account.answered
        if self.status >= HTTPStatus.BAD_REQUEST or (self.codes and nothing):
            return "refused"
        return "partial" if self.codes else "answered"

    def line(self) -> bytes:
        """JSON in one line: whatever is in it, it ends where it ends."""
        account = self.account or Account()
        content = {
            "at": self.at.isoformat(timespec="milliseconds"),
            "principal": self.principal or None,
            "method": self.method[:20],
            "document": self.document,
            "name": self.name,
            "variables": self.variables,
            "format": self.form,
            "outcome": self.outcome,
            "status": self.status,
            "codes": self.codes,
            "cost": self.cost,
            "kept": self.kept and self.account is not None,
            "systems": {
                name: {
                    "calls": 0 if self.kept else each.calls,
                    "state": each.state,
                    "fetchedAt": each.fetched_at.isoformat() if each.fetched_at else None,
                }
                for name, each in sorted(account.systems.items())
            },
            "rows": account.rows,
            "bytes": self.size,
            "age": round(self.age, 1),
            "milliseconds": round((time.perf_counter() - self.began) * 1000, 1),
        }
        return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)
