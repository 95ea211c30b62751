"""What people do at the same moment on two replicas of one database, in whatever feature: nothing of it is lost."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from bot.core.cadence.store import cadences
from bot.core.cards import Button
from bot.core.database import open_database
from bot.core.entrance import account_of
from bot.core.interactions import Answer, Event
from bot.core.people import Profile, Role
from bot.core.places import WorkspaceSettings
from bot.features import features
from bot.polls.store.tables import ballots, polls
from bot.praise.store import praises
from bot.rhythm.store import moments
from tests.bot.stage import HandClock, Stage, buttons, read_aloud
from tests.bot.stalls import A, Act, B, alone, meet, nobody_writes, rows_held, stalled


@dataclass
class House:
    """Two replicas, and the address of their database as the driver takes it."""

    one: Stage
    two: Stage
    address: str

    async def settings(self) -> WorkspaceSettings:
        return (await self.one.workspace()).settings

    async def meet(self, statement: str, first: Act[A], second: Act[B]) -> tuple[A, B]:
        return await meet(self.address, statement, first, second)

    async def planned(self, *drawings: str) -> Sequence[str]:
        return [each.drawing for each in await self.one.planned() if each.drawing in drawings]


@pytest.fixture
async def house(postgres_house_url: str) -> AsyncIterator[House]:
    clock = HandClock()
    databases = [open_database(postgres_house_url) for _ in range(2)]
    one, two = (Stage(database, features(), clock) for database in databases)
    await one.set_up()
    yield House(one, two, postgres_house_url.replace("+psycopg", ""))
    for database in databases:
        await database.close()


def said(answer: Answer) -> str:
    card = answer.whisper or answer.replace
    return read_aloud(card) if card else ""


async def test_of_two_channels_that_are_watched_at_once_both_are(house: House) -> None:
    await house.one.grant("U-ben", Role.COMMUNICATOR)
    await house.meet(
        rows_held("workspaces"),
        house.one.type("U-anna", "/drumbeat watch <#C-general>"),
        house.two.type("U-ben", "/drumbeat watch <#C-other>"),
    )
    assert len((await house.settings()).watched) == 2


async def test_a_form_of_settings_and_a_command_at_once_both_count(house: House) -> None:
    await house.one.grant("U-ben", Role.COMMUNICATOR)
    form = (await house.one.type("U-anna", "/drumbeat settings")).form
    await house.meet(
        rows_held("workspaces"),
        house.one.send("U-anna", form, praise="<#C-general>"),
        house.two.type("U-ben", "/drumbeat watch <#C-general>"),
    )
    settings = await house.settings()
    assert settings.praise is not None
    assert settings.watched == (settings.praise,)


async def test_somebody_who_waits_for_themselves_keeps_nobody_else_waiting(house: House) -> None:
    """A replica that froze in the middle of what they did has their name; a pool has eight threads."""
    async with stalled(house.address, alone(account_of(house.one.origin("U-ben")))) as waiting:
        impatient = [asyncio.create_task(house.one.type("U-ben", "/rhythm")) for _ in range(12)]
        await waiting(1)
        async with asyncio.timeout(20):
            assert (await house.one.type("U-chen", "/rhythm")).form
    assert all(answer.form for answer in await asyncio.gather(*impatient))


async def test_the_same_praise_sent_twice_at_once_is_posted_once(house: House) -> None:
    line = "/praise <@U-ben> for the calm launch"
    _, second = await house.meet(
        nobody_writes("praises"),
        house.one.type("U-anna", line),
        house.two.type("U-anna", line),
    )
    assert "Once is enough" in said(second)
    assert sorted(await house.planned("praise.praise", "praise.told")) == ["praise.praise", "praise.told"]


async def test_praise_of_two_who_are_forgotten_at_once_is_gone(house: House) -> None:
    await house.one.type("U-anna", "/praise <@U-ben> <@U-chen> for the calm launch")
    await house.meet(
        nobody_writes("praises"),
        house.one.forget("U-ben", "praise"),
        house.two.forget("U-chen", "praise"),
    )
    assert await house.one.run(lambda c: c.execute(sa.select(praises.c.id)).scalars().all()) == []


async def test_an_introduction_written_while_the_channel_is_chosen_is_posted(house: House) -> None:
    intro = (await house.one.type("U-ben", "/intro")).form
    settings = (await house.two.type("U-anna", "/drumbeat settings")).form
    async with stalled(house.address, nobody_writes("introductions")) as waiting:
        written = asyncio.create_task(
            house.one.send("U-ben", intro, role="Engineer", loves="tea", offers="help", question="Why?")
        )
        await waiting(1)
        await house.two.send("U-anna", settings, introductions="<#C-general>")
    assert "general" in said(await written)
    assert await house.planned("intros.introduction") == ["intros.introduction"]


async def test_a_campaign_that_was_started_is_not_said_to_be_discarded(house: House) -> None:
    await house.one.grant("U-ben", Role.COMMUNICATOR)
    preview = (await house.one.type("U-anna", '/campaign "We are moving" "It is on Monday."')).whisper
    started, discarded = await house.meet(
        rows_held("campaigns"),
        house.one.press("U-anna", buttons(preview)["Start"]),
        house.two.press("U-ben", buttons(preview)["Discard"]),
    )
    assert "on its way" in said(started)
    assert "started or discarded already" in said(discarded)


async def test_a_rhythm_sent_twice_at_once_is_the_last_one(house: House) -> None:
    form = (await house.one.type("U-ben", "/rhythm")).form
    first, second = await house.meet(
        nobody_writes("rhythm_moments"),
        house.one.send("U-ben", form, day0="1"),
        house.two.send("U-ben", form, day0="2"),
    )
    assert said(first) != said(second)
    mine = sa.select(moments.c.weekday).where(moments.c.slot == "0")
    assert await house.one.run(lambda c: c.execute(mine).scalars().all()) == [2]


async def test_a_plan_sent_while_its_owner_moves_keeps_their_new_time(house: House) -> None:
    form = (await house.one.type("U-ben", "/rhythm")).form
    await house.one.send("U-ben", form)
    ben = Profile(account="U-ben", name="Ben", email="ben@example.com", zone="America/New_York", title="Engineer")
    moved = Event(house.two.origin("U-ben", ""), "profile_changed", profile=ben)
    await house.meet(
        nobody_writes("rhythm_moments"),
        house.one.send("U-ben", form, day0="2"),
        house.two.engine.handle(moved),
    )
    zones = await house.one.run(lambda c: c.execute(sa.select(cadences.c.zone).distinct()).scalars().all())
    assert zones == ["America/New_York"]


async def test_a_rhythm_that_is_stopped_while_it_is_planned_has_ended(house: House) -> None:
    form = (await house.one.type("U-ben", "/rhythm")).form
    await house.one.send("U-ben", form)
    await house.meet(
        nobody_writes("cadences"),
        house.one.send("U-ben", form, day0="2"),
        house.two.press("U-ben", Button("", "rhythm.stop", "0:2026-11-24:0")),
    )
    runs = sa.select(moments.c.slot).where(moments.c.running)
    assert await house.one.run(lambda c: c.execute(runs).all()) == []
    assert await house.one.run(lambda c: c.execute(sa.select(cadences.c.name)).all()) == []


async def test_a_leader_whom_two_appoint_at_once_hears_of_it_once(house: House) -> None:
    await house.one.grant("U-dora", Role.COMMUNICATOR)

    async def a_second_later() -> Answer:
        house.one.clock.move(seconds=1)
        return await house.two.type("U-dora", "/drumbeat leaders add <@U-ben>")

    first, second = await house.meet(
        nobody_writes("people"), house.one.type("U-anna", "/drumbeat leaders add <@U-ben>"), a_second_later()
    )
    assert "Ben" in said(first)
    assert "Ben" in said(second)
    assert await house.planned("rhythm.appointed") == ["rhythm.appointed"]


async def test_a_press_while_everything_about_somebody_is_erased_does_not_bring_their_vote_back(house: House) -> None:
    await house.one.type("U-anna", '/poll "Days?" "Mon" "Tue" "Wed" --multi')
    (poll,) = await house.one.run(lambda c: c.execute(sa.select(polls.c.id)).scalars().all())
    await house.one.press("U-ben", Button("", "polls.vote", f"{poll}:0"))
    async with stalled(house.address, rows_held("ballots")) as waiting:
        erased = asyncio.create_task(house.one.press("U-ben", Button("", "home.erase", "")))
        await waiting(1)
        # Somebody else presses at the same moment, so that both are written together.
        pressed = [
            asyncio.create_task(house.two.press(who, Button("", "polls.vote", f"{poll}:1")))
            for who in ("U-chen", "U-ben")
        ]
        await waiting(2)
    await asyncio.gather(erased, *pressed)
    assert await house.one.run(lambda c: c.execute(sa.select(ballots.c.answer)).scalars().all()) == ["1", "1"]
