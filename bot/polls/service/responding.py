"""You asked, we did: the answer that a poll's outcome gets."""

from dataclasses import replace

from bot.core.cards import Card, note
from bot.core.errors import Refused
from bot.core.feature import Turn, View, Withdrawn
from bot.core.interactions import Answer, Click
from bot.polls.cards import outreach as shown
from bot.polls.model.poll import Poll, Stage
from bot.polls.service import drawing, finding, life, outreach, reading
from bot.polls.service.rights import gone, may_manage
from bot.polls.service.standing import has_voted, turnout
from bot.polls.service.voting import found, kept
from bot.polls.store import asking, listing


def respond(turn: Turn) -> Answer:
    """The button that opens the form for the answer, or that form."""
    if isinstance(turn.act, Click):
        poll = _owned(turn, found(turn).id)
        return Answer(form=shown.answering(turn.t, poll, {}))
    number, _, values = finding.sent(turn)
    poll = _owned(turn, number)
    answer = kept(reading.one(values.get("answer"))).strip()
    if not answer or len(answer) > shown.LONGEST_ANSWER:
        limit = shown.LONGEST_ANSWER
        return Answer(problems={"answer": turn.t("An answer has 1 to {limit} characters.", limit=limit)})
    gone_away = listing.left(turn.connection, [poll.owner or poll.author])
    answered = replace(poll, answer=answer, answered_at=turn.now, owner=turn.me.id if gone_away else poll.owner)
    asked = outreach.asked_of(turn.connection, poll)
    if asked.by_name and poll.stage is Stage.CLOSED:
        answered = replace(answered, invite_at=turn.now, invited=0)
    asking.change(turn.connection, answered)
    life.redraw(turn.connection, poll, turn.now)
    outreach.announce(turn.connection, poll, asked, "response", turn.now, author=turn.me.id)
    return Answer(whisper=note(turn.t("Thank you. Your answer stands under the poll now.")))


def draw_owed(view: View) -> Card | Withdrawn:
    """The owner is reminded, unless the answer is there."""
    poll = drawing.found(view)
    if poll is None or poll.answered_at:
        return Withdrawn("answered")
    return shown.owed(view.t, poll, view.prose(poll.title), turnout(view.connection, poll))


def draw_response(view: View) -> Card | Withdrawn:
    """The answer, under the poll."""
    poll = drawing.found(view)
    if poll is None:
        return Withdrawn("poll_deleted")
    owner = view.name(poll.owner or poll.author)
    return shown.response(view.t, view.prose(poll.title), owner, view.prose(poll.answer))


def draw_reminder(view: View) -> Card | Withdrawn:
    """The poll once more, for whoever has not voted; or, where nobody can tell who that is, for the channel."""
    poll = drawing.found(view)
    if poll is None or not poll.takes_votes(view.now):
        return Withdrawn("poll_closed")
    if view.reader and has_voted(view.connection, poll, view.reader.id):
        return Withdrawn("voted")
    ballot = drawing.card(view, poll)
    return shown.reminder(view.t, poll, view.prose(poll.title), ballot, public=view.reader is None)


def _owned(turn: Turn, number: int) -> Poll:
    """A poll whose outcome somebody may answer: its owner, its author, a communicator."""
    poll = asking.find_alone(turn.connection, number, turn.now)
    if poll is None:
        raise gone(turn)
    if poll.owner != turn.me.id and not may_manage(turn, poll):
        raise Refused(turn.t("Only its owner, its author or a communicator can answer this poll."))
    if poll.stage not in (Stage.OPEN, Stage.CLOSED):
        raise Refused(turn.t("This poll is not open yet."))
    return poll
