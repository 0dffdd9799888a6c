"""Text from a file, made fit to be shown: bounded, on one line, nothing unprintable."""

import re
from typing import Final

_LONGEST: Final = 80
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+")


def shown(text: str) -> str:
    """The text in quotes, unprintable characters escaped, cut when it is long."""
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def dotted(path: tuple[str | int, ...]) -> str:
    """('sources', 'sap', 'facts', 0) → sources.sap.facts[0]."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{shown(part)}]"
    return text
