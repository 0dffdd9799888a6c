"""The query string of a request for a collection."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from sources.sandbox.coupa import fields
from sources.sandbox.coupa.conditions import Condition, parse
from sources.sandbox.coupa.errors import CoupaError
from sources.sandbox.coupa.fields import Write
from sources.sandbox.coupa.shape import Attribute, Shape

_OPTIONS: Final = frozenset(("limit", "offset", "order_by", "dir", "return_object", "fields", "filter"))
_RETURN: Final[Mapping[str, Callable[[Shape], Write]]] = {
    "limited": fields.limited,
    "shallow": fields.shallow,
}


@dataclass(frozen=True, slots=True)
class Query:
    """`limit` is already bounded by the page size: asking for more quietly gives less."""

    conditions: tuple[Condition, ...]
    order_by: str
    descending: bool
    offset: int
    limit: int
    write: Write


def read(query: str, shape: Shape, page_size: int) -> Query:
    """The request, checked against the resource's shape. Raises CoupaError (400)."""
    pairs = parse_qsl(query, keep_blank_values=True)
    options = dict(pair for pair in pairs if pair[0] in _OPTIONS)
    conditions = tuple(parse(name, value, shape) for name, value in pairs if name not in _OPTIONS)
    if "filter" in options:
        raise CoupaError("filter", f"there is no filter named '{options['filter']}'")
    if options.get("dir", "asc") not in ("asc", "desc"):
        raise CoupaError("dir", "must be asc or desc")
    return Query(
        conditions=conditions,
        order_by=_order(options.get("order_by", "id"), shape),
        descending=options.get("dir") == "desc",
        offset=_number(options, "offset", 0),
        limit=min(_number(options, "limit", page_size), page_size),
        write=writer(options, shape),
    )


def writer(options: Mapping[str, str], shape: Shape) -> Write:
    """How objects are to be written: `fields` before `return_object`."""
    if "fields" in options:
        return fields.projection(options["fields"], shape)
    wanted = options.get("return_object")
    if wanted is None:
        return fields.full(shape)
    if wanted not in _RETURN:
        raise CoupaError("return_object", f"'{wanted}' is not supported on queries: use limited or shallow")
    return _RETURN[wanted](shape)


def _order(name: str, shape: Shape) -> str:
    member = shape.members.get(name.replace("_", "-"))
    if not isinstance(member, Attribute):
        raise CoupaError("order_by", f"{name} is not a valid attribute of {shape.name}")
    return member.name


def _number(options: Mapping[str, str], name: str, default: int) -> int:
    value = options.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise CoupaError(name, "must be a whole number, zero or greater")
    return int(value)
