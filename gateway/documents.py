"""Parsed and validated documents, kept for the next time the same text arrives."""

from collections import OrderedDict
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate

MOST_TOKENS = 15_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to execute, or the reasons it is not."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()


class Documents:
    """Least recently used documents of one schema, bounded in number."""

    def __init__(self, schema: GraphQLSchema, most: int = 512) -> None:
        self._schema = schema
        self._most = most
        self._known: OrderedDict[str, Prepared] = OrderedDict()

    def prepared(self, text: str) -> Prepared:
        found = self._known.get(text)
        if found is not None:
            self._known.move_to_end(text)
            return found
        made = self._prepare(text)
        self._known[text] = made
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return made

    def _prepare(self, text: str) -> Prepared:
        try:
            document = parse(text, max_tokens=MOST_TOKENS)
        except GraphQLError as error:
            return Prepared(None, (_coded(error, "GRAPHQL_PARSE_FAILED"),))
        errors = validate(self._schema, document)
        if errors:
            return Prepared(None, tuple(_coded(error, "GRAPHQL_VALIDATION_FAILED") for error in errors))
        return Prepared(document)


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {"code": code, **(error.extensions or {})}
    return error
