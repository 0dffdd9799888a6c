"""Roll-ups: cells of the nodes above the members that figures are booked at.

    rollUp COST_CENTER level 1                  rollUp COST_CENTER nodes [OPS]

    GROUP ─ OPS ── C1   300   →  OPS    500     C1, C2 → OPS    500
          │      └ C2   200                     C3 stays itself  40
          └ SALES ─ C3   40   →  SALES   40

A mapping of members to members, made before anything is summed, the same for figures and for the documents
behind them. What stands below no node asked for keeps its own cell, so that every roll-up adds up to the same
total.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import polars as pl

from resolvers.plan.errors import QuestionError
from resolvers.plan.membership import Seen, check_member, hierarchy
from resolvers.plan.question import Question, RollUp
from resolvers.semantics.dimensions import MEMBERSHIP, Dimension
from resolvers.semantics.hierarchy import stretches
from resolvers.semantics.model import Model
from resolvers.semantics.tree import Tree, at_level, nearest


@dataclass(frozen=True, slots=True)
class Shown:
    """In some periods, the nodes that members are shown as; the others are shown as themselves."""

    periods: tuple[str, ...]
    nodes: Mapping[str, str]


Rolled = Mapping[Dimension, tuple[Shown, ...]]


def roll_ups(question: Question, model: Model, seen: Seen) -> Rolled:
    """What the members of rolled-up dimensions are shown as. Raises QuestionError."""
    rolled: dict[Dimension, tuple[Shown, ...]] = {}
    for index, each in enumerate(question.roll_up):
        at = f"rollUp[{index}]"
        _check(at, each, question, rolled, model)
        tree = hierarchy(f"{at}.hierarchy", each.dimension, each.hierarchy, model)
        rolled[each.dimension] = tuple(
            Shown(stretch.periods, _nodes(each, stretch.tree))
            for stretch in stretches(tree, seen.view, seen.periods, seen.day)
        )
    return rolled


def _check(at: str, asked: RollUp, question: Question, before: Rolled, model: Model) -> None:
    name = asked.dimension.value
    if asked.dimension not in MEMBERSHIP:
        accepted = ", ".join(d.value for d in MEMBERSHIP)
        raise QuestionError("BAD_INPUT", f"{at}.dimension: {name} has no nodes; accepted: {accepted}")
    if asked.dimension not in question.group_by:
        raise QuestionError("BAD_INPUT", f"{at}.dimension: {name} is not in groupBy; add it there")
    if asked.dimension in before:
        raise QuestionError("BAD_INPUT", f"{at}.dimension: {name} is rolled up already; once is accepted")
    if (asked.level is None) == (not asked.nodes):
        raise QuestionError("BAD_INPUT", f"{at}: give either a level or nodes")
    if asked.level is not None and asked.level < 0:
        raise QuestionError("BAD_INPUT", f"{at}.level: {asked.level} is not accepted; 0 is the top")
    for node in asked.nodes:
        check_member(f"{at}.nodes", node, asked.dimension, model)


def _nodes(asked: RollUp, tree: Tree) -> Mapping[str, str]:
    if asked.level is None:
        up = partial(nearest, tree, nodes=frozenset(asked.nodes))
    else:
        up = partial(at_level, tree, level=asked.level)
    found = {member: up(member) for member in tree}
    return {member: node for member, node in found.items() if member != node}


def rolled(parts: pl.DataFrame, roll: Rolled) -> pl.DataFrame:
    """`parts` with the members that they are shown as."""
    return parts.with_columns(_shown(dimension, shown) for dimension, shown in roll.items())


def _shown(dimension: Dimension, stretches_: tuple[Shown, ...]) -> pl.Expr:
    """What no period holds is shown as in the last of them."""
    own = pl.col(dimension.column)
    *before, last = (
        (shown.periods, own.replace(list(shown.nodes), list(shown.nodes.values()))) for shown in stretches_
    )
    column = last[1]
    for periods, nodes in before:
        column = pl.when(pl.col("period").is_in(periods)).then(nodes).otherwise(column)
    return column.alias(dimension.column)


def owners(dimension: Dimension, roll: Rolled, model: Model) -> dict[str, frozenset[str | None]]:
    """The legal entities of the members that each node stands for; None among them: any of them."""
    listed = model.members.get(dimension, {})
    found: dict[str, set[str | None]] = {}
    for shown in roll.get(dimension, ()):
        above = set(shown.nodes.values())
        for member, node in shown.nodes.items():
            if member not in above:
                found.setdefault(node, set()).add(listed[member].legal_entity if member in listed else None)
    return {node: frozenset(entities) for node, entities in found.items()}
