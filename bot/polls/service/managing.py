"""What the author of a poll, or a communicator, does with it."""

from dataclasses import replace

from bot.core.cards import Button, Part, Prose, note
from bot.core.directory import members
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.interactions import Answer
from bot.polls.cards import managing as offered
from bot.polls.cards import voting as shown
from bot.polls.cards.labels import moment
from bot.polls.model.definition import Promise
from bot.polls.model.poll import Poll, Stage
from bot.polls.service import drawing, finding, life, outreach
from bot.polls.service.reading import OPEN_FOR
from bot.polls.service.rights import managed, may_manage
from bot.polls.service.standing import has_voted, questions, worded
from bot.polls.service.voting import found, seen, wants_card
from bot.polls.store import asking, voting


def more(turn: Turn) -> Answer:
    """What somebody can do with a poll, privately."""
    poll = seen(turn)
    mine = has_voted(turn.connection, poll, turn.me.id)
    parts: list[Part] = []
    if mine and poll.promise is not Promise.SECRET:
        ballot = voting.ballot_of(turn.connection, poll, turn.me.id)
        parts += shown.your_vote(turn.t, worded(turn, poll), questions(turn, poll), ballot, None).parts
    if not (poll.survey and parts):
        parts.insert(0, Prose(turn.t.rich("*{question}*", question=turn.prose(poll.title))))
    buttons = [*_for_everybody(turn, poll, voted=mine), *(runs(turn, poll) if may_manage(turn, poll) else ())]
    return Answer(whisper=shown.menu(turn.t, parts, buttons))


def runs(turn: Turn, poll: Poll) -> list[Button]:
    """What whoever runs a poll can do with it now."""
    t, stage = turn.t, poll.stage
    return _those(
        (stage is Stage.OPEN and poll.editable(turn.now), offered.edit(t, poll)),
        (stage is Stage.OPEN, offered.elsewhere(t, poll)),
        (True, offered.repeat(t, poll)),
        (stage is Stage.CLOSED and poll.promise is not Promise.SECRET, offered.reopen(t, poll)),
        (stage is Stage.OPEN, offered.close(t, poll)),
    )


def close(turn: Turn) -> Answer:
    """Somebody closes a poll before its time."""
    return _close(turn, managed(turn, found(turn).id))


def close_typed(turn: Turn, text: str) -> Answer:
    """`/poll close 12`."""
    return _close(turn, managed(turn, finding.typed(turn, text).id))


def reopen(turn: Turn) -> Answer:
    """A poll that has closed takes votes again, for as long as a poll usually does."""
    poll = managed(turn, found(turn).id)
    if poll.stage is not Stage.CLOSED:
        raise Refused(turn.t("This poll is not closed."))
    if poll.promise is Promise.SECRET:
        raise Refused(turn.t("A secret poll stays closed: its votes were counted once and for all."))
    closes_at = turn.now + OPEN_FOR
    opened = replace(poll, closed_at=None, reopened_at=turn.now, closes_at=closes_at)
    asking.change(turn.connection, opened)
    members.want(turn.connection, outreach.asked_of(turn.connection, poll).rosters, until=closes_at)
    life.redraw(turn.connection, opened, turn.now)
    said = note(turn.t.rich("This poll is open again. It closes {when}.", when=moment(turn.t, opened, closes_at)))
    return Answer(own=drawing.card(turn, opened) if wants_card(turn) else None, whisper=said)


def _close(turn: Turn, poll: Poll) -> Answer:
    if poll.stage is Stage.CLOSED:
        raise Refused(turn.t("This poll is closed already."))
    if poll.stage is not Stage.OPEN:
        raise Refused(turn.t("This poll is not open yet."))
    closed = asking.change(turn.connection, life.close_now(turn.connection, poll, turn.now))
    return Answer(
        own=drawing.card(turn, closed) if wants_card(turn) else None, whisper=note(turn.t("This poll is closed now."))
    )


def _for_everybody(turn: Turn, poll: Poll, *, voted: bool) -> list[Button]:
    t, number = turn.t, str(poll.id)
    takes_votes = poll.takes_votes(turn.now)
    return _those(
        (
            voted and takes_votes and poll.promise is not Promise.SECRET,
            Button(t("Take back my vote"), "polls.withdraw", number),
        ),
        (poll.shows(voted=voted) or may_manage(turn, poll), Button(t("Results"), "polls.peek", number)),
        (takes_votes and poll.grows, offered.add(t, poll)),
    )


def _those(*offers: tuple[bool, Button]) -> list[Button]:
    return [button for fits, button in offers if fits]
