"""Every benchmark still works; how fast is not judged here."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import pytest

from benchmarks.__main__ import BENCHMARKS
from tests.parts import postgres

AT_ONCE: Final = 3
"""Most of the time they wait for what a program of ours does by the clock."""

Ran = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def small(request: pytest.FixtureRequest) -> Iterator[Mapping[str, Future[Ran]]]:
    """Give a small run of each benchmark that is tested this time, some of them side by side."""
    if reason := postgres.missing():
        pytest.skip(reason)
    tested = {item.name for item in request.session.items}
    test = test_a_benchmark_runs_small_and_ends_in_its_one_line.__name__
    pool = ThreadPoolExecutor(AT_ONCE)
    yield {name: pool.submit(_run, "--small", name) for name in BENCHMARKS if f"{test}[{name}]" in tested}
    pool.shutdown(cancel_futures=True)


def _run(*words: str) -> Ran:
    command = [sys.executable, "-m", "benchmarks", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs_small_and_ends_in_its_one_line(name: str, small: Mapping[str, Future[Ran]]) -> None:
    done = small[name].result()
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf"{name}: .+ \(bar: .+\)", done.stdout.splitlines()[-1])


def test_without_a_name_the_benchmarks_are_listed() -> None:
    assert _run().stdout.split() == list(BENCHMARKS)


def test_a_name_that_nobody_knows_is_refused_with_those_that_there_are() -> None:
    done = _run("nonsense")
    assert done.returncode == 2
    assert "planning" in done.stderr
