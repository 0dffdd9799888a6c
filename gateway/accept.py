"""What a client says it accepts, with its q-values (RFC 9110, 12.4.2 and 12.5)."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

_QUALITY: Final = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_UTF8: Final = frozenset({"utf-8", "utf8"})


def media_type(accept: str, offered: Sequence[str], usual: str) -> str | None:
    """Which of the media types offered a client wants; None where it accepts none of them.

    A type named beats a wildcard of the same weight, and of types named alike the first of `offered` is
    taken. Who does not care (no header, ``*/*``) gets the `usual` one.
    """
    ranges = {name: weight for name, weight in _weighted(accept) if weight is not None}
    if not ranges:
        return usual if not accept.strip() else None
    found = [(_weight(ranges, each), each in ranges, each == usual, each) for each in offered]
    best = max(found, key=lambda each: (each[0], each[1], not each[1] and each[2]))
    return best[3] if best[0] > 0 else None


def coding(accept_encoding: str, offered: Sequence[str]) -> str | None:
    """Which of the content codings offered a client accepts most, the first of `offered` where it does not
    care; None for none of them, which is to send the content as it is."""
    weights = {name: weight for name, weight in _weighted(accept_encoding) if weight is not None}
    every = weights.get("*", 0.0)
    found = [(weights.get(each, every), -place, each) for place, each in enumerate(offered)]
    weight, _, best = max(found)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else None


def charset(content_type: str) -> str:
    """The charset a content type names, in small letters; utf-8 where it names none."""
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return "utf-8"


def is_utf8(name: str) -> bool:
    """Whether text in that charset can be read as UTF-8."""
    return name in _UTF8 or name == "us-ascii"


def _weight(ranges: dict[str, float], media: str) -> float:
    family = media.partition("/")[0]
    return ranges.get(media, ranges.get(f"{family}/*", ranges.get("*/*", 0.0)))


def _weighted(header: str) -> Iterator[tuple[str, float | None]]:
    """Each thing named with its weight; None for what is not understood, or wanted in another charset."""
    for item in header.split(","):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        if not name:
            continue
        given = dict(part.partition("=")[::2] for part in parameters)
        quality = given.get("q", "1").strip()
        other = not is_utf8(given.get("charset", "utf-8").strip().strip('"'))
        yield name, None if other or not _QUALITY.fullmatch(quality) else float(quality)
