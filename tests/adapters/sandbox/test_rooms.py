"""What somebody does to a channel or a message as in a real chat, and what the bot comes to know of it."""

import pytest
import sqlalchemy as sa

from adapters.sandbox.platform import NAME, TEAM
from bot.core.cards import note
from bot.core.directory import store as directory
from bot.core.errors import Gone, PlatformError
from bot.core.outbox import messages
from bot.core.places import PlaceKind, Workspace
from bot.core.ports import Destination, Posted
from tests.adapters.sandbox.conftest import Visit

HOME = Workspace(id=1, organisation=1, platform=NAME, key=TEAM)
POLL = '/poll "Tea?" "Yes" "No"'


async def ask(visit: Visit) -> str:
    """Have Ana ask a poll; the message's id."""
    await visit.ask("say", "ana", room="social", text=POLL)
    asked: str = (await visit.newest("ana", "social"))["id"]
    return asked


async def gone(visit: Visit, message: str) -> bool:
    found = sa.select(messages.c.gone).where(messages.c.message_key == message)
    answer: bool = await visit.engine.database.read(lambda connection: connection.execute(found).scalar_one())
    return answer


async def test_a_deleted_message_is_seen_by_nobody_and_the_bot_knows(visit: Visit) -> None:
    asked = await ask(visit)
    assert (await visit.ask("delete", "dana", room="social", message=asked)).status_code == 200
    assert (await visit.newest("mara", "social"))["id"] != asked
    assert await gone(visit, asked)


async def test_nobody_deletes_what_another_person_wrote(visit: Visit) -> None:
    await visit.ask("say", "ana", room="social", text="Hello")
    said = (await visit.newest("ana", "social"))["id"]
    assert (await visit.ask("delete", "tomas", room="social", message=said)).status_code == 400
    assert (await visit.ask("delete", "ana", room="social", message=said)).status_code == 200
    assert (await visit.newest("ana", "social"))["id"] != said


async def test_a_renamed_channel_is_called_so_everywhere(visit: Visit) -> None:
    assert (await visit.ask("rename", "dana", room="social", name="# Loose ends")).status_code == 200
    names = [room["name"] for room in (await visit.state("mara"))["rooms"]]
    assert "loose-ends" in names
    known = await visit.engine.database.read(
        lambda connection: directory.places_of(
            connection, directory.workspace(connection, NAME, TEAM), PlaceKind.CHANNEL
        )
    )
    assert "loose-ends" in [place.name for place in known]


async def test_an_archived_channel_takes_nothing_any_more_and_its_messages_are_gone(visit: Visit) -> None:
    asked = await ask(visit)
    assert (await visit.ask("archive", "dana", room="social")).status_code == 200
    refused = await visit.ask("say", "ana", room="social", text="Hello?")
    assert "archived" in refused.json()["sentence"]
    assert await gone(visit, asked)
    platform = visit.sandbox.platform
    with pytest.raises(PlatformError, match="is_archived"):
        await platform.send(Destination(HOME, place="social"), note("Hello"), "key")
    with pytest.raises(Gone, match="is_archived"):
        await platform.update(HOME, Posted("social", asked), note("Hello"))


async def test_colleagues_go_on_where_they_can(visit: Visit) -> None:
    await visit.ask("archive", "dana", room="social")
    before = (await visit.newest("ana", "social"))["id"]
    for _ in range(6):
        assert (await visit.ask("colleagues", "ana", wish="post")).status_code == 200
    assert (await visit.ask("colleagues", "ana", wish="answer")).status_code == 200
    assert (await visit.newest("ana", "social"))["id"] == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("delete", {"room": "social", "message": "m999"}),
        ("rename", {"room": "social", "name": " # "}),
        ("rename", {"room": "D-ana", "name": "mine"}),
        ("rename", {"room": "social", "name": "x" * 41}),
        ("archive", {"room": "D-ana"}),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_sentence(door: Visit, path: str, body: dict[str, object]) -> None:
    answer = await door.ask(path, "ana", **body)
    assert answer.status_code == 400
    assert answer.json()["sentence"].endswith(".")
