"""A hot poll: everybody in a large company votes at once, through Slack's door, on SQLite and on PostgreSQL.

Each person votes once, as fast as the door answers, in turns with Bolt alone answering the very same requests. No vote
may be lost or count twice: what was acknowledged must be in the database and on the message as it was last drawn.
"""

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Final

import psutil

from benchmarks import load, polling, serving, slack
from benchmarks.crowd import Crowd
from benchmarks.hard import HARD, OPTIONS, Hard
from benchmarks.verdict import Verdict
from benchmarks.votes import CONNECTIONS, SECRET, bare, tell
from tests.parts import postgres

SHARE: Final = 0.6
SLOWEST: Final = 250.0
"""Milliseconds, of all but one answer in a hundred, in the slowest round."""

PAUSE: Final = 1.0
"""Seconds between two redraws of the message."""

LATE: Final = 2.0
"""Seconds from the last vote to the redraw that shows it."""

GROWTH: Final = 20.0
"""Megabytes of memory from the first tenth of the votes to the last."""

OPENED: Final = 100.0
"""Milliseconds until the results are there."""

OPENINGS: Final = 30
CHOSEN: Final = (0, 0, 0, 0, 1, 1, 1, 2, 2, 3)
"""What ten people in a row vote for: every option ends with a count of its own."""


@dataclass(frozen=True)
class Size:
    """How many people vote in a round, and how many rounds."""

    votes: int
    rounds: int

    @property
    def people(self) -> int:
        """Everybody."""
        return self.votes * self.rounds


WHOLE: Final = Size(10_000, 10)
SMALL: Final = Size(200, 2)


@dataclass(frozen=True)
class Hot:
    """What came of it, on one database.

    `share` of Bolt's requests/s; the slowest round's `p99`, and how long the results of each kind of poll take to open,
    in milliseconds; the shortest time between redraws and how late the last one is, in seconds; and how much the memory
    has grown, in megabytes.
    """

    share: float
    p99: float
    gap: float
    late: float
    growth: float
    opened: Mapping[str, float]

    def holds(self) -> bool:
        """Whether all of it is good enough."""
        door = self.share >= SHARE and self.p99 < SLOWEST
        drawn = self.gap >= PAUSE and self.late < LATE
        return door and drawn and self.growth < GROWTH and max(self.opened.values()) < OPENED

    def __str__(self) -> str:
        """In words."""
        opened = ", ".join(f"{what} in {took:.0f} ms" for what, took in self.opened.items())
        return (
            f"{self.share:.2f} of Bolt's requests/s, p99 {self.p99:.0f} ms, redraws {self.gap:.2f} s apart, "
            f"the last {self.late:.1f} s late, {self.growth:.0f} MB more memory, {opened}"
        )


def run(small: bool) -> Verdict:  # noqa: FBT001 -- every benchmark is called like this
    """SQLite, then PostgreSQL."""
    size = SMALL if small else WHOLE
    with tempfile.TemporaryDirectory() as folder, postgres.running(durable=True) as server:
        urls = {"SQLite": serving.sqlite(Path(folder)), "PostgreSQL": server.url(server.create())}
        with bare(Path(folder)) as bolt:
            hot = {name: _measure(name, Path(folder), url, bolt, size) for name, url in urls.items()}
    told = "; on ".join(f"{name} {each}" for name, each in hot.items())
    return Verdict(
        f"{size.people} votes, none lost or doubled, on {told}",
        f"at least {SHARE}, under {SLOWEST:.0f} ms, {PAUSE:.0f} s apart, under {LATE:.0f} s, {GROWTH:.0f} MB and "
        f"{OPENED:.0f} ms",
        all(each.holds() for each in hot.values()),
    )


