"""How late messages are when no platform holds them up, and how long people wait for an answer meanwhile.

Nudges fall due evenly, 500 a second, in so many workspaces that Slack's own limits hold none of them up. All the time
people vote and ask polls through the door of `drumbeat serve`. Lateness runs from the instant at which a row is due to
the one at which the pretend Slack has it. On SQLite one process does everything; on PostgreSQL one hears and one sends.
"""

import asyncio
import itertools
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from pydantic import SecretStr
from slack_sdk.oauth.installation_store import Installation

from adapters.slack.clients import Web
from adapters.slack.installations import Installations
from benchmarks import load, serving, slack, slack_says
from benchmarks.crowd import Crowd
from benchmarks.load import percentile
from benchmarks.verdict import Verdict
from bot.config import Settings
from bot.core.database import open_database
from bot.core.outbox import URGENT, outbox
from tests.parts import postgres

LATE: Final = 2_000.0
ANSWERED: Final = 250.0
"""Milliseconds, in all but one of a hundred cases."""

POLLS: Final = 20
"""In so many workspaces there is a poll to vote on, and in as many others new ones are asked."""

VOTES_A_SECOND: Final = 30
ASKED_A_SECOND: Final = 10
CONNECTIONS: Final = 16
SECRET: Final = secrets.token_hex(16)
KEY: Final = secrets.token_hex(32)
QUESTION: Final = '"Lunch?" "Pizza" "Sushi" "Salad" --close never'


@dataclass(frozen=True)
class Size:
    """Nudges due a second, workspaces they go to, for how many seconds, and seconds to get ready."""

    a_second: int
    workspaces: int
    seconds: int
    start: float

    @property
    def people(self) -> int:
        """How many there are in each workspace."""
        return self.a_second * self.seconds // self.workspaces


WHOLE: Final = Size(500, 200, 30, 25.0)
SMALL: Final = Size(100, 40, 2, 12.0)


@dataclass(frozen=True)
class Late:
    """Milliseconds at the 99th percentile: of nudges, of the door's answers, of what people's doings had sent."""

    nudges: float
    door: float
    answers: float

    def holds(self) -> bool:
        """Whether all of them are low enough."""
        return self.nudges < LATE and self.door < ANSWERED and self.answers < ANSWERED


def run(small: bool) -> Verdict:  # noqa: FBT001 -- every benchmark is called like this
    """SQLite, then PostgreSQL."""
    size = SMALL if small else WHOLE
    with tempfile.TemporaryDirectory() as folder, postgres.running(durable=True) as server:
        urls = {"SQLite": serving.sqlite(Path(folder)), "PostgreSQL": server.url(server.create())}
        late = {name: _measure(Path(folder), url, size) for name, url in urls.items()}
    told = [
        f"{name}: nudges {each.nudges:.0f} ms, the door {each.door:.0f} ms, answers sent {each.answers:.0f} ms"
        for name, each in late.items()
    ]
    return Verdict(
        f"{size.a_second} due a second, p99 on {'; on '.join(told)}",
        f"under {LATE:.0f}, {ANSWERED:.0f} and {ANSWERED:.0f} ms",
        all(each.holds() for each in late.values()),
    )


def _measure(place: Path, url: str, size: Size) -> Late:
    begin = time.time() + size.start
    Crowd(size.workspaces, size.people, drawing="home.welcome", after=size.start, gap=1 / size.a_second).fill(url)
    asyncio.run(_install(url, size.workspaces))
    with ExitStack() as stack:
        stub = stack.enter_context(slack.serving(place))
        door = stack.enter_context(_replicas(place, url, stub))
        _ask(door, place, url)
        file = place / "traffic"
        load.write(itertools.islice(_traffic(size.people), (VOTES_A_SECOND + ASKED_A_SECOND) * size.seconds), file)
        if time.time() > begin:
            raise SystemExit(f"it took more than {size.start:.0f} s to get ready")
        time.sleep(max(0.0, begin - time.time()))
        figures = load.run(door, CONNECTIONS, file, rate=VOTES_A_SECOND + ASKED_A_SECOND)
        due = _due(url)
        serving.wait(lambda: slack.count(stub) >= len(due), "everything is sent")
        return _late(slack.calls(stub), due, begin, figures)


