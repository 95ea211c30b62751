"""Who may run a poll, as against taking part in it."""

from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.people import Role
from bot.polls.model.poll import Poll
from bot.polls.store import asking


def managed(turn: Turn, number: int) -> Poll:
    """A poll by its number, kept from other changes, if the person may change it."""
    poll = asking.find_alone(turn.connection, number)
    if poll is None:
        raise Refused(turn.t("This poll is not there any more."))
    if not may_manage(turn, poll):
        author = turn.person(poll.author).name
        raise Refused(turn.t("Only {author} or a communicator can do this.", author=author))
    return poll


def may_manage(turn: Turn, poll: Poll) -> bool:
    """Whether somebody may change a poll: its author, and communicators of its organisation."""
    if poll.author == turn.me.id:
        return True
    here = poll.workspace == turn.workspace.id or asking.same_organisation(turn.connection, poll, turn.workspace)
    return turn.me.may(Role.COMMUNICATOR) and here
