"""Other people's job queues doing the dispatcher's calls, in a virtual environment of their own (`make bench`).

Each module runs as a process, `python -m benchmarks.rivals.NAME prepare|work URL PORT JOBS IN_FLIGHT`: first it puts so
many jobs into a fresh PostgreSQL database, then it works them off.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.parts.process import running

PYTHON: Final = Path(sys.prefix, "rivals", "bin", "python")
NAMES: Final = ("procrastinate", "dbos")


def missing() -> str:
    """Say that they are not installed, or nothing if they are."""
    return "" if PYTHON.exists() else f"{' and '.join(NAMES)} are not installed: `make bench` does it"


def prepare(rival: str, url: str, port: int, jobs: int, in_flight: int) -> None:
    """Put jobs into the database, before the clock starts."""
    subprocess.run(_command(rival, "prepare", url, port, jobs, in_flight), check=True, capture_output=True, timeout=600)


@contextmanager
def working(rival: str, url: str, port: int, jobs: int, in_flight: int, log: Path) -> Iterator[None]:
    """Let it work for the length of the block."""
    with running(_command(rival, "work", url, port, jobs, in_flight), log=log):
        yield


def _command(rival: str, verb: str, url: str, port: int, jobs: int, in_flight: int) -> list[str]:
    module = f"benchmarks.rivals.{rival}_jobs"
    return [str(PYTHON), "-m", module, verb, url, str(port), str(jobs), str(in_flight)]
