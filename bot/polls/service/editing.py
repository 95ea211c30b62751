"""The words of an open poll are changed, for a while and with a visible mark; its promise, until somebody has voted."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from bot.core.cards import note
from bot.core.database import locks
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.forms import Form
from bot.core.interactions import Answer, Click, Value
from bot.core.rich import spoken
from bot.polls.cards import managing as shown
from bot.polls.cards.ballot import subject
from bot.polls.cards.problems import problems
from bot.polls.model.changes import kept_by, reworded
from bot.polls.model.definition import Promise, Question, Showing
from bot.polls.model.draft import Draft, question_problems
from bot.polls.model.poll import EDITABLE_FOR, Poll, Stage
from bot.polls.service import finding, life
from bot.polls.service.reading import one
from bot.polls.service.rights import gone, managed
from bot.polls.service.voting import found, kept
from bot.polls.store import asking, hiding, secrecy

E = TypeVar("E", bound=StrEnum)
_Promised = tuple[Promise, Showing]


def edit(turn: Turn) -> Answer:
    """The button that opens a poll's words, or a page of their form."""
    if isinstance(turn.act, Click):
        return Answer(form=_form(turn, _editable(turn, found(turn).id), 0))
    number, page, values = finding.sent(turn)
    poll = _editable(turn, number)
    if page not in range(len(poll.questions)):
        raise gone(turn)
    # From here on nobody votes, so that what is promised to the first voter is what is written down.
    locks.alone(turn.connection, [subject(poll.id)])
    read, promised = _words(turn, poll.questions[page], values), _promised(values, poll)
    if wrong := _problems(turn, poll, promised):
        return Answer(problems=wrong)
    if isinstance(read, Mapping):
        return Answer(problems=read)
    changed = _change(turn, poll, page, read, promised)
    if page + 1 < len(changed.questions):
        return Answer(form=_form(turn, changed, page + 1))
    return Answer(whisper=note(turn.t("Saved. The poll says that it was edited.")))


def _change(turn: Turn, poll: Poll, page: int, question: Question, promised: _Promised) -> Poll:
    questions = (*poll.questions[:page], question, *poll.questions[page + 1 :])
    promise, showing = promised
    changed = replace(poll, questions=questions, promise=promise, showing=showing)
    if changed == poll:
        return poll
    if promise is Promise.SECRET:
        secrecy.prepare(turn.connection, changed)
    life.redraw(turn.connection, changed, turn.now)
    return asking.change(turn.connection, replace(changed, edited_at=turn.now))


def _editable(turn: Turn, number: int) -> Poll:
    poll = managed(turn, number)
    if poll.stage is not Stage.OPEN:
        raise Refused(turn.t("Only an open poll can be edited."))
    if not poll.editable(turn.now):
        minutes = round(EDITABLE_FOR.total_seconds() / 60)
        raise Refused(turn.t("A poll can be edited for {minutes} minutes. Close it and ask again.", minutes=minutes))
    return poll


def _form(turn: Turn, poll: Poll, page: int) -> Form:
    words = [_line(turn, each) for each in (poll.questions[page].text, *poll.questions[page].options)]
    return shown.edit_form(turn.t, poll, page, words, {}, untouched=not _touched(turn, poll))


def _touched(turn: Turn, poll: Poll) -> bool:
    """Whether anybody ever voted, also if they took their vote back."""
    if poll.promise is Promise.SECRET:
        return secrecy.turnout(turn.connection, poll.id) > 0
    return hiding.people(turn.connection, poll.id) > 0


def _words(turn: Turn, question: Question, values: Mapping[str, Value]) -> Question | Mapping[str, str]:
    """The question in the words of a form; or what is wrong with them."""
    typed = "\n".join(one(values[name]) for name in sorted(values) if name.startswith("options"))
    options = list(filter(None, map(str.strip, typed.splitlines())))
    if len(options) != len(question.options):
        count = len(question.options)
        return {"options0": turn.t("Please keep the {count} options, each on its own line.", count=count)}
    changed = reworded(
        question,
        _worded(turn, question.text, one(values.get("question"))),
        [_worded(turn, before, after) for before, after in zip(question.options, options, strict=True)],
    )
    wrong = problems(turn.t, Draft(questions=(changed,)), question_problems(changed))
    return {"options0" if name == "options" else "question": said for name, said in wrong.items()} or changed


def _worded(turn: Turn, before: str, after: str) -> str:
    """What was typed; where nothing was changed it stays as it is, with its mentions."""
    return before if after.strip() == _line(turn, before) else kept(after).strip()


def _line(turn: Turn, words: str) -> str:
    """Words as a form shows them."""
    return " ".join(spoken(turn.prose(words)).split())


def _promised(values: Mapping[str, Value], poll: Poll) -> _Promised:
    promise = _chosen(Promise, one(values.get("promise")), poll.promise)
    showing = _chosen(Showing, one(values.get("showing")), poll.showing)
    return promise, Showing.AFTER_CLOSE if promise is Promise.SECRET else showing


def _problems(turn: Turn, poll: Poll, promised: _Promised) -> dict[str, str]:
    """Why what is promised stays as it is."""
    if promised == (poll.promise, poll.showing):
        return {}
    if _touched(turn, poll):
        return {"promise": turn.t("Somebody has voted meanwhile, so what was promised to them stays as it is.")}
    if promised[0] not in kept_by(poll.promise):
        return {"promise": turn.t("A promise can only become a stronger one: somebody may be voting right now.")}
    return {}


def _chosen(kind: type[E], value: str, otherwise: E) -> E:
    return kind(value) if value in tuple(kind) else otherwise
