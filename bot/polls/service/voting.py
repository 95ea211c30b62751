"""What happens when somebody votes, or takes their vote back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.core import outbox
from bot.core.cards import Card, note
from bot.core.database import Connection, locks
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.forms import FORM_STATE
from bot.core.interactions import NOTHING, Answer, Click, Submission, Value
from bot.polls.cards import voting as shown
from bot.polls.cards.ballot import subject
from bot.polls.model import ballots
from bot.polls.model.ballots import Ballot
from bot.polls.model.definition import LONGEST_TEXT, Kind, Promise, Question, Showing
from bot.polls.model.poll import Poll, Stage
from bot.polls.model.privacy import STEP
from bot.polls.model.standing import Standing
from bot.polls.service import drawing
from bot.polls.service.finding import may_see, number_of
from bot.polls.service.rights import gone, within
from bot.polls.service.standing import has_voted, questions, standing, worded
from bot.polls.store import asking, hiding, voting

STATE: Final = 2000
"""Characters of answers that travel with a form, so that all of them fit any platform's."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a form that was sent: the poll, which of its questions, and the answers so far with this one."""

    poll: Poll
    number: int
    answers: Ballot

    @property
    def last(self) -> bool:
        """Whether nothing is asked after it."""
        return self.number == len(self.poll.questions) - 1


def answer(turn: Turn) -> Answer:
    """The button behind which the ballot is a form, or a page of that form."""
    if isinstance(turn.act, Click):
        poll = found(turn)
        must_be_open(turn, poll)
        before = ("",) * len(poll.questions)
        if poll.promise is not Promise.SECRET:
            before = voting.ballot_of(turn.connection, poll, turn.me.id)
        elif has_voted(turn.connection, poll, turn.me.id):
            raise final(turn)
        return page(turn, Page(poll, 0, before))
    sent = read_page(turn)
    if isinstance(sent, Answer):
        return sent
    if not sent.last:
        return page(turn, replace(sent, number=sent.number + 1))
    return cast(turn, sent.poll, sent.answers)


def withdraw(turn: Turn) -> Answer:
    """Somebody takes their vote back."""
    poll = found(turn)
    locks.hold(turn.connection, subject(poll.id))
    must_be_open(turn, found(turn))
    if poll.promise is Promise.SECRET:
        raise final(turn)
    hold_ballots(turn.connection, poll.id, [turn.me.id])
    voting.withdraw(turn.connection, poll, turn.me.id, turn.now)
    settle(turn, poll)
    return Answer(
        own=drawing.card(turn, poll) if wants_card(turn) else None,
        whisper=note(turn.t("Your vote is taken back. You can vote again any time.")),
    )


def voters(turn: Turn) -> Answer:
    """Who voted what in an open poll."""
    poll = seen(turn)
    if poll.hidden:
        raise Refused(turn.t("This poll hides names: nobody sees who voted what."))
    if not poll.shows(voted=has_voted(turn.connection, poll, turn.me.id)):
        raise Refused(turn.t("You will see the results once you have voted."))
    stands = standing(turn, poll, voted=True)
    if not stands.voters and stands.turnout:
        stands = replace(stands, voters=tuple(voting.voters(turn.connection, poll, drawing.LISTED_VOTERS)))
    return Answer(whisper=shown.who(turn.t, worded(turn, poll), questions(turn, poll), stands))


def cast(turn: Turn, poll: Poll, ballot: Ballot) -> Answer:
    """Keep a ballot and tell the voter. Several questions are one ballot."""
    if poll.promise is Promise.SECRET:
        # A form from before the promise was made, or one that was tampered with: it must not be kept beside a name.
        raise gone(turn)
    voting.cast(turn.connection, poll, {turn.me.id: ballot}, turn.now)
    settle(turn, poll)
    own = drawing.card(turn, poll) if wants_card(turn) else None
    return told(turn, poll, ballot, own, after_vote(turn, poll))


def told(turn: Turn, poll: Poll, ballot: Ballot, own: Card | None, stands: Standing | None) -> Answer:
    """What a voter hears, who is shown their `own` card and may see how the poll `stands`."""
    said_on_card = not poll.hidden and poll.showing is Showing.LIVE and poll.pressed
    if said_on_card and any(ballot):
        return Answer(own=own) if own else NOTHING
    seen = stands if any(ballot) else None
    return Answer(own=own, whisper=shown.your_vote(turn.t, worded(turn, poll), questions(turn, poll), ballot, seen))


def after_vote(turn: Turn, poll: Poll) -> Standing | None:
    """How a poll stands, where whoever has voted is told."""
    return standing(turn, poll, voted=True) if poll.showing is Showing.AFTER_VOTE else None


def hold_ballots(connection: Connection, poll: int, voters: Iterable[int]) -> None:
    """Keep what voters have answered so far from changing until this is written: a press builds on it."""
    locks.alone(connection, (f"{subject(poll)}:{voter}" for voter in voters))


def settle(turn: Turn, poll: Poll) -> None:
    """Have everybody see the vote, or have figures that hide it looked at again."""
    outbox.redraw(turn.connection, subject(poll.id), turn.now, held=True)
    if poll.lags and poll.step_at is None:
        hiding.look_again(turn.connection, poll, turn.now + STEP)


