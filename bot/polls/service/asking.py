"""What happens when somebody asks a poll."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.core.directory import store as directory
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.interactions import NOTHING, Answer, Submission, Value
from bot.core.places import PlaceKind
from bot.polls.cards import asked as told
from bot.polls.cards import asking as shown
from bot.polls.cards.problems import fits, problems, too_long
from bot.polls.model.definition import Promise, Question, Showing
from bot.polls.model.draft import Draft, Problem, Typed
from bot.polls.model.poll import Poll, Stage
from bot.polls.service import extras, life, reading, repeating
from bot.polls.service.audience import audience
from bot.polls.service.finding import number_of
from bot.polls.service.rights import gone
from bot.polls.store import asking, series
from bot.polls.store.turnout import workspaces_of


def begin(turn: Turn) -> Answer:
    """The button that opens an empty form."""
    draft = Draft(questions=(Question(""),), places=reading.here(turn))
    return Answer(form=shown.form(turn.t, reading.dated(turn, draft), {}, private=_private(turn)))


def line(turn: Turn, text: str) -> Answer:
    """A typed poll is asked at once; with anything wrong in it, the form opens filled."""
    draft = reading.line(turn, text)
    if wrong := draft.problems(turn.now):
        return again(turn, draft, wrong)
    return ask(turn, draft)


def first(turn: Turn) -> tuple[Draft, int, Mapping[str, Value]]:
    """The form behind `/poll` as it was sent: the draft, the number of the one it changes (or 0), and all values."""
    if not isinstance(turn.act, Submission):
        raise TypeError(turn.act)
    values = turn.act.values
    here, also, number = _carried(turn, turn.act.state)
    place = reading.place_in(reading.one(values.get("place"))) or here
    draft = reading.dated(
        turn,
        Draft(
            questions=(reading.asked(values),),
            promise=reading.among(Promise, values.get("promise"), Promise.OPEN),
            showing=reading.among(Showing, values.get("showing"), Showing.LIVE),
            places=tuple(dict.fromkeys(filter(None, (place, *also)))),
            typed=Typed(closing=reading.one(values.get("closes")) or "never"),
        ),
    ).settled()
    return draft, number, values


def ask(turn: Turn, draft: Draft, number: int = 0) -> Answer:
    """Ask a draft that is right, now or at its time. `number` is where it was kept."""
    poll = write(turn, draft, number)
    if draft.opens_at:
        scheduled = poll if poll.stage is Stage.SCHEDULED else _schedule(turn, poll, draft)
        return Answer(whisper=repeating.card(turn, scheduled))
    now = replace(poll, opens_at=None, draft_opens_at=None, draft_every=None)
    opened = asking.change(turn.connection, life.open_now(turn.connection, now, turn.now))
    if turn.here.id in draft.places if turn.here else draft.places:
        return NOTHING
    words = turn.prose(opened.title)
    return Answer(whisper=told.asked(turn.t, opened, words, audience(turn, opened), private=not draft.places))


def write(turn: Turn, draft: Draft, number: int = 0) -> Poll:
    """Keep a draft, as a new one or in the place of one that was kept; what opens by itself goes on doing so."""
    _must_be_ours(turn, (*draft.places, *draft.groups))
    poll = asking.poll_from(draft, turn.workspace.id, turn.me.id, turn.now)
    if not number:
        return asking.keep(turn.connection, poll, (*draft.places, *draft.groups))
    before = asking.find_alone(turn.connection, number, turn.now)
    if before is None:
        raise gone(turn)
    asking.ask_only(turn.connection, number, (*draft.places, *draft.groups))
    mine = replace(poll, id=number, series=before.series, author=before.author, opens_at=before.opens_at)
    return asking.change(turn.connection, mine) if before.opens_at is None else _schedule(turn, mine, draft)


def _schedule(turn: Turn, poll: Poll, draft: Draft) -> Poll:
    """Have a poll open by itself, and come again."""
    if draft.every:
        poll = replace(poll, series=series.begin(turn.connection, poll, draft.every, turn.me.zone).id)
    planned = replace(poll, opens_at=draft.opens_at or poll.opens_at, draft_opens_at=None, draft_every=None)
    return asking.change(turn.connection, planned)


def again(turn: Turn, draft: Draft, wrong: Mapping[str, Problem]) -> Answer:
    """Nothing typed is lost: the form opens filled, or, where it is too long for any form, the words come back."""
    sentences = problems(turn.t, draft, wrong)
    form = shown.form(turn.t, draft, sentences, private=_private(turn), more=extras.unusual(turn, draft, wrong))
    if fits(form):
        return Answer(form=form)
    return Answer(whisper=too_long(turn.t, sentences, draft))


def _must_be_ours(turn: Turn, places: Collection[int]) -> None:
    """Refuse places of other organisations: what travels with a form may have been changed on its way."""
    found = directory.places_by_id(turn.connection, places)
    ours = workspaces_of(turn.connection, turn.workspace.id)
    if len(found) < len(set(places)) or any(place.workspace not in ours for place in found.values()):
        raise Refused(turn.t("Choose the channel to ask in."))


def _carried(turn: Turn, state: str) -> tuple[int, list[int], int]:
    """The places and the draft that travelled with a form, 0 where there is none; a client may have changed them."""
    try:
        read = json.loads(state or "{}")
        also = list(map(number_of, read.get("also") or ()))
        return number_of(read.get("place") or 0), also, number_of(read.get("poll") or 0)
    except (ValueError, TypeError, AttributeError):
        raise gone(turn) from None


def _private(turn: Turn) -> bool:
    return turn.here is not None and turn.here.kind is PlaceKind.DIRECT
