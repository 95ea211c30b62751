"""Options that voters add, at once or once the author approves."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.core import outbox
from bot.core.cards import Card, note
from bot.core.database import locks
from bot.core.errors import Refused
from bot.core.feature import Scene, Turn, View, Withdrawn
from bot.core.interactions import Answer, Click
from bot.polls.cards import managing as forms
from bot.polls.cards import suggesting as shown
from bot.polls.cards.ballot import subject
from bot.polls.cards.problems import problems
from bot.polls.model.changes import grown
from bot.polls.model.definition import Adding, Promise
from bot.polls.model.draft import Draft, question_problems
from bot.polls.model.poll import Poll
from bot.polls.service import drawing, finding, life, outreach
from bot.polls.service.reading import one
from bot.polls.service.rights import gone, managed, within
from bot.polls.service.voting import kept, must_be_open, seen
from bot.polls.store import asking, secrecy, suggesting, turnout
from bot.polls.store.suggesting import Suggestion

NEWS_FOR: Final = timedelta(days=4)
"""How long a suggestion, and what became of it, is worth telling: over a weekend."""


def add(turn: Turn) -> Answer:
    """The button that adds an option, or its form."""
    if isinstance(turn.act, Click):
        poll = seen(turn)
        must_grow(turn, poll)
        return Answer(form=forms.add_form(turn.t, poll, turn.prose(poll.title)))
    number, _, values = finding.sent(turn)
    # Alone, so that of two people who add the same the second is told.
    poll = within(turn, asking.find_alone(turn.connection, number, turn.now))
    must_grow(turn, poll)
    option = " ".join(kept(one(values.get("option"))).split())
    if wrong := _wrong(turn, poll, option):
        return Answer(problems={"option": wrong})
    if poll.adding is Adding.ASK and poll.author != turn.me.id:
        return _suggest(turn, poll, option)
    _grow(turn, poll, option)
    return Answer(
        whisper=note(turn.t.rich("*{option}* is in the poll now. You can vote for it.", option=turn.prose(option)))
    )


def approve(turn: Turn) -> Answer:
    """The author takes a suggestion into the poll."""
    poll, suggestion = _decided(turn)
    if late := _late(turn, poll, suggestion):
        return late
    if wrong := _wrong(turn, poll, suggestion.option):
        _tell(turn, poll, suggestion)
        return Answer(replace=note(wrong))
    wider = _grow(turn, poll, suggestion.option)
    _tell(turn, poll, suggestion, option=str(len(wider.questions[0].options) - 1))
    return Answer(
        replace=note(turn.t.rich("Approved: *{option}* is in the poll now.", option=turn.prose(suggestion.option)))
    )


def decline(turn: Turn) -> Answer:
    """The author would rather not."""
    poll, suggestion = _decided(turn)
    if late := _late(turn, poll, suggestion):
        return late
    _tell(turn, poll, suggestion)
    return Answer(replace=note(turn.t.rich("Declined: *{option}* stays out.", option=turn.prose(suggestion.option))))


def ask_author(scene: Scene, poll: Poll, suggestion: Suggestion) -> None:
    """Have whoever runs the poll decide about a suggestion."""
    arguments = {"poll": str(poll.id), "suggestion": str(suggestion.id)}
    key = f"suggestion:{suggestion.id}:{poll.author}"
    _write(scene, poll, poll.author, key, "polls.suggestion", arguments)


def draw_suggestion(view: View) -> Card | Withdrawn:
    """What the author decides about."""
    poll = drawing.found(view)
    suggestion = suggesting.find(view.connection, int(view.arguments["suggestion"]))
    if poll is None or suggestion is None:
        return Withdrawn("suggestion_decided")
    if not poll.takes_votes(view.now):
        return Withdrawn("poll_closed")
    who = None if poll.hidden else view.name(suggestion.person)
    return shown.suggestion(view.t, suggestion.id, view.prose(poll.title), view.prose(suggestion.option), who)


def draw_decision(view: View) -> Card | Withdrawn:
    """What became of a suggestion."""
    poll = drawing.found(view)
    if poll is None:
        return Withdrawn("poll_deleted")
    question, option = view.prose(poll.title), view.arguments.get("option")
    if option is None:
        return shown.declined(view.t, question)
    return shown.approved(view.t, question, view.prose(poll.questions[0].options[int(option)]))


def draw_undecided(view: View) -> Card | Withdrawn:
    """Nobody has decided about a suggestion while the poll was open."""
    poll = drawing.found(view)
    if poll is None:
        return Withdrawn("poll_deleted")
    return shown.undecided(view.t, view.prose(poll.title))


def must_grow(turn: Turn, poll: Poll) -> None:
    """Refuse an option where the poll takes none."""
    must_be_open(turn, poll)
    if not poll.grows:
        raise Refused(turn.t("No options can be added to this poll."))


def _late(turn: Turn, poll: Poll, suggestion: Suggestion) -> Answer | None:
    """What is said once it is too late to decide."""
    if poll.takes_votes(turn.now):
        return None
    outreach.undecided(turn.connection, poll, [suggestion], turn.now)
    return Answer(replace=note(turn.t("The poll has closed meanwhile, so nothing was added.")))


def _wrong(turn: Turn, poll: Poll, option: str) -> str:
    """Why an option cannot be added; empty if it can."""
    if not option:
        return turn.t("Please write an option.")
    question = grown(poll.questions[0], option)
    found = question_problems(question)
    return problems(turn.t, Draft(questions=(question,)), found).get("options", "")


def _grow(turn: Turn, poll: Poll, option: str) -> Poll:
    """Add an option; votes that are on their way are counted first."""
    locks.alone(turn.connection, [subject(poll.id)])
    wider = replace(poll, questions=(grown(poll.questions[0], option),))
    asking.change(turn.connection, wider)
    if poll.promise is Promise.SECRET:
        secrecy.grow(turn.connection, wider)
    life.redraw(turn.connection, wider, turn.now)
    return wider


def _suggest(turn: Turn, poll: Poll, option: str) -> Answer:
    suggested = suggesting.waiting(turn.connection, poll.id)
    if option.casefold() in {each.option.casefold() for each in suggested}:
        return Answer(problems={"option": turn.t("That was suggested already; the author has to decide.")})
    ask_author(turn, poll, suggesting.suggest(turn.connection, poll.id, turn.me.id, option))
    return Answer(whisper=note(turn.t("Your option waits for the author's approval. You will hear what became of it.")))


def _decided(turn: Turn) -> tuple[Poll, Suggestion]:
    """The poll and the suggestion whose button was pressed, which is decided with that."""
    if not isinstance(turn.act, Click):
        raise TypeError(turn.act)
    try:
        number = finding.number_of(turn.act.value)
    except ValueError:
        raise gone(turn) from None
    decided = Refused(turn.t("It has been decided about this option already."))
    suggestion = suggesting.find(turn.connection, number)
    if suggestion is None:
        raise decided
    poll = managed(turn, suggestion.poll)
    if not suggesting.drop(turn.connection, number):
        raise decided
    return poll, suggestion


def _tell(turn: Turn, poll: Poll, suggestion: Suggestion, **decision: str) -> None:
    arguments = {"poll": str(poll.id), **decision}
    key = f"decision:{suggestion.id}"
    _write(turn, poll, suggestion.person, key, "polls.decision", arguments)


def _write(scene: Scene, poll: Poll, person: int, key: str, drawing: str, arguments: Mapping[str, str]) -> None:
    for reader, workspace in turnout.home_of(scene.connection, [person], poll.workspace).items():
        outbox.send(
            scene.connection,
            key=f"{subject(poll.id)}:{key}",
            drawing=drawing,
            lane=outbox.Lane.NOTICE,
            now=scene.now,
            workspace=workspace,
            person=reader,
            arguments=arguments,
            expires=scene.now + NEWS_FOR,
        )
