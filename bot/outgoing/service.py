"""What happens with messages of which nobody knows whether they arrived: they are told of, shown and decided about."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core import outbox
from bot.core.cadence.slots import instant
from bot.core.cards import Card
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.feature import Feature, Scene, Turn, View, Withdrawn, things_of
from bot.core.interactions import Answer, Click
from bot.core.outbox import Entry
from bot.core.people import Person, Role
from bot.core.places import Workspace
from bot.core.rich import Mention, PlaceLink, Text
from bot.core.texts import Texts, later
from bot.outgoing import cards
from bot.outgoing.cards import Doubt

SHOWN: Final = 10
NOTICE: Final = "outgoing.doubts"
A_MESSAGE: Final = later("a message")
_DAY: Final = timedelta(days=1)


class Outgoing:
    """The handlers of messages in doubt; `features` say what each message is to people."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self._things = things_of(features)

    def typed(self, turn: Turn, _rest: str) -> Answer:
        """`/drumbeat unsent`."""
        return Answer(whisper=self._doubts(turn))

    def show(self, turn: Turn) -> Answer:
        """The button of the notice."""
        return Answer(replace=self._doubts(turn))

    def resend(self, turn: Turn) -> Answer:
        """*Send again*."""
        return self._decide(turn, outbox.resend, cards.sent_again)

    def settle(self, turn: Turn) -> Answer:
        """*It arrived*."""
        return self._decide(turn, outbox.settle, cards.settled)

    def draw_doubts(self, view: View) -> Card | Withdrawn:
        """The notice to somebody who can decide."""
        if view.reader is None or not view.reader.may(Role.COMMUNICATOR):
            return Withdrawn("role_taken")
        count = outbox.doubtful(view.connection, view.workspace.id)
        return cards.notice(view.t, count) if count else Withdrawn("nothing_to_tell")

    def tell(self, connection: Connection, now: datetime) -> int:
        """Once a day and workspace, plan a notice to everybody who can decide.

        One that was lost itself is no reason for another.
        """
        doubtful = directory.workspaces_by_id(connection, outbox.doubtful_workspaces(connection, besides=NOTICE))
        return sum(_tell(connection, workspace, now) for workspace in doubtful.values() if workspace.active)

    def _decide(
        self, turn: Turn, decide: Callable[[Connection, int, datetime], bool], told: Callable[[Texts, str], str]
    ) -> Answer:
        if not isinstance(turn.act, Click):
            raise TypeError(turn.act)
        entry = outbox.entry(turn.connection, int(turn.act.value)) if turn.act.value.isdecimal() else None
        mine = entry is not None and entry.workspace_id == turn.workspace.id
        if entry and mine and decide(turn.connection, entry.id, turn.now):
            return Answer(replace=self._doubts(turn, told(turn.t, self._thing(turn, entry))))
        return Answer(replace=self._doubts(turn, cards.known(turn.t)))

    def _doubts(self, turn: Turn, said: str = "") -> Card:
        entries = outbox.doubts(turn.connection, SHOWN, turn.workspace.id)
        shown = [
            Doubt(each.id, self._thing(turn, each), _whom(turn, each), each.intent_at or each.due_at)
            for each in entries
        ]
        return cards.doubts(turn.t, shown, outbox.doubtful(turn.connection, turn.workspace.id), said)

    def _thing(self, scene: Scene, entry: Entry) -> str:
        return scene.t(self._things.get(entry.drawing, A_MESSAGE))


def _tell(connection: Connection, workspace: Workspace, now: datetime) -> int:
    """The day is the workspace's own, and the notice is worth nothing after it: the next day has its own."""
    today = now.astimezone(ZoneInfo(workspace.zone)).date()
    key = f"outgoing:doubts:{workspace.id}:{today}"
    if outbox.known(connection, f"{key}:0"):
        return 0
    deciders = _deciders(connection, workspace)
    for number, person in enumerate(deciders):
        outbox.send(
            connection,
            key=f"{key}:{number}",
            drawing=NOTICE,
            lane=outbox.Lane.NOTICE,
            now=now,
            workspace=workspace.id,
            person=person.id,
            expires=instant(today + _DAY, time(0), workspace.zone),
        )
    return len(deciders)


def _deciders(connection: Connection, workspace: Workspace) -> Sequence[Person]:
    """The admins; where the platform tells of none and nobody was named, the communicators."""
    admins = directory.everybody(connection, workspace, Role.ADMIN)
    return admins or directory.everybody(connection, workspace, Role.COMMUNICATOR)


def _whom(scene: Scene, entry: Entry) -> Text:
    """Whom a message is for: named, not called."""
    if entry.person_id is not None:
        return (Mention(scene.person(entry.person_id).name),)
    place = scene.place(entry.place_id)
    return (PlaceLink(place.name, place.key),) if place else ()
