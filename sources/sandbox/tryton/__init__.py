"""Tryton: purchases, supplier invoices and the ledger of one entity over JSON-RPC.

::

    app.py ── methods.py ── reading.py  domain.py
       │      wire.py  errors.py
    database.py ── master_models.py  trade_models.py  ledger_models.py ── model.py
                   masters.py        trading.py       bookkeeping.py   ── records.py
"""

from sources.sandbox.tryton.app import DATABASE, PASSWORD, USER, app

__all__ = ["DATABASE", "PASSWORD", "USER", "app"]
