"""What is worked out of one record: its division over analytic accounts, sums over its lists, its direction.

A ledger line of 100.00 with analytic lines in two plans, of which CC counts, gives two rows:

    analytic_lines  CC-1 60.00   CC-2 30.00   PJ-9 100.00        split  CC-1 60.00 · CC-2 30.00 · none 10.00

An order line charged to an account that stands for shares gives a row per share:

    analytic_accounts  CC: SHARED (CC-1 0.6, CC-2 0.4)   PJ: none        split  1: CC-1 0.6 · 2: CC-2 0.4
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sources.dialects.rpc_spec import SPLIT, RpcEntity, Split, SplitKind, Total, Turned
from sources.spi.errors import Malformed
from sources.transport.decode import Record
from sources.transport.rules import at

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_LEVELS: Final = 2
"""How deep shares of shares are followed."""


def needs(entity: RpcEntity, path: str) -> tuple[str, ...]:
    """The vendor's paths behind one of ours."""
    if (total := entity.totals.get(path)) is not None:
        return (f"{total.list}.{total.field}", *(f"{total.list}.{inner}" for inner in total.when))
    if (turned := entity.turned.get(path)) is not None:
        return (turned.value, turned.against)
    if path.startswith(SPLIT) and entity.split is not None:
        return _entries(entity.split, path.removeprefix(SPLIT))
    return (path,)


def _entries(split: Split, path: str) -> tuple[str, ...]:
    entries = split.entries
    plan = f"{entries}.{split.plan}"
    if split.kind is SplitKind.AMOUNTS:
        money = ("debit", "credit", f"{entries}.debit", f"{entries}.credit")
        return (plan, *money, *((f"{entries}.{path}",) if path.startswith("account.") else ()))
    shared = "account.distributions."
    levels = [f"{entries}.{shared * level}" for level in range(_LEVELS + 1)]
    ratios = [f"{level}ratio" for level in levels[1:]]
    too_deep = f"{levels[-1]}account.distributions"
    leaves = [f"{level}{path}" for level in levels] if path.startswith("account.") else []
    return (plan, *ratios, too_deep, *leaves)


def worked_out(source: str, entity: RpcEntity, record: Record) -> Record:
    """The record, the tenant's options in it, and what the entity says is worked out. Raises Malformed."""
    try:
        more: Record = {name: _total(record, total) for name, total in entity.totals.items()}
        more |= {name: _turned(record, turned) for name, turned in entity.turned.items()}
        if entity.split is not None:
            more["split"] = _split(source, record, entity.split)
    except (InvalidOperation, TypeError, AttributeError):
        raise Malformed(source, f"{entity.model}: a line is not divided the way Tryton does it") from None
    return {**record, **more}


def _total(record: Record, total: Total) -> str | None:
    elements = at(record, total.list) or ()
    counted = [e for e in elements if any(at(e, path) in words for path, words in total.when.items())]
    return str(sum((_number(at(e, total.field)) for e in counted), _ZERO)) if counted else None


def _turned(record: Record, turned: Turned) -> str:
    against = at(record, turned.against)
    forward = against is None or _number(against) >= 0
    return "true" if (_number(at(record, turned.value)) >= 0) != forward else "false"


def _split(source: str, record: Record, split: Split) -> list[Record]:
    counted = record["options"][split.of]
    entries = [entry for entry in record.get(split.entries) or () if at(entry, split.plan) == counted]
    if split.kind is SplitKind.AMOUNTS:
        return _amounts(record, entries)
    shares = [share for entry in entries for share in _shares(source, entry.get("account"), _ONE, 0)]
    return [
        {"account": account, "percent": str(ratio), "dist": place}
        for place, (account, ratio) in enumerate(shares or [(None, _ONE)], start=1)
    ]


def _amounts(record: Record, entries: list[Record]) -> list[Record]:
    rows = [{"account": entry.get("account"), "amount": str(_balance(entry))} for entry in entries]
    left = _balance(record) - sum(map(_balance, entries), _ZERO)
    if left or not rows:
        rows.append({"account": None, "amount": str(left)})
    return rows


def _balance(line: Mapping[str, Any]) -> Decimal:
    return _number(line.get("debit")) - _number(line.get("credit"))


def _number(value: Any) -> Decimal:
    return _ZERO if value is None else Decimal(value)


def _shares(source: str, account: Any, ratio: Decimal, level: int) -> Iterator[tuple[Any, Decimal]]:
    """The accounts that carry the cost, each with its part of the whole."""
    shares = None if account is None else account.get("distributions")
    if not shares:
        yield account, ratio
        return
    if level == _LEVELS:
        raise Malformed(source, f"an analytic account is shared out more than {_LEVELS} times over")
    for share in shares:
        yield from _shares(source, share.get("account"), ratio * _number(share.get("ratio")), level + 1)
