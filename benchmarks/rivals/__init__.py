"""Other people's programs, in a virtual environment of their own (`make bench`).

Job queues do the dispatcher's calls. Each is a process, `python -m benchmarks.rivals.NAME_jobs prepare|work URL PORT
JOBS IN_FLIGHT`: first it puts so many jobs into a fresh PostgreSQL database, then it works them off. A poll bot takes
votes, see its own module.
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
    return "" if PYTHON.exists() else "other people's programs are not installed: `make bench` does it"


def votes(folder: Path, number: int) -> float:
    """Let the poll bot take votes of so many people, one after the other; votes a second."""
    command = [str(PYTHON), "-m", "benchmarks.rivals.simplebot_votes", str(folder), str(number)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, timeout=600).stdout)


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
