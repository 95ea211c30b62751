"""Two chats are joined by their admins, as they do it in chat."""

import pytest
import sqlalchemy as sa

from bot.core.cadence.store import cadences
from bot.core.cards import Card
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.forms import filling
from bot.core.interactions import Answer, Click, Command, Origin, Submission
from bot.core.outbox import outbox
from bot.core.people import Person, Profile, Role
from bot.core.places import WorkspaceSettings
from bot.home.joining import new_code
from bot.intros.cards import subject
from tests.bot.stage import Stage, buttons, read_aloud

POLL = '/poll "Lunch on Friday?" "Pizza" "Sushi"'


@pytest.fixture
async def stage(stage: Stage) -> Stage:
    """Give the stage a second chat, in which Ada is an admin, and Ben has the address he has in the first."""
    profiles = (
        Profile(account="T-ada", name="Ada", email="ada@example.com", admin=True),
        Profile(account="T-ben", name="Ben", email="ben@example.com"),
        Profile(account="T-eve", name="Eve", email="eve@example.com"),
    )
    await stage.run(lambda c: [directory.learn(c, directory.workspace(c, "stage", "W2"), each) for each in profiles])
    return stage


def elsewhere(account: str, workspace: str = "W2") -> Origin:
    return Origin(platform="stage", workspace=workspace, account=account, place=f"C-{workspace}")


async def type_there(stage: Stage, account: str, line: str, workspace: str = "W2") -> Answer:
    name, _, text = line.removeprefix("/").partition(" ")
    return await stage.engine.handle(Command(elsewhere(account, workspace), name, text))


async def press_there(stage: Stage, account: str, card: Card | None, workspace: str = "W2") -> Answer:
    (button,) = buttons(card).values()
    return await stage.engine.handle(Click(elsewhere(account, workspace), button.address, button.value))


async def code(stage: Stage) -> str:
    """The code that Anna gets in the first chat."""
    said = read_aloud((await stage.type("U-anna", "/drumbeat join")).whisper)
    return said.partition("join ")[2].split()[0]


async def known_there(stage: Stage, account: str) -> Person:
    return await stage.run(lambda c: directory.account(c, directory.workspace(c, "stage", "W2"), account))


async def joined(stage: Stage) -> None:
    offered = await type_there(stage, "T-ada", f"/drumbeat join {await code(stage)}")
    await press_there(stage, "T-ada", offered.whisper)


async def test_two_admins_join_their_chats(stage: Stage) -> None:
    offered = await type_there(stage, "T-ada", f"/drumbeat join {await code(stage)}")
    assert "Stage W2 and Stage W1" in read_aloud(offered.whisper)
    assert "1 person has the same verified e-mail address in both" in read_aloud(offered.whisper)
    assert "Nobody can undo it" in read_aloud(offered.whisper)
    (button,) = buttons(offered.whisper).values()
    assert button.label == "Join them: 1 person becomes one"
    assert button.confirm
    assert (await stage.person("U-ben")).id != (await known_there(stage, "T-ben")).id
    done = await press_there(stage, "T-ada", offered.whisper)
    assert "Stage W2 and Stage W1 are one organisation now; 1 person in both" in read_aloud(done.replace)
    assert (await stage.person("U-ben")).id == (await known_there(stage, "T-ben")).id


async def test_whoever_made_the_code_hears_that_it_was_used(stage: Stage) -> None:
    await joined(stage)
    (said,) = [each for each in await stage.planned("U-anna") if each.drawing == "home.joined"]
    assert said.text == "Stage W1 and Stage W2 are one organisation now; 1 person in both is one person."


async def test_an_admin_of_both_is_not_told_twice(stage: Stage) -> None:
    await stage.run(
        lambda c: directory.learn(
            c,
            directory.workspace(c, "stage", "W2"),
            Profile(account="T-anna", name="Anna", email="anna@example.com", admin=True),
        )
    )
    offered = await type_there(stage, "T-anna", f"/drumbeat join {await code(stage)}")
    await press_there(stage, "T-anna", offered.whisper)
    assert [each for each in await stage.planned() if each.drawing == "home.joined"] == []


