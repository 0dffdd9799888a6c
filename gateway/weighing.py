"""From the bytes of a request to what may be executed: what it asks, in which form, and what that costs."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Final

from graphql import DocumentNode, GraphQLError, GraphQLSchema, get_operation_ast
from starlette.requests import Request

from gateway import accept
from gateway.asking import COST, EXPLAIN, Asked, BadRequestError, asked, content
from gateway.audit import redact
from gateway.cost import cost
from gateway.documents import Documents, Prepared
from gateway.exports import formats
from gateway.exports.export import Export, export
from gateway.exports.formats import Wanted
from gateway.limits import Limits, measured
from gateway.media import LEGACY, MODERN, OFFERED
from gateway.policy import Leave
from gateway.repeats import How, Repeats, Told, Weighed
from gateway.shape import Shape
from resolvers.plan.errors import QuestionError

_PERSONAL: Final = re.compile(r"\bme\b")
"""A document that may ask who asks."""


class RefusedError(Exception):
    """Why a document is not executed, the media type that is told in, and what may be said of it."""

    def __init__(self, reasons: Sequence[GraphQLError], media_type: str, told: Told) -> None:
        super().__init__("the document is not executed")
        self.reasons = reasons
        self.media_type = media_type
        self.told = told


class Weighing:
    """Reads and weighs requests to one schema; those that came before, byte for byte, only once. `most_rows`
    is how many an export may have."""

    def __init__(self, schema: GraphQLSchema, most_rows: int) -> None:
        self._schema = schema
        self._documents = {told: Documents(schema, told=told) for told in (True, False)}
        self._repeats = Repeats()
        self._most_rows = most_rows

    async def weighed(self, request: Request, leave: Leave) -> Weighed:
        """Raises BadRequestError for what is no GraphQL request or cannot be answered in the form that is
        wanted, RefusedError for a document that may not be executed."""
        body = await content(request)
        known = self._repeats.get(request, body, leave)
        if known is None:
            known = self._weighed(request, body, leave)
            self._repeats.put(request, body, known)
        return known

    def _weighed(self, request: Request, body: bytes, leave: Leave) -> Weighed:
        limits, (media_type, wanted) = leave.limits, _form(request)
        question = asked(request, body)
        prepared = self._prepared(question, leave)
        told = _told(question, prepared.document, wanted)
        if prepared.document is None or prepared.shape is None or prepared.errors:
            raise RefusedError(prepared.errors or (), media_type, told)
        planned = self._exported(prepared.document, question, wanted, told)
        document = prepared.document if planned is None else planned.document
        price = cost(self._schema, document, question.operation, question.variables or {})
        told = replace(told, cost=price)
        size = {**measured(prepared.shape), "maxCost": price}
        over = limits.over(size)
        if over and limits.enforced:
            raise RefusedError([each.error for each in over], media_type, told)
        how = How(
            modern=media_type == MODERN,
            leave=leave,
            cost=tuple(size.items()) if request.headers.get(COST, "").lower() == "true" else None,
            explain=request.headers.get(EXPLAIN, "").lower() == "true",
            no_cache="no-cache" in request.headers.get("cache-control", "").lower(),
            wanted=wanted,
        )
        personal = _PERSONAL.search(question.query) is not None
        limited = tuple(each.limit for each in over)
        return Weighed(question, told, how, media_type, price, limited, personal)

    def _prepared(self, question: Asked, leave: Leave) -> Prepared:
        documents = self._documents[leave.introspection]
        return documents.prepared(question.query, partial(_refused, leave.limits))

    def document(self, weighed: Weighed) -> tuple[DocumentNode, Export | None]:
        """What is executed for a request that may be: its document, as an export where it wants one."""
        question, how = weighed.question, weighed.how
        document = self._prepared(question, how.leave).document
        if document is None:
            raise RefusedError((), weighed.media_type, weighed.told)
        planned = self._exported(document, question, how.wanted, weighed.told)
        return (document, None) if planned is None else (planned.document, planned)

    def _exported(
        self, document: DocumentNode, question: Asked, wanted: Wanted | None, told: Told
    ) -> Export | None:
        if wanted is None:
            return None
        variables = question.variables or {}
        try:
            return export(self._schema, document, question.operation, variables, wanted, self._most_rows)
        except QuestionError as error:
            refused = GraphQLError(error.message, extensions={"code": error.code})
            raise RefusedError([refused], MODERN, told) from None
        except GraphQLError as error:
            raise RefusedError([error], MODERN, told) from None


def _told(question: Asked, document: DocumentNode | None, wanted: Wanted | None) -> Told:
    digest = sha256(question.query.encode("utf-8", "surrogatepass")).hexdigest()
    form = wanted.format if wanted else formats.JSON
    found = None if document is None else get_operation_ast(document, question.operation)
    if document is None or found is None:
        return Told(digest, form=form)
    shown = redact.variables(document, question.operation, question.variables or {})
    return Told(digest, found.operation.value, found.name.value if found.name else None, shown, form)


def plain(request: Request) -> str:
    """The media type that GraphQL's own JSON has for the client, whatever else it accepts."""
    media_type = accept.media_type(request.headers.get("accept", ""), OFFERED, LEGACY)
    return LEGACY if media_type in (None, LEGACY) else MODERN


def _form(request: Request) -> tuple[str, Wanted | None]:
    """The media type of the JSON and the export the client wants. What is no table is told as JSON."""
    given = formats.parameters(request)
    media_type = accept.media_type(request.headers.get("accept", ""), OFFERED, LEGACY)
    wanted = formats.wanted(given, media_type)
    if given.get("format") == formats.JSON and media_type != MODERN:
        media_type = LEGACY
    if media_type is None and wanted is None:
        message = f"Accept: {MODERN} or {LEGACY} is what there is, or a format of exports"
        raise BadRequestError(406, "NOT_ACCEPTABLE", message)
    return (MODERN if wanted or media_type is None else media_type), wanted


def _refused(limits: Limits, shape: Shape) -> list[GraphQLError]:
    return [each.error for each in limits.over(measured(shape))] if limits.enforced else []
