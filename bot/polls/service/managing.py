"""What the author of a poll, or a communicator, does with it."""

from bot.core.cards import Button, Part, Style
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.interactions import Answer
from bot.polls.cards import voting as shown
from bot.polls.model.definition import Promise
from bot.polls.model.poll import Poll, Stage
from bot.polls.service import drawing, finding, life
from bot.polls.service.rights import managed, may_manage
from bot.polls.service.standing import has_voted, questions
from bot.polls.service.voting import found, wants_card
from bot.polls.store import asking, voting


def more(turn: Turn) -> Answer:
    """What somebody can do with a poll, privately."""
    poll = found(turn)
    number = str(poll.id)
    parts: list[Part] = []
    buttons: list[Button] = []
    mine = has_voted(turn.connection, poll, turn.me.id)
    if mine and poll.promise is not Promise.SECRET:
        ballot = voting.ballot_of(turn.connection, poll, turn.me.id)
        parts += shown.your_vote(turn.t, poll, questions(turn, poll), ballot, None).parts
        if poll.takes_votes(turn.now):
            buttons.append(Button(turn.t("Take back my vote"), "polls.withdraw", number))
    if poll.shows(voted=mine):
        buttons.append(Button(turn.t("Results"), "polls.peek", number))
    if may_manage(turn, poll) and poll.stage is Stage.OPEN:
        sure = turn.t("Close this poll now? Nobody can vote afterwards.")
        buttons.append(Button(turn.t("Close poll"), "polls.close", number, Style.DANGER, confirm=sure))
    return Answer(whisper=shown.menu(turn.t, parts, buttons))


def close(turn: Turn) -> Answer:
    """Somebody closes a poll before its time."""
    return _close(turn, managed(turn, found(turn).id))


def close_typed(turn: Turn, text: str) -> Answer:
    """`/poll close 12`."""
    poll = managed(turn, finding.typed(turn, text).id)
    return _close(turn, poll)


def _close(turn: Turn, poll: Poll) -> Answer:
    if poll.stage is not Stage.OPEN:
        raise Refused(turn.t("This poll is closed already."))
    closed = asking.change(turn.connection, life.close_now(turn.connection, poll, turn.now))
    return Answer(own=drawing.card(turn, closed) if wants_card(turn) else None)
