"""The Anaplan connector on the sandbox's Anaplan, through both of its views."""

from collections.abc import Mapping
from functools import cache, partial

import httpx
from starlette.applications import Starlette

from sources.connectors.load import build
from sources.sandbox.anaplan import DEMO_LOGIN, app
from sources.sandbox.anaplan.model import DEFAULT_VIEW, LOADING_VIEW, MODEL
from sources.sandbox.estate import build as history
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts
from tests.connectors.conformance import Conformance

ENTITIES = {
    "US01": "Meridian Services Inc.",
    "DE01": "Meridian Services GmbH",
    "GB01": "Meridian Services Ltd",
    "JP01": "Meridian Services KK",
}
VERSIONS = {
    "Budget Approved": ("BUDGET", "APPROVED"),
    "Budget Draft": ("BUDGET", "DRAFT"),
    "Forecast 6+6": ("FORECAST", "6+6"),
    "Actual Loaded": ("ACTUAL", "LOADED"),
}
MAPPING = {
    "budget": {
        "scenario": {
            "from": "{versions}",
            "map": {name: scenario for name, (scenario, _) in VERSIONS.items()},
            "filter": {"IN": "EXACT"},
        },
        "version": {"map": {name: version for name, (_, version) in VERSIONS.items()}},
        "type": {"map": {"Actual": "ACTUAL"}},
    }
}


@cache
def application() -> Starlette:
    return app(history(seed=7, scale=0.02))


def settings(
    limits: Limits,
    view: str = LOADING_VIEW,
    entities: Mapping[str, str] = ENTITIES,
    only: str = "",
    skip: str = "",
) -> SourceSettings:
    return SourceSettings(
        name="planning",
        connector="anaplan",
        url="http://anaplan.test",
        auth={
            "username": DEMO_LOGIN[0],
            "password": Secret(DEMO_LOGIN[1]),
            "token_url": "http://anaplan.test/token/authenticate",
        },
        entities=entities,
        options={
            "model": MODEL,
            "view": view,
            "entities": "Legal entities",
            "costCenters": "Cost centres",
            "versions": "Plan versions",
            "types": "Line types",
            "only": only,
            "skip": skip,
        },
        mapping=MAPPING,
        limits=limits,
    )


def source(
    limits: Limits,
    view: str = LOADING_VIEW,
    entities: Mapping[str, str] = ENTITIES,
    only: str = "",
    skip: str = "",
) -> Source:
    chosen = settings(limits, view, entities, only, skip)
    return build(chosen, Accounts(), httpx.ASGITransport(app=application()))


class TestAnaplanLoadingView(Conformance):
    open = staticmethod(source)
    questions = 10


class TestAnaplanDefaultView(Conformance):
    """The view shows every cell there could be, so one entity and one version are enough to read."""

    open = staticmethod(
        partial(
            source,
            view=DEFAULT_VIEW,
            entities={"JP01": ENTITIES["JP01"]},
            only="Plan versions=Budget Approved",
        )
    )
    questions = 5
