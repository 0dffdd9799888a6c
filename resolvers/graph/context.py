"""What one GraphQL request carries to its resolvers."""

from dataclasses import dataclass, field
from datetime import datetime

from graphql import GraphQLError
from graphql.pyutils import Path

from resolvers.graph.loaders import Loaders
from resolvers.plan.engine import Engine
from resolvers.plan.explain import PlanReport
from sources.spi.context import Context


@dataclass(frozen=True, slots=True)
class Viewer:
    """The one who asks: `roles` as they came with them, `expires` when what they showed ends."""

    name: str
    roles: frozenset[str] = frozenset()
    expires: datetime | None = None


@dataclass(slots=True)
class RequestContext:
    """`sources` is the deadline and call count that travel to every upstream call. `problems` are errors
    that belong beside data rather than instead of it: one per lost source, not one per cell. With `plans`,
    the request only wants to know how its root fields would be answered: they are filled in, by response
    name, and nobody is called. `momentary` is what tells the state of this very moment, so that nobody keeps
    the answer. `rows` is how many the lists asked for have. `loaders` look documents up in batches, for this
    request alone. `viewer` is who asks; what they may see is the engine's to know.
    """

    engine: Engine
    sources: Context
    problems: list[GraphQLError] = field(default_factory=list)
    plans: dict[str, PlanReport] | None = None
    momentary: bool = False
    rows: int = 0
    viewer: Viewer | None = None
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        self.loaders = Loaders(self.engine, self.sources)

    def counts(self, name: str, path: Path, length: int) -> None:
        """Counts a list where it is what a root field was asked for: the rows of a table, the edges of a
        connection, or the field itself."""
        if path.prev is None or (path.prev.prev is None and name in ("rows", "edges")):
            self.rows += length