def _late(
    calls: Sequence[slack.Call], due: Mapping[str, tuple[float, bool]], begin: float, figures: load.Figures
) -> Late:
    waits = {True: [], False: []}  # type: dict[bool, list[float]]
    for call in calls:
        at, urgent = due[call.key]
        if at >= begin - 1:
            waits[urgent].append((call.at - at) * 1000)
    if figures.refused or slack.twice(calls):
        raise SystemExit(f"{figures.refused} requests were refused, {len(slack.twice(calls))} messages came twice")
    return Late(percentile(waits[False], 0.99), figures.p99, percentile(waits[True], 0.99))


@contextmanager
def _replicas(place: Path, url: str, stub: int) -> Iterator[int]:
    """The port of the process that hears."""
    settings = {
        "DRUMBEAT_DATABASE_URL": url,
        "DRUMBEAT_PUBLIC_URL": "https://drumbeat.example.com",
        "DRUMBEAT_SECRET_KEY": KEY,
        "SLACK_CLIENT_ID": "1.1",
        "SLACK_CLIENT_SECRET": "bench",
        "SLACK_SIGNING_SECRET": SECRET,
    }
    environ = serving.environment(place, stub, settings)
    if url.startswith("sqlite"):
        with serving.serve(place, environ) as served:
            yield served.port
    else:
        with (
            serving.serve(place, environ, "--role", "worker"),
            serving.serve(place, environ, "--role", "web") as served,
        ):
            yield served.port


async def _install(url: str, workspaces: int) -> None:
    """Drumbeat is installed in every workspace, as Slack's installs leave it."""

    async def heard(_installation: Installation) -> None:
        """Nobody has to be welcomed."""

    settings = Settings(secret_key=SecretStr(KEY))
    database = open_database(url)
    store = Installations(settings, Web(settings.slack_api_url), database, heard)
    for number in range(workspaces):
        await store.async_save(
            Installation(
                team_id=f"T{number}",
                user_id=f"U{number}",
                bot_token=f"xoxb-{number}",
                bot_id="BBOT",
                bot_user_id="UBOT",
            )
        )
    await database.close()


def _ask(door: int, place: Path, url: str) -> None:
    """One poll each in the first workspaces; their numbers are 1 and up."""
    file = place / "ask"
    load.write((_command(number, number) for number in range(POLLS)), file)
    load.run(door, 1, file)
    serving.wait(lambda: serving.count(url, "messages") >= POLLS, "the polls are posted")


def _traffic(people: int) -> Iterator[bytes]:
    """Votes, and now and then a new poll, each in a channel where nothing else is posted at that moment."""
    for number in itertools.count():
        if number % (VOTES_A_SECOND + ASKED_A_SECOND) % 4:
            team = number % POLLS
            yield slack_says.click(
                SECRET,
                f"polls.vote#{number % 3}",
                f"{team + 1}:{number % 3}",
                team=f"T{team}",
                channel=f"C{team}",
                user=f"U{team}x{number % people}",
                number=number,
            )
        else:
            yield _command(POLLS + number // 4 % POLLS, POLLS + number)


def _command(team: int, number: int) -> bytes:
    channel, user = f"C{number}", f"U{team}x0"
    return slack_says.command(SECRET, "/poll", QUESTION, team=f"T{team}", channel=channel, user=user, number=number)


def _due(url: str) -> dict[str, tuple[float, bool]]:
    """By key of each message, when it was due and whether it follows from what somebody did."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        rows = connection.execute(
            sa.select(outbox.c.key, outbox.c.due_at, outbox.c.lane).where(outbox.c.verb == "send")
        )
        return {key: (due.timestamp(), lane in URGENT) for key, due, lane in rows}
