from datetime import timedelta

import pytest

from adapters.sandbox.platform import NAME, TEAM
from bot.core.cards import note
from bot.core.database import Connection
from bot.core.directory import members
from bot.core.directory import store as directory
from bot.core.errors import Gone, PlatformError
from bot.core.places import PlaceKind, Workspace
from bot.core.ports import Destination, Posted
from tests.adapters.sandbox.conftest import TUESDAY, Visit

HOME = Workspace(id=1, organisation=1, platform=NAME, key=TEAM)


async def test_a_card_is_posted_in_a_channel_and_found_by_its_key(visit: Visit) -> None:
    to = Destination(HOME, place="social")
    posted = await visit.sandbox.platform.send(to, note("Hello"), "key-1")
    assert await visit.sandbox.platform.find(to, "key-1", TUESDAY) == posted
    assert await visit.sandbox.platform.find(to, "key-2", TUESDAY) is None
    assert (await visit.newest("ana", "social"))["card"]["summary"] == "Hello"


async def test_a_card_for_an_account_arrives_in_their_own_chat_with_the_bot(visit: Visit) -> None:
    posted = await visit.sandbox.platform.send(Destination(HOME, account="ana"), note("Psst"), "key-1")
    assert posted.place == "D-ana"
    assert (await visit.newest("ana", "D-ana"))["card"]["summary"] == "Psst"
    assert "D-ana" not in (await visit.state("mara"))["messages"]


async def test_a_message_is_redrawn_in_place(visit: Visit) -> None:
    posted = await visit.sandbox.platform.send(Destination(HOME, place="social"), note("One"), "key-1")
    await visit.sandbox.platform.update(HOME, posted, note("Two"))
    newest = await visit.newest("ana", "social")
    assert (newest["id"], newest["card"]["summary"], newest["revision"]) == (posted.message, "Two", 1)


async def test_an_answer_names_what_it_answers(visit: Visit) -> None:
    asked = await visit.sandbox.platform.send(Destination(HOME, place="social"), note("Question"), "key-1")
    to = Destination(HOME, place="social", under=asked.message)
    await visit.sandbox.platform.send(to, note("Answer"), "key-2")
    assert (await visit.newest("ana", "social"))["under"] == asked.message


async def test_nothing_stands_under_what_is_gone(visit: Visit) -> None:
    with pytest.raises(Gone):
        await visit.sandbox.platform.send(Destination(HOME, place="social", under="m999"), note("Answer"), "key")


async def test_what_is_not_there_is_said_by_name(visit: Visit) -> None:
    with pytest.raises(PlatformError, match="channel_not_found"):
        await visit.sandbox.platform.send(Destination(HOME, place="nowhere"), note("Hello"), "key-1")
    with pytest.raises(PlatformError, match="user_not_found"):
        await visit.sandbox.platform.send(Destination(HOME, account="nobody"), note("Hello"), "key-1")
    with pytest.raises(Gone):
        await visit.sandbox.platform.update(HOME, Posted("social", "m99999"), note("Hello"))


async def test_everybody_is_told_with_name_zone_and_language(visit: Visit) -> None:
    people = {one.account: one async for one in visit.sandbox.platform.people(HOME)}
    assert len(people) == 40
    assert (people["lukas"].locale, people["ana"].zone, people["dana"].admin) == ("de", "America/Sao_Paulo", True)
    assert [people["will"].title, people["will"].has_photo] == ["", False]


async def test_the_company_is_set_up_so_that_everything_works_at_once(visit: Visit) -> None:
    found = await visit.engine.database.read(lambda c: directory.workspace(c, NAME, TEAM))
    assert found.settings.introductions
    assert found.settings.praise
    assert len(found.settings.watched) == 3


async def test_who_is_in_a_channel_is_known_when_the_clock_is_moved(visit: Visit) -> None:
    def want(connection: Connection) -> list[int]:
        workspace = directory.workspace(connection, NAME, TEAM)
        channels = {place.name: place.id for place in directory.places_of(connection, workspace, PlaceKind.CHANNEL)}
        groups = {place.name: place.id for place in directory.places_of(connection, workspace, PlaceKind.PEOPLE)}
        wanted = [channels["general"], channels["workshop"], groups["design"]]
        members.want(connection, wanted, TUESDAY + timedelta(days=1))
        return wanted

    wanted = await visit.engine.database.run(want)
    await visit.ask("clock", "ana", step="hour")
    counts = [await visit.engine.database.read(lambda c, place=place: members.count(c, [place])) for place in wanted]  # type: ignore[misc]
    assert counts == [40, 13, 4]
