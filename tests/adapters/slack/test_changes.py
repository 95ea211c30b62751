from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.slack import changes
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.interactions import Change
from bot.core.outbox import messages
from bot.core.places import PlaceKind
from tests.adapters.slack.conftest import Bot
from tests.parts.emulate import BOT, GENERAL, TEAM, Slack

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
MINE = {"user": BOT, "bot_id": "B0DRUM", "ts": "1.5"}
DELETED = {
    "type": "message",
    "subtype": "message_deleted",
    "channel": "C1",
    "deleted_ts": "1.5",
    "previous_message": MINE,
}
TOMBSTONE = {"type": "message", "ts": "1.5", "subtype": "tombstone", "user": "USLACKBOT"}
CHANGED = {"type": "message", "subtype": "message_changed", "channel": "C1", "previous_message": MINE}


def change(event: dict[str, Any]) -> Change | None:
    return changes.change({"team_id": "T1", "event_id": "Ev1", "event": event}, BOT)


@pytest.mark.parametrize("event", [DELETED, {**CHANGED, "message": TOMBSTONE}], ids=["deleted", "tombstone"])
def test_a_message_of_ours_that_was_deleted_is_gone(event: dict[str, Any]) -> None:
    lost = change(event)
    assert lost
    assert (lost.workspace, lost.place, lost.message, lost.reason) == ("T1", "C1", "1.5", "message_not_found")


@pytest.mark.parametrize(
    "event",
    [
        {**DELETED, "previous_message": {"user": "U1", "text": "x"}},
        {**CHANGED, "message": {"type": "message", "ts": "1.5", "text": "x"}},
        {"type": "message", "channel": "C1", "user": "U1", "ts": "1.5", "text": "x"},
        {"type": "reaction_added", "user": "U1"},
    ],
)
def test_what_people_do_to_their_own_messages_changes_nothing(event: dict[str, Any]) -> None:
    assert change(event) is None


def test_a_deleted_private_message_is_in_a_direct_chat() -> None:
    lost = change({**DELETED, "channel": "D1"})
    assert lost
    assert lost.place_kind is PlaceKind.DIRECT


@pytest.mark.parametrize("kind", changes.CHANNELS)
def test_a_channel_is_renamed_or_gone(kind: str) -> None:
    renamed = kind.endswith("rename")
    lost = change({"type": kind, "channel": {"id": "C1", "name": "lunch"} if renamed else "C1"})
    assert lost
    assert (lost.place, lost.message, lost.name) == ("C1", "", "lunch" if renamed else "")
    assert bool(lost.reason) is not renamed


def remember(connection: Connection, key: str) -> None:
    workspace = directory.workspace(connection, "slack", TEAM)
    place = directory.place_at(connection, workspace, GENERAL)
    facts = {"workspace_id": workspace.id, "place_id": place.id, "place_key": GENERAL, "message_key": key}
    about = {"subject": "polls:1", "drawing": "home.welcome", "redraw_after": NOW}
    connection.execute(messages.insert().values(facts | about))


async def test_slack_s_own_news_of_a_deleted_message_reaches_the_outbox(bot: Bot, slack: Slack) -> None:
    posted = await slack.call("chat.postMessage", channel=GENERAL, text="A poll")
    await bot.database.run(lambda connection: remember(connection, posted["ts"]))
    await slack.call("chat.delete", channel=GENERAL, ts=posted["ts"])
    found = sa.select(messages.c.gone)
    await slack.seen(lambda: slack.heard.count(("message", 200)) == 2)
    assert await bot.database.read(lambda connection: connection.execute(found).scalar_one())


async def test_a_renamed_channel_has_its_new_name(bot: Bot) -> None:
    told = {"type": "channel_rename", "channel": {"id": GENERAL, "name": "lobby", "created": 1}}
    assert (await bot.sender.happen(told)).status_code == 200
    [place] = await bot.database.read(
        lambda connection: directory.places_of(
            connection, directory.workspace(connection, "slack", TEAM), PlaceKind.CHANNEL
        )
    )
    assert (place.key, place.name) == (GENERAL, "lobby")
