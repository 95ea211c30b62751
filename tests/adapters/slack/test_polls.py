"""What Slack does to an open poll: it asks for a pause, or the channel or the message is not there any more."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.responses import JSONResponse, Response

from bot.core.database import Connection
from bot.polls.store.tables import ballots, polls
from scheduler import MovableClock, Patience, Scheduler
from scheduler.clock import SystemClock
from tests.adapters.slack.conftest import Bot
from tests.parts.emulate import GENERAL, Slack

LUNCH = '/poll "Lunch?" "Pizza" "Sushi"'
RETRY_AFTER = 30


@dataclass
class Office:
    """People who vote on Slack, and a scheduler whose clock is put forward by hand."""

    bot: Bot
    slack: Slack
    scheduler: Scheduler
    clock: MovableClock

    async def ask(self, line: str = LUNCH) -> int:
        """Anna asks a poll, which is posted; its number."""
        assert (await self.bot.sender.type(self.slack.users["anna"], line, GENERAL)).is_success
        await self.later()
        newest = sa.select(sa.func.max(polls.c.id))
        return await self.bot.database.read(lambda connection: connection.execute(newest).scalar_one())

    async def vote(self, account: str, poll: int, option: int = 0) -> None:
        button = {"type": "button", "action_id": "polls.vote#0", "value": f"{poll}:{option}"}
        assert (await self.bot.sender.press(account, button)).is_success

    async def later(self, **span: float) -> None:
        """Put the clock forward, and do what is due."""
        self.clock.move_by(timedelta(**span))
        await self.scheduler.run_due()

    async def read(self, poll: int) -> Any:  # noqa: ANN401 -- a row
        return await self.bot.database.read(lambda c: c.execute(sa.select(polls).where(polls.c.id == poll)).one())

    async def votes(self, poll: int) -> int:
        def count(connection: Connection) -> int:
            mine = sa.select(sa.func.count()).where(ballots.c.poll_id == poll, ballots.c.answer != "")
            return connection.execute(mine).scalar_one()

        return await self.bot.database.read(count)

    def redraws(self) -> list[str]:
        """What each redraw showed that Slack took."""
        return [str(call.arguments["blocks"]) for call in self.slack.made("chat.update") if call.answer["ok"]]

    def told(self, name: str) -> list[str]:
        """What somebody got privately."""
        mine = (call.arguments for call in self.slack.made("chat.postMessage"))
        return [str(each.get("text")) for each in mine if each["channel"] == self.slack.users[name]]


@pytest.fixture
async def office(bot: Bot, slack: Slack) -> AsyncIterator[Office]:
    clock = MovableClock(datetime.now(UTC), SystemClock())
    platforms = {"slack": bot.adapter.platform}
    scheduler = Scheduler(bot.database, bot.engine, platforms, clock, patience=Patience(chance=lambda: 1.0))
    yield Office(bot, slack, scheduler, clock)
    await scheduler.stop()


async def test_redraws_pause_as_long_as_slack_asks_and_the_last_one_shows_the_final_count(office: Office) -> None:
    poll = await office.ask()
    voters = [f"U{number:09}" for number in range(7)]
    await office.vote(voters[0], poll)
    office.slack.faults["chat.update"] = [Response(status_code=429, headers={"Retry-After": str(RETRY_AFTER)})]
    await office.later(seconds=2)
    assert not office.slack.faults["chat.update"]
    for voter in voters[1:]:
        await office.vote(voter, poll)  # and each is answered, as ever
    await office.later(seconds=RETRY_AFTER - 5)
    assert not office.redraws()
    assert await office.votes(poll) == len(voters)
    await office.ask('/poll "Another?" "Yes" "No"')
    assert len([call for call in office.slack.made("chat.postMessage") if call.answer["ok"]]) == 2
    await office.later(seconds=6)
    (redrawn,) = office.redraws()
    assert f"{len(voters)}" in redrawn
    assert f"{len(voters) - 1} vote" not in redrawn


@pytest.mark.parametrize(("error", "tries"), [("is_archived", 2), ("channel_not_found", 2), ("not_in_channel", 1)])
async def test_a_poll_in_a_channel_that_is_out_of_reach_closes_and_its_author_hears_why_once(
    office: Office, error: str, tries: int
) -> None:
    poll = await office.ask(LUNCH + " --close 10m")
    await office.vote(office.slack.users["ben"], poll)
    refusal = {"ok": False, "error": error}
    office.slack.faults["chat.update"] = [JSONResponse(refusal) for _ in range(9)]
    # Where the message is gone that it goes under, it is tried beside it, too.
    office.slack.faults["chat.postMessage"] = [JSONResponse(refusal) for _ in range(tries)]
    await office.later(minutes=10)
    for _ in range(5):
        await office.later(minutes=10)
    assert (await office.read(poll)).closed_at
    assert await office.votes(poll) == 1
    assert len(office.told("anna")) == 1, office.told("anna")
    assert "general" in office.told("anna")[0]


async def test_a_deleted_message_keeps_the_outcome_from_nobody(office: Office) -> None:
    poll = await office.ask(LUNCH + " --close 10m")
    await office.vote(office.slack.users["ben"], poll)
    gone = {"ok": False, "error": "message_not_found"}
    office.slack.faults["chat.update"] = [JSONResponse(gone) for _ in range(2)]
    await office.later(minutes=10)
    await office.later(minutes=10)
    assert (await office.read(poll)).closed_at
    _, outcome = (call for call in office.slack.made("chat.postMessage") if call.arguments["channel"] == GENERAL)
    assert "Pizza" in str(outcome.arguments)
    assert await office.votes(poll) == 1


async def test_a_renamed_channel_changes_nothing_for_its_poll(office: Office) -> None:
    poll = await office.ask(LUNCH + " --close 10m")
    told = {"type": "channel_rename", "channel": {"id": GENERAL, "name": "lobby", "created": 1}}
    assert (await office.bot.sender.happen(told)).is_success
    await office.vote(office.slack.users["ben"], poll)
    await office.later(seconds=2)
    assert len(office.redraws()) == 1
    await office.later(minutes=10)
    assert (await office.read(poll)).closed_at
    assert not office.told("anna")
