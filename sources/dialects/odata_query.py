"""From a scan to the queries of its requests: $select, $expand, $orderby, $filter.

A list of values too long for one address is cut into several requests; a record answers only one of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from sources.dialects.odata_filter import UnwritableError, condition, negated
from sources.dialects.odata_spec import ODataEntity
from sources.dialects.odata_v2 import V2
from sources.spi.errors import BadRequest
from sources.spi.scan import Op, Predicate, Scan
from sources.transport.message import Params


@dataclass(frozen=True, slots=True)
class Query:
    """Writes the requests for one entity. `options` fill its templates, `budget` bounds the bytes of a filter
    in an address, `source` is named in errors.
    """

    source: str
    version: V2
    entity: ODataEntity
    options: Mapping[str, str]
    budget: int

    def all(self, scan: Scan) -> list[Params]:
        """The parameters of each request, without paging; none when no record can match."""
        shape = (*self.version.format, *self._select(scan), *self._order(scan))
        filters = self._filters(_predicates(scan))
        return [(*shape, ("$filter", text)) if text else shape for text in filters]

    def _select(self, scan: Scan) -> Params:
        """What the columns are made of, units beside their amounts, and every expanded navigation."""
        entity = self.entity
        read = [
            path for name in scan.columns if name in entity.columns for path in entity.columns[name].reads
        ]
        units = [entity.units[path] for path in read if path in entity.units]
        picked = [f"{inside}/{name}" for inside, values in entity.pick.items() for name in values]
        wanted = dict.fromkeys((*(path.replace(".", "/") for path in (*read, *units)), *picked))
        needed = self._expanded(wanted)
        bare = [path for path in needed if not any(name.startswith(f"{path}/") for name in wanted)]
        select = ",".join((*(wanted or dict.fromkeys(entity.order)), *bare))
        return (("$select", select), *((("$expand", ",".join(needed)),) if needed else ()))

    def _expanded(self, wanted: Mapping[str, None]) -> list[str]:
        """The navigations that columns or the grain of the rows need."""
        grain = _navigations(self.entity.rows)
        return [
            path
            for path in self.entity.expand
            if path in grain or any(name.startswith(f"{path}/") for name in wanted)
        ]

    def _order(self, scan: Scan) -> Params:
        order = self.entity.order
        if self.entity.always_grouped:
            groups = (self.entity.columns[g] for g in scan.group_by or () if g in self.entity.columns)
            order = tuple(dict.fromkeys(path for column in groups for path in column.reads))
        return (("$orderby", ",".join(order)),) if order else ()

    def _filters(self, where: tuple[Predicate, ...]) -> list[str]:
        """The filter of each request: the longest list of values halved until every filter fits."""
        text = self._written(where)
        if text is None:
            return []
        if len(quote(text)) <= self.budget:
            return [text]
        longest = max(where, key=self._divisible, default=None)
        if longest is None or self._divisible(longest) <= 1:
            raise BadRequest(self.source, f"a filter longer than the {self.budget} bytes an address may have")
        half = len(longest.values) // 2
        halves = (longest.values[:half], longest.values[half:])
        return [
            part
            for values in halves
            for part in self._filters(tuple(replace(p, values=values) if p is longest else p for p in where))
        ]

    def _divisible(self, predicate: Predicate) -> int:
        whole = predicate.op is not Op.IN or negated(self.entity.columns[predicate.column], predicate)
        return 0 if whole else len(predicate.values)

    def _written(self, where: Sequence[Predicate]) -> str | None:
        """The fixed conditions and the asked ones; None when no record can pass."""
        texts = [template.format(**self.options) for template in self.entity.filter]
        for predicate in where:
            try:
                text = condition(self.version, self.entity.columns[predicate.column], predicate)
            except UnwritableError:
                message = f"{predicate.column} cannot be compared with the bound that was asked for"
                raise BadRequest(self.source, message) from None
            if text is None:
                return None
            texts.append(text)
        return " and ".join(text for text in texts if text)


def _predicates(scan: Scan) -> tuple[Predicate, ...]:
    """The predicates, a keyed lookup being one of them."""
    if scan.keys is None:
        return scan.where
    return (*scan.where, Predicate(scan.keys.column, Op.IN, scan.keys.values))


def _navigations(rows: Sequence[str]) -> set[str]:
    """Paths of the navigations whose records become rows."""
    found: set[str] = set()
    above = ""
    for level in rows:
        names = [above + name for name in level.removesuffix("?").split("|")]
        found.update(names)
        above = f"{names[0]}/"
    return found
