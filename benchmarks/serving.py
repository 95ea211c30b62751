"""`drumbeat serve` as anybody would start it, with a pretend Slack."""

import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import sqlalchemy as sa

from benchmarks import slack
from tests.parts.process import free_port, running


@dataclass(frozen=True)
class Served:
    """A running `drumbeat serve`."""

    port: int
    pid: int


@contextmanager
def house(place: Path, settings: Mapping[str, str], *, people: int) -> Iterator[int]:
    """Serve from a folder until the end of the block; the port. The directory has learnt `people` people by then."""
    with slack.serving(place, people=people) as stub, serve(place, environment(place, stub, settings)) as served:
        wait(lambda: count(sqlite(place), "accounts") >= people, "the directory is learnt")
        yield served.port


@contextmanager
def serve(place: Path, environ: Mapping[str, str], *options: str) -> Iterator[Served]:
    """Serve until the end of the block, which begins when it is ready."""
    port = free_port()
    command = [sys.executable, "-m", "bot", "serve", *options]
    env = {**environ, "DRUMBEAT_PORT": str(port)}
    with running(command, log=place / f"serve{port}.log", port=port, env=env) as program:
        wait(lambda: ready(port), "it is ready")
        yield Served(port, program.pid)


def environment(place: Path, slack: int, settings: Mapping[str, str]) -> dict[str, str]:
    """What `drumbeat serve` reads, but for its port: its own settings, and nothing else of this machine's."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("DRUMBEAT_", "SLACK_", "MICROSOFT_"))
    }
    return {
        **kept,
        "DRUMBEAT_DATABASE_URL": sqlite(place),
        "DRUMBEAT_SECRET_KEY": secrets.token_hex(32),
        "DRUMBEAT_HOST": "127.0.0.1",
        "SLACK_API_URL": f"http://127.0.0.1:{slack}/api/",
        **settings,
    }


def sqlite(place: Path) -> str:
    """The address of the database that is made in a folder."""
    return f"sqlite:///{place}/drumbeat.sqlite"


def ready(port: int) -> bool:
    """Whether the process says that it is ready."""
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/readyz", timeout=1).status_code == httpx2.codes.OK
    except httpx2.TransportError:
        return False


def wait(until: Callable[[], bool], what: str, seconds: float = 60) -> float:
    """Wait until something is so; the seconds it took."""
    began = time.monotonic()
    while not until():
        if time.monotonic() - began > seconds:
            raise SystemExit(f"{seconds:.0f} s have passed, but not yet: {what}")
        time.sleep(0.01)
    return time.monotonic() - began


def count(url: str, table: str) -> int:
    """How many rows a table has; 0 where there is no table yet."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        try:
            return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())
        except sa.exc.DBAPIError:
            return 0
