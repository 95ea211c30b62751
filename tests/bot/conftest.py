"""The stage on which features are tried, and the command line."""

import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.core.database import open_database
from bot.features import features
from tests.bot.command import COMMAND, KEY, Run, Serving, environment
from tests.bot.stage import Stage
from tests.parts import process


@pytest.fixture
async def stage(house_url: str) -> AsyncIterator[Stage]:
    """Give a company of four on SQLite and on PostgreSQL, with every feature."""
    database = open_database(house_url)
    stage = Stage(database, features())
    await stage.set_up()
    yield stage
    await database.close()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command to its end."""

    def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *words], cwd=tmp_path, env=environment(**settings), capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    """Start a command that serves, and tell its address."""
    running: list[process.Program] = []

    def start(*words: str, **settings: str) -> tuple[process.Program, str]:
        port = process.free_port()
        program = process.start(
            [*COMMAND, *words],
            log=tmp_path / "log",
            cwd=tmp_path,
            env=environment(DRUMBEAT_PORT=str(port), DRUMBEAT_SECRET_KEY=KEY, **settings),
        )
        running.append(program)
        program.wait_for_port(port)
        return program, f"http://127.0.0.1:{port}"

    yield start
    for program in running:
        program.end(by=signal.SIGKILL)
