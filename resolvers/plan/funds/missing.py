"""Whom it concerns that a stage could not be read."""

from resolvers.plan.missing import Lost
from resolvers.semantics.measures import MEASURES
from resolvers.semantics.model import Model


def concerns(lost: Lost, entity: str, model: Model) -> bool:
    """Whether a stage that was lost is lost for the entity: its source serves it there, or nobody does."""
    measures = [measure for measure in MEASURES.values() if measure.stage is lost.stage]
    needed = {fact for measure in measures for fact in measure.needs}
    if lost.source is not None:
        needed |= {fact for measure in measures for fact in measure.also}
    needed -= model.legal_entities[entity].unused
    served = {
        fact
        for provision in model.provisions
        if entity in provision.entities and lost.source in {None, provision.source}
        for fact in provision.facts
    }
    return bool(needed - served) if lost.source is None else bool(needed & served)
