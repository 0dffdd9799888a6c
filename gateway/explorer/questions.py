"""The questions an explorer opens with, and how the pages receive them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Question:
    """A ready-made question.

    title: what the plain page lists; GraphiQL titles its tab with the document's operation name.
    document: one GraphQL document with one named operation.
    variables: the values it starts with; None when it takes none.
    """

    title: str
    document: str
    variables: Mapping[str, object] | None = None


def as_json(graphql_path: str, questions: Sequence[Question]) -> bytes:
    """``{"graphqlPath": "/graphql", "questions": [{"title", "document", "variables"}]}``."""
    listed = [
        {"title": q.title, "document": q.document, "variables": dict(q.variables) if q.variables else None}
        for q in questions
    ]
    return orjson.dumps({"graphqlPath": graphql_path, "questions": listed})
