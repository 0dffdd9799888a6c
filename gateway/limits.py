"""How much one request may ask for, and what is said to one that asks for more.

Who decides is the gateway, per request: the limits are one object, given beside the request and not built
into what parses or executes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from graphql import GraphQLError

from gateway.shape import Shape

_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on a document and on its answer; see `docs/http.md` for each. Where they are not enforced, what
    is over them is answered, and told in a header."""

    enforced: bool = True
    max_tokens: int = 5_000
    max_nodes: int = 20_000
    max_depth: int = 25
    max_breadth: int = 500
    max_aliases: int = 500
    max_directives: int = 200
    max_root_fields: int = 30
    max_cost: int = 5_000_000
    max_upstream_calls: int = 2_000
    max_response_bytes: int = 64 * _MIB

    def over(self, measured: Mapping[str, int]) -> list["Over"]:
        """Of what was measured, by the name of its limit, that which is over it."""
        bounds = {name(field.name): getattr(self, field.name) for field in fields(self)}
        return [
            Over(limit, value, bounds[limit]) for limit, value in measured.items() if value > bounds[limit]
        ]


@dataclass(frozen=True, slots=True)
class Over:
    """One limit that a request is over: its name in the configuration, what it came to, and the bound."""

    limit: str
    value: int
    bound: int

    @property
    def error(self) -> GraphQLError:
        message = f"{self.limit}: {self.value} is over the limit; at most {self.bound} are accepted"
        return GraphQLError(message, extensions=self.extensions)

    @property
    def extensions(self) -> dict[str, Any]:
        return {"code": "LIMIT_EXCEEDED", "limit": self.limit, "value": self.value, "bound": self.bound}


USUAL: Final = Limits()


def name(field: str) -> str:
    """A limit as the configuration writes it: ``maxRootFields``."""
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


def measured(shape: Shape) -> dict[str, int]:
    """What a document comes to before anything of it is executed, by the name of its limit."""
    return {name(f"max_{field.name}"): getattr(shape, field.name) for field in fields(shape)}
