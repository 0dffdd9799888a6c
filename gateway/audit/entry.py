"""One question in the audit: filled in while it is answered, and one line of JSON at its end."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson

from gateway.answers import Answered
from gateway.encode import UNFORESEEN
from gateway.exports.formats import JSON
from gateway.outcome import Account, Outcome
from gateway.repeats import Told


@dataclass(slots=True)
class Entry:
    """Who asked, and what came of it. `kept`: another request's answer was given again, so that no call was
    made for this one."""

    method: str
    principal: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    began: float = field(default_factory=time.perf_counter)
    told: Told | None = None
    status: int | None = None
    codes: tuple[str, ...] = ()
    kept: bool = True
    age: float = 0.0
    size: int = 0
    account: Account | None = None

    def gives(self, answered: Answered) -> None:
        self.account = answered.account
        self.codes = answered.account.codes
        self.age = answered.age
        self.size = len(answered.body)

    @property
    def outcome(self) -> Outcome:
        if self.status is None:
            return Outcome.ABANDONED
        if UNFORESEEN in self.codes:
            return Outcome.FAILED
        return Outcome.REFUSED if self.account is None else self.account.outcome

    def line(self) -> bytes:
        """JSON in one line: whatever is in it, it ends where it ends."""
        account, told = self.account or Account(), self.told
        content = {
            "at": self.at.isoformat(timespec="milliseconds"),
            "principal": self.principal or None,
            "method": self.method[:20],
            "document": told.sha256 if told else None,
            "name": told.name if told else None,
            "variables": told.variables if told else {},
            "format": told.form if told else JSON,
            "outcome": self.outcome,
            "status": self.status,
            "codes": self.codes,
            "cost": told.cost if told else None,
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
