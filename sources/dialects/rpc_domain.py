"""What is searched for, as a Tryton domain.

======================================  ================================================================
asked                                   clause
======================================  ================================================================
number in (12, 13)                      ["purchase.number", "in", ["12", "13"]]
status in (OPEN), there two states      ["purchase.state", "in", ["confirmed", "processing"]]
date ≥ 1 March 2026                     ["move.date", ">=", {"__class__": "date", …}]
supplier in (S1), else by its name      ["OR", ["party.code", "in", ["S1"]],
                                        [["party.code", "in", [null, ""]], ["party.name", "in", ["S1"]]]]
po in (12), behind a reference          ["origin.purchase.number", "in", ["12"], "purchase.line"]
======================================  ================================================================
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sources.dialects.rpc_spec import Behind, Domain, RpcConnector, RpcEntity
from sources.dialects.rpc_wire import written
from sources.spi.scan import Op, Predicate, Scan, Value
from sources.transport.columns import Codec

_OPERATORS: Final[Mapping[Op, str]] = {Op.IN: "in", Op.GE: ">=", Op.LE: "<="}
_KNOWN: Final = frozenset(("=", "!=", "in", "not in", ">=", "<=", ">", "<", "like", "not like"))
_FLAGS: Final = {"true": True, "false": False}


def domain(entity: RpcEntity, scan: Scan, options: Mapping[str, str]) -> Domain:
    """The entity's own domain and everything the scan pushes."""
    asked = list(scan.where)
    if scan.keys is not None:
        asked.append(Predicate(scan.keys.column, Op.IN, scan.keys.values))
    return [*filled(entity.domain, options), *(_predicate(entity, predicate) for predicate in asked)]


def condition(entity: RpcEntity, behind: Behind, options: Mapping[str, str]) -> Domain:
    """Where one may look behind the field."""
    points = [[f"{behind.path}.id", "!=", None, *entity.models(f"{behind.path}.id")]] if behind.model else []
    return [*points, *filled(behind.where, options)]


def filled(clauses: Domain, options: Mapping[str, str]) -> Domain:
    """The domain of a connector file, with the tenant's options, flags and ids in it."""
    return [_filled(clause, options) for clause in clauses]


def context(connector: RpcConnector, entity: RpcEntity, options: Mapping[str, str]) -> dict[str, Any]:
    """What goes with the reads of an entity. Ids are numbers."""
    texts = {n: text.format_map(options) for n, text in {**connector.context, **entity.context}.items()}
    return {n: int(text) if text.isdecimal() else _FLAGS.get(text, text) for n, text in texts.items() if text}


def _filled(clause: Any, options: Mapping[str, str]) -> Any:
    if not isinstance(clause, list):
        return clause
    match clause:
        case [str(path), str(operator), value, *models] if operator in _KNOWN:
            return [path, operator, _valued(path, value, options), *models]
    return filled(clause, options)


def _valued(path: str, value: Any, options: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_valued(path, item, options) for item in value]
    if not isinstance(value, str):
        return value
    text = value.format_map(options) if "{" in value else value
    return _FLAGS.get(text, text) if not _is_id(path) else int(text)


def _predicate(entity: RpcEntity, predicate: Predicate) -> Domain:
    """One clause, or one per place to look. Of a column's own places a later one counts where the earlier
    ones have no value; what is behind a reference may be absent in more ways than a clause can say.
    """
    column = entity.columns[predicate.column]
    values: Iterable[Value] = predicate.values
    if column.map is not None:
        values = [word for value in predicate.values for word in column.words(str(value))]
    clauses: list[Domain] = []
    earlier: list[Domain] = []
    for path in entity.search.get(predicate.column) or column.from_:
        clause = _clause(entity, path, predicate.op, [*values])
        clauses.append([*earlier, clause] if earlier else clause)
        if predicate.column not in entity.search and entity.before(path) is None:
            earlier.append(_absent(path, column.type))
    return clauses[0] if len(clauses) == 1 else ["OR", *clauses]


def _absent(path: str, codec: Codec) -> Domain:
    """Codes can be empty as well as null."""
    return [path, "in", [None, ""]] if codec is Codec.CODE and not _is_id(path) else [path, "=", None]


def _clause(entity: RpcEntity, path: str, op: Op, values: list[Value]) -> Domain:
    known: list[Any] = [*values] if not _is_id(path) else [int(v) for v in map(str, values) if _numeric(v)]
    operand = [written(value) for value in known] if op is Op.IN else written(known[0])
    return [path, _OPERATORS[op], operand, *entity.models(path)]


def _is_id(path: str) -> bool:
    return path.rpartition(".")[2] == "id"


def _numeric(text: str) -> bool:
    """Whether it can be the number of a record, which the server keeps in 32 bits."""
    return text.isascii() and text.isdecimal() and len(text) < len(str(2**31))
