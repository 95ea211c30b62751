"""What happens when somebody asks a poll."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.cards import note
from bot.core.feature import Turn
from bot.core.interactions import NOTHING, Answer, Submission
from bot.core.places import PlaceKind
from bot.polls.cards import asking as shown
from bot.polls.cards.problems import fits, problems, too_long
from bot.polls.model.definition import Promise, Question, Showing
from bot.polls.model.draft import Draft, Problem, Typed
from bot.polls.service import life, reading
from bot.polls.store import asking, series


def begin(turn: Turn) -> Answer:
    """The button that opens an empty form."""
    draft = Draft(questions=(Question(""),), places=(turn.here.id,) if turn.here else ())
    return Answer(form=shown.form(turn.t, reading.dated(turn, draft), {}, private=_private(turn)))


def line(turn: Turn, text: str) -> Answer:
    """A typed poll is asked at once; with anything wrong in it, the form opens filled."""
    draft = reading.line(turn, text)
    if wrong := draft.problems(turn.now):
        return again(turn, draft, wrong)
    return ask(turn, draft)


def create(turn: Turn) -> Answer:
    """The form was sent."""
    if not isinstance(turn.act, Submission):
        raise TypeError(turn.act)
    values = turn.act.values
    state = json.loads(turn.act.state or "{}")
    place = reading.place_in(reading.one(values.get("place"))) or state.get("place")
    draft = reading.dated(
        turn,
        Draft(
            questions=(reading.asked(values),),
            promise=Promise(reading.one(values.get("promise")) or Promise.OPEN),
            showing=Showing(reading.one(values.get("showing")) or Showing.LIVE),
            places=(int(place),) if place else (),
            typed=Typed(closing=reading.one(values.get("closes")) or "never"),
        ),
    ).settled()
    if wrong := draft.problems(turn.now):
        return Answer(problems=problems(turn.t, draft, wrong))
    return ask(turn, draft)


def ask(turn: Turn, draft: Draft) -> Answer:
    """Ask a draft that is right: now, or at its time."""
    poll = asking.keep(turn.connection, draft, turn.workspace.id, turn.me.id, turn.now)
    if draft.every:
        rhythm = series.begin(turn.connection, poll, draft.every, turn.me.zone)
        poll = replace(poll, series=rhythm.id)
    if poll.opens_at:
        asking.change(turn.connection, poll)
        return _scheduled(turn, poll.opens_at)
    asking.change(turn.connection, life.open_now(turn.connection, poll, turn.now))
    return NOTHING


def again(turn: Turn, draft: Draft, wrong: Mapping[str, Problem]) -> Answer:
    """Nothing typed is lost: the form opens filled, or, where it is too long for any form, the words come back."""
    sentences = problems(turn.t, draft, wrong)
    form = shown.form(turn.t, draft, sentences, private=_private(turn))
    if fits(form):
        return Answer(form=form)
    return Answer(whisper=too_long(turn.t, sentences, draft))


def _scheduled(turn: Turn, opens_at: datetime) -> Answer:
    """A poll for later is confirmed to its author."""
    return Answer(whisper=note(turn.t.rich("Your poll opens {when}.", when=turn.t.when(opens_at))))


def _private(turn: Turn) -> bool:
    return turn.here is not None and turn.here.kind is PlaceKind.DIRECT
