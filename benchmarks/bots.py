"""A poll bot that others wrote, side by side with Drumbeat: people vote one after the other, on SQLite.

simplebot-polls is for Delta Chat, so that the same requests cannot be sent to both. It is let off lightly: its handler
is called as a function, while ours answers signed requests of Slack over HTTP.
"""

import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import load, polling, rivals, serving
from benchmarks.verdict import Verdict
from benchmarks.votes import SECRET, settings, tell

OPTIONS: Final = ("Pizza", "Sushi", "Salad", "Soup")
WHOLE: Final = 1_000, 3
SMALL: Final = 50, 1
"""How many people vote in a poll, and how many polls."""


def run(small: bool) -> Verdict:  # noqa: FBT001 -- every benchmark is called like this
    """Both in turn, several times; the medians."""
    people, rounds = SMALL if small else WHOLE
    reason = rivals.missing()
    with tempfile.TemporaryDirectory() as folder, serving.house(Path(folder), settings(), people=people) as house:
        ours = [_ours(Path(folder), house, people, number) for number in range(rounds)]
        theirs = [] if reason else [_theirs(people) for _ in range(rounds)]
    if not theirs:
        return Verdict(f"{median(ours):.0f} votes/s; {reason}", "faster than simplebot-polls", holds=False)
    times = median(ours) / median(theirs)
    return Verdict(
        f"{median(ours):.0f} votes/s, {times:.1f} times as many as simplebot-polls",
        "more than simplebot-polls",
        times > 1,
    )


def _ours(place: Path, house: int, people: int, number: int) -> float:
    poll = polling.ask(house, serving.sqlite(place), SECRET, OPTIONS)
    file = place / f"votes{number}"
    load.write(
        (
            polling.vote(SECRET, poll, each % len(OPTIONS), f"U{each:06}", number * people + each)
            for each in range(people)
        ),
        file,
    )
    figures = load.run(house, 1, file)
    tell("votes", figures)
    if sum(polling.counted(serving.sqlite(place), poll).values()) != people:
        raise SystemExit("not every vote is counted")
    return figures.rate


def _theirs(people: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        rate = rivals.votes(Path(folder), people)
    print(f"  simplebot-polls: {rate:.0f}/s", flush=True)
    return rate
