"""The small company of `tests.gateway.world`, wired as `threefold serve` wires it."""

from datetime import datetime

from gateway import wiring
from resolvers.plan.engine import Engine
from sources.aspects.cache import Memory
from sources.sandbox.canonical import DEMO_KEY
from sources.spi.settings import Limits, Secret, SourceSettings
from tests.gateway.world import ENTITIES, NOW, SYSTEMS, Network, model

MAX_AGE = 3600.0


def wired(network: Network, *, kept: bool = True, now: datetime = NOW, timeout: float = 5.0) -> Engine:
    """The company's engine, on a clock that stands. What it reads is kept for an hour, or not at all."""
    settings = {
        name: SourceSettings(
            name,
            "canonical",
            f"http://{name}",
            auth={"token": Secret(DEMO_KEY)},
            entities={entity: entity for entity in ENTITIES},
            facts=facts,
            limits=Limits(timeout=timeout),
            max_age=MAX_AGE,
        )
        for name, facts in SYSTEMS.items()
    }
    store = Memory(64_000_000) if kept else None
    sources = wiring.connected(settings, network, store, now=lambda: now)
    return Engine(model(), sources, max_ages=dict.fromkeys(settings, MAX_AGE), now=lambda: now)
