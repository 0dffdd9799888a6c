"""A cache, not a copy: batches kept for a stated time, and never longer."""

from sources.aspects.cache.cached import Ages, Cached
from sources.aspects.cache.memory import Memory
from sources.aspects.cache.store import Store

__all__ = ["Ages", "Cached", "Memory", "Store"]
