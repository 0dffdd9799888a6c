"""Coupa: requisitions, purchase orders, receipts, invoices and suppliers of the entity that buys there.

::

    app.py ── access.py             scopes
       │ ╲─── query.py ── conditions.py  fields.py
    catalog.py ── requisitions.py  orders.py  receipts.py  invoices.py ── shape.py
                  library.py  parts.py  amounts.py
"""

from sources.sandbox.coupa.app import CLIENT, SECRET, app
from sources.sandbox.coupa.catalog import SCOPES

__all__ = ["CLIENT", "SCOPES", "SECRET", "app"]
