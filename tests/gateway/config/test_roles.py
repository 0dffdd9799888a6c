"""Roles, as the configuration says them."""

import pytest

from gateway.identity import Principal
from gateway.limits import USUAL
from gateway.policy import Role
from resolvers.semantics.access import Grant, Mask, Reach, Scope
from resolvers.semantics.dimensions import Dimension
from sources.spi.facts import Fact


def roles(text):
    return "crosswalks:", f"roles: {text}\ncrosswalks:"


def leave(configuration, *names):
    return configuration.roles.leave(Principal("x", "x", frozenset(names)), USUAL)


def test_without_any_nobody_sees_anything(valid, loaded):
    assert leave(loaded(valid), "finance").scope == Scope(())


ALL = """
  everything: {}
  buyers:
    legalEntities: {in: [US01]}
    costCenters: {descendantsOf: [GROUP], in: [UNASSIGNED]}
    projects: {in: [P1]}
    measures: [budget, priorYearActual]
    documents: [purchaseOrders, journalLines]
    masked: [supplier.name]
    introspection: true
    limits: {maxCost: 10, maxRootFields: 50}
"""


def test_all_there_is_to_say_of_a_role(changed, loaded):
    found = loaded(changed(roles(ALL))).roles.known
    assert found["everything"] == Role(Grant("everything"))
    assert found["buyers"] == Role(
        Grant(
            "buyers",
            (
                Reach(Dimension.LEGAL_ENTITY, ("US01",)),
                Reach(Dimension.COST_CENTER, ("UNASSIGNED",), ("GROUP",)),
                Reach(Dimension.PROJECT, ("P1",)),
            ),
            frozenset({"budget", "prior_year_actual"}),
            frozenset({Fact.ORDER, Fact.LEDGER}),
            frozenset({Mask.SUPPLIER_NAME}),
        ),
        introspection=True,
        limits={"max_cost": 10, "max_root_fields": 50},
    )


def test_of_several_roles_each_adds(changed, loaded):
    configuration = loaded(changed(roles(ALL)))
    both, one = leave(configuration, "everything", "buyers", "gone"), leave(configuration, "buyers")
    assert [grant.role for grant in both.scope.grants] == ["everything", "buyers"]
    assert (both.introspection, leave(configuration, "everything").introspection) == (True, False)
    assert (one.limits.max_cost, one.limits.max_root_fields) == (10, 50)
    assert (both.limits.max_cost, both.limits.max_root_fields) == (USUAL.max_cost, 50)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{a: {costCenters: {in: [NONE]}}}", "roles.a.costCenters.in[0]: 'NONE' is not in costCenters"),
        (
            "{a: {costCenters: {descendantsOf: [NONE]}}}",
            "roles.a.costCenters.descendantsOf[0]: 'NONE' is not in costCenters",
        ),
        ("{a: {legalEntities: {in: [XX]}}}", "roles.a.legalEntities.in[0]: 'XX' is not in legalEntities"),
        (
            "{a: {measures: [budgett]}}",
            "roles.a.measures[0]: must be the name of a measure's field, such as budget or priorYearActual",
        ),
        ("{a: {documents: [orders]}}", "roles.a.documents[0]: must be one of requisitions, purchaseOrders,"),
        ("{a: {masked: [supplier]}}", "roles.a.masked[0]: must be one of supplier.name, costCenter.name,"),
        ("{a: {accounts: {in: [6100]}}}", "roles.a.accounts: is not a key here"),
        ("{a: {limits: {maxRows: 5}}}", "roles.a.limits.maxRows: is not a key here"),
        ("{a: {limits: {maxCost: 0}}}", "roles.a.limits.maxCost: must be at least 1, not '0'"),
    ],
)
def test_what_is_wrong_is_named(changed, wrong, text, message):
    (problem,) = wrong(changed(roles(text)))
    assert message in problem


def test_identity_without_roles_lets_nobody_see_anything(changed, wrong):
    (problem,) = wrong(changed(("crosswalks:", "identity: {keys: keys.json}\ncrosswalks:")))
    assert "identity: without roles nobody sees anything: name one under roles" in problem
