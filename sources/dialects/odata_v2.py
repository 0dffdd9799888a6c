"""OData V2 as SAP Gateway speaks it: how literals, pages and envelopes are written.

    {"d": {"__count": "2", "results": [{"__metadata": {…}, "PurchaseOrder": "4500000001",
        "to_PurchaseOrderItem": {"results": […]}, "to_Note": {"__deferred": {…}}}], "__next": "https://…"}}

Older services answer ``{"d": […]}``. All that is particular to the version is in here: another version is
another object with these methods.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sources.spi.errors import Malformed
from sources.spi.scan import Value
from sources.transport.decode import Record
from sources.transport.message import Call, Params, Reply
from sources.transport.pages import Page


class V2:
    """The second version, in its JSON format."""

    format: Params = (("$format", "json"),)
    count: Params = (("$inlinecount", "allpages"),)

    def literal(self, value: Value) -> str:
        """A value as $filter wants it."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, date):
            return f"datetime'{value.isoformat()}T00:00:00'"
        if isinstance(value, Decimal):
            return f"{value:f}m"
        return "'" + value.replace("'", "''") + "'"

    def page(self, reply: Reply) -> Page:
        """The records, the total where it was asked for, and the next page where the server cuts them."""
        body = reply.json()
        inner = body.get("d") if isinstance(body, dict) else None
        records = inner.get("results") if isinstance(inner, dict) else inner
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise Malformed(reply.source, "no list of records under d or d.results")
        if not isinstance(inner, dict):
            return Page(records)
        following = inner.get("__next")
        link = None if following is None else Call("GET", str(following))
        return Page(records, _total(inner.get("__count"), reply.source), link)

    def inline(self, value: Any) -> Any:
        """What stands at a navigation: a list, a record, or None where nothing was expanded."""
        if not isinstance(value, dict) or "__deferred" in value:
            return None
        return value["results"] if isinstance(value.get("results"), list) else value


def _total(count: Any, source: str) -> int | None:
    if count is None:
        return None
    if not str(count).isdecimal():
        raise Malformed(source, "the total under d.__count is not a number")
    return int(count)


def flattened(version: V2, records: Sequence[Record], expand: Sequence[str]) -> list[Record]:
    """The records with plain lists and records where navigations were expanded."""
    tree: dict[str, list[str]] = {}
    for path in expand:
        head, _, rest = path.partition("/")
        tree.setdefault(head, []).extend([rest] if rest else [])
    if not tree:
        return list(records)
    return [{**record, **_inner(version, record, tree)} for record in records]


def _inner(version: V2, record: Record, tree: dict[str, list[str]]) -> Record:
    inner: Record = {}
    for name, paths in tree.items():
        value = version.inline(record.get(name))
        if isinstance(value, list):
            inner[name] = flattened(version, value, paths)
        else:
            inner[name] = None if value is None else flattened(version, [value], paths)[0]
    return inner
