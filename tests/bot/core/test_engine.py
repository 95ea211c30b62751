"""The one door: who is known, who may, what is dropped."""

from dataclasses import replace

from bot.core.cards import Button
from bot.core.interactions import Command, Submission
from bot.core.people import Profile, Role
from tests.bot.stage import Stage, read_aloud


async def test_a_repeated_delivery_changes_nothing(stage: Stage) -> None:
    origin = replace(stage.origin("U-anna"), id="delivery-1")
    for _ in range(2):
        await stage.engine.handle(Command(origin, "poll", '"Tea?" "Yes" "No"'))
    assert len(await stage.planned()) == 1


async def test_a_button_from_an_older_version_gets_a_sentence(stage: Stage) -> None:
    for address in ("polls.gone", "gone.vote", "nonsense", ""):
        answer = await stage.press("U-ben", Button("Old", address))
        assert "older version" in read_aloud(answer.whisper)


async def test_a_stranger_is_made_known_by_acting(stage: Stage) -> None:
    await stage.type("U-new", '/poll "Tea?" "Yes" "No"')
    assert (await stage.person("U-new")).id
    assert (await stage.person("U-new")) == (await stage.person("U-new"))


async def test_a_typed_token_cannot_name_a_person_by_our_number(stage: Stage) -> None:
    await stage.type("U-ben", '/poll "Is it <@1>?" "Yes" "No" ')
    (said,) = await stage.planned()
    assert "Is it @1?" in said.text
    assert "Anna" not in said.text


async def test_a_mention_becomes_the_persons_name(stage: Stage) -> None:
    await stage.type("U-ben", '/poll "Who helps <@U-anna>?" "Me" "You"')
    (said,) = await stage.planned()
    assert "Who helps @Anna?" in said.text


async def test_one_verified_address_is_one_person(stage: Stage) -> None:
    twin = await stage.learn(Profile(account="T-anna", name="Anna", email="Anna@example.com"))
    other = await stage.learn(Profile(account="X-anna", name="Anna", email="anna@example.com", email_verified=False))
    anna = await stage.person("U-anna")
    assert twin.id == anna.id
    assert other.id != anna.id


async def test_an_admin_may_what_a_communicator_may(stage: Stage) -> None:
    assert (await stage.person("U-anna")).may(Role.COMMUNICATOR)
    assert not (await stage.person("U-ben")).may(Role.COMMUNICATOR)
    await stage.grant("U-ben", Role.COMMUNICATOR)
    assert (await stage.person("U-ben")).may(Role.COMMUNICATOR)
    assert not (await stage.person("U-ben")).may(Role.ADMIN)


async def test_a_form_with_missing_fields_is_refused_not_broken(stage: Stage) -> None:
    answer = await stage.engine.handle(Submission(stage.origin("U-ben"), "polls.create", {}))
    assert "question" in answer.problems
