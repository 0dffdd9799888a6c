"""What may stand in an audit line of the variables somebody sent: never a secret, and no more than needed.

A secret is known by its name or by its look; who mistakes a key for a cost centre and sends it finds it
nowhere.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from graphql import DocumentNode, get_operation_ast

REDACTED: Final = "[redacted]"
MOST_TEXT: Final = 200
MOST_ITEMS: Final = 50
MOST_DEPTH: Final = 8
_NAMES: Final = re.compile(
    r"pass(?:word|wd|phrase|code)?$|pwd|secret|token|api[-_]?key|auth|credential|cookie|session|private[-_]?key",
    re.IGNORECASE,
)
_LOOKS: Final = re.compile(
    r"-----BEGIN |\b(?:bearer|basic)\s+\S|eyJ[\w-]+\.[\w-]+|://[^/\s]*:[^/\s]*@|[A-Za-z0-9+/_=-]{32,}",
    re.IGNORECASE,
)


def variables(document: DocumentNode, operation: str | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that the operation declares, as they may be shown; others are nobody's business."""
    found = get_operation_ast(document, operation)
    declared = [each.variable.name.value for each in found.variable_definitions or ()] if found else []
    return {name: shown(given[name], name) for name in declared if name in given}


def shown(value: Any, name: str = "", depth: int = 0) -> Any:
    """A value as it may be shown: secrets redacted, long texts and lists cut."""
    if _NAMES.search(name) or depth > MOST_DEPTH:
        return REDACTED
    if isinstance(value, str):
        return REDACTED if _LOOKS.search(value) else _cut(value)
    if isinstance(value, dict):
        items = list(value.items())[:MOST_ITEMS]
        return {_key(key): shown(each, str(key), depth + 1) for key, each in items}
    if isinstance(value, list):
        more = [f"… {len(value) - MOST_ITEMS} more"] if len(value) > MOST_ITEMS else []
        return [shown(each, name, depth + 1) for each in value[:MOST_ITEMS]] + more
    return value


def _key(key: Any) -> str:
    return REDACTED if _LOOKS.search(str(key)) else _cut(str(key))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
