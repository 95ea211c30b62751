"""Bad luck: a deleted message, an archived channel, an author who has left."""

import pytest
import sqlalchemy as sa

from bot.core.cards import Button, Card
from bot.core.database import Connection
from bot.core.interactions import Change, Event
from bot.core.outbox import State, messages, outbox
from bot.core.people import Profile, Role
from tests.bot.polls.test_kinds import ballot
from tests.bot.stage import Stage, buttons, read_aloud

LUNCH = '/poll "Lunch on Friday?" "Pizza" "Sushi"'
DELETED = "message_not_found"


async def sent(stage: Stage) -> None:
    """Every poll that waits in the outbox is out there."""

    def post(connection: Connection) -> None:
        waiting = sa.select(outbox).where(outbox.c.state == State.READY.value, outbox.c.drawing == "polls.ballot")
        for row in connection.execute(waiting.where(outbox.c.verb == "send")).all():
            connection.execute(
                messages.insert().values(
                    workspace_id=row.workspace_id,
                    subject=row.subject,
                    drawing=row.drawing,
                    arguments=row.arguments,
                    place_id=row.place_id,
                    place_key=f"K-{row.place_id}",
                    message_key=f"M-{row.id}",
                    redraw_after=stage.clock.now(),
                )
            )
            connection.execute(outbox.update().where(outbox.c.id == row.id).values(state=State.SENT.value))

    await stage.run(post)


async def newest(stage: Stage) -> str:
    """The platform's id of the message that was posted last."""
    return await stage.run(
        lambda c: c.execute(sa.select(messages.c.message_key).order_by(messages.c.id.desc()).limit(1)).scalar_one()
    )


async def hear(stage: Stage, *, message: str = "", reason: str = "", name: str = "") -> None:
    """Something became of #general, or of a message there."""
    change = Change(platform="stage", workspace="W1", place="C-general", message=message, reason=reason, name=name)
    await stage.engine.hear(change)


async def told(stage: Stage, account: str, drawing: str) -> list[Card]:
    return [
        said.card for said in await stage.planned(account) if said.drawing == drawing and isinstance(said.card, Card)
    ]