@pytest.mark.parametrize("line", ["/drumbeat join", "/drumbeat join K7QF-2MXA-9BTR"])
async def test_only_admins_join(stage: Stage, line: str) -> None:
    await stage.grant("U-ben", Role.COMMUNICATOR)
    for account in ("U-ben", "U-chen"):
        assert "This is for admins." in read_aloud((await stage.type(account, line)).whisper)
    assert "/drumbeat join" not in read_aloud((await stage.type("U-ben", "/drumbeat help")).whisper)
    assert "/drumbeat join" in read_aloud((await stage.type("U-anna", "/drumbeat help")).whisper)


async def test_the_button_works_for_admins_alone(stage: Stage) -> None:
    offered = await type_there(stage, "T-ada", f"/drumbeat join {await code(stage)}")
    refused = await press_there(stage, "T-eve", offered.whisper)
    assert "This is for admins." in read_aloud(refused.whisper)
    assert (await stage.person("U-ben")).id != (await known_there(stage, "T-ben")).id


async def test_a_code_works_once(stage: Stage) -> None:
    given = await code(stage)
    offered = await type_there(stage, "T-ada", f"/drumbeat join {given}")
    await press_there(stage, "T-ada", offered.whisper)
    again = await press_there(stage, "T-ada", offered.whisper)
    assert "This code is not good here" in read_aloud(again.whisper)
    retyped = await type_there(stage, "T-ada", f"/drumbeat join {given}")
    assert "This code is not good here" in read_aloud(retyped.whisper)


async def test_a_code_that_was_typed_in_one_chat_is_not_good_in_a_third(stage: Stage) -> None:
    await stage.run(
        lambda c: directory.learn(c, directory.workspace(c, "stage", "W3"), Profile(account="X-mal", admin=True))
    )
    given = await code(stage)
    offered = await type_there(stage, "T-ada", f"/drumbeat join {given}")
    stolen = await type_there(stage, "X-mal", f"/drumbeat join {given}", "W3")
    assert "This code is not good here" in read_aloud(stolen.whisper)
    pressed = await press_there(stage, "X-mal", offered.whisper, "W3")
    assert "This code is not good here" in read_aloud(pressed.whisper)
    assert buttons((await type_there(stage, "T-ada", f"/drumbeat join {given}")).whisper)


@pytest.mark.parametrize("typed", ["AAAA-BBBB-CCCC", "x", "<@1> *now*", "'; DROP TABLE people", "🙂" * 50])
async def test_what_is_no_code_is_refused_in_one_sentence(stage: Stage, typed: str) -> None:
    refused = await type_there(stage, "T-ada", f"/drumbeat join {typed}")
    assert "This code is not good here" in read_aloud(refused.whisper)


async def test_a_code_is_not_good_where_it_was_made(stage: Stage) -> None:
    refused = await stage.type("U-anna", f"/drumbeat join {await code(stage)}")
    assert "This code is not good here" in read_aloud(refused.whisper)


async def test_a_code_is_good_for_a_quarter_of_an_hour_also_for_its_button(stage: Stage) -> None:
    early, late = await code(stage), await code(stage)
    stage.clock.move(minutes=14)
    offered = await type_there(stage, "T-ada", f"/drumbeat join {early.lower().replace('-', ' ')}")
    assert buttons(offered.whisper)
    stage.clock.move(minutes=1)
    pressed = await press_there(stage, "T-ada", offered.whisper)
    assert "This code is not good here" in read_aloud(pressed.whisper)
    refused = await type_there(stage, "T-ada", f"/drumbeat join {late}")
    assert "This code is not good here" in read_aloud(refused.whisper)


async def test_the_code_itself_is_not_in_the_database(stage: Stage) -> None:
    given = await code(stage)
    rows = await stage.run(lambda c: c.execute(sa.text("SELECT * FROM join_codes")).all())
    assert len(rows) == 1
    assert given not in str(rows)
    assert given.replace("-", "") not in str(rows)


