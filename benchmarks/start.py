"""How long `drumbeat serve` takes to be ready, and how much memory it holds then, with Slack and Teams connected."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

import psutil

from benchmarks import serving, slack
from benchmarks.verdict import Verdict
from tests.parts.process import free_port

SECONDS: Final = 3.0
MEGABYTES: Final = 150
IDLE: Final = 5.0
"""Seconds after which the memory is read, when everything that a start sets off has been done."""


def run(small: bool) -> Verdict:  # noqa: FBT001 -- every benchmark is called like this
    """The median of a few starts on an empty database, migrations included."""
    starts = [_start(0.5 if small else IDLE) for _ in range(1 if small else 5)]
    seconds = median(start for start, _ in starts)
    memory = max(held for _, held in starts)
    return Verdict(
        f"ready in {seconds:.2f} s, {memory:.0f} MB when idle",
        f"at most {SECONDS:.0f} s and {MEGABYTES} MB",
        seconds <= SECONDS and memory <= MEGABYTES,
    )


def _start(idle: float) -> tuple[float, float]:
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": "bench",
        "MICROSOFT_APP_ID": "00000000-0000-0000-0000-000000000000",
        "MICROSOFT_APP_PASSWORD": "bench",
        "MICROSOFT_APP_TENANT_ID": "00000000-0000-0000-0000-000000000001",
    }
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, slack.serving(Path(folder), people=100) as stub:
        environment = serving.environment(Path(folder), stub, {**settings, "DRUMBEAT_PORT": str(port)})
        with subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"], env=environment, stderr=subprocess.DEVNULL
        ) as serve:
            try:
                seconds = serving.wait(lambda: serving.ready(port), "it is ready")
                time.sleep(idle)
                return seconds, psutil.Process(serve.pid).memory_info().rss / 1e6
            finally:
                serve.terminate()
