"""What becomes of channels and of messages, as far as Teams tells bots."""

from typing import Any

import pytest
import sqlalchemy as sa

from adapters.teams import translate
from adapters.teams.activity import Activity
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.interactions import Change
from bot.core.outbox import messages
from tests.adapters.teams.conftest import Teams
from tests.adapters.teams.microsoft import ANNAS_CHAT, CHANNEL, TEAM, TENANT

THREAD = f"{CHANNEL};messageid=m1"


def of_channel(event: str, name: str = "") -> dict[str, Any]:
    told = {"eventType": event, "team": {"id": TEAM}, "channel": {"id": CHANNEL, "name": name}}
    return {"channelData": {"tenant": {"id": TENANT}, **told}}


async def changed(teams: Teams, kind: str, place: str, **more: object) -> list[Change]:
    activity = Activity.model_validate(teams.activity(kind, place, **more))
    return list(translate.changes(activity))


@pytest.mark.parametrize(
    ("event", "name", "reason"),
    [
        ("channelDeleted", "", "channel_not_found"),
        ("channelRenamed", "Lunch", ""),
        ("teamArchived", "", "is_archived"),
        ("teamDeleted", "", "channel_not_found"),
    ],
)
async def test_a_channel_is_renamed_or_gone(teams: Teams, event: str, name: str, reason: str) -> None:
    [change] = await changed(teams, "conversationUpdate", TEAM, **of_channel(event, name))
    assert (change.place, change.name, change.reason, change.message) == (CHANNEL, name, reason, "")


async def test_a_deleted_message_is_gone(teams: Teams) -> None:
    [change] = await changed(teams, "messageDelete", THREAD, id="m1")
    assert (change.place, change.message, change.reason) == (CHANNEL, "m1", "message_not_found")


async def test_a_channel_that_sent_the_bot_away_has_none_of_its_messages(teams: Teams) -> None:
    [change] = await changed(teams, "installationUpdate", CHANNEL, action="remove")
    assert (change.place, change.reason) == (CHANNEL, "not_in_channel")
    assert await changed(teams, "installationUpdate", ANNAS_CHAT, action="remove") == []


async def test_nothing_else_changes_anything(teams: Teams) -> None:
    assert await changed(teams, "conversationUpdate", CHANNEL, **of_channel("channelCreated", "Lunch")) == []
    assert await changed(teams, "messageUpdate", CHANNEL) == []


async def test_what_teams_tells_reaches_the_outbox(teams: Teams) -> None:
    workspace = await teams.workspace()

    def post(connection: Connection) -> None:
        place = directory.place_at(connection, workspace, CHANNEL, name="Announcements")
        facts = {"workspace_id": workspace.id, "place_id": place.id, "place_key": THREAD, "message_key": "m1"}
        about = {"subject": "polls:1", "drawing": "kiosk.menu", "redraw_after": teams.clock.now()}
        connection.execute(messages.insert().values(facts | about))

    await teams.database.run(post)
    assert (await teams.knock(teams.activity("messageDelete", THREAD, id="m1"))).status_code == 200
    await teams.knock(teams.activity("conversationUpdate", CHANNEL, **of_channel("channelRenamed", "Lunch")))
    gone = sa.select(messages.c.gone)
    assert await teams.database.read(lambda connection: connection.execute(gone).scalar_one())
    place = await teams.database.read(lambda connection: directory.place(connection, 1))
    assert place is not None
    assert place.name == "Lunch"
