"""Who is a leader and who a communicator.

A change is told to the other features as `role_given` or `role_taken`, with `person` (our id) and `role`.
"""

from dataclasses import dataclass

from bot.core import outbox
from bot.core.cards import note
from bot.core.directory import store as directory
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.interactions import Answer
from bot.core.people import Role
from bot.core.rich import Mention, Text
from bot.core.words import mentioned

ADD = frozenset({"add", "plus", "hinzufügen"})
REMOVE = frozenset({"remove", "rm", "delete", "entfernen"})
LIST = frozenset({"", "list", "liste"})


@dataclass(frozen=True, slots=True)
class Roles:
    """The handlers of one role."""

    role: Role

    def typed(self, turn: Turn, rest: str) -> Answer:
        """`/drumbeat leaders add @x`, `remove @x`, or `list`."""
        action, _, names = rest.partition(" ")
        people = mentioned(names)
        if action.casefold() in LIST:
            return Answer(whisper=note(self._holding(turn)))
        if action.casefold() not in ADD | REMOVE or not people:
            raise Refused(self._example(turn))
        for person in people:
            self._set(turn, person, held=action.casefold() in ADD)
        return Answer(whisper=note(self._holding(turn)))

    def _set(self, turn: Turn, person_id: int, *, held: bool) -> None:
        """Give or take the role, and tell about it; nothing happens where it is so already."""
        change = directory.grant if held else directory.revoke
        if not change(turn.connection, turn.person(person_id), self.role):
            return
        turn.emit("role_given" if held else "role_taken", person=str(person_id), role=self.role.value)
        key = f"home:{self.role.value}:{person_id}:"
        if self.role is Role.COMMUNICATOR and held:
            outbox.send(
                turn.connection,
                key=f"{key}{turn.now.isoformat()}",
                drawing="home.communicator",
                lane=outbox.Lane.NOTICE,
                now=turn.now,
                workspace=turn.workspace.id,
                person=person_id,
            )
        elif not held:
            outbox.cancel_person(turn.connection, person_id, "role_taken", key)

    def _holding(self, turn: Turn) -> Text:
        held = directory.everybody(turn.connection, turn.workspace)
        names: list[Text] = [(Mention(person.name, person.account),) for person in held if person.may(self.role)]
        if not names and self.role is Role.LEADER:
            return turn.t.rich("Nobody is a leader yet. Add somebody with `/drumbeat leaders add @name`.")
        if not names:
            return turn.t.rich("Nobody is a communicator yet. Add somebody with `/drumbeat communicators add @name`.")
        listed = turn.t.every_rich(names)
        if self.role is Role.LEADER:
            return turn.t.rich("Leaders: {names}. I remind each of them once a week to post.", names=listed)
        return turn.t.rich("Communicators: {names}. Admins always are.", names=listed)

    def _example(self, turn: Turn) -> Text:
        if self.role is Role.LEADER:
            return turn.t.rich("Try `/drumbeat leaders add @name`, `remove @name` or `list`.")
        return turn.t.rich("Try `/drumbeat communicators add @name`, `remove @name` or `list`.")
