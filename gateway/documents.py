"""Parsed and validated documents, kept for the next time the same text arrives.

What is over its limits is not validated: validation costs far more than counting.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    parse,
    specified_rules,
    validate,
)

from gateway.shape import Shape, Surveyor

MOST_TOKENS: Final = 15_000
MOST_COMMENTS: Final = 1_000
"""Where parsing ends, whatever the limits."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with its shape, or the reasons there is none; `errors` is None where nobody has validated
    it yet."""

    document: DocumentNode | None = None
    shape: Shape | None = None
    errors: tuple[GraphQLError, ...] | None = None


class Documents:
    """Least recently used documents of one schema, bounded in number and, since a parsed document takes up
    to some hundred times its text, in the characters of all together. Where not for those who may know the
    schema (`told`), they may not ask for it, and no error says what may have been meant."""

    def __init__(
        self,
        schema: GraphQLSchema,
        most: int = 512,
        most_characters: int = 512 * 1024,
        *,
        told: bool = True,
    ) -> None:
        self._schema = schema
        self._told = told
        self._most = most
        self._most_characters = most_characters
        self.characters = 0
        self._known: OrderedDict[str, Prepared] = OrderedDict()

    def prepared(
        self, text: str, refused: Callable[[Shape], Sequence[GraphQLError]] = lambda _: ()
    ) -> Prepared:
        """The document of a text. `refused` says what there is against a document of some shape."""
        found = self._known.pop(text, None)
        if found is None:
            found = _parsed(text)
            self.characters += len(text)
        over = tuple(refused(found.shape)) if found.shape else ()
        if found.document is not None and found.errors is None and not over:
            rules = specified_rules if self._told else (*specified_rules, NoSchemaIntrospectionCustomRule)
            errors = validate(self._schema, found.document, rules, hide_suggestions=not self._told)
            found = replace(found, errors=tuple(_coded(e, "GRAPHQL_VALIDATION_FAILED") for e in errors))
        self._known[text] = found
        while len(self._known) > self._most or self.characters > self._most_characters:
            oldest, _ = self._known.popitem(last=False)
            self.characters -= len(oldest)
        return replace(found, errors=over) if over else found


def _parsed(text: str) -> Prepared:
    try:
        document = parse(text, max_lexical_tokens=MOST_TOKENS, max_comments=MOST_COMMENTS)
    except GraphQLError as error:
        too_long = "Parsing aborted" in error.message
        return Prepared(errors=(_coded(error, "LIMIT_EXCEEDED" if too_long else "GRAPHQL_PARSE_FAILED"),))
    return Prepared(document, Surveyor(document).shape())


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {"code": code, **(error.extensions or {})}
    return error
