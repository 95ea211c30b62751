"""`drumbeat outbox`, as whoever runs the house uses it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from typer.testing import CliRunner

from bot import migrations
from bot.config import Unusable
from bot.core import outbox as core
from bot.core.database import Connection, open_database
from bot.core.directory import store as directory
from bot.core.outbox import Entry, Lane, State, outbox
from bot.core.people import Profile
from bot.sending import story
from bot.sending.commands import commands
from scheduler import MovableClock
from tests.bot.command import Run

T = TypeVar("T")

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)
CLOCK = MovableClock(NOON)


STATES: list[tuple[dict[str, Any], str]] = [
    ({}, "It goes as soon as it is its turn and the chat's limits allow."),
    ({"state": "sending", "intent_at": NOON}, "The chat is being called since 2025-11-24 12:00:00 UTC."),
    ({"state": "sent", "settled_at": NOON}, "It was sent: the chat took it, 2025-11-24 12:00:00 UTC."),
    (
        {"state": "sent", "settled_at": NOON, "reason": "settled_by_hand"},
        "It was sent: somebody decided that it arrived, 2025-11-24 12:00:00 UTC.",
    ),
    ({"state": "cancelled", "reason": "opted_out"}, "It was not sent: they asked to be left alone."),
    (
        {"state": "expired", "reason": "quiet_hours", "settled_at": NOON},
        "It was not sent: quiet hours, 2025-11-24 12:00:00 UTC.",
    ),
    (
        {"state": "failed", "reason": "msg_too_long", "settled_at": NOON},
        "It could not be sent: the chat's own word for it is `msg_too_long`, 2025-11-24 12:00:00 UTC.",
    ),
    ({"verb": "update"}, "is a redraw of a nudge, to Ada"),
    ({"expires_at": NOON}, "From 2025-11-24 12:00:00 UTC on it would come too late."),
]
"""What became of a message, and a sentence of its story."""


class House:
    """A company with Ada and #general, whose outbox a test fills."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.do(migrations.upgrade)
        self.workspace, self.ada, self.general = self.do(_settle_in)

    def do(self, work: Callable[[Connection], T]) -> T:
        async def done() -> T:
            database = open_database(self.url)
            try:
                return await database.run(work)
            finally:
                await database.close()

        return asyncio.run(done())

    def type(self, *words: str) -> tuple[int, str]:
        """What `drumbeat outbox ...` says, and its exit status."""
        ended = CliRunner().invoke(commands, words, obj=CLOCK, env={"DRUMBEAT_DATABASE_URL": self.url})
        if isinstance(ended.exception, Unusable):
            return 2, str(ended.exception)
        return ended.exit_code, ended.output

    def say(self, *words: str) -> str:
        status, said = self.type(*words)
        assert status == 0, said
        return said

    def plan(self, key: str, drawing: str = "rhythm.nudge", **columns: Any) -> int:  # noqa: ANN401 -- columns of several types
        """A message to Ada, or into #general; `columns` are what became of it."""

        def planned(connection: Connection) -> int:
            nudge = drawing == "rhythm.nudge"
            core.send(
                connection,
                key=key,
                drawing=drawing,
                lane=Lane.NUDGE if nudge else Lane.PUBLIC,
                now=NOON,
                workspace=self.workspace,
                person=self.ada if nudge else None,
                place=None if nudge else self.general,
            )
            mine = outbox.c.key == key
            if columns:
                connection.execute(outbox.update().where(mine).values(**columns))
            row = core.entry_of(connection, key)
            assert row
            return row.id

        return self.do(planned)

    def doubt(self, key: str, drawing: str = "rhythm.nudge", ask_at: datetime | None = None) -> int:
        """A message nobody knows the fate of."""
        return self.plan(key, drawing, state="unknown", try_at=ask_at, intent_at=NOON, reason="teams_cannot_be_asked")

    def entry(self, row: int) -> Entry:
        found = self.do(lambda connection: core.entry(connection, row))
        assert found
        return found

    def story(self, key: str, now: datetime = NOON) -> str:
        subject = self.do(lambda connection: story.find(connection, key))
        assert subject
        return "\n".join(story.told(subject, now))


