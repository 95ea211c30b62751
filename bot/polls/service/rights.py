"""Who may run a poll, as against taking part in it; and that nobody reaches into another organisation."""

from bot.core.errors import Refused
from bot.core.feature import Scene, Turn
from bot.core.people import Person, Role
from bot.polls.model.poll import Poll
from bot.polls.store import asking


def managed(turn: Turn, number: int) -> Poll:
    """A poll by its number, kept from other changes, if the person may change it."""
    poll = within(turn, asking.find_alone(turn.connection, number, turn.now))
    if not may_manage(turn, poll):
        author = turn.person(poll.author).name
        raise Refused(turn.t("Only {author} or a communicator can do this.", author=author))
    return poll


def may_manage(turn: Turn, poll: Poll) -> bool:
    """Whether whoever acts may change a poll."""
    return runs(turn, turn.me, poll)


def runs(scene: Scene, person: Person, poll: Poll) -> bool:
    """Whether somebody may change a poll: its author, and communicators of its organisation."""
    return poll.author == person.id or (person.may(Role.COMMUNICATOR) and same_organisation(scene, poll))


def within(turn: Turn, poll: Poll | None) -> Poll:
    """A poll, if there is one in the person's own organisation: to everybody else it is not there."""
    if poll is None or not same_organisation(turn, poll):
        raise gone(turn)
    return poll


def gone(turn: Turn) -> Refused:
    """There is no such poll."""
    return Refused(turn.t("This poll is not there any more."))


def same_organisation(scene: Scene, poll: Poll) -> bool:
    """Whether a poll was asked in the person's own organisation."""
    return poll.workspace == scene.workspace.id or asking.same_organisation(scene.connection, poll, scene.workspace)
