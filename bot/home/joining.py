"""How two admins join their chats: a code that one of them gets here, and the other types there."""

import secrets
from collections.abc import Callable
from typing import Final

from bot.core import outbox
from bot.core.cards import Card, note
from bot.core.directory import invitations
from bot.core.directory import store as directory
from bot.core.errors import Refused
from bot.core.feature import Turn, View, Withdrawn
from bot.core.interactions import Answer, Click
from bot.core.places import Workspace
from bot.core.rich import Text
from bot.home import cards

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what is easily mistaken for one another: I and 1, O and 0."""

GROUPS: Final = 3
LETTERS: Final = 4


def new_code() -> str:
    """Sixty bits nobody guesses in a quarter of an hour: `K7QF-2MXA-9BTR`."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))


class Joining:
    """The handlers of `/drumbeat join`. `chance` makes the codes."""

    def __init__(self, chance: Callable[[], str] = new_code) -> None:
        self._chance = chance

    def typed(self, turn: Turn, rest: str) -> Answer:
        """`/drumbeat join` gives a code; `/drumbeat join CODE` says what it would join."""
        if not rest:
            code = self._chance()
            invitations.invite(turn.connection, turn.workspace, turn.me, code, turn.now)
            return Answer(whisper=cards.join_code(turn.t, turn.workspace, code))
        invitation = invitations.take(turn.connection, rest, turn.workspace, turn.now)
        other = _other(turn, invitation)
        if invitation is None or other is None:
            raise Refused(_worthless(turn))
        if directory.together(turn.connection, other, turn.workspace):
            raise Refused(_together(turn, other))
        people = directory.shared(turn.connection, other, turn.workspace)
        return Answer(whisper=cards.join(turn.t, turn.workspace, other, people, invitation.digest))

    def join(self, turn: Turn) -> Answer:
        """The button: from now on two chats are one organisation."""
        if not isinstance(turn.act, Click):
            raise TypeError(turn.act)
        invitation = invitations.use(turn.connection, turn.act.value, turn.workspace, turn.now)
        other = _other(turn, invitation)
        if invitation is None or other is None:
            raise Refused(_worthless(turn))
        if directory.together(turn.connection, other, turn.workspace):
            return Answer(replace=note(_together(turn, other)))
        people = directory.join(turn.connection, other, turn.workspace)
        _tell(turn, invitation, people)
        return Answer(replace=cards.joined(turn.t, turn.workspace, other, people))

    def draw_joined(self, view: View) -> Card | Withdrawn:
        """What whoever made the code is told."""
        other = directory.workspace_by_id(view.connection, int(view.arguments["workspace"]))
        return cards.joined(view.t, view.workspace, other, int(view.arguments["people"]))


def _other(turn: Turn, invitation: invitations.Invitation | None) -> Workspace | None:
    """The workspace in which a code was made: another one, and still ours."""
    if invitation is None or invitation.workspace == turn.workspace.id:
        return None
    other = directory.workspace_by_id(turn.connection, invitation.workspace)
    return other if other.active else None


def _tell(turn: Turn, invitation: invitations.Invitation, people: int) -> None:
    """Whoever made the code hears that it was used, unless it was themselves."""
    maker = turn.person(invitation.person)
    if maker.id == turn.person(turn.me.id).id:
        return
    outbox.send(
        turn.connection,
        key=f"home:joined:{invitation.workspace}:{turn.workspace.id}:{turn.now.isoformat()}",
        drawing="home.joined",
        lane=outbox.Lane.NOTICE,
        now=turn.now,
        workspace=invitation.workspace,
        person=maker.id,
        arguments={"workspace": str(turn.workspace.id), "people": str(people)},
    )


def _worthless(turn: Turn) -> Text:
    return turn.t.rich(
        "This code is not good here: each works once, for 15 minutes, in another chat than its own. Type "
        "`/drumbeat join` in the other chat for a new one."
    )


def _together(turn: Turn, other: Workspace) -> str:
    return turn.t(
        "{here} and {there} are one organisation already.", here=cards.chat(turn.workspace), there=cards.chat(other)
    )
