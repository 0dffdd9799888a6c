"""A side that could not be read is unknown, never nothing; what is material; bad questions."""

from dataclasses import replace
from decimal import Decimal

import pytest

from resolvers.plan.answer import State
from resolvers.plan.errors import QuestionError
from resolvers.plan.question import Filter
from resolvers.plan.reconcile.check import explain
from resolvers.plan.reconcile.question import Asked, Kind, Tolerance
from resolvers.semantics.dimensions import SPEND, Dimension
from resolvers.semantics.entities import Policy
from resolvers.semantics.materiality import Materiality, MaterialityRule
from resolvers.semantics.model import Rate
from resolvers.semantics.reconcile import Status
from sources.spi.facts import Fact
from tests.plan.doubles import Failing
from tests.plan.reconciling import company, line, reconcile, reconciled, sides
from tests.plan.test_reconcile_systems import BUYING, COPYING, LOADED, OWNED
from tests.world import System, documents, using

TWO_ENTITIES = """
    invoices
    number  amount  legal_entity  cost_center
    I1      400     ONE           C1
    I2      300     TWO           D1

    journal-lines
    number  amount  legal_entity  ref_invoice  cost_center
    J1      400     ONE           I1           C1
"""

PAR = (Rate("EUR", "USD", 2026, Decimal(1)),)


def halves(*failing: Fact) -> tuple[System, ...]:
    """ONE's system, and TWO's, in which some facts cannot be read."""
    own = documents(TWO_ENTITIES)
    west = System("west", own, {"ONE": "ONE"})
    return west, System("east", own, {"TWO": "TWO"}, around=lambda source: Failing(source, *failing))


def test_a_ledger_that_is_down_leaves_its_side_unknown() -> None:
    """What explains the difference is not known either: the invoice may well be posted."""
    systems = halves(Fact.VOUCHER)
    found = reconciled(Kind.UNPOSTED_INVOICES, *systems, world=company(*systems, rates=PAR))
    assert sides(line(found, "TWO")) == ("300.00", None, None, None)
    assert line(found, "TWO").items == ()
    assert sides(line(found, "ONE")) == ("400.00", "400.00", "0.00", "MATCHED")
    assert [(loss.left, loss.legal_entity, loss.fact, loss.source) for loss in found.losses] == [
        (False, "TWO", Fact.VOUCHER, "east")
    ]
    assert found.partial
    assert (found.totals.left, found.totals.status) == (None, None)
    assert {source.name: source.state for source in found.sources} == {
        "west": State.LIVE,
        "east": State.FAILED,
    }


def test_without_invoices_neither_side_is_known() -> None:
    """Vouchers are told from strangers by the invoices they carry."""
    systems = halves(Fact.INVOICE)
    found = reconciled(Kind.UNPOSTED_INVOICES, *systems, world=company(*systems, rates=PAR))
    assert sides(line(found, "TWO")) == (None, None, None, None)


def test_a_fact_that_nobody_provides_is_missing_too() -> None:
    own = System("own", documents(LOADED))
    ledger = replace(own, facts=frozenset({Fact.LEDGER}))
    found = reconciled(Kind.PLAN_ACTUALS, ledger, world=company(ledger))
    assert {(loss.left, loss.fact, loss.source) for loss in found.losses} == {(True, Fact.BUDGET, None)}
    assert [sides(each)[:2] for each in found.lines] == [(None, "1410.00")]


def test_of_two_holders_of_orders_only_the_lost_one_is_unknown() -> None:
    down = replace(COPYING, around=lambda source: Failing(source, Fact.ORDER))
    world = company(BUYING, down, policy=OWNED)
    found = reconciled(Kind.PURCHASE_COMMITMENTS, BUYING, down, world=world)
    assert [sides(each) for each in found.lines] == [("2100.00", None, None, None)]


RULES = (
    MaterialityRule(Materiality(Decimal(40))),
    MaterialityRule(Materiality(percent=Decimal("2.8"), tier="STRICT")),
)


@pytest.mark.parametrize(
    ("asked", "threshold", "status"),
    [
        (Tolerance(), "40.00", Status.WITHIN_TOLERANCE),
        (Tolerance(absolute=Decimal("39.99")), "39.99", Status.BREAK),
        (Tolerance(percent=Decimal(3)), "42.30", Status.WITHIN_TOLERANCE),
        (Tolerance(absolute=Decimal(50), percent=Decimal(1)), "50.00", Status.WITHIN_TOLERANCE),
        (Tolerance(tier="STRICT"), "39.48", Status.BREAK),
    ],
)
def test_what_is_material_is_configured_and_may_be_asked_for(
    asked: Tolerance, threshold: str, status: Status
) -> None:
    """Of 1,410 in the ledger 40 are unexplained."""
    found = reconcile(Kind.PLAN_ACTUALS, LOADED, world={"materiality": RULES}, tolerance=asked)
    own = line(found, account="6100")
    assert (str(own.threshold), own.status) == (threshold, status)
    assert own.materiality.tier == asked.tier


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            Asked(Kind.GRNI_GL, (Filter(Dimension.COST_CENTER, ("C1",)),)),
            "where.costCenter: GRNI_GL cannot be cut by it; accepted: legalEntity",
        ),
        (
            Asked(Kind.PLAN_ACTUALS, (Filter(Dimension.SUPPLIER, ("S1",)),)),
            "where.supplier: PLAN_ACTUALS cannot be cut by it; accepted: legalEntity, account, costCenter",
        ),
        (
            Asked(Kind.PREPAID, classes=SPEND),
            "where.accountClass: PREPAID cannot be cut by it; accepted: legalEntity",
        ),
        (
            Asked(Kind.PREPAID, tolerance=Tolerance(absolute=Decimal(-1))),
            "materiality.absolute: -1 is not accepted; give 0 or more",
        ),
        (
            Asked(Kind.PREPAID, tolerance=Tolerance(percent=Decimal("NaN"))),
            "materiality.percent: NaN is not accepted; give 0 or more",
        ),
        (
            Asked(Kind.PREPAID, tolerance=Tolerance(tier="LAX")),
            "materiality.tier: 'LAX' is not configured; accepted: STRICT",
        ),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(asked: Asked, message: str) -> None:
    own = System("own", documents(LOADED))

    async def explained(ready: object) -> object:
        return explain(ready, asked)  # type: ignore[arg-type]

    with pytest.raises(QuestionError) as refused:
        using(company(own, materiality=RULES), own, do=explained)
    assert (refused.value.code, refused.value.message) == ("BAD_INPUT", message)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_plan_names_the_scans_that_are_made(kind: Kind) -> None:
    """What is explained beforehand is what is read: the same sources and facts, wave by wave."""
    own, other = System("own", documents(LOADED)), COPYING
    policy = Policy(
        grni_in_ledger=True,
        commitment_owner="own",
        grni_accounts=frozenset({"2150"}),
        prepaid_accounts=frozenset({"1400"}),
    )
    world = company(own, other, policy=policy)

    async def explained(ready: object) -> object:
        return explain(ready, Asked(kind))  # type: ignore[arg-type]

    before = using(world, own, other, do=explained)
    after = reconciled(kind, own, other, world=world).plan
    told = [[(scan.source, scan.fact) for scan in wave] for wave in before.waves]  # type: ignore[attr-defined]
    assert told == [[(scan.source, scan.fact) for scan in wave] for wave in after.waves]
    assert told
