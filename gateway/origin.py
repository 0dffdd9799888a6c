"""Whose page a request comes from: a site may not have a visitor's browser ask on its behalf (CSRF).

Browsers say it in `Sec-Fetch-Site`; where they do not (plain HTTP), in `Origin`. Programs say neither. A
header that a page cannot send to another site without asking it first (a CORS preflight, which nobody is
granted here) proves that no page did, and so does the content type of JSON, without which no POST is read.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

PROOFS: Final = (
    "X-Requested-With",
    "Apollo-Require-Preflight",
    "X-Apollo-Operation-Name",
    "GraphQL-Require-Preflight",
    "Threefold-Require-Preflight",
)
"""Request headers with any value, each of which makes a browser ask before it sends the request."""
_OWN: Final = frozenset({"same-origin", "none"})


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Whether a page of another origin may have sent the request without being allowed to."""
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == "application/json" or any(headers.get(name) for name in PROOFS):
        return False
    if site := headers.get("sec-fetch-site"):
        return site.strip().lower() not in _OWN
    origin = headers.get("origin")
    return origin is not None and not _is_host(origin, headers.get("host", ""))


def _is_host(origin: str, host: str) -> bool:
    """Whether an origin, such as ``https://bi.example:8443``, is that of a host."""
    try:
        return bool(host) and urlsplit(origin).netloc.lower() == host.strip().lower()
    except ValueError:
        return False
