"""Run benchmarks: `python -m benchmarks [--small] NAME...`; without a name, list them; `all` runs all.

Each ends in one line, `NAME: figure (bar: ...)`. The exit status is 1 where one falls short; `--small` runs them in
seconds to see that they still work, and judges nothing.
"""

import argparse
import logging
from collections.abc import Callable, Mapping

from benchmarks import bots, capacity, hot, idle, lag, overhead, planning, queue, start, votes
from benchmarks.verdict import Verdict
from bot.core.logs import configure_logs

BENCHMARKS: Mapping[str, Callable[[bool], Verdict]] = {
    "votes": votes.run,
    "hot": hot.run,
    "bots": bots.run,
    "planning": planning.run,
    "overhead": overhead.run,
    "queue": queue.run,
    "lag": lag.run,
    "capacity": capacity.run,
    "start": start.run,
    "idle": idle.run,
}


def main() -> int:
    """The command line; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what the README claims.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run; `all` runs all")
    parser.add_argument("--small", action="store_true", help="see that they work, without judging time")
    asked = parser.parse_args()
    names = list(BENCHMARKS) if asked.names == ["all"] else asked.names
    for unknown in (name for name in names if name not in BENCHMARKS):
        parser.error(f"there is no benchmark {unknown}; there are {', '.join(BENCHMARKS)}")
    if not names:
        print("\n".join(BENCHMARKS))
    configure_logs(level=logging.WARNING)
    short = [name for name in names if not _run(name, small=asked.small)]
    return 1 if short and not asked.small else 0


def _run(name: str, *, small: bool) -> bool:
    verdict = BENCHMARKS[name](small)
    print(f"{name}: {verdict.figure} (bar: {verdict.bar})", flush=True)
    return verdict.holds


if __name__ == "__main__":
    raise SystemExit(main())
