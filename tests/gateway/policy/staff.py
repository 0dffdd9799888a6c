"""A company whose gateway knows several people, and what each of them may see."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway.cli.ask import Ask
from gateway.identity import Identity, Keys, keys
from gateway.policy import Role, Roles
from resolvers.semantics.access import Grant, Mask, Reach
from resolvers.semantics.dimensions import Dimension
from sources.spi.facts import Fact
from tests.gateway.world import Door

US = Reach(Dimension.LEGAL_ENTITY, ("US01",))
DE = Reach(Dimension.LEGAL_ENTITY, ("DE01",))
DELIVERY = Reach(Dimension.COST_CENTER, (), ("OPS-DELIVERY",))
SALES = Reach(Dimension.COST_CENTER, ("US-SALES-210", "US-SALES-220"))

GRANTS = (
    Grant("all"),
    Grant("us", (US,)),
    Grant("de", (DE,)),
    Grant("delivery", (DELIVERY,)),
    Grant("sales", (US, SALES)),
    Grant("us-budget", (US,), measures=frozenset({"budget"})),
    Grant("figures", documents=frozenset()),
    Grant("orders", documents=frozenset({Fact.ORDER})),
    Grant("masked", masked=frozenset({Mask.SUPPLIER_NAME, Mask.COST_CENTER_OWNER})),
)
ROLES = {grant.role: Role(grant) for grant in GRANTS} | {
    "developer": Role(Grant("developer"), introspection=True, limits={"max_root_fields": 2}),
    "narrow": Role(Grant("narrow"), limits={"max_root_fields": 1}),
}


class Staff:
    """People by the roles they have, each with a key, at one door."""

    def __init__(self, door: Door, file: Path) -> None:
        self.door = door
        self._file = file
        self._keys: dict[tuple[str, ...], str] = {}

    def key(self, *roles: str) -> str:
        if roles not in self._keys:
            made, self._keys[roles] = keys.made("+".join(roles) or "nobody", roles, datetime.now(UTC), None)
            with keys.changing(self._file) as held:
                held.append(made)
        return self._keys[roles]

    def body(self, query: str, *roles: str, **variables: Any) -> Any:
        response = self.door.post({"query": query, "variables": variables}, x_api_key=self.key(*roles))
        assert response.status_code == 200, response.text
        return response.json()

    def ask(self, query: str, *roles: str, **variables: Any) -> Any:
        """The data that somebody with the roles is answered."""
        found = self.body(query, *roles, **variables)
        assert "errors" not in found, found["errors"]
        return found["data"]

    def refused_document(self, query: str, *roles: str, **variables: Any) -> tuple[str, str]:
        """The same, of a document that is not executed."""
        asked = {"query": query, "variables": variables}
        response = self.door.post(asked, x_api_key=self.key(*roles))
        error = response.json()["errors"][0]
        return error["extensions"]["code"], error["message"]

    def posted(self, ask: Ask, key: str) -> Any:
        return self.door.post({"query": ask.query}, x_api_key=key).json()

    def refused(self, query: str, *roles: str, **variables: Any) -> tuple[str, str]:
        """Code and message of the one error that somebody with the roles is told."""
        (error,) = self.body(query, *roles, **variables)["errors"]
        return error["extensions"]["code"], error["message"]


@contextmanager
def staff(folder: Path, **given: Any) -> Iterator[Staff]:
    file = folder / "keys.json"
    with Door(identity=Identity(keys=Keys(file)), roles=Roles(ROLES), **given) as door:
        yield Staff(door, file)
