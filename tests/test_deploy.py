"""What is in deploy/ fits the gateway that it starts."""

import re
from pathlib import Path
from typing import Any, Final

import yaml

from gateway.cli.run import serve
from gateway.config.file import QuestionLimitsSection
from tests.gateway.world import Door

DEPLOY: Final = Path(__file__).parent.parent / "deploy"
COMPOSE: Final = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
REPLICAS: Final = {name: each for name, each in COMPOSE["services"].items() if each["image"] == "threefold"}


def asked(replica: Any) -> dict[str, Any]:
    """What `threefold serve` makes of the command."""
    name, *arguments = replica["command"]
    assert name == serve.name
    return serve.make_context(name, list(arguments)).params


def test_replicas_listen_where_the_balancer_asks() -> None:
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    (proxied,) = re.findall(r"reverse_proxy (.*) \{", caddy)
    assert proxied.split() == [f"{name}:{asked(each)['port']}" for name, each in REPLICAS.items()]
    assert len(REPLICAS) == 2
    assert {asked(each)["host"] for each in REPLICAS.values()} == {"0.0.0.0"}  # noqa: S104  in a container


def test_the_balancer_asks_for_what_there_is_and_notices_in_time() -> None:
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    (path,), (interval,) = (
        re.findall(r"health_uri (\S+)", caddy),
        re.findall(r"health_interval (\d+)s", caddy),
    )
    with Door() as door:
        assert door.request("GET", path).status_code == 200
    assert all(int(interval) < asked(each)["drain"] for each in REPLICAS.values())


def test_a_replica_has_the_time_it_needs_to_go() -> None:
    deadline = QuestionLimitsSection().deadline
    for each in REPLICAS.values():
        assert int(each["stop_grace_period"].removesuffix("s")) > asked(each)["drain"] + deadline


def test_replicas_reach_valkey_and_nobody_outside_does() -> None:
    valkey = COMPOSE["services"]["valkey"]
    assert valkey["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all("inside" in each["networks"] for each in REPLICAS.values())
    assert "ports" not in valkey


def test_what_systems_said_has_changed_is_never_evicted() -> None:
    assert "--maxmemory-policy volatile-lru" in COMPOSE["services"]["valkey"]["command"][-1]
