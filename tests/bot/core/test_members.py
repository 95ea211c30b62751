"""Who is in a place is learnt for as long as somebody wants to know."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import structlog
from structlog.testing import LogCapture

from bot.core.cards import Card
from bot.core.database import Connection
from bot.core.directory import members, rosters
from bot.core.directory import store as directory
from bot.core.directory.rosters import Rosters
from bot.core.directory.sync import Sync
from bot.core.errors import PlatformError, RateLimited
from bot.core.people import Profile
from bot.core.places import Place, PlaceKind, Workspace
from bot.core.ports import Destination, Group, Limit, Posted
from tests.bot.stage import MONDAY, Stage

CLOSE = MONDAY + timedelta(days=1)


@dataclass
class Office:
    """A platform of which only the members of places are asked. `meanwhile` happens in the middle of a list."""

    inside: dict[str, list[str]] = field(default_factory=dict)
    error: PlatformError | None = None
    name: str = "stage"
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def members(self, workspace: Workspace, place: Place) -> AsyncIterator[str]:
        assert workspace.id == place.workspace
        self.asked.append(place.key)
        if self.error:
            raise self.error
        for account in self.inside[place.key]:
            yield account
        if self.meanwhile:
            await self.meanwhile()

    async def people(self, workspace: Workspace) -> AsyncIterator[Profile]:
        for account in workspace.key[:0]:
            yield Profile(account=account)

    async def groups(self, workspace: Workspace) -> AsyncIterator[Group]:
        for name in workspace.key[:0]:
            yield Group(name, name)

    async def admits(self, workspace: Workspace, place: Place, account: str) -> bool:
        raise NotImplementedError

    async def send(self, to: Destination, card: Card, key: str) -> Posted:
        raise NotImplementedError

    async def update(self, workspace: Workspace, message: Posted, card: Card) -> None:
        raise NotImplementedError

    async def find(self, to: Destination, key: str, since: datetime) -> Posted | None:
        raise NotImplementedError

    def limits(self, to: Destination, verb: str) -> Sequence[Limit]:
        raise NotImplementedError


@pytest.fixture
def office() -> Office:
    """Anna and Ben are in #general, Ben and Chen are @design."""
    return Office({"C-general": ["U-anna", "U-ben"], "G-design": ["U-ben", "U-chen"]})


@pytest.fixture
def logged() -> Iterator[LogCapture]:
    """Give every line that is logged."""
    capture = LogCapture()
    before = structlog.get_config()
    structlog.configure(processors=[capture])
    yield capture
    structlog.configure(**before)


async def test_whoever_is_in_a_wanted_place_is_known_a_moment_later(stage: Stage, office: Office) -> None:
    general = await _place(stage, "C-general")
    await _want(stage, general)
    assert not await stage.run(lambda c: members.known(c, [general]))
    await _learn(stage, office)
    assert await stage.run(lambda c: members.known(c, [general]))
    assert await _names(stage, general) == ["Anna", "Ben"]


async def test_people_in_several_places_count_once(stage: Stage, office: Office) -> None:
    both = [await _place(stage, "C-general"), await _place(stage, "G-design", PlaceKind.PEOPLE)]
    await _want(stage, *both)
    await _learn(stage, office)
    assert await _names(stage, *both) == ["Anna", "Ben", "Chen"]
    assert await stage.run(lambda c: members.count(c, both)) == 3
    assert await stage.run(lambda c: members.count(c, both[1:])) == 2
    assert await stage.run(lambda c: members.of(c, [])) == []


async def test_a_place_nobody_asked_about_is_not_known(stage: Stage, office: Office) -> None:
    general, other = await _place(stage, "C-general"), await _place(stage, "C-other")
    await _want(stage, general)
    await _learn(stage, office)
    assert not await stage.run(lambda c: members.known(c, [general, other]))
    assert office.asked == ["C-general"]


async def test_bots_and_closed_accounts_are_no_members_to_anybody(stage: Stage, office: Office) -> None:
    await stage.learn(Profile(account="U-robot", name="Robot", bot=True))
    await stage.learn(Profile(account="U-gone", name="Gone", active=False))
    office.inside["C-general"] += ["U-robot", "U-gone", "U-nobody-knows"]
    both = general, design = [await _place(stage, "C-general"), await _place(stage, "G-design", PlaceKind.PEOPLE)]
    await _want(stage, *both)
    await _learn(stage, office)
    assert await _names(stage, general) == ["Anna", "Ben"]
    assert await stage.run(lambda c: members.count(c, [general])) == 2
    assert await stage.run(lambda c: members.count(c, [design])) == 2
    assert await stage.run(lambda c: members.count(c, both)) == 3


