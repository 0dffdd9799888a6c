"""The Coupa connector on the sandbox's Coupa."""

from functools import cache

import httpx
from starlette.applications import Starlette

from sources.connectors.load import build
from sources.sandbox.coupa.app import CLIENT, SECRET, app
from sources.sandbox.estate import build as history
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts
from tests.connectors.conformance import Conformance

CUSTOM_FIELDS = {
    "requisitions": {
        "rate": {"from": "custom-fields.exchange-rate", "type": "decimal"},
        "tax_rate": {"from": "requisition-lines.custom-fields.non-recoverable-tax-rate", "type": "decimal"},
    },
    "purchase_orders": {
        "rate": "custom-fields.exchange-rate",
        "tax_rate": {"from": "order-lines.custom-fields.non-recoverable-tax-rate", "type": "decimal"},
    },
    "invoices": {
        "approved_on": "custom-fields.approved-on",
        "final_match": {"from": "invoice-lines.custom-fields.final-match", "type": "flag"},
        "status": {
            "from": ["custom-fields.ledger-status", "paid", "status"],
            "map": {"exported": "EXPORTED", "posted": "POSTED_PER_S2P", "paid": "PAID_PER_S2P"},
        },
    },
}


@cache
def application() -> Starlette:
    return app(history(seed=7, scale=0.05))


def source(limits: Limits) -> Source:
    settings = SourceSettings(
        name="buying",
        connector="coupa",
        url="http://coupa.test",
        auth={"client_id": CLIENT, "client_secret": Secret(SECRET)},
        mapping=CUSTOM_FIELDS,
        limits=limits,
    )
    return build(settings, Accounts(), httpx.ASGITransport(app=application()))


class TestCoupa(Conformance):
    open = staticmethod(source)
    questions = 10
