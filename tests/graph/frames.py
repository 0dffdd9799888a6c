"""Random tables of figures: nulls, unicode, control characters, huge, negative and zero amounts, no rows."""

from decimal import Context, Decimal
from typing import Any

import polars as pl
from hypothesis import strategies as st

from resolvers.graph.nodes import KINDS
from resolvers.plan.breaks import Break
from resolvers.semantics.breaks import BreakCode
from resolvers.semantics.dimensions import UNASSIGNED, UNMAPPED, AccountClass, Dimension, Member
from resolvers.semantics.entities import LegalEntity, Policy
from resolvers.semantics.measures import BASE, MEASURES, Unit
from resolvers.semantics.parts import SCHEMA
from resolvers.semantics.variance import Favorability
from tests.graph.stage import CALENDAR, Library, Told, answer, model

AWKWARD = (
    "",
    " ",
    "\x00\x1f\x7f",
    "\b\f\n\r\t",
    'quote " slash \\ /',
    "𐏿 é ß 漢 \u2028\u2029\ufeff",
    "null",
    "<&>",
)
TEXTS = st.sampled_from(AWKWARD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
IDS = ("A", "B", "é|", UNMAPPED, UNASSIGNED, "not listed")
PERIODS = ("2026-P01", "2026-P02", "2026-P13", "PERIOD_MISSING")
WIDE = Context(prec=60)
FACTS = tuple(KINDS)
POLICIES = st.builds(Policy, commitment_owner=st.none() | TEXTS, stale_export_days=st.integers(0, 99))


def amounts(scale: int, digits: int = 30) -> st.SearchStrategy[Decimal]:
    """Exact amounts of a currency with that many decimals; zero and one cent more often than chance."""
    most = 10**digits
    units = st.sampled_from((0, 1, -1, 10, -5)) | st.integers(-most, most)
    return units.map(lambda n: Decimal(n).scaleb(-scale, WIDE))


@st.composite
def stages(draw: st.DrawFn, *, broken: bool = False) -> tuple[Told, tuple[Dimension, ...]]:
    """A told answer and the dimensions it is grouped by. `broken`: nulls where the schema allows none."""
    scale = draw(st.sampled_from((0, 2, 3, 4)))
    group_by = tuple(draw(st.lists(st.sampled_from(list(Dimension)), unique=True)))
    height = draw(st.integers(0, 5))
    rows = _rows(draw, group_by, scale, height, broken=broken)
    listed = {d: _members(draw, d, broken=broken) for d in Dimension if d is not Dimension.PERIOD}
    entities = {id_: LegalEntity(id_, draw(TEXTS), "EUR", "C") for id_ in ("A", "B")}
    policies = draw(st.dictionaries(st.sampled_from(("A", "B")), POLICIES))
    told = Told(
        model(listed, entities, CALENDAR),
        answer(rows, policies=policies, breaks=draw(st.lists(_breaks(scale), max_size=3))),
        _parts(draw, group_by, scale),
        {"erp": Library("erp", "An ERP"), "s2p": Library("s2p", 'A "suite"')},
    )
    return told, group_by


def _rows(
    draw: st.DrawFn, group_by: tuple[Dimension, ...], scale: int, height: int, *, broken: bool
) -> pl.DataFrame:
    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=height, max_size=height))

    nullable = st.none() if broken else st.nothing()
    columns: dict[str, pl.Series] = {}
    for dimension in Dimension:
        ids = PERIODS if dimension is Dimension.PERIOD else IDS
        grouped = st.none() | st.sampled_from(ids) if dimension in group_by else st.none()
        columns[dimension.column] = pl.Series(column(grouped), dtype=pl.String)
    for name, measure in MEASURES.items():
        if measure.unit is Unit.WORD:
            columns[name] = pl.Series(column(st.none() | st.sampled_from(Favorability)), dtype=pl.String)
            continue
        places = 2 if measure.unit is Unit.PERCENT else scale
        columns[name] = pl.Series(column(st.none() | amounts(places)), dtype=pl.Decimal(38, places))
    columns["cell_id"] = pl.Series(column(nullable | TEXTS), dtype=pl.String)
    columns["currency"] = pl.Series(column(nullable | st.sampled_from(("EUR", "JPY"))), dtype=pl.String)
    states = st.sampled_from(("COMPLETE", "PARTIAL"))
    columns["completeness"] = pl.Series(column(states), dtype=pl.String)
    return pl.DataFrame(columns)


def _members(draw: st.DrawFn, dimension: Dimension, *, broken: bool) -> dict[str, Member]:
    names = st.none() | TEXTS if broken else TEXTS
    kinds = st.none() | st.sampled_from(list(AccountClass))
    return {
        id_: Member(
            id_,
            draw(names),  # type: ignore[arg-type]
            code=draw(TEXTS),
            owner=draw(st.none() | TEXTS),
            kind=draw(kinds) if dimension is Dimension.ACCOUNT else None,
        )
        for id_ in ("A", "B", "é|")
    }


def _breaks(scale: int) -> st.SearchStrategy[Break]:
    paper = st.fixed_dictionaries(
        {
            "fact": st.sampled_from(FACTS),
            "source": TEXTS,
            "id": st.none() | TEXTS,
            "number": st.none() | TEXTS,
        }
    )
    return st.builds(
        Break,
        code=st.sampled_from(BreakCode),
        amount=st.none() | amounts(scale),
        currency=st.sampled_from(("EUR", "JPY")),
        legal_entity=st.none() | TEXTS,
        place=st.none() | TEXTS,
        age_days=st.none() | st.integers(-9, 999),
        documents=st.lists(paper, max_size=3).map(tuple),
    )


def _parts(draw: st.DrawFn, group_by: tuple[Dimension, ...], scale: int) -> pl.DataFrame:
    """Documents behind the cells, some of them behind none."""
    text = st.none() | TEXTS
    part = st.fixed_dictionaries(
        {
            "measure": st.sampled_from(BASE),
            "fact": st.sampled_from(FACTS),
            "source": st.sampled_from(("erp", "s2p")),
            "amount": amounts(scale, digits=18),
            "exponent": st.just(scale),
            "revenue": st.booleans(),
            "id": text,
            "number": text,
            "line": text,
            "dist": text,
            "date": st.none() | st.dates(),
            "ref_invoice": st.none() | st.sampled_from(("I-1", "unknown")),
            "ref_po": st.none() | st.sampled_from(("PO-1", "unknown")),
            **{d.column: st.sampled_from(PERIODS if d is Dimension.PERIOD else IDS) for d in group_by},
            "legal_entity": st.sampled_from(("A", "B")),
        }
    )
    return pl.from_dicts(draw(st.lists(part, max_size=6)), schema=SCHEMA)
