"""The sandbox estate: one history of business events of one company, the same every time.

`build(seed, scale)` gives all documents of Meridian Services from July 2024 to the pinned clock. At scale 1
that is about 30,000 documents; `scale` multiplies the transactional ones (orders, invoices, revenue, travel,
corrections), not payroll or the budget. Equal arguments give equal histories. On top come the same few
documents at every seed and scale, in which everything goes wrong that can: see `hazards`.
"""

from sources.sandbox.estate.history import build

__all__ = ["build"]
