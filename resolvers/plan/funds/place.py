"""Each line in its place: its cell, the periods whose budget it draws on, and its amount in one currency."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from resolvers.plan.bind import bind
from resolvers.plan.errors import QuestionError, unknown_member
from resolvers.plan.funds.lines import FundsQuestion, Line
from resolvers.plan.question import Question, Span
from resolvers.semantics import funds
from resolvers.semantics.calendar import Period, period_at, window
from resolvers.semantics.currency import exponent, is_currency
from resolvers.semantics.dimensions import RESERVED, SPEND, UNASSIGNED, Dimension
from resolvers.semantics.entities import LegalEntity
from resolvers.semantics.funds import Cell, Demand, FundsControl, Node
from resolvers.semantics.model import Model
from resolvers.semantics.rates import RateMissing, RateType, budget_rates

MOST_LINES: Final = 200
MOST_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Group:
    """What lines must have in common to be asked about together."""

    currency: str
    dimensions: tuple[Dimension, ...]
    periods: tuple[str, ...]

    @classmethod
    def of(cls, node: Node) -> "Group":
        return cls(node.currency, node.dimensions, node.periods)

    @property
    def span(self) -> Span:
        return Span(first=self.periods[0], last=self.periods[-1])

    def node(self, entity: str, cell: Cell) -> Node:
        return Node(entity, self.dimensions, cell, self.periods, self.currency)


@dataclass(frozen=True, slots=True)
class Placed:
    """A line in its place, and how its entity controls it; `rate_missing` is why the demand has no amount."""

    demand: Demand
    group: Group
    control: FundsControl
    rate_missing: RateMissing | None


def control_of(model: Model, entity: str) -> FundsControl:
    return model.funds.get(entity, FundsControl())


def place(asked: FundsQuestion, model: Model) -> tuple[Placed, ...]:
    """Each line in its cell, window and currency. Raises QuestionError: line, value and what would do."""
    if not 1 <= len(asked.lines) <= MOST_LINES:
        code = "LIMIT_EXCEEDED" if asked.lines else "BAD_INPUT"
        raise QuestionError(code, f"lines: {len(asked.lines)} given; 1 to {MOST_LINES} are accepted")
    if asked.currency is not None:
        _check_currency("currency", asked.currency)
    given = _given(asked, model)
    ids = _ids(asked)
    return tuple(
        _placed(f"lines[{index}]", ids[index], line, asked, given, model)
        for index, line in enumerate(asked.lines)
    )


def budget_rate(model: Model, currency: str, to: str, year: int) -> Decimal | None:
    """What one unit of a currency is at the budget rate of a fiscal year; None where there is no rate."""
    if currency == to:
        return Decimal(1)
    return budget_rates(model).get((currency, to, year))


def _given(asked: FundsQuestion, model: Model) -> tuple[Period, ...] | None:
    """The periods asked for, of one fiscal year; None where each line's date and control decide."""
    if asked.span is None:
        return None
    periods = bind(Question(frozenset(), span=asked.span, as_of=asked.as_of), model).periods
    years = sorted({period.fiscal_year for period in periods})
    if len(years) > 1:
        raise QuestionError(
            "BAD_INPUT",
            f"period: {periods[0].id} to {periods[-1].id} lie in the fiscal years {years[0]} to {years[-1]}; "
            "funds are checked within one",
        )
    return periods


def _ids(asked: FundsQuestion) -> list[str]:
    ids = [str(index + 1) if line.id is None else line.id for index, line in enumerate(asked.lines)]
    for index, id_ in enumerate(ids):
        if (first := ids.index(id_)) != index:
            raise QuestionError(
                "BAD_INPUT",
                f"lines[{index}].id: {id_!r} is that of lines[{first}] too; ids differ (default: 1, 2, …)",
            )
    return ids


def _placed(
    at: str, id_: str, line: Line, asked: FundsQuestion, given: tuple[Period, ...] | None, model: Model
) -> Placed:
    entity = model.legal_entities.get(line.legal_entity)
    if entity is None:
        raise unknown_member(f"{at}.legalEntity", line.legal_entity, model.legal_entities)
    if line.requisition == "":
        raise QuestionError(
            "BAD_INPUT", f"{at}.requisition: '' is no number; leave it out where there is none"
        )
    control = control_of(model, entity.id)
    members = _members(at, line, entity, model)
    period, periods = _periods(at, line, asked, control, given, model)
    currency = asked.currency or entity.currency
    amount, missing = _amount(at, line, entity, currency, period.fiscal_year, model)
    paths = tuple(funds.upwards(model.members.get(d, {}), members[d]) for d in control.dimensions)
    demand = Demand(id_, entity.id, paths, period.id, amount, line.requisition)
    return Placed(demand, Group(currency, control.dimensions, tuple(p.id for p in periods)), control, missing)


