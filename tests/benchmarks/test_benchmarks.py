"""Every benchmark still works; how fast is not judged here."""

import re
import subprocess
import sys

import pytest

from benchmarks.__main__ import BENCHMARKS
from tests.parts import postgres


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs_small_and_ends_in_its_one_line(name: str) -> None:
    if reason := postgres.missing():
        pytest.skip(reason)
    done = _run("--small", name)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf"{name}: .+ \(bar: .+\)", done.stdout.splitlines()[-1])


def test_without_a_name_the_benchmarks_are_listed() -> None:
    assert _run().stdout.split() == list(BENCHMARKS)


def test_a_name_that_nobody_knows_is_refused_with_those_that_there_are() -> None:
    done = _run("nonsense")
    assert done.returncode == 2
    assert "planning" in done.stderr
