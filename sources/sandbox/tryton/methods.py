"""The RPC methods of models: positional parameters, the last of which is the context."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from sources.sandbox.tryton.database import Database
from sources.sandbox.tryton.errors import ProtocolError, failure, user_error
from sources.sandbox.tryton.model import Model
from sources.sandbox.tryton.reading import definitions, writer

Params = Sequence[Any]
_MODEL: Final = "model."

_FOUND: Final = ("domain", "offset", "limit", "order")
"""The positional parameters of every search; a read of what is found has the names of fields next."""


class Methods:
    """`records_limit`: how many records one request may ask for (413 beyond it); None is no limit."""

    def __init__(self, database: Database, records_limit: int | None) -> None:
        self._database = database
        self._limit = records_limit
        self._methods: Mapping[str, Callable[[Model, Params], Any]] = {
            "search": self._search,
            "search_count": self._search_count,
            "search_read": self._search_read,
            "read": self._read,
            "fields_get": self._fields_get,
        }

    def call(self, method: str, params: Any) -> Any:
        """The result of ``model.<name>.<method>``. Raises ModelError or ProtocolError."""
        kind, _, rest = method.partition(".")
        name, _, verb = rest.rpartition(".")
        if kind != "model" or not name:
            raise ProtocolError(HTTPStatus.FORBIDDEN)
        model = self._database.model(name)
        if verb not in self._methods:
            raise ProtocolError(HTTPStatus.FORBIDDEN)
        if not (isinstance(params, list) and params and isinstance(params[-1], dict)):
            raise ProtocolError(HTTPStatus.UNPROCESSABLE_ENTITY, "Missing context argument")
        return self._methods[verb](model, params[:-1])

    def _search(self, model: Model, params: Params) -> list[int]:
        return [record.id for record in self._found(model, params)]

    def _search_count(self, model: Model, params: Params) -> int:
        return len(self._found(model, params))

    def _search_read(self, model: Model, params: Params) -> list[dict[str, Any]]:
        found = self._found(model, params)
        names = next(iter(params[len(_FOUND) :]), None)
        write = writer(_listed(() if names is None else names), model, self._database.models)
        return [write(record) for record in found]

    def _found(self, model: Model, params: Params) -> list[Any]:
        """By the first parameters, in the order of `_FOUND`."""
        if not params:
            raise failure("search() missing 1 required positional argument: 'domain'")
        domain, offset, limit, order, *_ = [*params, None, None, None, None]
        self._bounded(limit)
        found = self._database.search(model, domain, order)
        start = offset or 0
        return found[start:] if limit is None else found[start : start + limit]

    def _read(self, model: Model, params: Params) -> list[dict[str, Any]]:
        try:
            ids, names = params
        except ValueError:
            raise failure("read() takes ids and fields_names") from None
        wanted = [*dict.fromkeys(_listed(ids))]
        self._bounded(len(wanted))
        missing = [str(id_) for id_ in wanted if id_ not in model.by_id]
        if missing:
            listed = ", ".join(missing)
            raise user_error(
                f'You are trying to read records "{listed}" of "{model.name}" that don\'t exist.'
            )
        write = writer(_listed(names), model, self._database.models)
        return [write(model.by_id[id_]) for id_ in wanted]

    def _fields_get(self, model: Model, params: Params) -> dict[str, dict[str, Any]]:
        return definitions(model, params[0] if params else None)

    def _bounded(self, wanted: Any) -> None:
        if wanted is not None and (not isinstance(wanted, int) or wanted < 0):
            raise failure(f"Wrong limit: {wanted!r}")
        if self._limit is not None and wanted is not None and wanted > self._limit:
            raise ProtocolError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise failure(f"'{type(value).__name__}' object is not iterable")
    return list(value)
