"""What happens when somebody asks, votes, closes, or a poll's time has come."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.core import outbox
from bot.core.cards import Card, Part, note
from bot.core.database import Connection
from bot.core.errors import Refused
from bot.core.feature import Scene, Turn, View, Withdrawn
from bot.core.interactions import NOTHING, PLACE, Answer, Click, Command, Submission, Value
from bot.core.moments import read_moment
from bot.core.people import Role
from bot.core.places import PlaceKind
from bot.core.rich import Text
from bot.core.words import read
from bot.polls import cards, model, store
from bot.polls.model import Draft, Poll

OPEN_FOR: Final = timedelta(days=3)
"""How long a poll runs if nobody says: over a weekend, and short enough to be remembered."""

FLAGS: Final = ("multi", "confidential", "close")
"""What may stand behind dashes. An unknown one is never passed over: it may have been a wish for secrecy."""

NEVER: Final = frozenset({"never", "nie"})
BATCH: Final = 50
NAMED_VOTERS: Final = 200
"""Names stand on the card while so many have voted; above it the button that lists them does the work."""


class Polls:
    """The handlers and drawings of polls."""

    def poll(self, turn: Turn) -> Answer:
        """`/poll "Question?" "A" "B"` asks at once; without words, or with wrong ones, the form opens filled."""
        if not isinstance(turn.act, Command):
            raise TypeError(turn.act)
        line = read(turn.act.text, frozenset({"close"}))
        phrases = line.phrases or ((line.rest,) if line.rest else ())
        draft = _dated(
            turn,
            Draft(
                question=phrases[0] if phrases else "",
                options=phrases[1:],
                many="multi" in line.flags,
                confidential="confidential" in line.flags,
                closing=line.flags.get("close", ""),
                unknown=tuple(flag for flag in line.flags if flag not in FLAGS),
            ),
        )
        place = turn.here.id if turn.here else None
        if not turn.act.text.strip():
            return self.begin(turn)
        if problems := draft.problems(turn.now):
            return self._again(turn, draft, place, problems)
        return self._ask(turn, draft, place)

    def begin(self, turn: Turn) -> Answer:
        """The button that opens an empty form."""
        place = turn.here.id if turn.here else None
        return Answer(form=cards.form(turn.t, _dated(turn, Draft("")), place, {}, private=_private(turn)))

    def create(self, turn: Turn) -> Answer:
        """The form was sent."""
        if not isinstance(turn.act, Submission):
            raise TypeError(turn.act)
        values = turn.act.values
        state = json.loads(turn.act.state or "{}")
        chosen = PLACE.fullmatch(_one(values.get("place")))
        place = int(chosen[1]) if chosen else state.get("place")
        settings = values.get("settings", ())
        draft = _dated(
            turn,
            Draft(
                question=_one(values.get("question")).strip(),
                options=tuple(filter(None, map(str.strip, _one(values.get("options")).splitlines()))),
                many="many" in settings,
                confidential="confidential" in settings,
                closing=_one(values.get("closes")) or "never",
            ),
        )
        if problems := draft.problems(turn.now):
            return Answer(problems=cards.problems(turn.t, draft, problems))
        return self._ask(turn, draft, place)

    def vote(self, turn: Turn) -> Answer:
        """A press on an option."""
        if not isinstance(turn.act, Click):
            raise TypeError(turn.act)
        number, _, option = turn.act.value.partition(":")
        found = store.find_with_ballot(turn.connection, int(number), turn.me.id)
        if found is None or not 0 <= int(option) < len(found[0].options):
            raise Refused(turn.t("This poll is not there any more."))
        poll, ballot = found
        if not poll.is_open(turn.now):
            raise Refused(turn.t("This poll is closed, so your vote was not counted."))
        choices = model.vote(ballot, int(option), many=poll.many)
        store.cast(turn.connection, poll.id, turn.me.id, choices, turn.now)
        outbox.redraw(turn.connection, cards.subject(poll), turn.now)
        if not poll.confidential and not turn.act.wants_card:
            return NOTHING
        return Answer(
            own=self._ballot(turn, poll) if turn.act.wants_card else None,
            whisper=cards.your_vote(turn.t, poll, choices) if poll.confidential else None,
        )

    def withdraw(self, turn: Turn) -> Answer:
        """Somebody takes their vote back."""
        poll = self._open_poll(turn)
        store.cast(turn.connection, poll.id, turn.me.id, frozenset(), turn.now)
        outbox.redraw(turn.connection, cards.subject(poll), turn.now)
        return Answer(
            own=self._ballot(turn, poll),
            whisper=note(turn.t("Your vote is taken back. You can vote again any time.")),
        )

    def close(self, turn: Turn) -> Answer:
        """The author, or a communicator, ends the poll early."""
        poll = self._open_poll(turn)
        if turn.me.id != poll.author and not turn.me.may(Role.COMMUNICATOR):
            author = turn.person(poll.author).name
            raise Refused(turn.t("Only {author} or a communicator can close this poll.", author=author))
        self._close(turn.connection, poll, turn.now)
        return Answer(own=self._ballot(turn, replace(poll, closed_at=turn.now)))

    def voters(self, turn: Turn) -> Answer:
        """Who voted what, for an open poll with too many voters for the card."""
        poll = self._found(turn)
        if poll.confidential:
            raise Refused(turn.t("This poll is confidential: nobody sees who voted what."))
        return Answer(whisper=cards.who(turn.t, poll, store.voters(turn.connection, poll, NAMED_VOTERS)))

    def close_due(self, connection: Connection, now: datetime) -> int:
        """Close the polls whose time has come."""
        polls = store.due(connection, now, BATCH)
        for poll in polls:
            self._close(connection, poll, now)
        return len(polls)

    def next_closing(self, connection: Connection, after: datetime) -> datetime | None:
        """When the first poll closes that does so after an instant."""
        return store.next_closing(connection, after)

    def draw_ballot(self, view: View) -> Card | Withdrawn:
        """The poll's message."""
        poll = store.find(view.connection, int(view.arguments["poll"]))
        return self._ballot(view, poll) if poll else Withdrawn("poll_deleted")

    def draw_outcome(self, view: View) -> Card | Withdrawn:
        """What is said when the poll has closed."""
        poll = store.find(view.connection, int(view.arguments["poll"]))
        if poll is None:
            return Withdrawn("poll_deleted")
        return cards.outcome(view.t, poll, view.prose(poll.question), store.result(view.connection, poll))

    def home(self, view: View) -> Sequence[Part]:
        """Open polls on the home page: those the person asked or voted in."""
        reader = view.reader
        return cards.home(view.t, store.open_with(view.connection, reader.id, view.now) if reader else [])

    def waiting(self, view: View) -> Sequence[Text]:
        """Open polls in the channels the communicator named, where the reader has not voted yet."""
        if view.reader is None:
            return ()
        found = store.unanswered(view.connection, view.workspace.settings.watched, view.reader.id, view.now)
        return [cards.waiting(view.t, view.prose(poll.question), view.place(poll.place)) for poll in found]

    def data(self, view: View) -> Sequence[tuple[str, str]]:
        """What is stored of a person."""
        asked, voted = store.counts_of(view.connection, view.reader.id if view.reader else 0)
        return ((view.t("Polls you asked"), str(asked)), (view.t("Polls you voted in"), str(voted)))

    def forget(self, view: View) -> None:
        """Erase a person's votes."""
        if view.reader:
            touched = store.subjects_of(view.connection, view.reader.id)
            store.forget(view.connection, view.reader.id)
            for poll in touched:
                outbox.redraw(view.connection, f"polls:{poll}", view.now)

    def _ask(self, turn: Turn, draft: Draft, place: int | None) -> Answer:
        if place is None:
            problem = {"place": model.Problem.NO_PLACE}
            return self._again(turn, draft, place, problem)
        poll = store.ask(turn.connection, draft, turn.workspace.id, turn.me.id, place, turn.now)
        outbox.send(
            turn.connection,
            key=cards.subject(poll),
            drawing="polls.ballot",
            lane=outbox.Lane.PUBLIC,
            now=turn.now,
            workspace=turn.workspace.id,
            place=place,
            author=turn.me.id,
            arguments={"poll": str(poll.id)},
            subject=cards.subject(poll),
        )
        return NOTHING

    def _again(self, turn: Turn, draft: Draft, place: int | None, problems: dict[str, model.Problem]) -> Answer:
        """Nothing typed is lost: the form opens filled, or, where it is too long for any form, the words come back."""
        sentences = cards.problems(turn.t, draft, problems)
        form = cards.form(turn.t, draft, place, sentences, private=_private(turn))
        if cards.fits(form):
            return Answer(form=form)
        return Answer(whisper=cards.too_long(turn.t, sentences, draft))

    def _close(self, connection: Connection, poll: Poll, now: datetime) -> None:
        if not store.close(connection, poll.id, now):
            return
        outbox.redraw(connection, cards.subject(poll), now)
        outbox.send(
            connection,
            key=f"{cards.subject(poll)}:outcome",
            drawing="polls.outcome",
            lane=outbox.Lane.PUBLIC,
            now=now,
            workspace=poll.workspace,
            place=poll.place,
            arguments={"poll": str(poll.id)},
        )

    def _open_poll(self, turn: Turn) -> Poll:
        poll = self._found(turn)
        if not poll.is_open(turn.now):
            raise Refused(turn.t("This poll is closed already."))
        return poll

    def _found(self, turn: Turn) -> Poll:
        if not isinstance(turn.act, Click):
            raise TypeError(turn.act)
        poll = store.find(turn.connection, int(turn.act.value))
        if poll is None:
            raise Refused(turn.t("This poll is not there any more."))
        return poll

    def _ballot(self, scene: Scene, poll: Poll) -> Card:
        result = store.result(scene.connection, poll)
        named = not poll.confidential and result.voters <= NAMED_VOTERS
        voters = store.voters(scene.connection, poll, NAMED_VOTERS) if named else []
        author = scene.name(poll.author)
        return cards.ballot(scene.t, poll, scene.prose(poll.question), author, result, voters)


def _dated(turn: Turn, draft: Draft) -> Draft:
    """The draft with the moment that its typed closing means; none typed means the usual time."""
    if draft.closing in NEVER:
        return replace(draft, closing="")
    if not draft.closing:
        return replace(draft, closes_at=turn.now + OPEN_FOR)
    return replace(draft, closes_at=read_moment(draft.closing, turn.me.zone, turn.now, turn.me.locale))


def _private(turn: Turn) -> bool:
    return turn.here is not None and turn.here.kind is PlaceKind.DIRECT


def _one(value: Value | None) -> str:
    return value if isinstance(value, str) else ""