def _measure(name: str, place: Path, url: str, bolt: int, size: Size) -> Hot:
    settings = {"SLACK_BOT_TOKEN": "xoxb-bench", "SLACK_SIGNING_SECRET": SECRET, "DRUMBEAT_DATABASE_URL": url}
    Crowd(1, size.people, first=1, drawing="").fill(url)
    with ExitStack() as parts:
        stub = parts.enter_context(slack.serving(place, people=size.people))
        served = parts.enter_context(serving.serve(place, serving.environment(place, stub, settings)))
        poll = polling.ask(served.port, url, SECRET, OPTIONS)
        serving.wait(
            lambda: serving.count(url, "members") >= size.people, "the channel's members are learnt", seconds=300
        )
        memory: list[float] = []
        rounds: list[tuple[load.Figures, load.Figures]] = []
        for number in range(size.rounds):
            rounds.append(
                _round(name, place, (bolt, served.port), poll, range(number * size.votes, (number + 1) * size.votes))
            )
            memory.append(psutil.Process(served.pid).memory_info().rss / 1e6)
        expected = Counter(CHOSEN[person % len(CHOSEN)] for person in range(size.people))
        late, gap = _redraws(stub, expected, rounds[-1][1].ended)
        _check(polling.counted(url, poll), expected)
        opened = {"results": _open(served.port, poll, size.people, "results", name)}
        opened |= {f"of {kind.what}": _answered(served.port, url, kind, name) for kind in HARD}
    print(f"  {name}: memory {memory[0]:.0f} to {memory[-1]:.0f} MB", flush=True)
    return Hot(
        share=median(ours.rate / against.rate for against, ours in rounds),
        p99=max(ours.p99 for _, ours in rounds),
        gap=gap,
        late=late,
        growth=memory[-1] - memory[0],
        opened=opened,
    )


def _round(
    name: str, place: Path, ports: Sequence[int], poll: int, people: Sequence[int]
) -> tuple[load.Figures, load.Figures]:
    """Bolt alone, then Drumbeat, with the same votes of people who have not voted yet."""
    file = place / "round"
    load.write((polling.vote(SECRET, poll, CHOSEN[one % len(CHOSEN)], f"U1x{one}", one) for one in people), file)
    against, ours = (load.run(port, CONNECTIONS, file) for port in ports)
    tell("Bolt alone", against)
    tell(f"votes on {name}", ours)
    return against, ours


def _redraws(stub: int, expected: Mapping[int, int], ended: float) -> tuple[float, float]:
    """Seconds from the last vote to the redraw that shows all of them, and the shortest time between two redraws."""

    def final() -> bool:
        drawn = slack.redraws(stub)
        return bool(drawn) and polling.shown(drawn[-1].words, OPTIONS) == expected

    serving.wait(final, "the last redraw shows every vote", seconds=10)
    drawn = slack.redraws(stub)
    if len({each.message for each in drawn}) != 1:
        raise SystemExit("more than one message was drawn anew")
    first = next(each for each in drawn if polling.shown(each.words, OPTIONS) == expected)
    return first.at - ended, min((after.at - before.at for before, after in pairwise(drawn)), default=PAUSE)


def _answered(port: int, url: str, kind: Hard, name: str) -> float:
    """Milliseconds until somebody has the results of another poll, once everybody has answered it."""
    poll = polling.ask(port, url, SECRET, kind.options, kind.flags)
    polling.widen(url, poll, kind.more)
    voters = polling.answer(url, poll, kind.ballot)
    return _open(port, poll, voters, f"results of {kind.what}", name)


def _open(port: int, poll: int, voters: int, what: str, name: str) -> float:
    """Milliseconds until somebody has the results of a poll in front of them, in which so many people have voted."""
    times: list[float] = []
    for number in range(poll * OPENINGS, (poll + 1) * OPENINGS):
        took, told = load.ask(port, polling.results(SECRET, poll, -number))
        times.append(took)
        if f"{voters} ".encode() not in told.replace(b",", b""):
            raise SystemExit(f"these are no results: {told[:200]!r}")
    print(f"  {what} on {name}: {median(times):.0f} ms, at most {max(times):.0f} ms", flush=True)
    return median(times)


def _check(counted: Mapping[int, int], expected: Mapping[int, int]) -> None:
    if counted != expected:
        raise SystemExit(f"acknowledged were {dict(expected)}, in the database are {dict(counted)}")
