"""``python -m gateway.explorer.build``: fetch GraphiQL's bundles from npm into ``assets/``.

Quick when nothing changed: a stamp holds the hash of the lock file and of the list of bundles. Without npm,
or when npm fails, it says why and leaves the plain page to serve, unless ``--strict``.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from gateway.explorer.shelf import ASSETS, BUNDLES, HERE, LICENCES

_LOCK: Final = HERE / "package-lock.json"
_NPM_CI: Final = (
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--loglevel=error",
)
_NPM_SECONDS: Final = 300


class BuildError(Exception):
    """The bundles could not be had; the message says why."""


def build(assets: Path = ASSETS, node_modules: Path | None = None) -> bool:
    """Fill *assets* from npm, or from a *node_modules* already installed; False when nothing was to do."""
    stamp = assets / "stamp"
    if _is_current(assets, stamp):
        return False
    if node_modules is not None:
        _copy(node_modules, assets)
    else:
        with tempfile.TemporaryDirectory(prefix="threefold-explorer-") as folder:
            _copy(_install(Path(folder)), assets)
    _write(stamp, _recipe().encode())
    return True


def _is_current(assets: Path, stamp: Path) -> bool:
    complete = all((assets / name).is_file() for name in (*BUNDLES, LICENCES))
    return complete and stamp.is_file() and stamp.read_text(encoding="utf-8") == _recipe()


def _recipe() -> str:
    digest = hashlib.sha256(_LOCK.read_bytes())
    digest.update(repr(sorted(BUNDLES.items())).encode())
    return digest.hexdigest()


def _install(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise BuildError("npm is not installed (it comes with Node.js)")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    try:
        done = subprocess.run(  # noqa: S603 - npm itself, with constant arguments
            (npm, *_NPM_CI), cwd=folder, capture_output=True, text=True, timeout=_NPM_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"npm did not finish within {_NPM_SECONDS} seconds") from error
    if done.returncode:
        raise BuildError(f"npm failed with code {done.returncode}:\n{done.stderr.strip()[-2000:]}")
    return folder / "node_modules"


def _copy(node_modules: Path, assets: Path) -> None:
    missing = [source for source in BUNDLES.values() if not (node_modules / source).is_file()]
    if missing:
        raise BuildError(f"not found in {node_modules}: {', '.join(missing)}")
    assets.mkdir(parents=True, exist_ok=True)
    for name, source in BUNDLES.items():
        _write(assets / name, (node_modules / source).read_bytes())
    _write(assets / LICENCES, "\n\n".join(_licences(node_modules)).encode())


def _licences(node_modules: Path) -> Iterator[str]:
    """Every package of the lock file: the bundles contain them without saying so."""
    packages = json.loads(_LOCK.read_text(encoding="utf-8"))["packages"]
    for place, package in sorted(packages.items()):
        folder = node_modules / place.removeprefix("node_modules/")
        if not place or not folder.is_dir():
            continue
        name = place.rpartition("node_modules/")[2]
        texts = [
            path
            for path in sorted(folder.iterdir())
            if path.stem.upper() in ("LICENSE", "LICENCE", "COPYING")
        ]
        body = "\n".join(path.read_text(encoding="utf-8", errors="replace").strip() for path in texts)
        yield f"## {name} {package['version']} ({package.get('license', 'see below')})\n\n{body}".rstrip()


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, also when two builds run at once."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as temporary:
        temporary.write(content)
    part = Path(temporary.name)
    part.chmod(0o644)
    part.replace(path)


@click.command(help="Fetch the explorer's browser bundles from npm into gateway/explorer/assets.")
@click.option(
    "--from",
    "node_modules",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A node_modules folder already installed from package-lock.json, instead of running npm.",
)
@click.option("--strict", is_flag=True, help="Fail when the bundles cannot be had.")
def main(node_modules: Path | None, *, strict: bool) -> None:
    """Report in one line what was done, or why not."""
    try:
        built = build(node_modules=node_modules)
    except (BuildError, OSError) as error:
        click.echo(f"Explorer: {error}", err=True)
        if strict:
            sys.exit(1)
        click.echo(
            "Explorer: the plain page serves instead; run `python -m gateway.explorer.build` again later."
        )
    else:
        click.echo(f"Explorer: GraphiQL {'built' if built else 'is up to date'} in {ASSETS}")


if __name__ == "__main__":
    main()
