"""A virtual environment with Tryton's packages, made once and kept under the repository's cache."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("requirements.txt")


class TrytonUnavailableError(Exception):
    """Tryton cannot be had on this machine; the message says why."""


def cache() -> Path:
    """Where environments and databases are kept: THREEFOLD_TRYTON_CACHE, or `.cache/tryton`."""
    root = Path(os.environ.get("THREEFOLD_TRYTON_CACHE") or REPOSITORY / ".cache" / "tryton")
    root.mkdir(parents=True, exist_ok=True)
    return root


def digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """One process at a time makes what is cached; the others wait and find it."""
    with (cache() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def python() -> Path:
    """The interpreter that has trytond and gunicorn: THREEFOLD_TRYTON_PYTHON, or one made from
    `requirements.txt`. Raises `TrytonUnavailableError` when the packages cannot be installed."""
    if given := os.environ.get("THREEFOLD_TRYTON_PYTHON"):
        return Path(given)
    home = cache() / f"env-{digest(REQUIREMENTS.read_bytes(), sys.version.encode())}"
    interpreter, done = home / "bin" / "python", home / "complete"
    with only_one("env"):
        if not done.exists():
            _run(sys.executable, "-m", "venv", "--clear", str(home))
            install = ("-m", "pip", "install", "--disable-pip-version-check", "--quiet")
            _run(str(interpreter), *install, "--requirement", str(REQUIREMENTS))
            done.touch()
    return interpreter


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TrytonUnavailableError(f"{' '.join(command[:4])} failed: {error}") from error
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise TrytonUnavailableError(f"{' '.join(command[:4])} failed: {''.join(last)}")
