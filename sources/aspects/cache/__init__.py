"""A cache, not a copy: batches kept for a stated time, and never longer."""

from sources.aspects.cache.cached import Ages, Cached
from sources.aspects.cache.memory import Memory
from sources.aspects.cache.shared import Shared
from sources.aspects.cache.store import Store
from sources.aspects.cache.told import APART, Told
from sources.aspects.cache.valkey import Valkey

__all__ = ["APART", "Ages", "Cached", "Memory", "Shared", "Store", "Told", "Valkey"]
