"""What happens when somebody praises, when a praise channel is chosen, and at the end of the week."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.core import outbox
from bot.core.cadence import store as cadence
from bot.core.cards import Card, Part, note
from bot.core.feature import Scene, Turn, View, Withdrawn
from bot.core.interactions import NOTHING, PLACE, Answer, Click, Command, Event, Submission, Value
from bot.core.places import Place, PlaceKind
from bot.core.rich import Mention, spoken
from bot.core.words import mentioned
from bot.praise import cards, model, store
from bot.praise.model import Draft, Praise, Problem

ON_HOME: Final = 5
"""Praise shown on the home page."""


class Praises:
    """The handlers and drawings of praise."""

    def praise(self, turn: Turn) -> Answer:
        """`/praise @somebody for what they did #value`; without words, or from a button, the form."""
        if not isinstance(turn.act, Command | Click):
            raise TypeError(turn.act)
        place = _where(turn, turn.here)
        typed = turn.act.text.strip() if isinstance(turn.act, Command) else ""
        if not typed:
            return Answer(form=cards.form(turn.t, Draft((), ""), place, {}))
        draft = model.read(typed)
        if found := _problems(turn, draft, place):
            return _again(turn, draft, place, found)
        return self._give(turn, draft, place)

    def give(self, turn: Turn) -> Answer:
        """The form was sent."""
        if not isinstance(turn.act, Submission):
            raise TypeError(turn.act)
        values = turn.act.values
        reason = _one(values.get("reason")).strip()
        tagged = (*model.values(reason), *model.typed_values(_one(values.get("values"))))
        people = mentioned(" ".join(_all(values.get("people"))))
        draft = Draft(people, reason, tuple(dict.fromkeys(tagged)))
        place = _where(turn, _chosen(turn, turn.act))
        if found := _problems(turn, draft, place):
            return Answer(problems=cards.problems(turn.t, draft, found))
        return self._give(turn, draft, place)

    def settings_changed(self, turn: Turn) -> None:
        """A praise channel was chosen or given up (facts `name` and `value`, a place id): its digest comes and goes."""
        if not isinstance(turn.act, Event) or turn.act.facts.get("name") != "praise":
            return
        value = turn.act.facts.get("value", "")
        if value.isdecimal():
            _plan_digest(turn, int(value))
        else:
            cadence.drop(turn.connection, _digest_name(turn))

    def draw_praise(self, view: View) -> Card:
        """The message in the channel."""
        praise = store.find(view.connection, int(view.arguments["praise"]))
        if praise is None:
            return cards.taken_back(view.t)
        people = [_gently(view, person) for person in praise.people]
        return cards.public(view.t, praise, _giver(view, praise), people, view.prose(praise.reason))

    def draw_told(self, view: View) -> Card | Withdrawn:
        """The private word to somebody who was praised."""
        praise = store.find(view.connection, int(view.arguments["praise"]))
        if praise is None or view.reader is None or view.reader.id not in praise.people:
            return Withdrawn("praise_gone")
        place = cards.link(view.place(praise.place))
        return cards.told(view.t, praise, _giver(view, praise), place, view.prose(praise.reason))

    def draw_digest(self, view: View) -> Card | Withdrawn:
        """The week in praise, of the channel it is sent to."""
        place = int(view.arguments["place"])
        begin, end = model.week(view.now, view.arguments["zone"])
        praises = store.between(view.connection, place, begin, end)
        if not praises:
            return Withdrawn("nothing_to_tell")
        return cards.digest(view.t, model.add_up(praises, store.names_between(view.connection, place, begin, end)))

    def home(self, view: View) -> Sequence[Part]:
        """Praise received, on the home page."""
        if view.reader is None:
            return ()
        received, _ = store.counts_of(view.connection, view.reader.id)
        newest = store.received(view.connection, view.reader.id, ON_HOME)
        return cards.home(view.t, received, [(_giver(view, each), view.prose(each.reason)) for each in newest])

    def data(self, view: View) -> Sequence[tuple[str, str]]:
        """What is stored of a person."""
        received, given = store.counts_of(view.connection, view.reader.id if view.reader else 0)
        return ((view.t("Praise you received"), str(received)), (view.t("Praise you gave"), str(given)))

    def forget(self, view: View) -> None:
        """Take a person out of all praise. What they gave to others stays theirs, from a colleague without a name."""
        if view.reader is None:
            return
        changed, gone = store.forget(view.connection, view.reader.id)
        outbox.cancel_person(view.connection, view.reader.id, "forgotten", "praise:")
        for praise in gone:
            outbox.cancel_subject(view.connection, cards.subject(praise), "forgotten")
        for praise in changed:
            outbox.redraw(view.connection, cards.subject(praise), view.now)

    def _give(self, turn: Turn, draft: Draft, place: int | None) -> Answer:
        if place is None:
            raise LookupError(place)
        if _just_said(turn, draft):
            return Answer(whisper=note(turn.t("These same words are posted already, a moment ago. Once is enough.")))
        praise = store.give(turn.connection, draft, turn.workspace.id, turn.me.id, place, turn.now)
        _say(turn, praise)
        if place == turn.workspace.settings.praise:
            _plan_digest(turn, place)
        if turn.here and turn.here.id == place:
            return NOTHING
        return Answer(whisper=cards.posted(turn.t, cards.link(turn.place(place))))


def _say(turn: Turn, praise: Praise) -> None:
    """Post praise, and tell those praised: privately, outside their quiet hours, and not after an opt-out."""
    outbox.send(
        turn.connection,
        key=cards.subject(praise.id),
        drawing="praise.praise",
        lane=outbox.Lane.PUBLIC,
        now=turn.now,
        workspace=turn.workspace.id,
        place=praise.place,
        author=turn.me.id,
        arguments={"praise": str(praise.id)},
        subject=cards.subject(praise.id),
    )
    for person in praise.people:
        outbox.send(
            turn.connection,
            key=f"{cards.subject(praise.id)}:told:{person}",
            drawing="praise.told",
            lane=outbox.Lane.NOTICE,
            now=turn.now,
            workspace=turn.workspace.id,
            person=person,
            arguments={"praise": str(praise.id)},
            subject=cards.subject(praise.id),
        )


def _plan_digest(turn: Turn, place: int) -> None:
    """A digest every week, unless it is planned already: planning it anew at its own hour would skip that week."""
    name, zone = _digest_name(turn), turn.workspace.zone
    if store.digest(turn.connection, name) != (place, zone):
        cadence.every_week(
            turn.connection,
            name=name,
            drawing="praise.digest",
            lane=outbox.Lane.PUBLIC.value,
            slot=model.DIGEST,
            zone=zone,
            now=turn.now,
            workspace=turn.workspace.id,
            place=place,
            arguments={"place": str(place), "zone": zone},
        )


def _digest_name(scene: Scene) -> str:
    return f"praise:digest:{scene.workspace.id}"


def _where(turn: Turn, here: Place | None) -> int | None:
    """Where praise given `here` is posted: in the praise channel, else here unless that is private."""
    chosen = turn.workspace.settings.praise
    if chosen is not None or here is None or here.kind is PlaceKind.DIRECT:
        return chosen
    return here.id


def _chosen(turn: Turn, act: Submission) -> Place | None:
    """The place chosen in the form, or the one it was opened in; only of this workspace."""
    token = PLACE.fullmatch(_one(act.values.get("place")))
    known = token[1] if token else json.loads(act.state or "{}").get("place")
    place = turn.place(int(known)) if known else None
    return place if place and place.workspace == turn.workspace.id else None


def _problems(turn: Turn, draft: Draft, place: int | None) -> dict[str, Problem]:
    people = [turn.person(person) for person in draft.people[: model.MOST_PEOPLE]]
    found = draft.problems(people, turn.me.id)
    return found if place else found | {"place": Problem.NO_PLACE}


def _again(turn: Turn, draft: Draft, place: int | None, found: dict[str, Problem]) -> Answer:
    """Nothing typed is lost: the form opens filled, or, where it is too long for any form, the words come back."""
    shown = replace(
        draft,
        reason=spoken(turn.prose(draft.reason)),
        people=tuple(who for who in draft.people if who != turn.me.id and not turn.person(who).bot),
    )
    sentences = cards.problems(turn.t, draft, found)
    if cards.fits(shown):
        return Answer(form=cards.form(turn.t, shown, place, sentences))
    return Answer(whisper=cards.too_long(turn.t, sentences, shown))


def _just_said(turn: Turn, draft: Draft) -> bool:
    lately = store.given_since(turn.connection, turn.me.id, turn.now - model.TWICE)
    return any(each.reason == draft.reason and set(each.people) == set(draft.people) for each in lately)


def _giver(scene: Scene, praise: Praise) -> Mention | None:
    return None if praise.giver is None else scene.name(praise.giver)


def _gently(scene: Scene, person: int) -> Mention:
    """Somebody praised, as a mention; whoever opted out is named but not called."""
    known = scene.person(person)
    return Mention(known.name, "" if known.opted_out else known.account)


def _one(value: Value | None) -> str:
    return value if isinstance(value, str) else ""


def _all(value: Value | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value or ()