async def test_a_deleted_message_is_posted_again_with_its_votes(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    pizza = buttons(await ballot(stage))["Pizza"]
    await stage.press("U-chen", pizza)
    await sent(stage)
    await hear(stage, message=await newest(stage), reason=DELETED)
    (news,) = await told(stage, "U-ben", "polls.lost")
    assert "The message of your poll Lunch on Friday? in #general is gone; 1 vote is kept." in read_aloud(news)
    assert list(buttons(news)) == ["Post it again", "Ask in another channel"]
    stage.clock.move(minutes=1)
    refusal = await stage.press("U-chen", buttons(news)["Post it again"])
    assert "Only Ben" in read_aloud(refusal.whisper)
    again = await stage.press("U-ben", buttons(news)["Post it again"])
    assert "with all its votes" in read_aloud(again.replace)
    assert "Pizza: 1 (Chen)" in read_aloud(await ballot(stage))
    await stage.press("U-dora", pizza)
    assert "Pizza: 2 (Chen and Dora)" in read_aloud(await ballot(stage))
    twice = await stage.press("U-ben", buttons(news)["Post it again"])
    assert "already" in read_aloud(twice.whisper)
    await sent(stage)
    assert "already" in read_aloud((await stage.press("U-ben", buttons(news)["Post it again"])).whisper)


async def test_a_message_that_is_deleted_twice_is_told_twice(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    for count in (1, 2):
        await sent(stage)
        await hear(stage, message=await newest(stage), reason=DELETED)
        news = await told(stage, "U-ben", "polls.lost")
        assert len(news) == count
        stage.clock.move(minutes=1)
        await stage.press("U-ben", buttons(news[0])["Post it again"])


async def test_in_an_archived_channel_nothing_is_posted_again_but_elsewhere_it_is(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    pizza = buttons(await ballot(stage))["Pizza"]
    await stage.press("U-chen", pizza)
    await sent(stage)
    await hear(stage, reason="is_archived")
    (news,) = await told(stage, "U-ben", "polls.lost")
    assert "cannot be seen in #general any more; 1 vote is kept" in read_aloud(news)
    assert list(buttons(news)) == ["Ask in another channel"]
    form = (await stage.press("U-ben", buttons(news)["Ask in another channel"])).form
    await stage.send("U-ben", form, place="<#C-social>")
    await stage.press("U-dora", pizza)
    assert "Pizza: 2 (Chen and Dora)" in read_aloud(await ballot(stage))


async def test_news_that_are_none_any_more_are_not_told(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    await sent(stage)
    await hear(stage, message=await newest(stage), reason=DELETED)
    await stage.press("U-ben", Button("", "polls.close", "1"))
    assert not await told(stage, "U-ben", "polls.lost")
    await hear(stage, reason="is_archived")
    assert not await told(stage, "U-ben", "polls.lost")


@pytest.mark.parametrize("value", ["1:999", "1:x", "1", "9:1"])
async def test_a_poll_is_posted_again_only_where_it_was(stage: Stage, value: str) -> None:
    await stage.type("U-ben", LUNCH)
    await sent(stage)
    refusal = await stage.press("U-ben", Button("", "polls.repost", value))
    assert "not there any more" in read_aloud(refusal.whisper)
    assert not [said for said in await stage.planned() if said.drawing == "polls.ballot"]


async def test_a_renamed_channel_changes_nothing(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --close 2h")
    pizza = buttons(await ballot(stage))["Pizza"]
    await sent(stage)
    await hear(stage, name="everyone")
    await stage.press("U-chen", pizza)
    stage.clock.move(hours=2)
    await stage.tick()
    assert [said.text for said in await stage.planned() if said.drawing == "polls.outcome"]
    assert not await told(stage, "U-ben", "polls.lost")


async def leaves(stage: Stage, account: str, name: str, event: str = "removed") -> None:
    """Somebody's account is closed."""
    profile = Profile(account=account, name=name, email=f"{name.lower()}@example.com", active=False)
    await stage.engine.handle(Event(stage.origin(account), event, profile=profile))


@pytest.mark.parametrize("event", ["removed", "profile_changed"])
async def test_communicators_take_over_what_somebody_leaves_behind(stage: Stage, event: str) -> None:
    await stage.grant("U-dora", Role.COMMUNICATOR)
    await stage.type("U-ben", LUNCH)
    await stage.type("U-ben", '/poll "Every week?" "Yes" "No" --every "Mon 10:00"')
    await stage.type("U-ben", '/poll "Over?" "Yes" "No"')
    await stage.press("U-ben", Button("", "polls.close", "3"))
    await leaves(stage, "U-ben", "Ben", event)
    await leaves(stage, "U-ben", "Ben", event)
    (news,) = await told(stage, "U-dora", "polls.orphaned")
    assert not await told(stage, "U-anna", "polls.orphaned")
    text = read_aloud(news)
    assert "Lunch on Friday?" in text
    assert "Every week?" in text
    assert "Over?" not in text
    (take,) = buttons(news).values()
    refusal = await stage.press("U-chen", take)
    assert "for communicators" in read_aloud(refusal.whisper)
    await stage.press("U-dora", take)
    cards = [said.text for said in await stage.planned() if said.drawing == "polls.ballot"]
    assert ["Asked by @Dora" in card for card in cards] == ["Lunch" in card for card in cards]
    assert not await told(stage, "U-dora", "polls.orphaned")
    stage.clock.move(days=8)
    await stage.tick()
    later = [said.text for said in await stage.planned() if said.drawing == "polls.ballot" and "Every" in said.text]
    assert later
    assert all("Asked by @Dora" in text for text in later)
    twice = await stage.press("U-anna", take)
    assert twice.replace is None


@pytest.mark.parametrize("when", ["before they are reminded", "after"])
async def test_communicators_answer_for_an_owner_who_has_left(stage: Stage, when: str) -> None:
    await stage.grant("U-dora", Role.COMMUNICATOR)
    await stage.type("U-anna", f"{LUNCH} --close 1h --owner <@U-ben> --answer-by 3d")
    stage.clock.move(hours=1)
    await stage.tick()
    if when == "after":
        stage.clock.move(days=2)
        await stage.tick()
        assert await told(stage, "U-ben", "polls.owed")
    await leaves(stage, "U-ben", "Ben")
    stage.clock.move(days=2, hours=1)
    await stage.tick()
    await stage.tick()
    (news,) = await told(stage, "U-dora", "polls.owed")
    assert not await told(stage, "U-anna", "polls.owed")
    (write,) = buttons(news).values()
    form = (await stage.press("U-dora", write)).form
    await stage.send("U-dora", form, answer="Pizza it is.")
    (answer,) = [said.text for said in await stage.planned() if said.drawing == "polls.response"]
    assert "Pizza it is.\n— @Dora" in answer


async def test_where_there_is_no_communicator_admins_hear_of_it(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    await leaves(stage, "U-ben", "Ben")
    assert len(await told(stage, "U-anna", "polls.orphaned")) == 1


async def test_whoever_left_nothing_behind_leaves_quietly(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    await stage.press("U-ben", Button("", "polls.close", "1"))
    await leaves(stage, "U-ben", "Ben")
    assert not await told(stage, "U-anna", "polls.orphaned")


async def test_a_list_of_all_marks_who_has_left_and_one_poll_is_taken_over(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --add-options ask")
    form = (await stage.press("U-chen", buttons(await ballot(stage))["Add an option"])).form
    await stage.send("U-chen", form, option="Soup")
    stolen = await stage.press("U-anna", Button("", "polls.take", "1"))
    assert "Ben is still here" in read_aloud(stolen.whisper)
    await leaves(stage, "U-ben", "Ben")
    card = (await stage.type("U-anna", "/poll list all")).whisper
    assert "asked by @Ben, who has left" in read_aloud(card)
    await stage.press("U-anna", buttons(card)["Take over"])
    assert "Asked by @Anna" in read_aloud(await ballot(stage))
    (suggestion,) = await told(stage, "U-anna", "polls.suggestion")
    await stage.press("U-anna", buttons(suggestion)["Approve"])
    assert "Soup: 0 ()" in read_aloud(await ballot(stage))


async def test_communicators_run_the_polls_of_whoever_has_left_without_taking_them_over(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    await leaves(stage, "U-ben", "Ben")
    answer = await stage.press("U-anna", Button("", "polls.close", "1"))
    assert "closed now" in read_aloud(answer.whisper)
