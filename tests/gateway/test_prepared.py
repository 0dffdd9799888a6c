"""Documents are parsed and validated once, and not kept for ever."""

import pytest
from graphql import GraphQLError

from gateway import documents
from gateway.documents import Documents
from resolvers.graph.schema import build

SCHEMA = build()._schema


@pytest.fixture
def parsed(monkeypatch):
    """The texts that were parsed."""
    texts = []
    parse = documents.parse
    monkeypatch.setattr(documents, "parse", lambda text, **how: texts.append(text) or parse(text, **how))
    return texts


def test_a_text_is_prepared_once_whether_it_is_right_or_wrong(parsed):
    kept = Documents(SCHEMA)
    for text in ("{ __typename }", "{ wrong }", "{", "{ __typename }", "{ wrong }", "{"):
        kept.prepared(text)
    assert parsed == ["{ __typename }", "{ wrong }", "{"]
    assert kept.prepared("{ __typename }").errors == ()
    assert kept.prepared("{ wrong }").errors
    assert kept.prepared("{").errors


def test_the_least_recently_used_gives_way(parsed):
    kept = Documents(SCHEMA, most=2)
    a, b, c = ("{ a: __typename }", "{ b: __typename }", "{ c: __typename }")
    for text in (a, b, a, c, a, b):
        kept.prepared(text)
    assert parsed == [a, b, c, b]


def test_what_is_refused_is_not_validated(monkeypatch):
    """Only when somebody is allowed to ask it."""
    validated = []
    monkeypatch.setattr(documents, "validate", lambda *_, **_named: validated.append(1) or [])
    kept, no = Documents(SCHEMA), GraphQLError("too large")
    assert kept.prepared("{ __typename }", lambda _: [no]).errors == (no,)
    assert validated == []
    assert kept.prepared("{ __typename }").errors == ()
    assert kept.prepared("{ __typename }", lambda _: [no]).errors == (no,)
    assert validated == [1]


def test_long_texts_leave_room_for_fewer(parsed):
    """Room for 100 characters, texts of 30: the fourth takes the place of the first."""
    kept = Documents(SCHEMA, most_characters=100)
    texts = [f"{{ {'abcd'[n] * 11}: __typename }}"[:30].ljust(30) for n in range(4)]
    for text in (*texts, *texts[1:], texts[0]):
        kept.prepared(text)
        assert kept.characters <= 100
    assert parsed == [*texts, texts[0]]
    kept.prepared("#" * 200)
    assert kept.characters == 0
