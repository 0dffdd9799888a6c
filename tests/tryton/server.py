"""A real Tryton server for tests: own environment, provisioned SQLite database, gunicorn on a free port.

The database is activated and provisioned once per version of the packages and of the provisioning code, kept
in the cache, and copied for every start, so that a test may do to it what it likes.
"""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.tryton import billing, books, environment, provision, rpc, trade
from tests.tryton.environment import REQUIREMENTS, TrytonUnavailableError, cache, digest, only_one
from tests.tryton.rpc import Client, RpcError

DATABASE = "company"
ADMIN = ("admin", "threefold-tests")
MODULES = (
    "account_invoice",
    "purchase",
    "analytic_invoice",
    "analytic_purchase",
    "analytic_budget",
    "account_budget",
)
RECORDS_LIMIT = 400
"""`[request] records_limit` of the served company: low enough that reads have pages."""
_PATIENCE = 60.0
_STEADY = 4


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `log` is what it has printed."""

    host: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def client(self, user: str = ADMIN[0], password: str = ADMIN[1]) -> Client:
        """A logged-in session, by default of the administrator, in the company's context."""
        client = Client(self.host, self.port, DATABASE)
        client.login(user, password)
        client.context = {"company": 1, "companies": [1]}
        return client


@contextmanager
def provisioned(*, workers: int = 2, records_limit: int | None = RECORDS_LIMIT) -> Iterator[Server]:
    """The provisioned company, served from a fresh copy. Raises `TrytonUnavailableError`."""
    snapshot = _snapshot("company", _provisioned_into)
    with _served(snapshot, workers=workers, records_limit=records_limit) as (server, _):
        yield server


def _snapshot(name: str, make: Callable[[Path], None]) -> Path:
    """The cached database called `name`, made first if need be; it is there whole or not at all."""
    modules = (rpc, books, trade, billing, provision)
    sources = [Path(module.__file__ or "").read_bytes() for module in modules] if name == "company" else []
    key = digest(REQUIREMENTS.read_bytes(), " ".join(MODULES).encode(), *sources)
    path = cache() / f"{name}-{key}.sqlite"
    with only_one(name):
        if not path.exists():
            with tempfile.TemporaryDirectory(prefix="threefold-tryton-") as folder:
                made = Path(folder) / f"{DATABASE}.sqlite"
                make(made)
                shutil.move(made, path)
    return path


def _provisioned_into(target: Path) -> None:
    activated = _snapshot("activated", _activated_into)
    with _served(activated, workers=1, records_limit=None) as (server, database):
        client = server.client()
        client.context = {}
        provision.provision(client)
        _stop(server.process)
        _copy(database, target)


def _activated_into(target: Path) -> None:
    """An empty database with the modules in it, the administrator's password set."""
    folder = target.parent
    target.touch()
    password = folder / "password"
    password.write_text(ADMIN[1])
    options = ("-d", DATABASE, "--email", "admin@example.com", "--activate-dependencies", "-u", *MODULES)
    command = (environment.python().with_name("trytond-admin"), "-c", _config(folder, None), *options)
    done = subprocess.run(
        command,
        env={**os.environ, "TRYTONPASSFILE": str(password)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"trytond-admin failed: {done.stderr[-2000:]}")


def _config(folder: Path, records_limit: int | None) -> Path:
    path = folder / "trytond.conf"
    request = f"[request]\nrecords_limit = {records_limit}\n" if records_limit else ""
    path.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n{request}")
    return path


def _copy(source: Path, target: Path) -> None:
    """SQLite's own copy, which includes what is still in the write-ahead log."""
    with sqlite3.connect(source) as here, sqlite3.connect(target) as there:
        here.backup(there)
    here.close()
    there.close()


@contextmanager
def _served(snapshot: Path, *, workers: int, records_limit: int | None) -> Iterator[tuple[Server, Path]]:
    with tempfile.TemporaryDirectory(prefix="threefold-tryton-") as name:
        folder = Path(name)
        database = folder / f"{DATABASE}.sqlite"
        _copy(snapshot, database)
        server = _started(folder, workers, _config(folder, records_limit))
        try:
            _warmed(server)
            yield server, database
        finally:
            _stop(server.process)


def _started(folder: Path, workers: int, config: Path) -> Server:
    """gunicorn on a socket opened here, so that no other process can take the port in between."""
    log = folder / "log"
    with socket.socket() as listener, log.open("wb") as output:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        host, port = listener.getsockname()
        options = ("--no-control-socket", "--workers", str(workers), "--threads", "8", "--timeout", "300")
        process = subprocess.Popen(
            (
                environment.python(),
                "-m",
                "gunicorn",
                *options,
                "--bind",
                f"fd://{listener.fileno()}",
                "trytond.application:app",
            ),
            env={**os.environ, "TRYTOND_CONFIG": str(config), "TRYTOND_DATABASE_NAMES": DATABASE},
            cwd=folder,
            pass_fds=(listener.fileno(),),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Server(host, port, process, log)


def _warmed(server: Server) -> None:
    """Wait until several logins in a row succeed: a worker that is still loading its models answers HTTP
    200 with an error, and there are several workers."""
    deadline = time.monotonic() + _PATIENCE
    steady = 0
    while steady < _STEADY:
        if server.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Tryton did not start:\n{server.log.read_text(errors='replace')[-3000:]}")
        try:
            server.client()
            steady += 1
        except (RpcError, OSError):
            steady = 0
            time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


__all__ = ["Server", "TrytonUnavailableError", "provisioned"]
