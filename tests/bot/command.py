"""The command line for tests: real processes, in a folder of their own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2

from tests.parts import process

ROOT = Path(__file__).parent.parent.parent
KEY = "a-secret-key-of-a-good-length-for-a-test"
COMMAND = [sys.executable, "-m", "bot"]

Run = Callable[..., subprocess.CompletedProcess[str]]
Serving = Callable[..., tuple[process.Program, str]]


def environment(**settings: str) -> dict[str, str]:
    """The environment of a command: this checkout, and no settings but these."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **settings}


def until_ready(program: process.Program, address: str) -> None:
    """Wait until a program that serves says it is ready."""
    program.wait_until(lambda: httpx2.get(f"{address}/readyz").status_code == 200, "is ready")
