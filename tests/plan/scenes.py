"""What the tests of the engine share: questions in one line, and a look at plans and scans."""

from dataclasses import replace
from typing import Any, Final

from resolvers.plan.bind import Bound, bind
from resolvers.plan.engine import Engine
from resolvers.plan.plan import Node, Plan
from resolvers.plan.planner import Planner
from resolvers.plan.question import Question, Span
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.model import Model
from tests.world import System

ALL: Final = Span(first="2025-P01", last="2026-P12")
BUDGET: Final = ("original_budget", "budget_revision", "budget_transfer", "carry_forward", "budget")


def question(*measures: str, by: tuple[Dimension, ...] = (), **parts: Any) -> Question:
    return Question(frozenset(measures), by, **{"span": ALL, **parts})


def bound(asked: Question, model: Model) -> Bound:
    return bind(asked, model)


def planned(asked: Question, model: Model, *systems: System, documents: bool = False) -> Plan:
    """The plan, made without calling anyone."""
    sources = {system.name: system.source() for system in systems}
    return Planner(model, sources).plan(bind(asked, model), documents=documents)


def waves(plan: Plan) -> list[list[str]]:
    """``FACT`` of each scan, ``FACT by key`` of each look-up, wave by wave."""
    return [sorted(_name(node) for node in wave) for wave in plan.waves]


def _name(node: Node) -> str:
    return node.fact.value if node.key_column is None else f"{node.fact.value} by {node.key_column}"


def signs(engine: Engine) -> dict[str, Any]:
    return {name: {fact: s.sign(fact) for fact in s.facts} for name, s in engine.sources.items()}


def around(system: System, wrap: Any) -> System:
    return replace(system, around=wrap)
