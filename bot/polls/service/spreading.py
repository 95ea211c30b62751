"""A poll is asked once more: as a copy, in one more channel, or where its message was lost."""

from dataclasses import replace

from bot.core.cards import note
from bot.core.directory import members
from bot.core.directory import store as directory
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.interactions import Answer, Click
from bot.core.places import Place, PlaceKind
from bot.polls.cards import asking as forms
from bot.polls.cards import managing as shown
from bot.polls.cards.ballot import subject
from bot.polls.cards.problems import fits, problems
from bot.polls.model.definition import Kind, Question
from bot.polls.model.draft import Draft
from bot.polls.model.poll import Poll, Stage
from bot.polls.service import drafts, finding, life, outreach, reading
from bot.polls.service.admission import shut
from bot.polls.service.rights import gone, managed
from bot.polls.service.series import moved
from bot.polls.service.voting import found, pressed
from bot.polls.store import asking, posting


def repeat(turn: Turn) -> Answer:
    """The button that asks a poll once more."""
    return _repeat(turn, managed(turn, found(turn).id))


def repeat_typed(turn: Turn, text: str) -> Answer:
    """`/poll repeat 12`."""
    return _repeat(turn, managed(turn, finding.typed(turn, text).id))


def elsewhere(turn: Turn) -> Answer:
    """The button that asks a poll in one more channel, or its form."""
    if isinstance(turn.act, Click):
        poll = _open(turn, found(turn).id)
        return Answer(form=shown.place_form(turn.t, poll, turn.prose(poll.title)))
    number, _, values = finding.sent(turn)
    poll = _open(turn, number)
    place = turn.place(reading.place_in(reading.one(values.get("place"))))
    if place is None or place.kind is PlaceKind.PEOPLE:
        return Answer(problems={"place": turn.t("Choose the channel to ask in.")})
    if posting.stands(turn.connection, subject(poll.id), place.id):
        return Answer(problems={"place": turn.t("This poll is in that channel already.")})
    if closed := shut(turn, [place.id]):
        draft = Draft(questions=poll.questions, shut=closed)
        return Answer(problems=problems(turn.t, draft, {"place": closed[0]}))
    _post(turn, poll, place)
    return Answer(whisper=note(turn.t("Asked there, too. All votes are counted together.")))


def repost(turn: Turn) -> Answer:
    """A poll whose message was lost is posted again where it was."""
    number, where = pressed(turn)
    poll = _open(turn, number)
    place = directory.places_by_id(turn.connection, asking.audience(turn.connection, poll.id)).get(where)
    if place is None:
        raise gone(turn)
    if posting.stands(turn.connection, subject(poll.id), place.id):
        raise Refused(turn.t("This poll is in that channel already."))
    _post(turn, poll, place)
    return Answer(replace=note(turn.t("Posted again, with all its votes.")))


def _post(turn: Turn, poll: Poll, place: Place) -> None:
    asking.ask_in(turn.connection, poll.id, [place.id])
    life.post(turn.connection, poll, place, turn.now, again=f":{turn.now:%Y%m%d%H%M%S}")
    asked = outreach.asked_of(turn.connection, poll)
    members.want(turn.connection, asked.rosters, until=poll.closes_at or turn.now + life.LOOKED_AT_FOR)


def _open(turn: Turn, number: int) -> Poll:
    poll = managed(turn, number)
    if poll.stage is not Stage.OPEN:
        raise Refused(turn.t("This poll is not open any more."))
    return poll


def _repeat(turn: Turn, poll: Poll) -> Answer:
    draft = _moved(turn, drafts.draft_of(turn, poll), poll)
    here = directory.places_by_id(turn.connection, draft.places).values()
    if _fits_the_form(draft) and all(place.workspace == turn.workspace.id for place in here):
        private = any(place.kind is PlaceKind.DIRECT for place in here)
        form = forms.form(turn.t, draft, {}, private=private)
        if fits(form):
            return Answer(form=form)
    return drafts.keep(turn, draft)


def _moved(turn: Turn, draft: Draft, poll: Poll) -> Draft:
    """The draft with everything as far ahead as it was when the poll was asked."""
    began = poll.opened_at or poll.opens_at or poll.drafted_at
    return replace(
        draft,
        opens_at=None,
        series=False,
        closes_at=moved(poll.closes_at, began, turn.now, turn.me.zone),
        answer_by=moved(poll.answer_by, began, turn.now, turn.me.zone),
    )


def _fits_the_form(draft: Draft) -> bool:
    """Whether the first form shows all there is to a draft."""
    asked = draft.questions[0]
    simple = Draft(
        questions=(asked,),
        promise=draft.promise,
        showing=draft.showing,
        places=draft.places[:1],
        closes_at=draft.closes_at,
    )
    return draft == simple and _usual(asked)


def _usual(asked: Question) -> bool:
    everything = asked.most == len(asked.options) if asked.several or asked.kind is Kind.RANKED else True
    return everything and asked.least == 1 and not asked.explanation
