"""Lines in the currency of the answer, at the budget rate of the window's last year.

Whatever adds up before adds up after: largest remainder over the right side, the items and the residual,
which together are the left side; over opening and movements, which together are a balance carried forward.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from resolvers.plan.reconcile.answer import Line, Rolled
from resolvers.semantics.currency import exponent


def translated(line: Line, currency: str, rate: Decimal | None) -> Line:
    """`line` in `currency`; without a rate nothing of it is known but its status."""
    if line.currency == currency:
        return line
    unit = Decimal(1).scaleb(-exponent(currency))
    left, right, items, residual = line.left, line.right, [i.amount for i in line.items], line.residual
    if rate is None or left is None or residual is None:
        return _apart(line, currency, rate, unit)
    whole = _rounded(left * rate, unit)
    pieces = [right, *items, residual]
    right_, *items_, _ = shared([(piece or Decimal(0)) * rate for piece in pieces], whole, unit)
    return replace(
        line,
        currency=currency,
        left=whole,
        right=right_,
        items=tuple(replace(i, amount=a) for i, a in zip(line.items, items_, strict=True)),
        threshold=_times(line.threshold, rate, unit),
        rolled=_rolled(line.rolled, rate, whole, unit),
    )


def _apart(line: Line, currency: str, rate: Decimal | None, unit: Decimal) -> Line:
    """A line that is not known as a whole: what is known of it, each figure by itself."""
    rolled = line.rolled and Rolled(
        _times(line.rolled.opening, rate, unit),
        tuple((name, _times(amount, rate, unit)) for name, amount in line.rolled.movements),
    )
    return replace(
        line,
        currency=currency,
        left=_times(line.left, rate, unit),
        right=_times(line.right, rate, unit),
        items=tuple(replace(item, amount=_times(item.amount, rate, unit)) for item in line.items),
        threshold=_times(line.threshold, rate, unit),
        rolled=rolled,
    )


def _rolled(rolled: Rolled | None, rate: Decimal, whole: Decimal, unit: Decimal) -> Rolled | None:
    if rolled is None:
        return None
    exact = [rolled.opening, *(amount for _, amount in rolled.movements)]
    opening, *moved = shared([(each or Decimal(0)) * rate for each in exact], whole, unit)
    names = (name for name, _ in rolled.movements)
    return Rolled(opening, tuple(zip(names, moved, strict=True)))


def shared(exact: Sequence[Decimal], whole: Decimal, unit: Decimal) -> list[Decimal]:
    """`exact` amounts as money that adds up to `whole`: each rounded down, the units then missing to those
    that lost most, the first of equals first. What is nothing stays nothing."""
    down = [amount.quantize(unit, ROUND_FLOOR) for amount in exact]
    missing = int((whole - sum(down, Decimal(0))) / unit)
    lost = sorted(range(len(exact)), key=lambda i: down[i] - exact[i])
    extra = dict.fromkeys(lost[:missing], unit)
    return [amount + extra.get(index, Decimal(0)) for index, amount in enumerate(down)]


def _times(amount: Decimal | None, rate: Decimal | None, unit: Decimal) -> Decimal | None:
    return None if amount is None or rate is None else _rounded(amount * rate, unit)


def _rounded(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, ROUND_HALF_UP)
