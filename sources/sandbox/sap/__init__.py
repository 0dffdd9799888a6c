"""SAP S/4HANA: OData V2 services over the ledger, purchase orders, supplier invoices and cost centres.

::

    app.py ── access.py            who may read
       │ ╲─── options.py ── filters.py
       │ ╲─── answer.py ── aggregate.py
       │      address.py  metadata.py  errors.py
    catalog.py ── ledger.py  orders.py  invoices.py  centers.py ── edm.py
                  postings.py  master.py  split.py
"""

from sources.sandbox.sap.app import CLIENT, PASSWORD, SECRET, USER, app

__all__ = ["CLIENT", "PASSWORD", "SECRET", "USER", "app"]
