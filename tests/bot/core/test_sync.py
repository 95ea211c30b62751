"""The directory learns what platforms tell of everybody."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.cards import Card
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.directory.sync import TOGETHER, Sync
from bot.core.errors import PlatformError, RateLimited, Unavailable
from bot.core.interactions import Event
from bot.core.people import Profile
from bot.core.places import Place, PlaceKind, Workspace
from bot.core.ports import Destination, Group, Limit, Posted
from tests.bot.stage import Stage


@dataclass
class Directory:
    """A platform of which only the lists of people and of groups are asked. `named` are groups, or the refusal."""

    told: Sequence[Profile]
    away: bool = False
    name: str = "stage"
    named: Sequence[Group] | PlatformError = ()
    asked: list[str] = field(default_factory=list)

    async def people(self, workspace: Workspace) -> AsyncIterator[Profile]:
        self.asked.append(workspace.key)
        if self.away:
            raise Unavailable("unreachable")
        for profile in self.told:
            yield profile

    async def groups(self, workspace: Workspace) -> AsyncIterator[Group]:
        assert workspace.platform == self.name
        if isinstance(self.named, PlatformError):
            raise self.named
        for group in self.named:
            yield group

    def members(self, workspace: Workspace, place: Place) -> AsyncIterator[str]:
        raise NotImplementedError

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


ERIN = Profile(account="U-erin", name="Erin", zone="Asia/Tokyo", email="erin@example.com", title="Pilot")


async def test_everybody_is_known_before_they_act(stage: Stage) -> None:
    many = [replace(ERIN, account=f"U-{number}", email=f"{number}@example.com") for number in range(TOGETHER + 5)]
    await _sync(stage, Directory(many))
    workspace = await stage.workspace()
    everybody = await stage.run(lambda c: directory.everybody(c, workspace))
    assert {f"U-{number}" for number in range(TOGETHER + 5)} < {person.account for person in everybody}


async def test_who_moved_keeps_the_local_time_of_their_rhythm(stage: Stage) -> None:
    await _sync(stage, Directory([ERIN]))
    assert (await stage.person("U-erin")).zone == "Asia/Tokyo"
    await _sync(stage, Directory([replace(ERIN, zone="Europe/Paris", title="")]))
    erin = await stage.person("U-erin")
    assert (erin.zone, erin.title) == ("Europe/Paris", "Pilot")


async def test_only_news_is_told_to_the_features(stage: Stage) -> None:
    told: list[str] = []
    stage.engine.listen(
        lambda act, _seconds: told.append(act.origin.account) if isinstance(act, Event) and act.profile else None
    )
    await _sync(stage, Directory([ERIN]))
    await _sync(stage, Directory([ERIN]))
    assert told == []
    await _sync(stage, Directory([replace(ERIN, zone="Europe/Paris")]))
    assert told == ["U-erin"]


async def test_a_platform_that_is_away_is_left_for_the_next_time(stage: Stage) -> None:
    away = Directory([ERIN], away=True)
    await _sync(stage, away)
    workspace = await stage.workspace()
    assert away.asked == [workspace.key]


async def test_a_workspace_of_a_platform_that_is_not_connected_is_passed_over(stage: Stage) -> None:
    await Sync(stage.engine, {})()
    late = Directory([ERIN])
    await Sync(stage.engine, {"stage": late})()
    assert late.asked == [(await stage.workspace()).key]


async def test_people_are_learnt_again_after_some_hours_and_sooner_where_it_failed(stage: Stage) -> None:
    there, away = Directory([ERIN]), Directory([ERIN], away=True)
    for platform, minutes in ((there, 6 * 60), (away, 5)):
        await _sync(stage, platform)
        sync = Sync(stage.engine, {"stage": platform})
        await sync()
        assert len(platform.asked) == 1
        stage.clock.move(minutes=minutes)
        await sync()
        assert len(platform.asked) == 2


async def test_a_workspace_lives_where_most_of_its_people_do(stage: Stage) -> None:
    await _sync(stage, Directory([]))
    assert (await stage.workspace()).zone == "Europe/London"


async def test_an_admin_gets_the_first_steps_once_it_is_known_who_is_one(stage: Stage) -> None:
    for _ in range(2):
        await _sync(stage, Directory([]))
    (steps,) = await stage.planned()
    assert (steps.key, steps.person) == ("home:welcome:1", (await stage.person("U-anna")).id)


async def test_people_are_learnt_when_the_bot_is_added_to_one_more_team(stage: Stage) -> None:
    platform = Directory([ERIN])
    await _sync(stage, platform)
    await stage.happen("U-ben", "installed")
    await Sync(stage.engine, {"stage": platform})()
    assert len(platform.asked) == 2


async def test_named_groups_are_learnt_and_renamed(stage: Stage) -> None:
    for name in ("design", "design-crew"):
        await _sync(stage, Directory([ERIN], named=[Group("G-1", name)]))
    workspace = await stage.workspace()
    [group] = await stage.run(lambda c: _groups(c, workspace))
    assert (group.key, group.name) == ("G-1", "design-crew")


async def test_everybody_is_learnt_also_where_there_are_no_groups(stage: Stage) -> None:
    await _sync(stage, Directory([ERIN], named=PlatformError("plan_upgrade_required")))
    assert (await stage.person("U-erin")).name == "Erin"
    workspace = await stage.workspace()
    assert await stage.run(lambda c: _groups(c, workspace)) == []


async def test_groups_that_cannot_be_told_just_now_are_asked_for_again_before_long(stage: Stage) -> None:
    platform = Directory([ERIN], named=RateLimited(30))
    await _sync(stage, platform)
    platform.named = [Group("G-1", "design")]
    stage.clock.move(minutes=5)
    await Sync(stage.engine, {"stage": platform})()
    workspace = await stage.workspace()
    assert [group.name for group in await stage.run(lambda c: _groups(c, workspace))] == ["design"]


async def test_a_group_that_is_gone_is_offered_no_more_and_keeps_its_name(stage: Stage) -> None:
    workspace = await stage.workspace()
    old, new = Group("G-1", "design"), Group("G-2", "design")
    await _sync(stage, Directory([ERIN], named=[old]))
    [before] = await stage.run(lambda c: _groups(c, workspace))
    await _sync(stage, Directory([ERIN], named=[new]))
    assert [group.key for group in await stage.run(lambda c: _groups(c, workspace))] == ["G-2"]
    assert await stage.run(lambda c: directory.place(c, before.id)) == before
    await _sync(stage, Directory([ERIN], named=PlatformError("plan_upgrade_required")))
    assert [group.key for group in await stage.run(lambda c: _groups(c, workspace))] == ["G-2"]
    await _sync(stage, Directory([ERIN], named=[old, new]))
    assert [group.key for group in await stage.run(lambda c: _groups(c, workspace))] == ["G-1", "G-2"]


def _groups(connection: Connection, workspace: Workspace) -> list[Place]:
    return directory.places_of(connection, workspace, PlaceKind.PEOPLE)


async def _sync(stage: Stage, platform: Directory) -> None:
    """Learn the workspace's people when it is their time."""
    workspace = await stage.workspace()
    stage.clock.move(hours=6)
    await Sync(stage.engine, {workspace.platform: platform})()
