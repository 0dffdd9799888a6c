"""What rows of all documents share: who they belong to, where they are charged, how values are written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.golden.documents import Distribution, Slice
from tests.golden.periods import period_id

Value = str | bool | None
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Books:
    """Whose documents they are, and the year of those that name none."""

    entity: str
    currency: str
    year: int


def text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def first_day(year: str | int) -> str:
    """Undated documents are of the first day of their year, so that a past state keeps them."""
    return f"{int(year):04d}-01-01"


def document(id_: str, books: Books) -> dict[str, Value]:
    return {"legal_entity": books.entity, "id": id_, "number": id_}


def share(distribution: Distribution, position: int, books: Books) -> dict[str, Value]:
    """Where a line is charged, and its budget date."""
    return {
        "dist": distribution.dist or str(position),
        "account": distribution.account,
        "cost_center": distribution.cost_center,
        "percent": text(distribution.pct),
        "date": first_day(distribution.fiscal_year or books.year),
    }


def scheduled(
    id_: str, distribution: Distribution, schedule: Iterable[Slice], books: Books
) -> Iterator[dict[str, Value]]:
    """One row per period, which says when, so that the row needs no date."""
    spare = ("date", "dist", "percent")
    place = {name: value for name, value in share(distribution, 1, books).items() if name not in spare}
    for part in schedule:
        yield {
            **document(id_, books),
            **place,
            "line": part.period,
            "period": period_id(part.period),
            "amount": text(part.amount),
        }
