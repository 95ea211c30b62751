"""What happens when somebody joins, introduces themselves, fills in their profile, or leaves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.core import outbox
from bot.core.cards import Card, Part, note
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.feature import Scene, Turn, View, Withdrawn
from bot.core.forms import FORM_TEXT
from bot.core.interactions import Answer, Command, Event, Submission, Value
from bot.core.people import Person
from bot.core.rich import Text, spoken
from bot.intros import cards, model, store
from bot.intros.model import LADDER, LIMITS, Introduction, Kept, Missing

LATE: Final = timedelta(days=7)
"""A welcome that could not be sent for a week is none any more; a reminder of anything, after two days."""

STALE: Final = timedelta(days=2)
CURIOUS: Final = timedelta(days=7)
"""How long after an introduction its question is passed on."""


class Intros:
    """The handlers and drawings of introductions."""

    def intro(self, turn: Turn) -> Answer:
        """`/intro`, or its button: the form, filled with what is known. Words after the command are a first answer."""
        kept = store.find(turn.connection, turn.me.id)
        if kept:
            said = Introduction(**{part: _shown(turn, answer) for part, answer in kept.said.answers().items()})
            return Answer(form=cards.form(turn.t, said, again=True))
        typed = _shown(turn, turn.act.text.strip())[:FORM_TEXT] if isinstance(turn.act, Command) else ""
        return Answer(form=cards.form(turn.t, Introduction(turn.me.title, typed, "", ""), again=False))

    def write(self, turn: Turn) -> Answer:
        """The form was sent."""
        if not isinstance(turn.act, Submission):
            raise TypeError(turn.act)
        values = turn.act.values
        answers = {part: _one(values.get(part)).strip() for part in LIMITS}
        said = Introduction(**answers | {"question": model.asked(answers["question"])})
        if problems := said.problems():
            return Answer(problems=cards.problems(turn.t, said, problems))
        store.write(turn.connection, turn.me.id, turn.workspace.id, said, turn.now)
        for asked in ("welcome", "reminder"):
            outbox.cancel_person(turn.connection, turn.me.id, "introduced", f"intros:{asked}:")
        kept = _found(turn, turn.me.id)
        if kept.place is not None:
            outbox.redraw(turn.connection, cards.subject(turn.me.id), turn.now)
            return Answer(whisper=cards.done(turn.t, cards.link(turn.place(kept.place)), again=True))
        # Whoever is choosing the channel now does not see this introduction, so the choice is waited for.
        channel = directory.hold_workspace(turn.connection, turn.workspace.id).settings.introductions
        if channel is not None:
            _post(turn, kept, channel)
        return Answer(whisper=cards.done(turn.t, cards.link(turn.place(channel)), again=False))

    def decline(self, turn: Turn) -> Answer:
        """Somebody would rather not introduce themselves."""
        for asked in ("welcome", "reminder"):
            outbox.cancel_person(turn.connection, turn.me.id, "declined", f"intros:{asked}:")
        return Answer(replace=note(turn.t.rich("All right. If you ever feel like it, `/intro` is there.")))

    def hush(self, turn: Turn) -> Answer:
        """Somebody does not want to hear of their profile."""
        store.hush(turn.connection, turn.me.id, turn.now)
        outbox.cancel_person(turn.connection, turn.me.id, "hushed", "intros:profile:")
        return Answer(replace=note(turn.t("Done: not another word about your profile.")))

    def joined(self, turn: Turn) -> None:
        """Somebody is new in the workspace."""
        self._meet(turn)

    def appeared(self, turn: Turn) -> None:
        """Somebody was seen in a channel. Just after installation that may be anybody, so nobody is taken for new."""
        if store.has_settled(turn.connection, turn.workspace.id):
            self._meet(turn)

    def installed(self, turn: Turn) -> None:
        """The bot is new here, or back, or in one more team: who is there now was there before."""
        if _scope(turn) != "personal":
            store.arrive(turn.connection, turn.workspace.id, turn.now)

    def settle(self, connection: Connection, now: datetime) -> int:
        """Count who was there before the bot."""
        store.arrive_everywhere(connection, now)
        return store.settle(connection, now)

    def profile_changed(self, turn: Turn) -> None:
        """A profile is fuller than before, or its owner has left."""
        if not turn.me.active:
            self.left(turn)
        elif _missing(turn, turn.me) is None:
            outbox.cancel_person(turn.connection, turn.me.id, "profile_complete", "intros:profile:")

    def left(self, turn: Turn) -> None:
        """Somebody is not here any more, or has removed the bot from their private chats."""
        if _scope(turn) in {"", "personal"}:
            outbox.cancel_person(turn.connection, turn.me.id, "left", "intros:")

    def settings_changed(self, turn: Turn) -> None:
        """The channel was chosen (facts `name` and `value`, a place id): what has waited for it is posted."""
        if not isinstance(turn.act, Event):
            raise TypeError(turn.act)
        name, value = turn.act.facts.get("name"), turn.act.facts.get("value", "")
        if name == "introductions" and value.isdecimal():
            for kept in store.waiting(turn.connection, turn.workspace.id):
                _post(turn, kept, int(value))

    def draw_welcome(self, view: View) -> Card | Withdrawn:
        """The first private words."""
        reader = _reader(view)
        if unwanted := _unwanted(view, reader):
            return unwanted
        return cards.welcome(view.t, reader.name, cards.link(view.place(view.workspace.settings.introductions)))

    def draw_reminder(self, view: View) -> Card | Withdrawn:
        """The only reminder."""
        return _unwanted(view, _reader(view)) or cards.reminder(view.t)

    def draw_blank(self, view: View) -> Card | Withdrawn:
        """A word about a blank profile, if it still is blank."""
        reader = _reader(view)
        if not reader.active:
            return Withdrawn("left")
        if store.is_hushed(view.connection, reader.id):
            return Withdrawn("hushed")
        lacking = _missing(view, reader)
        return cards.blank(view.t, lacking, int(view.arguments["day"])) if lacking else Withdrawn("profile_complete")

    def draw_introduction(self, view: View) -> Card:
        """The message in the channel."""
        kept = store.find(view.connection, directory.current(view.connection, int(view.arguments["person"])))
        if kept is None:
            return cards.taken_back(view.t)
        author = view.person(kept.person)
        said = {part: view.prose(answer) for part, answer in kept.said.answers().items()}
        return cards.introduction(view.t, view.name(author.id), author.photo, said)

    def home(self, view: View) -> Sequence[Part]:
        """A person's introduction on their home page."""
        kept = store.find(view.connection, view.reader.id) if view.reader else None
        return cards.home(view.t, view.prose(kept.said.question) if kept else ())

    def waiting(self, view: View) -> Sequence[Text]:
        """Questions that newcomers asked in the channel lately."""
        kept = store.posted(view.connection, view.workspace.id, view.now - CURIOUS, 5)
        others = [each for each in kept if view.reader is None or each.person != view.reader.id]
        return cards.curious(view.t, [(view.name(each.person), view.prose(each.said.question)) for each in others])

    def data(self, view: View) -> Sequence[tuple[str, str]]:
        """What is stored of a person."""
        if view.reader is None:
            return ()
        kept = store.find(view.connection, view.reader.id)
        joined = store.met_at(view.connection, view.reader.id)
        return (
            *(cards.stored(view.t, kept.said) if kept else ()),
            *(((view.t("The day I met you"), view.t.day(joined)),) if joined else ()),
        )

    def forget(self, view: View) -> None:
        """Erase a person's introduction; where it was posted, the channel reads that it was taken back."""
        if view.reader:
            store.forget(view.connection, view.reader.id)
            outbox.cancel_person(view.connection, view.reader.id, "forgotten", "intros:")
            outbox.cancel_subject(view.connection, cards.subject(view.reader.id), "forgotten")
            outbox.redraw(view.connection, cards.subject(view.reader.id), view.now)

    def united(self, view: View, gone: int) -> None:
        """The reader was two people: what either has posted shows the one introduction that is left."""
        if view.reader:
            outbox.hand_over(view.connection, cards.subject(gone), cards.subject(view.reader.id))
            outbox.redraw(view.connection, cards.subject(view.reader.id), view.now)

    def _meet(self, turn: Turn) -> None:
        me = turn.me
        if me.bot or not me.active or store.was_here(turn.connection, turn.workspace, me.id):
            return
        if store.meet(turn.connection, turn.workspace.id, me.id, turn.now) and not me.opted_out:
            _plan(turn)


