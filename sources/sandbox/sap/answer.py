"""Answers: finding, ordering and paging the rows of one request, and writing them as OData V2 JSON."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from sources.sandbox.sap.address import uri
from sources.sandbox.sap.aggregate import grouped
from sources.sandbox.sap.catalog import Collection
from sources.sandbox.sap.edm import WRITE, EntitySet, Get
from sources.sandbox.sap.filters import select
from sources.sandbox.sap.options import Options, Selection

DEFAULT_PAGE: Final = 1000
Write = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Page:
    """`total`: rows that match, whatever $top and $skip say. `next_token` is None on the last page."""

    records: Sequence[Any]
    total: int
    next_token: int | None


def find(collection: Collection, options: Options) -> Sequence[Any]:
    """All records (or groups) that match, in the order asked for."""
    shelf, condition = collection.shelf, options.condition

    def compute() -> Sequence[Any]:
        rows = shelf.everything if condition is None else select(condition, shelf)
        if collection.target.aggregate:
            found = grouped(shelf, rows, collection.target, options.selection.properties)
        else:
            found = [shelf.records[row] for row in sorted(rows)]
        return ordered(found, options.order, collection.rows)

    dimensions = options.selection.properties if collection.target.aggregate else ()
    return shelf.remember((options.filter_text, options.order, dimensions), compute)


def ordered(records: Sequence[Any], order: Sequence[tuple[str, bool]], target: EntitySet) -> Sequence[Any]:
    """Sorted by one property after the other; null and initial dates come first, as on HANA."""
    for name, descending in reversed(order):
        records = sorted(records, key=_rank(target.properties[name].get), reverse=descending)
    return records


def _rank(get: Get) -> Callable[[Any], tuple[bool, Any]]:
    def rank(record: Any) -> tuple[bool, Any]:
        value = get(record)
        return (value is not None, 0 if value is None else value)

    return rank


def page(found: Sequence[Any], options: Options, size: int) -> Page:
    """The rows of one page: at most `size`, and no more than $top over all pages."""
    last = len(found) if options.top is None else min(len(found), options.skip + options.top)
    start = options.skip + options.token
    end = min(start + size, last)
    return Page(found[start:end], len(found), options.token + size if end < last else None)


def body(current: Page, write: Write, address: str, options: Options, query: list[tuple[str, str]]) -> Any:
    """The reply to a request for a collection; `address` is its URL without query."""
    answer: dict[str, Any] = {"results": [write(record) for record in current.records]}
    if options.count:
        answer["__count"] = str(current.total)
    if current.next_token is not None:
        kept = [(name, value) for name, value in query if name != "$skiptoken"]
        text = urlencode([*kept, ("$skiptoken", str(current.next_token))], quote_via=quote, safe="$,'/()")
        answer["__next"] = f"{address}?{text}"
    return {"d": answer}


def writer(selection: Selection, base: str, service: str) -> Write:
    """A function that writes one record of the selection; `base` is the URL of the service."""
    target = selection.target
    cells = [
        (name, target.properties[name].get, WRITE[target.properties[name].type])
        for name in selection.properties
    ]
    related = [_related(target, name, inner, base, service) for name, inner in selection.expanded.items()]
    type_name, deferred = f"{service}.{target.type}", selection.deferred

    def write(record: Any) -> dict[str, Any]:
        address = f"{base}/{uri(target, record)}"
        row: dict[str, Any] = {"__metadata": {"id": address, "uri": address, "type": type_name}}
        for name, get, render in cells:
            row[name] = render(get(record))
        for name, expand in related:
            row[name] = expand(record)
        for name in deferred:
            row[name] = {"__deferred": {"uri": f"{address}/{name}"}}
        return row

    return write


def _related(
    target: EntitySet, name: str, inner: Selection, base: str, service: str
) -> tuple[str, Callable[[Any], Any]]:
    write, navigation = writer(inner, base, service), target.navigations[name]
    if navigation.many:
        return name, lambda record: {"results": [write(item) for item in navigation.get(record)]}
    return name, lambda record: write(navigation.get(record))