def _members(at: str, line: Line, entity: LegalEntity, model: Model) -> dict[Dimension, str]:
    given = (
        (Dimension.ACCOUNT, "account", line.account),
        (Dimension.COST_CENTER, "costCenter", line.cost_center),
        (Dimension.PROJECT, "project", line.project),
    )
    for dimension, name, value in given:
        if value is not None:
            _check_member(f"{at}.{name}", dimension, value, entity, model)
    return {dimension: value or UNASSIGNED for dimension, _, value in given}


def _check_member(field: str, dimension: Dimension, value: str, entity: LegalEntity, model: Model) -> None:
    listed = model.members.get(dimension, {})
    member = listed.get(value)
    if value in {*RESERVED, ""} or (member is None and not model.is_open(dimension)):
        raise unknown_member(field, value, listed)
    if member is None:
        return
    if member.legal_entity not in {None, entity.id}:
        belongs = f"{value!r} belongs to {member.legal_entity}, not to {entity.id}"
        raise QuestionError("CONTRADICTORY_FILTERS", f"{field}: {belongs}")
    if dimension is Dimension.ACCOUNT and member.kind not in {None, *SPEND}:
        accepted = f"{value!r} is of class {member.kind}; funds are checked for {' and '.join(SPEND)}"
        raise QuestionError("BAD_INPUT", f"{field}: {accepted}")


def _periods(
    at: str,
    line: Line,
    asked: FundsQuestion,
    control: FundsControl,
    given: tuple[Period, ...] | None,
    model: Model,
) -> tuple[Period, tuple[Period, ...]]:
    """The period of the line, and those whose budget it draws on."""
    if given is not None and line.day is None:
        return given[-1], given
    calendar = model.calendars[model.calendar]
    day = line.day or asked.as_of or model.today
    period = period_at(calendar, day)
    if period is None:
        first, last = calendar.periods[0].id, calendar.periods[-1].id
        outside = f"{day} is outside calendar {calendar.id}: it has {first} to {last}"
        raise QuestionError("PERIOD_OUTSIDE_CALENDAR", f"{at}.date: {outside}")
    if given is not None and period not in given:
        outside = f"{day} is not within the period asked for, {given[0].id} to {given[-1].id}"
        raise QuestionError("CONTRADICTORY_FILTERS", f"{at}.date: {outside}")
    return period, given or window(calendar, control.window, period)


def _amount(
    at: str, line: Line, entity: LegalEntity, to: str, year: int, model: Model
) -> tuple[Decimal | None, RateMissing | None]:
    """The amount in the node's currency, at the budget rate of the fiscal year; never at a rate of 1."""
    currency = line.currency or entity.currency
    if line.currency is not None:
        _check_currency(f"{at}.currency", line.currency)
    _check_amount(f"{at}.amount", line.amount, currency)
    rate = budget_rate(model, currency, to, year)
    if rate is None:
        return None, RateMissing(RateType.BUDGET, currency, to, f"fiscal year {year}")
    return funds.translated(line.amount, rate), None


def _check_currency(field: str, code: str) -> None:
    if not is_currency(code):
        raise QuestionError(
            "UNKNOWN_CURRENCY", f"{field}: {code!r} is not an ISO 4217 code such as EUR or USD"
        )


def _check_amount(field: str, amount: Decimal, currency: str) -> None:
    if not amount.is_finite() or amount.adjusted() >= MOST_DIGITS:
        accepted = f"a finite amount of at most {MOST_DIGITS} digits before the point is accepted"
        raise QuestionError("BAD_INPUT", f"{field}: {amount}; {accepted}")
    decimals = exponent(currency)
    if amount != funds.rounded(amount, decimals):
        accepted = f"{amount} has more decimals than {currency}; at most {decimals} are accepted"
        raise QuestionError("BAD_INPUT", f"{field}: {accepted}")