def _plan(turn: Turn) -> None:
    """Everything the newcomer may hear; each message looks again, when it is sent, whether it is still wanted.

    All of it is the bot's own idea, so it travels in the nudge lane, even the welcome.
    """
    plan = model.plan(turn.now, turn.me.zone, turn.workspace.settings.quiet)
    _nudge(turn, "welcome", "intros.welcome", plan.welcome, LATE)
    _nudge(turn, "reminder", "intros.reminder", plan.reminder, STALE)
    for day, due in zip(LADDER, plan.rungs, strict=True):
        _nudge(turn, "profile", "intros.blank", due, STALE, day)


def _nudge(turn: Turn, kind: str, drawing: str, due: datetime, patience: timedelta, day: int = 0) -> None:
    outbox.send(
        turn.connection,
        key=f"intros:{kind}:{turn.me.id}:{day}" if day else f"intros:{kind}:{turn.me.id}",
        drawing=drawing,
        lane=outbox.Lane.NUDGE,
        now=turn.now,
        workspace=turn.workspace.id,
        person=turn.me.id,
        due=due,
        expires=due + patience,
        arguments={"day": str(day)} if day else None,
    )


def _post(turn: Turn, kept: Kept, channel: int) -> None:
    """Put an introduction into the channel. Its key holds the moment of writing: one forgotten can be written anew."""
    store.post(turn.connection, kept.person, turn.workspace.id, channel)
    outbox.send(
        turn.connection,
        key=f"intros:introduction:{kept.person}:{kept.written_at.timestamp():.6f}",
        drawing="intros.introduction",
        lane=outbox.Lane.PUBLIC,
        now=turn.now,
        workspace=turn.workspace.id,
        place=channel,
        author=kept.person,
        arguments={"person": str(kept.person)},
        subject=cards.subject(kept.person),
    )


def _shown(turn: Turn, written: str) -> str:
    """What somebody wrote, as a form can show it: mentions by name."""
    return spoken(turn.prose(written))


def _scope(turn: Turn) -> str:
    """Where the bot came or went (`personal`, `groupChat`, `channel`); empty where the platform knows only one way."""
    return turn.act.facts.get("scope", "") if isinstance(turn.act, Event) else ""


def _found(scene: Scene, person: int) -> Kept:
    kept = store.find(scene.connection, person)
    if kept is None:
        raise LookupError(person)
    return kept


def _missing(scene: Scene, person: Person) -> Missing | None:
    return model.missing(person, titles=store.tells_titles(scene.connection, scene.workspace.id))


def _unwanted(view: View, reader: Person) -> Withdrawn | None:
    if not reader.active:
        return Withdrawn("left")
    return Withdrawn("introduced") if store.find(view.connection, reader.id) else None


def _reader(view: View) -> Person:
    if view.reader is None:
        raise TypeError(view.reader)
    return view.reader


def _one(value: Value | None) -> str:
    return value if isinstance(value, str) else ""
