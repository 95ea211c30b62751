import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from playwright.async_api import Error, Page

from tests.parts import npm, process

PARENT = """
import sys, time
from pathlib import Path
from tests.parts import process
print(process.start(["sleep", "60"], log=Path(sys.argv[1])).pid, flush=True)
time.sleep(60)
"""


def test_a_test_gets_a_fresh_database_of_either_kind(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    assert sa.inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE ballot (vote INTEGER)"))
    assert sa.inspect(engine).get_table_names() == ["ballot"]
    engine.dispose()


async def test_a_page_reaches_nothing_beyond_this_machine(page: Page) -> None:
    with pytest.raises(Error, match="ERR_FAILED"):
        await page.goto("https://drumbeat.invalid/")


def test_a_program_is_waited_for_and_ended(tmp_path: Path) -> None:
    port = process.free_port()
    serve = [sys.executable, "-u", "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with process.running(serve, log=tmp_path / "log", port=port, cwd=tmp_path) as program:
        assert psutil.pid_exists(program.pid)
    assert not psutil.pid_exists(program.pid)
    assert "Serving HTTP" in program.said()


def test_a_program_that_fails_is_quoted(tmp_path: Path) -> None:
    program = process.start([sys.executable, "-c", "raise SystemExit('no luck')"], log=tmp_path / "log")
    with pytest.raises(RuntimeError, match="no luck"):
        program.wait_for_port(process.free_port())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_a_program_ends_even_if_its_owner_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        child = psutil.Process(int(owner.stdout.readline()))
        os.kill(owner.pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.skipif(bool(npm.missing()), reason=npm.missing())
def test_node_is_the_one_of_the_lock() -> None:
    version = subprocess.run([npm.node(), "--version"], capture_output=True, text=True, check=True).stdout
    assert version.startswith("v24.")
