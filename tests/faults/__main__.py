"""Run the fault campaign: `python -m tests.faults [--part NAME] [--database NAME] [--seed N] [--first]`.

It tells of each bout how it went and how to repeat it, ends with a table, and with exit status 1 where a promise was
broken.
"""

import argparse
import asyncio
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from tests.faults import campaign, disk
from tests.faults.bout import Outcome
from tests.faults.campaign import WHOLE, Part

SHOWN = 5
"""Broken promises of one bout whose story is told in full."""


def main() -> int:
    """The command line; the exit status."""
    names = sorted({part.name for part in WHOLE})
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Do everything that can go wrong.")
    parser.add_argument("--part", action="append", choices=names, help="only this part; can be given again")
    parser.add_argument("--database", choices=[campaign.SQLITE, campaign.POSTGRESQL], help="only on this database")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="repeat what was drawn from it")
    parser.add_argument("--first", action="store_true", help="only the first bout of each part")
    asked = parser.parse_args()
    chosen = [
        replace(part, bouts=1) if asked.first else part
        for part in WHOLE
        if (not asked.part or part.name in asked.part) and asked.database in (None, part.database)
    ]
    if any(part.small for part in chosen) and not disk.may_mount():
        disk.with_mounts([sys.executable, "-m", "tests.faults", *sys.argv[1:], "--seed", str(asked.seed)])
    print(f"seed {asked.seed}", flush=True)
    outcomes = asyncio.run(campaign.run(chosen, asked.seed, _tell))
    print(_table(chosen, outcomes))
    return 1 if any(outcome.violations for outcome in outcomes) else 0


def _tell(outcome: Outcome) -> None:
    again = f'make faults ARGS="--part {outcome.part} --database {outcome.database} --seed {outcome.seed} --first"'
    result = outcome.skipped or (f"{len(outcome.violations)} BROKEN" if outcome.violations else "holds")
    print(f"{outcome.part:10} {outcome.database:10} {outcome.seconds:4.0f} s  {result:8}  {again}", flush=True)
    for violation in outcome.violations[:SHOWN]:
        print(f"  {violation}", flush=True)
    if outcome.violations:
        print(f"  everything that is known: {outcome.folder}", flush=True)


def _table(chosen: Sequence[Part], outcomes: Sequence[Outcome]) -> str:
    """A line a part and database, and below it what was done there."""
    grouped: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        grouped[outcome.part, outcome.database].append(outcome)
    lines = [f"\n{'part':10} {'database':10} {'bouts':>5} {'seconds':>8}  outcome"]
    everything: Counter[str] = Counter()
    for part in chosen:
        mine = grouped[part.name, part.database]
        done = sum((outcome.done for outcome in mine), Counter())
        everything += done
        seconds = sum(outcome.seconds for outcome in mine)
        lines.append(f"{part.name:10} {part.database:10} {len(mine):5} {seconds:8.0f}  {_verdict(mine)}")
        lines.append(_listed(done))
    killed = sum(count for name, count in everything.items() if name.startswith("killed"))
    lines += [f"\neverything, with {killed} workers killed", _listed(everything)]
    return "\n".join(lines)


def _verdict(outcomes: Sequence[Outcome]) -> str:
    broken = sum(len(outcome.violations) for outcome in outcomes)
    skipped = [outcome.skipped for outcome in outcomes if outcome.skipped]
    return "; ".join([f"SKIPPED ({why})" for why in skipped]) or (f"{broken} BROKEN" if broken else "holds")


def _listed(done: Counter[str]) -> str:
    return "\n".join(f"    {count:6} {what}" for what, count in sorted(done.items()) if count)


if __name__ == "__main__":
    raise SystemExit(main())
