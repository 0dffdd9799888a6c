"""From who asks to what they may: see, ask for, and be told of the schema."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gateway.identity import Principal
from gateway.limits import Limits
from resolvers.semantics.access import Grant, Scope


@dataclass(frozen=True, slots=True)
class Role:
    """What a role lets see, whether also the schema, and which limits it has of its own."""

    grant: Grant
    introspection: bool = False
    limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leave:
    """What somebody may: see (None: everything), ask for at once, and know of the schema."""

    scope: Scope | None
    limits: Limits
    introspection: bool


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles of a configuration, by name. Of several, each adds what it lets see, and the widest limit of
    each kind counts. Who has none sees nothing."""

    known: Mapping[str, Role] = field(default_factory=dict)

    def leave(self, who: Principal, usual: Limits) -> Leave:
        mine = [role for name, role in self.known.items() if name in who.roles]
        widest = {
            limit: max(role.limits.get(limit, getattr(usual, limit)) for role in mine)
            for limit in {limit for role in mine for limit in role.limits}
        }
        return Leave(
            Scope(tuple(role.grant for role in mine)),
            replace(usual, **widest),
            any(role.introspection for role in mine),
        )
