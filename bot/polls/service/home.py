"""Polls on the home page, in the weekly rhythm, and in what is stored of a person."""

from collections.abc import Sequence

from bot.core import outbox
from bot.core.cards import Part
from bot.core.database import locks
from bot.core.feature import View
from bot.core.rich import Text
from bot.polls.cards import home as shown
from bot.polls.cards.ballot import subject
from bot.polls.service.voting import hold_ballots
from bot.polls.store import asking, secrecy, suggesting, voting


def home(view: View) -> Sequence[Part]:
    """Open polls on the home page: those the person asked or voted in."""
    reader = view.reader
    return shown.home(view.t, asking.open_with(view.connection, reader.id, view.now) if reader else [])


def waiting(view: View) -> Sequence[Text]:
    """Open polls in the channels the communicator named, where the reader has not voted yet."""
    if view.reader is None:
        return ()
    watched = view.workspace.settings.watched
    found = asking.unanswered(view.connection, watched, view.reader.id, view.now)
    return [shown.waiting(view.t, view.prose(poll.title), view.place(place)) for poll, place in found]


def data(view: View) -> Sequence[tuple[str, str]]:
    """What is stored of a person."""
    person = view.reader.id if view.reader else 0
    voted = len(voting.voted_in(view.connection, person)) + len(secrecy.took_part_in(view.connection, person))
    return (
        (view.t("Polls you asked"), str(asking.asked_by(view.connection, person))),
        (view.t("Polls you voted in"), str(voted)),
    )


def forget(view: View) -> None:
    """Erase a person's votes; of secret ones nobody knows which they are, so only that they took part is erased."""
    if view.reader:
        for poll in _redrawn(view, view.reader.id):
            hold_ballots(view.connection, poll, [view.reader.id])
        voting.forget(view.connection, view.reader.id)
        for poll in secrecy.took_part_in(view.connection, view.reader.id):
            # Whoever closes it waits, or is waited for: either way it is known then who is to be erased.
            locks.hold(view.connection, subject(poll))
        secrecy.forget(view.connection, view.reader.id)
        suggesting.forget(view.connection, view.reader.id)


def united(view: View, _gone: int) -> None:
    """The reader was two people: where both had voted, one vote is left, and the figures are others now."""
    if view.reader:
        _redrawn(view, view.reader.id)


def _redrawn(view: View, voter: int) -> Sequence[int]:
    """The polls somebody has voted in, which everybody is to see anew."""
    polls = sorted(voting.voted_in(view.connection, voter))
    for poll in polls:
        outbox.redraw(view.connection, subject(poll), view.now)
    return polls
