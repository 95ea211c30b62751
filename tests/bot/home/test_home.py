"""`/drumbeat`, tried as people use it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.core import outbox
from bot.core.cards import Card, Select
from bot.core.database import Connection
from bot.core.directory import members
from bot.core.directory import store as directory
from bot.core.people import Role
from bot.core.places import PlaceKind
from bot.rhythm.store import kept
from tests.bot.stage import MONDAY, Stage, buttons, read_aloud

LUNCH = '/poll "Lunch on Friday?" "Pizza" "Sushi"'


async def whispered(stage: Stage, account: str, line: str, place: str = "C-general") -> str:
    return read_aloud((await stage.type(account, line, place)).whisper)


async def test_help_shows_every_command_with_an_example_that_works(stage: Stage) -> None:
    said = await whispered(stage, "U-ben", "/drumbeat help")
    for command in stage.engine.commands.values():
        assert command.example
        if command.role is None and command.example != "/drumbeat help":
            assert command.example in said
    for line in ("/drumbeat language de", "/drumbeat stop", "/drumbeat start", "/drumbeat my data"):
        assert line in said


async def test_help_fits_the_role(stage: Stage) -> None:
    assert "/drumbeat settings" not in await whispered(stage, "U-ben", "/drumbeat help")
    assert "/drumbeat leaders add @name" in await whispered(stage, "U-anna", "/drumbeat help")
    await stage.grant("U-ben", Role.COMMUNICATOR)
    assert "/drumbeat settings" in await whispered(stage, "U-ben", "/drumbeat help")


@pytest.mark.parametrize("line", ["/drumbeat", "/drumbeat Hello!", "hi", "Hallo", "/drumbeat good morning"])
async def test_a_greeting_is_greeted(stage: Stage, line: str) -> None:
    assert (await whispered(stage, "U-ben", line)).startswith("Hello Ben.")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/drumbeat langage de", "/drumbeat language de"),
        ("/drumbeat pol", '/poll "Lunch on Friday?" "Pizza" "Sushi"'),
        ("my dta", "/drumbeat my data"),
        ("stpo", "/drumbeat stop"),
    ],
)
async def test_a_mistyped_word_is_answered_with_the_nearest_and_an_example(
    stage: Stage, typed: str, meant: str
) -> None:
    assert f"Did you mean {meant}?" in await whispered(stage, "U-ben", typed)


async def test_a_word_that_is_near_nothing_gets_help(stage: Stage) -> None:
    said = await whispered(stage, "U-ben", "/drumbeat Quarzkristall " + "*x* " * 100)
    assert "I do not know “Quarzkristall *x*" in said
    assert "/drumbeat my data" in said


async def test_what_only_communicators_may_is_not_suggested_to_others(stage: Stage) -> None:
    assert "/drumbeat settings" not in await whispered(stage, "U-ben", "/drumbeat setings")


@pytest.mark.parametrize("line", ["help", "HELP", "my data", "language de", "stop"])
async def test_words_work_without_the_command_where_there_are_no_slashes(stage: Stage, line: str) -> None:
    assert "I do not know" not in await whispered(stage, "U-ben", line, "D-ben")


async def test_a_language_is_chosen_and_kept(stage: Stage) -> None:
    await stage.type("U-ben", "/drumbeat language de")
    assert (await stage.person("U-ben")).locale == "de"
    await stage.type("U-ben", "/drumbeat language English")
    assert (await stage.person("U-ben")).locale == "en"


async def test_an_unknown_language_gets_the_list_to_choose_from(stage: Stage) -> None:
    card = (await stage.type("U-ben", "/drumbeat language tlh")).whisper
    assert card is not None
    select = next(part for part in card.parts if isinstance(part, Select))
    assert [option.label for option in select.options] == ["English", "Deutsch"]
    await stage.press("U-ben", select, "de")
    assert (await stage.person("U-ben")).locale == "de"


async def test_stop_takes_back_what_is_planned_and_only_that_person_s(stage: Stage) -> None:
    await stage.type("U-anna", "/drumbeat leaders add <@U-ben> <@U-chen>")
    await stage.type("U-anna", LUNCH)
    assert await stage.planned("U-ben")
    await stage.type("U-ben", "/drumbeat stop")
    assert not await stage.planned("U-ben")
    assert await stage.planned("U-chen")
    assert [said for said in await stage.planned() if said.place]
    assert (await stage.person("U-ben")).opted_out


async def test_start_ends_the_silence(stage: Stage) -> None:
    await stage.type("U-ben", "/drumbeat stop")
    await stage.type("U-ben", "/drumbeat start")
    assert not (await stage.person("U-ben")).opted_out


async def test_my_data_names_what_every_feature_keeps(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    said = await whispered(stage, "U-ben", "/drumbeat my data")
    for line in ("Name: Ben", "E-mail: ben@example.com", "Time zone: Europe/London", "Polls you asked: 1"):
        assert line in said
    assert "Your weekly moments: none" in said


async def test_everything_is_erased_after_a_question(stage: Stage) -> None:
    await stage.type("U-anna", "/drumbeat leaders add <@U-ben>")
    await stage.send("U-ben", (await stage.type("U-ben", "/rhythm")).form)
    card = (await stage.type("U-ben", "/drumbeat my data")).whisper
    erase = buttons(card)["Erase everything"]
    assert erase.confirm
    answer = await stage.press("U-ben", erase)
    assert "is erased" in read_aloud(answer.replace)
    ben = await stage.person("U-ben")
    assert (ben.name, ben.title, ben.roles) == ("U-ben", "", frozenset())
    assert not await stage.run(lambda c: kept(c, ben.id))
    assert not await stage.planned("U-ben")
    assert "E-mail: nothing" in await whispered(stage, "U-ben", "/drumbeat my data")


async def test_the_places_where_somebody_was_counted_are_shown_and_erased(stage: Stage) -> None:
    workspace = await stage.workspace()

    def want(connection: Connection) -> None:
        general = directory.place_at(connection, workspace, "C-general").id
        design = directory.place_at(connection, workspace, "G-design", PlaceKind.PEOPLE, "design").id
        members.want(connection, [general, design], MONDAY + timedelta(days=1))

    await stage.run(want)
    for place in ("C-general", "G-design"):
        await stage.happen("U-ben", "appeared", place)
    assert "that are asked something now: @design and #general" in await whispered(stage, "U-ben", "/drumbeat my data")
    card = (await stage.type("U-ben", "/drumbeat my data")).whisper
    await stage.press("U-ben", buttons(card)["Erase everything"])
    assert "that are asked something now: nothing" in await whispered(stage, "U-ben", "/drumbeat my data")


async def test_whoever_stopped_and_is_erased_stays_in_silence(stage: Stage) -> None:
    await stage.type("U-ben", "/drumbeat stop")
    card = (await stage.type("U-ben", "/drumbeat my data")).whisper
    await stage.press("U-ben", buttons(card)["Erase everything"])
    assert (await stage.person("U-ben")).opted_out


async def test_the_first_admin_is_welcomed_once_with_three_steps(stage: Stage) -> None:
    for account in ("U-ben", "U-anna"):
        await stage.happen(account, "installed")
    (welcome,) = await stage.planned()
    assert welcome.person == (await stage.person("U-anna")).id
    assert welcome.lane == "answer"
    assert "3. Try it" in welcome.text
    assert (await stage.press("U-anna", buttons(welcome.card)["Choose channels"])).form is not None
    assert (await stage.press("U-anna", buttons(welcome.card)["What I can do"])).whisper is not None


async def test_home_greets_first_and_every_button_opens_a_form(stage: Stage) -> None:
    home = (await stage.happen("U-anna", "home_opened")).home
    assert read_aloud(home).startswith("Hello Anna. What would you like to do?")
    found = buttons(home)
    assert {"Ask a poll", "Your rhythm", "Settings"} <= set(found)
    for button in found.values():
        if button.opens_form:
            assert (await stage.press("U-anna", button)).form is not None, button


async def test_home_shows_no_settings_to_employees(stage: Stage) -> None:
    assert "Settings" not in buttons((await stage.happen("U-ben", "home_opened")).home)


async def test_every_button_of_every_card_of_home_has_a_handler(stage: Stage) -> None:
    await stage.happen("U-anna", "installed")
    await stage.type("U-anna", "/drumbeat communicators add <@U-ben>")
    cards: list[Card | None] = [said.card for said in await stage.planned() if isinstance(said.card, Card)]
    cards.append((await stage.type("U-anna", "/drumbeat my data")).whisper)
    cards.append((await stage.happen("U-anna", "home_opened")).home)
    addresses = {button.address for card in cards for button in buttons(card).values()}
    assert addresses <= stage.engine.addresses()


async def test_an_author_hears_why_their_poll_did_not_appear(stage: Stage) -> None:
    await stage.type("U-ben", '/poll "Tea?" "Yes" "No"')
    now = stage.clock.now()

    def tell(connection: Connection) -> None:
        (poll,) = connection.execute(sa.select(outbox.outbox)).all()
        outbox.tell_author(connection, outbox.Entry._make(poll), "not_in_channel", now)

    await stage.run(tell)
    (told,) = await stage.planned("U-ben")
    assert told.text == "I could not post in #general. Add me to it, and ask again.\nWhat I was told: not_in_channel"
