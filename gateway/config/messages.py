"""What pydantic found, in the words of the file: what is wrong, the value, and what would be accepted."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Final, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from gateway.config.base import Section
from gateway.config.problems import Finding, Path
from gateway.config.text import shown

_SAID: Final = {
    "string_type": "must be text",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "too_short": "must not be empty",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "accepted": "{accepted}",
    "misplaced": "{accepted}",
}


def findings(error: ValidationError, section: type[Section]) -> Iterator[Finding]:
    """Every finding of `error`, which came from validating the whole file as a `section`.

    A list whose items are all invalid is not too short as well.
    """
    for found in error.errors(include_url=False):
        path = found["loc"][:-1] if found["loc"][-1:] == ("[key]",) else found["loc"]
        if found["type"] != "too_short" or not found["input"]:
            yield path, _message(found, section, path)


def _message(found: ErrorDetails, section: type[Section], path: Path) -> str:
    if found["type"] == "missing":
        return f"is required{_meaning(section, path)}"
    if found["type"] == "extra_forbidden":
        return _unknown(section, path)
    said = _SAID.get(found["type"], found["msg"]).format_map(found.get("ctx", {}))
    return f"{said}{_value(found['input'], found['type'], path)}"


def _value(value: Any, kind: str, path: Path) -> str:
    """The value, unless it is or might be a credential, or all of a section."""
    if isinstance(value, dict | tuple):
        return f", not a {'mapping' if isinstance(value, dict) else 'list'}" if kind.endswith("_type") else ""
    text = str(value)
    secret = path[:1] == ("sources",) and ("auth" in path or "@" in text)
    return "" if secret or kind == "misplaced" else f", not {shown(text)}"


def _unknown(section: type[Section], path: Path) -> str:
    known = [_alias(name, field) for name, field in _section(section, path[:-1]).model_fields.items()]
    close = get_close_matches(str(path[-1]), known, n=1)
    meant = f"; did you mean {close[0]}?" if close else ""
    return f"is not a key here, where {', '.join(known)} are{meant}"


def _meaning(section: type[Section], path: Path) -> str:
    for name, field in _section(section, path[:-1]).model_fields.items():
        if _alias(name, field) == path[-1] and field.description:
            return f": {field.description.splitlines()[0]}"
    return ""


def _alias(name: str, field: FieldInfo) -> str:
    return field.alias or name


def _section(section: type[Section], path: Path) -> type[Section]:
    """The section that `path` leads to from `section`."""
    for part in path:
        for name, field in section.model_fields.items():
            if _alias(name, field) == part:
                section = next(_sections(field.annotation), section)
    return section


def _sections(annotation: Any) -> Iterator[type[Section]]:
    """The section inside a list, a mapping or an alternative of them."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for argument in get_args(annotation):
        yield from _sections(argument)