def page(turn: Turn, asked: Page, problems: Mapping[str, str] | None = None) -> Answer:
    """A page of the ballot's form."""
    words = questions(turn, asked.poll)[asked.number]
    longest = longest_text(asked.poll)
    poll = worded(turn, asked.poll)
    form = shown.form(turn.t, poll, asked.number, words, asked.answers, problems or {}, longest=longest)
    return Answer(form=form)


def read_page(turn: Turn) -> Page | Answer:
    """A page as it was sent; or, where its question does not take the answer, what is wrong with it."""
    if not isinstance(turn.act, Submission):
        raise TypeError(turn.act)
    asked, number, travelled = state(turn, turn.act)
    locks.hold(turn.connection, subject(asked))
    poll = within(turn, asking.find(turn.connection, asked))
    must_be_open(turn, poll)
    answers = (*travelled, *("",) * len(poll.questions))[: len(poll.questions)]
    if number not in range(len(poll.questions)) or any(map(ballots.wrong, poll.questions, answers)):
        raise Refused(turn.t("The questions have changed since you opened the form. Please answer once more."))
    question = poll.questions[number]
    given, problems = _given(turn, question, turn.act.values)
    answers = (*answers[:number], given, *answers[number + 1 :])
    sent = Page(poll, number, answers)
    if not problems and (sentence := _unfit(turn, sent)):
        problems = {shown.first_field(question): sentence}
    return Answer(problems=problems) if problems else sent


def _unfit(turn: Turn, sent: Page) -> str:
    """Why a page cannot be taken whose answer itself is right; empty if it can."""
    if sent.last:
        return "" if any(sent.answers) else turn.t("Please answer at least one question.")
    units = len(shown.travelling(sent.poll.id, sent.number, sent.answers).encode("utf-16-le")) // 2
    return turn.t("Your answers are too long together. Please shorten this one.") if units > FORM_STATE else ""


def pressed(turn: Turn) -> tuple[int, int]:
    """The poll and the option of a press."""
    if not isinstance(turn.act, Click):
        raise TypeError(turn.act)
    number, _, option = turn.act.value.partition(":")
    try:
        return number_of(number), int(option)
    except ValueError:
        raise gone(turn) from None


def found(turn: Turn) -> Poll:
    """The poll whose button was pressed."""
    if not isinstance(turn.act, Click):
        raise TypeError(turn.act)
    try:
        number = number_of(turn.act.value.partition(":")[0])
    except ValueError:
        raise gone(turn) from None
    return within(turn, asking.find(turn.connection, number))


def seen(turn: Turn) -> Poll:
    """The poll whose button was pressed, if the person may see it."""
    poll = found(turn)
    if not may_see(turn, poll):
        raise gone(turn)
    return poll


def must_be_open(turn: Turn, poll: Poll) -> None:
    """Refuse a vote that comes too late."""
    if not poll.takes_votes(turn.now):
        raise too_late(turn, poll)


def too_late(turn: Turn, poll: Poll) -> Refused:
    """The poll does not take votes."""
    if poll.stage in (Stage.DRAFT, Stage.SCHEDULED):
        return Refused(turn.t("This poll is not open yet."))
    return Refused(turn.t("This poll is closed, so your vote was not counted."))


def final(turn: Turn) -> Refused:
    """A secret vote was cast before."""
    return Refused(turn.t("You have voted already. A secret vote is final: nobody can find it again to change it."))


def wants_card(turn: Turn) -> bool:
    """Whether the platform shows the voter's own card at once."""
    return isinstance(turn.act, Click) and turn.act.wants_card


def longest_text(poll: Poll) -> int:
    """How long a free-text answer may be, so that all answers of a survey travel together."""
    texts = sum(question.kind is Kind.TEXT for question in poll.questions)
    return LONGEST_TEXT if not poll.survey else min(LONGEST_TEXT, STATE // max(texts, 1))


def state(turn: Turn, sent: Submission) -> tuple[int, int, tuple[str, ...]]:
    """The poll, the page and the answers so far that travelled with a form; a client may have changed them."""
    try:
        read = json.loads(sent.state)
        return number_of(read["poll"]), int(read["page"]), tuple(kept(str(each)) for each in read["answers"])
    except (ValueError, TypeError, KeyError):
        raise gone(turn) from None


def kept(text: str) -> str:
    """A text without what no database keeps: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _given(turn: Turn, question: Question, values: Mapping[str, Value]) -> tuple[str, dict[str, str]]:
    """The answer in a form's values, and what is wrong with it."""
    given = _written(question, values)
    problem = ballots.wrong(question, given)
    return given, shown.wrong(turn.t, question, problem) if problem else {}


def _written(question: Question, values: Mapping[str, Any]) -> str:
    if question.kind is Kind.TEXT:
        return kept(str(values.get("answer", ""))).strip()
    if question.kind is Kind.RANKED:
        ranks = [str(values.get(f"{shown.RANK}{place + 1}", "")) for place in range(question.most)]
        return ",".join(filter(str.isdecimal, ranks))
    chosen = values.get("answer", ())
    each = (chosen,) if isinstance(chosen, str) else chosen
    return ballots.written((int(option) for option in each if option.isdecimal()), question.kind)
