"""Who acted, where and when: a turn for each, before a handler is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.database import Connection
from bot.core.deliveries import store as deliveries
from bot.core.directory import members
from bot.core.directory import store as directory
from bot.core.feature import Emit, Turn
from bot.core.interactions import Click, Event, Interaction, Origin
from bot.core.links import Links
from bot.core.pace import PaceOf
from bot.core.people import Person
from bot.core.places import Workspace
from bot.core.ports import Clock
from bot.core.texts import Texts
from bot.core.tokens import inside


@dataclass(frozen=True, slots=True)
class Entrance:
    """Learns who acts, and hears each interaction once. `emit`, `pace_of` and `links` are for the turns."""

    clock: Clock
    emit: Emit
    pace_of: PaceOf
    links: Links | None

    def enter(self, connection: Connection, act: Interaction) -> Turn | None:
        """The turn of whoever acted; None where they are heard a second time."""
        origin = act.origin
        now = self.clock.now()
        if origin.id and not deliveries.first_time(connection, _delivery(origin), now):
            return None
        workspace = directory.workspace(connection, origin.platform, origin.workspace)
        if isinstance(act, Event) and act.profile:
            directory.learn(connection, workspace, act.profile)
        me = directory.account(connection, workspace, origin.account, origin.name)
        turn = self._turn_of(connection, act, workspace, me, now)
        if isinstance(act, Event) and turn.here:
            _moved(connection, act.name, turn.here.id, me.id)
        return turn

    def enter_all(self, connection: Connection, acts: Sequence[Interaction]) -> Sequence[Turn | None]:
        """The turns of all who pressed or sent something, with a few statements for all of them."""
        if len(acts) == 1:
            return [self.enter(connection, acts[0])]
        now = self.clock.now()
        new = deliveries.first_times(connection, (_delivery(act.origin) for act in acts if act.origin.id), now)
        turns: list[Turn | None] = [None] * len(acts)
        heard: dict[tuple[str, str], list[int]] = {}
        for number, act in enumerate(acts):
            if not act.origin.id or _delivery(act.origin) in new:
                new.discard(_delivery(act.origin))
                heard.setdefault((act.origin.platform, act.origin.workspace), []).append(number)
        for (platform, key), numbers in sorted(heard.items()):
            workspace = directory.workspace(connection, platform, key)
            people = _people(connection, workspace, [acts[number].origin for number in numbers])
            for number in numbers:
                me = people[acts[number].origin.account]
                turns[number] = self._turn_of(connection, acts[number], workspace, me, now)
        return turns

    def _turn_of(
        self, connection: Connection, act: Interaction, workspace: Workspace, me: Person, now: datetime
    ) -> Turn:
        origin = act.origin
        here = (
            directory.place_at(connection, workspace, origin.place, origin.place_kind, origin.place_name)
            if origin.place and not isinstance(act, Click)
            else None
        )
        return Turn(
            connection=connection,
            workspace=workspace,
            now=now,
            t=Texts(me.locale, me.zone),
            act=inside(connection, workspace, act),
            me=me,
            here=here,
            emit_to=self.emit,
            pace_of=self.pace_of,
            links=self.links,
        )


def account_of(origin: Origin) -> str:
    """The account that acts, by a name that no other has."""
    return f"{origin.platform}:{origin.workspace}:{origin.account}"


def _delivery(origin: Origin) -> str:
    return f"{origin.platform}:{origin.id}"


def _people(connection: Connection, workspace: Workspace, origins: Sequence[Origin]) -> Mapping[str, Person]:
    """Whoever acted in a workspace, by account; made when first seen."""
    people = directory.known_of(connection, workspace, [origin.account for origin in origins])
    for origin in sorted(origins, key=lambda each: each.account):
        if origin.account not in people:
            people[origin.account] = directory.account(connection, workspace, origin.account, origin.name)
    return people


def _moved(connection: Connection, event: str, place: int, person: int) -> None:
    """Somebody who comes or goes is on the place's roster at once, or no more."""
    if event in {"appeared", "joined"}:
        members.come(connection, place, person)
    elif event == "left":
        members.leave(connection, place, [person])
