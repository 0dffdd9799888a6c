"""Which browser files there are: ours in ``static/``, those built from npm in ``assets/``."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
ASSETS: Final = HERE / "assets"

BUNDLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "react.min.js": "react/umd/react.production.min.js",
        "react-dom.min.js": "react-dom/umd/react-dom.production.min.js",
        "graphiql.min.js": "graphiql/graphiql.min.js",
        "graphiql.min.css": "graphiql/graphiql.min.css",
        "plugin-explorer.min.js": "@graphiql/plugin-explorer/dist/index.umd.js",
        "plugin-explorer.css": "@graphiql/plugin-explorer/dist/style.css",
    }
)
"""File in ``assets/`` → the same file inside ``node_modules/``."""

LICENCES: Final = "third-party-licences.txt"

_MEDIA_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".js": "text/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".svg": "image/svg+xml",
        ".txt": "text/plain; charset=utf-8",
    }
)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is answered."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every file a page may ask for, held in memory.

    files: by name; a name not in it does not exist, so no path can leave the folder.
    fingerprint: of all names and contents; part of every file's address, which may thus be cached for good.
    graphiql: whether the bundles are there; else only the plain page can be served.
    """

    files: Mapping[str, Asset]
    fingerprint: str
    graphiql: bool


def load(assets: Path) -> Shelf:
    """Our files, and the bundles when all of them are in *assets*."""
    paths = [path for path in STATIC.iterdir() if path.suffix in _MEDIA_TYPES]
    built = [assets / name for name in (*BUNDLES, LICENCES)]
    graphiql = all(path.is_file() for path in built)
    if graphiql:
        paths += built
    files = {path.name: Asset(path.read_bytes(), _MEDIA_TYPES[path.suffix]) for path in sorted(paths)}
    return Shelf(MappingProxyType(files), _fingerprint(files), graphiql)


def _fingerprint(files: Mapping[str, Asset]) -> str:
    digest = hashlib.sha256()
    for name, asset in sorted(files.items()):
        digest.update(f"{name}\0{len(asset.content)}\0".encode())
        digest.update(asset.content)
    return digest.hexdigest()[:16]
