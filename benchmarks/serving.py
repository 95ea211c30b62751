"""`drumbeat serve` as anybody would start it, on SQLite, with a stub in Slack's place."""

import os
import secrets
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests.parts.process import free_port, running


@contextmanager
def house(place: Path, settings: Mapping[str, str], *, people: int) -> Iterator[int]:
    """Serve from a folder until the end of the block; the port. The directory has learnt `people` people by then."""
    slack = free_port()
    stub = [sys.executable, "-m", "benchmarks.slack_stub", str(slack), str(people)]
    with running(stub, log=place / "stub.log", port=slack):
        port = free_port()
        serve = [sys.executable, "-m", "bot", "serve"]
        with running(serve, log=place / "serve.log", port=port, env=environment(place, port, slack, settings)):
            wait(lambda: count(place, "accounts") >= people, "the directory is learnt")
            yield port


def environment(place: Path, port: int, slack: int, settings: Mapping[str, str]) -> dict[str, str]:
    """What `drumbeat serve` reads: its own settings, and nothing else of this machine's."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("DRUMBEAT_", "SLACK_", "MICROSOFT_"))
    }
    return {
        **kept,
        "DRUMBEAT_DATABASE_URL": f"sqlite:///{place}/drumbeat.sqlite",
        "DRUMBEAT_SECRET_KEY": secrets.token_hex(32),
        "DRUMBEAT_HOST": "127.0.0.1",
        "DRUMBEAT_PORT": str(port),
        "SLACK_API_URL": f"http://127.0.0.1:{slack}/api/",
        **settings,
    }


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


def count(place: Path, table: str) -> int:
    """How many rows a table has; 0 where there is no table yet."""
    with sqlite3.connect(place / "drumbeat.sqlite", timeout=10) as connection:
        try:
            (number,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        except sqlite3.OperationalError:
            return 0
    return int(number)