async def test_chats_that_are_joined_already_are_left_as_they_are(stage: Stage) -> None:
    await joined(stage)
    refused = await type_there(stage, "T-ada", f"/drumbeat join {await code(stage)}")
    assert "Stage W2 and Stage W1 are one organisation already." in read_aloud(refused.whisper)


async def test_two_offers_at_once_join_once(stage: Stage) -> None:
    first = await type_there(stage, "T-ada", f"/drumbeat join {await code(stage)}")
    second = await type_there(stage, "T-ada", f"/drumbeat join {await code(stage)}")
    assert "now" in read_aloud((await press_there(stage, "T-ada", first.whisper)).replace)
    assert "already" in read_aloud((await press_there(stage, "T-ada", second.whisper)).replace)


async def test_a_stop_in_one_chat_is_a_stop_in_both(stage: Stage) -> None:
    await type_there(stage, "T-ben", "/drumbeat stop")
    await joined(stage)
    assert (await stage.person("U-ben")).opted_out


async def test_a_vote_of_both_is_one_vote_and_the_poll_is_drawn_anew(stage: Stage) -> None:
    await stage.type("U-anna", POLL)
    (ballot,) = await stage.planned()
    assert isinstance(ballot.card, Card)
    vote = buttons(ballot.card)
    await stage.press("U-ben", vote["Pizza"])
    await stage.engine.handle(Click(elsewhere("T-ben"), vote["Sushi"].address, vote["Sushi"].value))
    await stage.press("U-chen", vote["Sushi"])
    await joined(stage)
    await stage.tick()
    (ballot,) = [each for each in await stage.planned() if each.drawing == "polls.ballot"]
    assert "Pizza: 1" in ballot.text
    assert "Sushi: 1" in ballot.text


async def test_two_rhythms_become_one_that_nudges_once_a_moment(stage: Stage) -> None:
    for origin in (stage.origin("U-ben"), elsewhere("T-ben")):
        form = (await stage.engine.handle(Command(origin, "rhythm"))).form
        assert form is not None
        filled = {each.id: filling(each) for each in form.fields}
        await stage.engine.handle(Submission(origin, form.address, filled, form.state))
    before = await stage.run(lambda c: c.execute(sa.select(cadences.c.name, cadences.c.person_id)).all())
    await joined(stage)
    await stage.tick()
    ben = await stage.person("U-ben")
    after = await stage.run(lambda c: c.execute(sa.select(cadences.c.name, cadences.c.person_id)).all())
    assert len(before) == 2 * len(after)
    assert {row.person_id for row in after} == {ben.id}
    assert all(row.name.startswith(f"rhythm:{ben.id}:") for row in after)


async def test_an_introduction_that_was_posted_there_is_still_hers_to_change(stage: Stage) -> None:
    def chosen(connection: Connection) -> None:
        workspace = directory.workspace(connection, "stage", "W2")
        place = directory.place_at(connection, workspace, "C-W2")
        directory.choose(connection, workspace, WorkspaceSettings(introductions=place.id))

    await stage.run(chosen)
    form = (await type_there(stage, "T-ben", "/intro")).form
    assert form is not None
    said = {"role": "Engineer", "loves": "Trains", "offers": "Tea", "question": "Who knows Riga?"}
    await stage.engine.handle(Submission(elsewhere("T-ben"), form.address, said, form.state))
    await joined(stage)
    await stage.tick()
    (posted,) = [each for each in await stage.planned() if each.drawing == "intros.introduction"]
    assert "Who knows Riga?" in posted.text
    ben = await stage.person("U-ben")
    subjects = await stage.run(lambda c: c.execute(sa.select(outbox.c.subject)).scalars().all())
    assert subject(ben.id) in subjects
    await stage.forget("U-ben", "intros")
    assert (await stage.states())[posted.key] == "cancelled"


async def test_codes_are_all_different() -> None:
    assert len({new_code() for _ in range(100)}) == 100
