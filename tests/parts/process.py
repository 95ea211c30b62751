"""Start a program, wait until it listens, read what it says, and end it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TETHER = Path(__file__).with_name("tether.py")


@dataclass(frozen=True)
class Program:
    """A running program and the file it writes to."""

    popen: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.popen.pid

    def said(self) -> str:
        """Return everything it wrote so far, errors included."""
        return self.log.read_text(errors="replace")

    def wait_for_port(self, port: int, *, seconds: float = 30) -> None:
        """Wait until something accepts connections on the loopback port."""
        self.wait_until(lambda: _listens(port), f"listens on port {port}", seconds=seconds)

    def wait_until(self, ready: Callable[[], bool], what: str, *, seconds: float = 30) -> None:
        """Ask again and again until it is ready; raise with its words if it ends first or takes too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.popen.poll() is not None:
                message = f"{self.popen.args!r} ended with {self.popen.returncode} before it {what}:\n{self.said()}"
                raise RuntimeError(message)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.popen.args!r} took over {seconds} s until it {what}:\n{self.said()}")
            time.sleep(0.02)

    def end(self, *, by: signal.Signals = signal.SIGTERM, seconds: float = 5) -> None:
        """Ask it to end and wait; kill it, with all it started, if it does not."""
        if self.popen.poll() is None:
            self.popen.send_signal(by)
        try:
            self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self.popen.wait()


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: str = "",
    orphan: signal.Signals = signal.SIGKILL,
) -> Program:
    """Start a program in its own process group, writing to `log`.

    It gets the signal `orphan` when the thread that started it is gone: start it where something lives long.
    `user` needs root.
    """
    tether: list[str | Path] = [sys.executable, "-IS", TETHER, str(os.getpid()), str(int(orphan)), user]
    with log.open("wb") as out:
        popen = subprocess.Popen(
            [*tether, *command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Program(popen, log)


@contextmanager
def running(
    command: Sequence[str | Path],
    *,
    log: Path,
    port: int | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[Program]:
    """Run a program for the length of a `with` block, which begins once it listens on `port`."""
    program = start(command, log=log, cwd=cwd, env=env)
    try:
        if port is not None:
            program.wait_for_port(port)
        yield program
    finally:
        program.end()


def free_port() -> int:
    """Return a loopback port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
