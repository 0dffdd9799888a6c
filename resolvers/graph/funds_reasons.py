"""Why a line got its verdict, in words."""

from collections.abc import Iterable

from resolvers.graph.funds_types import FundsReason, FundsReasonCode
from resolvers.plan.funds.answer import OVER, LineResult
from resolvers.plan.funds.missing import concerns
from resolvers.plan.missing import Lost
from resolvers.semantics.currency import exponent
from resolvers.semantics.funds import Cell, Verdict, rounded
from resolvers.semantics.model import Model


def reasons(line: LineResult, model: Model) -> Iterable[FundsReason]:
    """What keeps the line from being judged or fitting, then what else to know about it."""
    demand, node = line.placed.demand, line.node
    if line.verdict is Verdict.UNKNOWN:
        yield from _unknown(line, model)
    if line.verdict is Verdict.NO_BUDGET:
        message = f"neither {_named(demand.cell)} nor any cell above it has a budget in {demand.legal_entity}"
        yield FundsReason(code=FundsReasonCode.NO_BUDGET, message=message)
    if node is None:
        return
    yield from _over(line)
    if node.node.cell != demand.cell:
        message = (
            f"{_named(demand.cell)} has no budget of its own; that of {_named(node.node.cell)} controls it"
        )
        yield FundsReason(code=FundsReasonCode.CONTROLLED_ABOVE, message=message)
    if demand.requisition is not None and node.figures.replaced:
        held = f"{node.figures.replaced} {node.node.currency}"
        message = f"the lines that name requisitions replace {held} of pre-commitment"
        yield FundsReason(code=FundsReasonCode.ALREADY_PRE_COMMITTED, message=message)


def _over(line: LineResult) -> Iterable[FundsReason]:
    node, step = line.node, line.step
    if node is None or step is None or step.after is None or line.verdict not in OVER:
        return
    currency = node.node.currency
    message = f"{step.amount} {currency} of {step.before} available: {-step.after} {currency} too much"
    code = FundsReasonCode.EXCEEDS
    if line.verdict is Verdict.EXCEEDS_WITHIN_TOLERANCE:
        code = FundsReasonCode.WITHIN_TOLERANCE
        message += f", at most {rounded(node.tolerance, exponent(currency))} tolerated"
    yield FundsReason(code=code, message=message)


def _unknown(line: LineResult, model: Model) -> Iterable[FundsReason]:
    """Everything that keeps a line from being judged."""
    known = line.node is not None and line.node.figures.before is not None
    if line.placed.rate_missing is not None:
        yield FundsReason(code=FundsReasonCode.RATE_MISSING, message=str(line.placed.rate_missing))
    elif known:
        message = "a line of the same budget, at or before this one, has no amount"
        yield FundsReason(code=FundsReasonCode.OTHER_LINE_UNKNOWN, message=message)
    if not known:
        yield from _unread(line, model)


def _unread(line: LineResult, model: Model) -> Iterable[FundsReason]:
    """What keeps the figures from being known."""
    entity, answers = line.placed.demand.legal_entity, line.found.answers
    if line.found.restricted:
        message = "your roles do not show everything that the budget and what consumes it stand on"
        yield FundsReason(code=FundsReasonCode.RESTRICTED, message=message)
    for lost in dict.fromkeys(each for answer in answers for each in answer.missing):
        if concerns(lost, entity, model):
            yield FundsReason(code=FundsReasonCode.SOURCE_MISSING, message=_lost(lost))
    for error in line.found.errors:
        yield FundsReason(code=FundsReasonCode.SOURCE_MISSING, message=str(error))
    for rate in dict.fromkeys(str(rate) for answer in answers for rate in answer.rates_missing):
        yield FundsReason(code=FundsReasonCode.RATE_MISSING, message=rate)
    for note in dict.fromkeys(note for answer in answers for note in answer.notes):
        yield FundsReason(code=FundsReasonCode.NOT_CARRIED, message=note)


def _lost(lost: Lost) -> str:
    why = f"source {lost.source} could not be read" if lost.source else "no source is configured for it"
    return f"{lost.stage}: {why}"


def _named(cell: Cell) -> str:
    return " × ".join(cell)
