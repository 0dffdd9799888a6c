"""From a reply's records to a frame of a fact's columns: exact, loud, and column by column.

Nothing is guessed. A value that is not what the connector says raises `Malformed`, which names the column,
the path and the kind of value found, but never the record.
"""

import gc
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import repeat
from typing import Any, Final

import msgspec
import polars as pl

from sources.spi.errors import Malformed
from sources.spi.facts import COLUMNS, Fact, Kind
from sources.transport.codecs import UnreadableError, decimals, divided, read
from sources.transport.columns import WRITTEN, Codec, ColumnSpec, parts

Record = dict[str, Any]
_JSON: Final = msgspec.json.Decoder(float_hook=Decimal)


def read_json(body: bytes, source: str) -> Any:
    """The JSON value, non-integers as Decimal. Raises Malformed for anything else.

    What is being built cannot have cycles, and looking for them takes longer than building it.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _JSON.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(source, f"the reply is not JSON ({error})") from None
    finally:
        if collecting:
            gc.enable()


def explode(records: Iterable[Record], rows: Sequence[str]) -> list[Record]:
    """One record per innermost element: each name in `rows` is a key, one level deeper each time, whose
    list is replaced by its elements. A name ending in '?' keeps the record when the list is empty. Of
    names joined by '|' each list gives its elements, and the others are not seen in those rows.

    ``explode([{"id": 1, "lines": [{"n": 1}, {"n": 2}]}], ["lines"])`` gives
    ``[{"id": 1, "lines": {"n": 1}}, {"id": 1, "lines": {"n": 2}}]``.
    """
    result = list(records)
    path: tuple[str, ...] = ()
    for name in rows:
        optional, keys = name.endswith("?"), name.removesuffix("?").split("|")
        paths = [(*path, *key.split(".")) for key in keys]
        result = [new for record in result for new in _explode_one(record, paths, optional=optional)]
        path = paths[0]
    return result


def _explode_one(record: Record, paths: Sequence[tuple[str, ...]], *, optional: bool) -> list[Record]:
    found: list[Record] = []
    for path in paths:
        items: Any = record
        for key in path:
            items = items.get(key) if isinstance(items, Mapping) else None
        if not items:
            continue
        alone = record
        for other in paths:
            if other != path:
                alone = _with(alone, other, None)
        found.extend(_with(alone, path, item) for item in ([items] if isinstance(items, Mapping) else items))
    return found or ([record] if optional else [])


def _with(record: Record, path: tuple[str, ...], value: Any) -> Record:
    head, *rest = path
    if not rest:
        return {**record, head: value}
    return {**record, head: _with(record.get(head) or {}, tuple(rest), value)}


def frame(
    source: str, fact: Fact, records: Sequence[Record], columns: Mapping[str, ColumnSpec]
) -> pl.DataFrame:
    """`records` (exploded) as a frame of the given canonical columns in the fact's types."""
    known = COLUMNS[fact]
    series = []
    for name, spec in columns.items():
        try:
            values = _column(records, spec, known[name].kind)
        except UnreadableError as found:
            at = "/".join(spec.from_)
            message = f"column {name!r} (at {at}): expected {spec.type}, got {found}"
            raise Malformed(source, message) from None
        dtype = known[name].kind.dtype
        series.append((values if values.dtype == dtype else values.cast(dtype)).alias(name))
    return pl.DataFrame(series)


def _column(records: Sequence[Record], spec: ColumnSpec, kind: Kind) -> pl.Series:
    if not spec.from_:
        return read([spec.const] * len(records), WRITTEN[kind][0])
    dated = spec.type is Codec.DATE
    found = _first([_mapped(_walked(records, path, latest=dated), spec) for path in spec.from_])
    if spec.absent_when:
        gone = _marked(records, spec.absent_when)
        found = [None if mark else value for value, mark in zip(found, gone, strict=True)]
    values = read(found, spec.type)
    if spec.absent:
        none = read(list(spec.absent), spec.type)
        values = pl.select(pl.when(~values.is_in(none.implode())).then(values)).to_series()
    if spec.minus is not None:
        values = values - decimals(_walked(records, spec.minus)).fill_null(0)
    if spec.divide_by is not None:
        values = divided(values, decimals(_walked(records, spec.divide_by)))
    if spec.positive_when:
        bare = pl.Series(_marked(records, spec.positive_when), dtype=pl.Boolean)
        values = pl.select(pl.when(bare).then(values.abs()).otherwise(values)).to_series()
    if not spec.negate and not spec.negative_when:
        return values
    turned = pl.Series(_marked(records, spec.negative_when or {}), dtype=pl.Boolean) ^ spec.negate
    return pl.select(pl.when(turned).then(-values).otherwise(values)).to_series()


def _first(places: Sequence[list[Any]]) -> list[Any]:
    """For each record the first value there is; '' is none."""
    values, *others = places
    for other in others:
        pairs = zip(values, other, strict=True)
        values = [second if first is None or first == "" else first for first, second in pairs]
    return values


def _walked(records: Sequence[Record], path: str, *, latest: bool = False) -> list[Any]:
    """For each record what stands at the path; a joined one is '' where no part has a value. Lists are not
    walked into, but for the `latest` text in them where that is asked for.
    """
    if "+" in path:
        columns = [_walked(records, part) for part in parts(path)]
        return ["".join("" if v is None else str(v) for v in row) for row in zip(*columns, strict=True)]
    first, *others = path.split(".")
    values: list[Any] = list(map(dict.get, records, repeat(first)))
    elsewhere = _latest if latest else _nothing
    for key in others:
        values = [v.get(key) if isinstance(v, dict) else elsewhere(v, key) for v in values]
    return values


def _nothing(_: Any, __: str) -> None:
    """What stands in a value that is no record."""


def _latest(items: Any, key: str) -> str | None:
    """The greatest text in a list that was not exploded: of ISO dates the last."""
    if not isinstance(items, list):
        return None
    texts = (item.get(key) for item in items if isinstance(item, dict))
    return max((text for text in texts if isinstance(text, str)), default=None)


def _mapped(values: list[Any], spec: ColumnSpec) -> list[Any]:
    """The source's words in ours. JSON booleans are the words 'true' and 'false'."""
    if spec.map is None:
        return values
    words = _words(values)
    known: dict[Any, Any] = {None: None, "": None}
    for word in _distinct(words) - known.keys():
        known[word] = spec.map.get(str(word), spec.otherwise)
        if known[word] is None:
            raise UnreadableError("a word that is not in the connector's map")
    return [known[word] for word in words]


def _distinct(values: list[Any]) -> set[Any]:
    try:
        return set(values)
    except TypeError:
        raise UnreadableError("a list or an object") from None


def _marked(records: Sequence[Record], when: Mapping[str, Sequence[str]]) -> list[bool]:
    """The rows with one of the words at one of the paths."""
    marked = [False] * len(records)
    for path, words in when.items():
        pairs = zip(marked, _words(_walked(records, path)), strict=True)
        marked = [before or word in words for before, word in pairs]
    return marked


def _words(values: list[Any]) -> list[Any]:
    """The values, JSON booleans written out."""
    if bool not in set(map(type, values)):
        return values
    return [("true" if value else "false") if isinstance(value, bool) else value for value in values]
