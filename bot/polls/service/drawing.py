"""The poll's messages, drawn when they are sent."""

from typing import Final

from bot.core.cards import Card
from bot.core.feature import Scene, View, Withdrawn
from bot.polls.cards import outcomes
from bot.polls.cards.ballot import ballot
from bot.polls.model.poll import Poll
from bot.polls.model.standing import Standing
from bot.polls.service.standing import questions, standing, worded
from bot.polls.store import asking

LISTED_VOTERS: Final = 500
"""More names than this are for the export."""


def card(scene: Scene, poll: Poll, stands: Standing | None = None) -> Card:
    """The poll's own message; `stands` is how the poll stands, if that was read already."""
    author = scene.name(poll.author)
    return ballot(scene.t, worded(scene, poll), questions(scene, poll), author, stands or standing(scene, poll))


def draw_ballot(view: View) -> Card | Withdrawn:
    """The poll's message."""
    poll = found(view)
    return card(view, poll) if poll else Withdrawn("poll_deleted")


def draw_outcome(view: View) -> Card | Withdrawn:
    """What is said when the poll has closed."""
    poll = found(view)
    if poll is None:
        return Withdrawn("poll_deleted")
    if poll.closed_at is None:
        return Withdrawn("poll_reopened")
    return outcomes.outcome(view.t, worded(view, poll), questions(view, poll), standing(view, poll))


def found(view: View) -> Poll | None:
    """The poll that a planned message is about."""
    return asking.find(view.connection, int(view.arguments["poll"]))