async def test_a_roster_is_compared_again_every_hour_while_it_is_wanted(stage: Stage, office: Office) -> None:
    general = await _place(stage, "C-general")
    await _want(stage, general)
    await _learn(stage, office)
    office.inside["C-general"] = ["U-ben", "U-dora"]
    await _learn(stage, office)
    assert await _names(stage, general) == ["Anna", "Ben"]
    stage.clock.move(minutes=60)
    await _learn(stage, office)
    assert await _names(stage, general) == ["Ben", "Dora"]
    assert office.asked == ["C-general"] * 2


async def test_a_large_roster_is_compared_in_small_bites(
    stage: Stage, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rosters, "TOGETHER", 2)
    many = [f"U-{number}" for number in range(7)]
    for account in many:
        await stage.learn(Profile(account=account, name=account))
    general = await _place(stage, "C-general")
    await _want(stage, general)
    for inside in (many, many[5:], [*many[:1], *many[5:]]):
        office.inside["C-general"] = inside
        stage.clock.move(hours=1)
        await _learn(stage, office)
        assert await _names(stage, general) == inside


async def test_what_nobody_wants_any_more_is_forgotten(stage: Stage, office: Office) -> None:
    general = await _place(stage, "C-general")
    await _want(stage, general)
    await _learn(stage, office)
    stage.clock.move(days=1)
    await _learn(stage, office)
    assert not await stage.run(lambda c: members.known(c, [general]))
    assert await stage.run(lambda c: c.execute(sa.select(members.table)).all()) == []
    assert office.asked == ["C-general"]


async def test_whoever_wants_it_longest_is_heard(stage: Stage, office: Office) -> None:
    general = await _place(stage, "C-general")
    for days in (1, 3, 2):
        await stage.run(lambda c, days=days: members.want(c, [general], MONDAY + timedelta(days=days)))  # type: ignore[misc]
    stage.clock.move(days=2, hours=23)
    await _learn(stage, office)
    assert await stage.run(lambda c: members.known(c, [general]))
    stage.clock.move(hours=1)
    await _learn(stage, office)
    assert not await stage.run(lambda c: members.known(c, [general]))


async def test_what_is_wanted_again_is_learnt_again(stage: Stage, office: Office) -> None:
    general = await _place(stage, "C-general")
    await _want(stage, general)
    await _learn(stage, office)
    stage.clock.move(days=1)
    await _learn(stage, office)
    await stage.run(lambda c: members.want(c, [general], CLOSE + timedelta(days=1)))
    await _learn(stage, office)
    assert await _names(stage, general) == ["Anna", "Ben"]


async def test_a_refusal_is_told_and_asked_about_ever_more_rarely(
    stage: Stage, office: Office, logged: LogCapture
) -> None:
    office.error = PlatformError("channel_not_found")
    general = await _place(stage, "C-general")
    await _want(stage, general)
    await _learn(stage, office)
    assert await stage.run(lambda c: members.refusals(c, [general])) == {general: "channel_not_found"}
    assert [line["reason"] for line in logged.entries if line["event"] == "roster_unknown"] == ["channel_not_found"]
    for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
        asked = len(office.asked)
        stage.clock.move(minutes=minutes, seconds=-1)
        await _learn(stage, office)
        assert len(office.asked) == asked
        stage.clock.move(seconds=1)
        await _learn(stage, office)
        assert len(office.asked) == asked + 1


async def test_a_refusal_leaves_what_was_known_and_is_over_with_the_next_answer(stage: Stage, office: Office) -> None:
    general = await _place(stage, "C-general")
    await _want(stage, general)
    await _learn(stage, office)
    office.error = PlatformError("fatal_error")
    stage.clock.move(hours=1)
    await _learn(stage, office)
    assert await _names(stage, general) == ["Anna", "Ben"]
    office.error = None
    stage.clock.move(minutes=1)
    await _learn(stage, office)
    assert await stage.run(lambda c: members.refusals(c, [general])) == {}
    assert len(office.asked) == 3