@pytest.fixture
def house(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.chdir(tmp_path)  # where no `.env` is
    return House(database_url)


def _settle_in(connection: Connection) -> tuple[int, int, int]:
    workspace = directory.workspace(connection, "slack", "T1")
    directory.describe_workspace(connection, workspace.id, name="Acme")
    ada = directory.learn(connection, workspace, Profile(account="U1", name="Ada"))
    return workspace.id, ada.id, directory.place_at(connection, workspace, "C1", name="general").id


def test_the_list_says_what_is_open_by_campaign_what_is_late_and_what_nobody_knows(house: House) -> None:
    assert house.say() == "Nothing is under way.\n"
    house.plan("one")
    house.plan("two", state="sending", intent_at=NOON)
    house.plan("three", due_at=NOON + timedelta(hours=1), try_at=NOON + timedelta(hours=1))
    house.doubt("poll", "polls.ballot")
    assert house.say("list") == house.say()
    assert house.say().splitlines() == [
        "campaign      workspace   ready  sending  unknown  first due                last due",
        "polls.ballot  slack Acme      0        0        1  2025-11-24 12:00:00 UTC  2025-11-24 12:00:00 UTC",
        "rhythm.nudge  slack Acme      2        1        0  2025-11-24 12:00:00 UTC  2025-11-24 13:00:00 UTC",
        "Late: 1, the first of them since 2025-11-24 12:00:00 UTC.",
        "Nobody knows whether they arrived: 1. `drumbeat outbox unknown` lists them.",
    ]


def test_a_campaign_that_is_cancelled_is_halted_and_the_others_go_on(house: House) -> None:
    for number in range(3):
        house.plan(f"nudge {number}")
    house.plan("poll", "polls.ballot")
    said = house.say("cancel", "rhythm.nudge")
    assert said == "Stopped: rhythm.nudge. Still waiting were 3; calls that have begun still end.\n"
    assert list(house.do(core.halted)) == ["rhythm.nudge"]
    assert "Stopped: rhythm.nudge, 2025-11-24 12:00:00 UTC." in house.say()
    assert "will not be sent: its campaign was stopped 2025-11-24 12:00:00 UTC." in house.story("nudge 0")
    assert "will not be sent" not in house.story("poll")


def test_a_campaign_that_does_not_exist_is_not_cancelled(house: House) -> None:
    status, said = house.type("cancel", "rythm.nudge")
    assert status == 2
    assert said.startswith("Nothing of a campaign rythm.nudge waits")
    assert house.do(core.halted) == {}


def test_a_message_tells_its_story_by_its_id_and_by_its_key(house: House) -> None:
    row = house.plan("rhythm:7", attempts=2, reason="unreachable", try_at=NOON + timedelta(minutes=5))
    assert house.say("why", "rhythm:7") == house.say("why", str(row))
    assert house.story("rhythm:7").splitlines() == [
        f"Message {row} is a nudge, to Ada (U1) in slack Acme.",
        "Key: rhythm:7. Campaign: rhythm.nudge.",
        "It was planned 2025-11-24 12:00:00 UTC, to be sent 2025-11-24 12:00:00 UTC.",
        "It is a nudge: not in their quiet hours, not after they said stop, and only so many a day.",
        "Attempts that failed: 2.",
        "It waits: the chat could not be reached.",
        "It is tried 2025-11-24 12:05:00 UTC.",
    ]


def test_a_message_that_is_not_there_is_one_sentence(house: House) -> None:
    for named in ("404", "nothing"):
        assert house.type("why", named) == (2, f"No message has the id or the key {named}.")


def test_every_state_has_its_sentence(house: House) -> None:
    for number, (columns, said) in enumerate(STATES):
        house.plan(f"message {number}", **columns)
        assert said in house.story(f"message {number}")


def test_a_message_of_unknown_fate_says_what_happens_next(house: House) -> None:
    house.doubt("asked", ask_at=NOON + timedelta(minutes=1))
    row = house.doubt("given up")
    asked, given_up = house.story("asked"), house.story("given up")
    assert "The chat is asked for it 2025-11-24 12:01:00 UTC" in asked
    assert "nobody knows whether it arrived: Teams cannot be asked what it has." in given_up
    assert f"`drumbeat outbox resend {row}` sends it again" in given_up


def test_what_nobody_knows_is_listed_sent_again_or_settled_once(house: House) -> None:
    assert "Of every message it is known" in house.say("unknown")
    first, second = house.doubt("first"), house.doubt("second", "polls.ballot")
    asked = house.doubt("asked", ask_at=NOON)
    listed = house.say("unknown")
    assert "slack Acme  rhythm.nudge  Ada (U1)" in listed
    assert "slack Acme  polls.ballot  #general (C1)" in listed
    assert len(listed.splitlines()) == 4
    assert house.say("resend", str(first)) == "To be sent again: 1.\n"
    assert (house.entry(first).state, house.entry(first).reason) == (State.READY, core.SENT_AGAIN)
    assert house.type("settle", str(first), str(second)) == (
        1,
        f"Taken for arrived: 1.\nLeft alone, since their fate is known: {first}. `drumbeat outbox why ID` tells it.\n",
    )
    assert (house.entry(second).state, house.entry(second).reason) == (State.SENT, core.SETTLED_BY_HAND)
    assert house.entry(asked).state == State.UNKNOWN


def test_all_of_them_are_decided_at_once_but_never_by_accident(house: House) -> None:
    rows = [house.doubt(f"doubt {number}") for number in range(3)]
    assert house.type("resend")[0] == 2
    assert house.type("resend", str(rows[0]), "--all")[0] == 2
    assert house.say("settle", "--all") == "Taken for arrived: 3.\n"
    assert {house.entry(row).state for row in rows} == {State.SENT}


def test_it_works_as_a_process_of_its_own(house: House, run: Run) -> None:
    house.plan("one")
    ended = run("outbox", DRUMBEAT_DATABASE_URL=house.url)
    assert (ended.returncode, ended.stdout) == (0, house.say())
    ended = run("outbox", "cancel", "nothing", DRUMBEAT_DATABASE_URL=house.url)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)


def test_the_doctor_names_the_command_for_what_nobody_knows(house: House, run: Run) -> None:
    house.doubt("first")
    said = run("doctor", DRUMBEAT_DATABASE_URL=house.url).stdout
    assert "Nobody can tell whether 1 messages arrived" in said
    assert "`drumbeat outbox unknown`" in said
