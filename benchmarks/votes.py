"""A vote through Slack's HTTP door against Bolt alone with the very same requests, in the same run."""

import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import load, polling, serving
from benchmarks.verdict import Verdict
from tests.parts.process import free_port, running

SHARE: Final = 0.5
TAIL: Final = 3.0
WHOLE: Final = (20_000, 5)
SMALL: Final = (200, 1)
"""How many votes a round, and how many rounds."""

CONNECTIONS: Final = 32
PEOPLE: Final = 5_000
SECRET: Final = secrets.token_hex(16)
OPTIONS: Final = ("Pizza", "Sushi", "Salad")


def run(small: bool) -> Verdict:  # noqa: FBT001 -- every benchmark is called like this
    """How votes through the door compare with Bolt alone, over several rounds in turn."""
    share, tail = _measure(*(SMALL if small else WHOLE))
    return Verdict(
        f"{share:.2f} of Bolt's requests/s, {tail:.1f} times its p99",
        f"at least {SHARE} of its requests/s, at most {TAIL:.0f} times its p99, at {CONNECTIONS} connections",
        share >= SHARE and tail <= TAIL,
    )


def _measure(votes: int, rounds: int) -> tuple[float, float]:
    with ExitStack() as parts, tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        bolt = parts.enter_context(bare(place))
        house = parts.enter_context(serving.house(place, settings(), people=PEOPLE))
        poll = polling.ask(house, serving.sqlite(place), SECRET, OPTIONS)
        shares, tails = [], []
        for number in range(rounds):
            file = place / f"votes{number}"
            load.write((_vote(poll, number * votes + vote) for vote in range(votes)), file)
            against, ours = load.run(bolt, CONNECTIONS, file), load.run(house, CONNECTIONS, file)
            tell("Bolt alone", against)
            tell("votes", ours)
            shares.append(ours.rate / against.rate)
            tails.append(ours.p99 / against.p99)
        _check(place, min(votes * rounds, PEOPLE))
        return median(shares), median(tails)


def tell(name: str, figures: load.Figures) -> None:
    """Print figures, and give up if anything was refused."""
    print(f"  {name}: {figures.rate:.0f}/s, p50 {figures.p50:.1f} ms, p99 {figures.p99:.1f} ms", flush=True)
    if figures.refused:
        raise SystemExit(f"{figures.refused} were refused")


def settings() -> dict[str, str]:
    """What lets Drumbeat serve a pretended Slack."""
    return {"SLACK_BOT_TOKEN": "xoxb-bench", "SLACK_SIGNING_SECRET": SECRET}


@contextmanager
def bare(place: Path) -> Iterator[int]:
    """Bolt alone, for the length of the block; its port."""
    port = free_port()
    with running([sys.executable, "-m", "benchmarks.noop", str(port), SECRET], log=place / "noop.log", port=port):
        yield port


def _vote(poll: int, number: int) -> bytes:
    return polling.vote(SECRET, poll, number % len(OPTIONS), f"U{number % PEOPLE:06}", number)


def _check(place: Path, voters: int) -> None:
    """Every vote that was answered is in the database."""
    counted = serving.count(serving.sqlite(place), "ballots")
    if counted != voters:
        raise SystemExit(f"{voters} people voted, {counted} are counted")