async def test_a_pause_is_as_long_as_the_platform_asks(stage: Stage, office: Office) -> None:
    office.error = RateLimited(300)
    await _want(stage, await _place(stage, "C-general"))
    for minutes, asked in ((0, 1), (4, 1), (1, 2)):
        stage.clock.move(minutes=minutes)
        await _learn(stage, office)
        assert len(office.asked) == asked


async def test_one_refusal_does_not_stop_the_others(stage: Stage, office: Office) -> None:
    del office.inside["G-design"]
    general, design = await _place(stage, "C-general"), await _place(stage, "G-design", PlaceKind.PEOPLE)
    await _want(stage, design, general)
    with pytest.raises(KeyError):
        await _learn(stage, office)
    await _learn(stage, office)
    assert await stage.run(lambda c: members.known(c, [general]))
    stage.clock.move(minutes=30)
    with pytest.raises(KeyError):
        await _learn(stage, office)


async def test_who_comes_and_goes_is_known_at_once(stage: Stage, office: Office) -> None:
    general = await _place(stage, "C-general")
    await _want(stage, general)
    await _learn(stage, office)
    await stage.happen("U-dora", "appeared")
    await stage.happen("U-dora", "appeared")
    await stage.happen("U-anna", "left")
    assert await _names(stage, general) == ["Ben", "Dora"]


async def test_nothing_is_kept_of_comings_where_nobody_wants_to_know(stage: Stage) -> None:
    await stage.happen("U-dora", "appeared")
    assert await stage.run(lambda c: c.execute(sa.select(members.table)).all()) == []


async def test_who_comes_while_the_list_is_read_stays(stage: Stage, office: Office) -> None:
    general = await _place(stage, "C-general")
    await _want(stage, general)
    office.meanwhile = lambda: stage.happen("U-dora", "appeared")
    await _learn(stage, office)
    assert await _names(stage, general) == ["Anna", "Ben", "Dora"]


async def test_two_replicas_ask_about_a_place_once(stage: Stage, office: Office) -> None:
    await _want(stage, await _place(stage, "C-general"), await _place(stage, "G-design", PlaceKind.PEOPLE))
    await asyncio.gather(*(_learn(stage, office) for _ in range(2)))
    assert sorted(office.asked) == ["C-general", "G-design"]


async def test_a_place_of_a_workspace_that_sent_the_bot_away_is_not_asked_about(stage: Stage, office: Office) -> None:
    await _want(stage, await _place(stage, "C-general"))
    workspace = await stage.workspace()
    await stage.run(lambda c: directory.describe_workspace(c, workspace.id, active=False))
    await _learn(stage, office)
    await Rosters(stage.database, stage.clock, {})()
    assert office.asked == []


async def test_the_sync_learns_rosters_beside_people(stage: Stage, office: Office) -> None:
    general = await _place(stage, "C-general")
    sync = Sync(stage.engine, {"stage": office})
    await sync()
    await _want(stage, general)
    await sync()
    assert await stage.run(lambda c: members.known(c, [general]))


async def test_where_there_is_nothing_to_learn_one_query_finds_it_out(stage: Stage, office: Office) -> None:
    sync = Sync(stage.engine, {"stage": office})
    await _want(stage, await _place(stage, "C-general"))
    await sync()
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        await sync()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert [verb for statement in statements if (verb := statement.split()[0]) != "BEGIN"] == ["SELECT"]


async def _learn(stage: Stage, office: Office) -> None:
    await Rosters(stage.database, stage.clock, {"stage": office})()


async def _place(stage: Stage, key: str, kind: PlaceKind = PlaceKind.CHANNEL) -> int:
    workspace = await stage.workspace()
    return (await stage.run(lambda c: directory.place_at(c, workspace, key, kind))).id


async def _want(stage: Stage, *places: int) -> None:
    await stage.run(lambda c: members.want(c, places, CLOSE))


async def _names(stage: Stage, *places: int) -> list[str]:
    workspace = await stage.workspace()

    def names(connection: Connection) -> list[str]:
        return sorted(directory.person(connection, workspace, each).name for each in members.of(connection, places))

    return await stage.run(names)
