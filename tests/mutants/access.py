"""Doors left ajar: rules of who may ask and what they see, gone wrong."""

from typing import Final

from tests.mutants.rules import Mutant

_IDENTITY: Final = ("tests/gateway/identity",)
_FIGURES: Final = ("tests/gateway/policy/test_figures.py",)
_DOCUMENTS: Final = ("tests/gateway/policy/test_documents.py",)

ACCESS: Final = (
    Mutant(
        "a token for anybody else lets in",
        "gateway/identity/tokens.py",
        '"enforce_minimum_key_length": True}',
        '"enforce_minimum_key_length": True, "verify_aud": False}',
        _IDENTITY,
    ),
    Mutant(
        "any algorithm that a token names will do",
        "gateway/identity/tokens.py",
        "if algorithm not in issuer.algorithms:",
        "if algorithm is None:",
        _IDENTITY,
    ),
    Mutant(
        "every invented key id is looked up",
        "gateway/identity/jwks.py",
        "self._not_before = self._read_at + COOLDOWN",
        "self._not_before = self._read_at",
        _IDENTITY,
    ),
    Mutant(
        "a discovery document may be anybody's",
        "gateway/identity/jwks.py",
        'if said.get("issuer") != self._issuer:',
        'if not said.get("issuer"):',
        _IDENTITY,
    ),
    Mutant(
        "the id of a key is a key",
        "gateway/identity/keys.py",
        "if key is None or not hmac.compare_digest(key.sha256, sent):",
        "if key is None:",
        _IDENTITY,
    ),
    Mutant(
        "two roles open together what neither opens",
        "resolvers/plan/scope.py",
        "if bound.permits and all(permit.members for permit in bound.permits):",
        "if not bound.permits:",
        _FIGURES,
    ),
    Mutant(
        "a measure of one role is shown by another",
        "resolvers/plan/admission.py",
        "[permit for permit in seen.permits if permit.grant.measures_all(measures)]",
        "[*seen.permits]",
        _FIGURES,
    ),
    Mutant(
        "nobody is told that something is held back",
        "resolvers/plan/admission.py",
        "restricted = not any(permit.covers(members) for permit in fitting)",
        "restricted = not fitting",
        _FIGURES,
    ),
    Mutant(
        "documents of a kind that no role shows",
        "resolvers/plan/guard.py",
        "return rows.clear()",
        "return rows",
        _DOCUMENTS,
    ),
    Mutant(
        "a document with a line of one's own is seen whole",
        "resolvers/plan/documents.py",
        "rows = rows if guard is None else await guard.rows(fact, rows)",
        "rows = rows if guard is not None else rows",
        _DOCUMENTS,
    ),
    Mutant(
        "links lead anywhere",
        "resolvers/plan/engine.py",
        "return await guard.rows(fact, await finder.find(fact, keys, entity, ctx))",
        "return await finder.find(fact, keys, entity, ctx)",
        _DOCUMENTS,
    ),
    Mutant(
        "members above one's own are known",
        "resolvers/semantics/access.py",
        "parent=member.parent if member.parent in shown else None,",
        "parent=member.parent,",
        ("tests/gateway/policy/test_unknown.py",),
    ),
    Mutant(
        "an answer that names who asked is given to others",
        "gateway/http.py",
        "key = (weighed.key, who if weighed.personal else None)",
        "key = (weighed.key, None)",
        ("tests/gateway/policy/test_shared.py",),
    ),
    Mutant(
        "half of what consumes a budget is all of it",
        "resolvers/plan/funds/reading.py",
        "if not sees(engine, node):",
        "if engine.scope is None:",
        ("tests/graph/test_funds_scope.py",),
    ),
)
