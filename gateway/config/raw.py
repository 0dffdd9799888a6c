"""Walking the text of a configuration before it is known to be valid: what is not there is passed over."""

from collections.abc import Iterable, Iterator

from gateway.config.problems import Data, Path


def find(data: Data, *pattern: str) -> Iterator[tuple[Path, Data]]:
    """Values at `pattern` and their paths; '*' stands for every key of a mapping or item of a list."""
    if not pattern:
        yield (), data
        return
    for key, value in _children(data, pattern[0]):
        for path, found in find(value, *pattern[1:]):
            yield (key, *path), found


def _children(data: Data, step: str) -> Iterable[tuple[str | int, Data]]:
    if isinstance(data, dict):
        return data.items() if step == "*" else [(key, data[key]) for key in (step,) if key in data]
    return enumerate(data) if step == "*" and isinstance(data, tuple) else ()


def texts(data: Data, *pattern: str) -> Iterator[tuple[Path, str]]:
    """Like `find`, text only."""
    return ((path, found) for path, found in find(data, *pattern) if isinstance(found, str))


def text(data: Data, key: str) -> str | None:
    """The text under `key` of a mapping."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, str) else None
