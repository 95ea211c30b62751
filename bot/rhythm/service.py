"""What happens when somebody plans a rhythm, answers a nudge, posts, moves or leaves, and when a moment has come."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.core import outbox
from bot.core.cadence import store as cadence
from bot.core.cadence.slots import next_slot, quiet_until
from bot.core.cards import Card, Part
from bot.core.database import Connection
from bot.core.feature import Feature, Scene, Turn, View, Withdrawn
from bot.core.interactions import Answer, Click, Event, Submission
from bot.core.people import Person, Role
from bot.core.places import PlaceKind
from bot.core.rich import PlaceLink, Text, plain
from bot.rhythm import cards, model, store
from bot.rhythm.model import DEFAULT, LEADER, LEADER_DEFAULT, MOST, Doing, Press, Row

SLOTS: Final = tuple(map(str, range(MOST)))
EVERY: Final = (*SLOTS, LEADER)
BATCH: Final = 500


class Rhythm:
    """The handlers and drawings of rhythm. `others` are the features that may know of something to answer."""

    def __init__(self, others: Sequence[Feature] = ()) -> None:
        self.others = others

    def rhythm(self, turn: Turn) -> Answer:
        """`/rhythm`, or a button that stands for it: the form opens, filled with the plan there is."""
        kept = store.kept(turn.connection, turn.me.id)
        plan = [each.moment for each in kept if each.slot != LEADER] or DEFAULT
        rows = [Row(str(each.at.weekday), f"{each.at.at:%H:%M}", each.doing.value) for each in plan]
        reminders = [each.at if each.running else None for each in kept if each.slot == LEADER]
        reminder = reminders[0] if reminders else LEADER_DEFAULT
        leads = Role.LEADER in turn.me.roles
        return Answer(form=cards.form(turn.t, [*rows, Row()][:MOST], reminder, leads=leads))

    def plan(self, turn: Turn) -> Answer:
        """The form was sent."""
        values = _submitted(turn)
        rows = [_row(values, number) for number in range(MOST)]
        plan, found = model.read_plan(rows)
        problems = cards.problems(turn.t, found, rows)
        wants = values.get("day_leader", cards.NONE) != cards.NONE
        reminder = model.read_weekly(values.get("day_leader", ""), values.get("time_leader", ""))
        if wants and reminder is None:
            problems["time_leader"] = cards.not_a_time(turn.t)
        if problems:
            return Answer(problems=problems)
        store.keep_plan(turn.connection, turn.me.id, turn.workspace.id, plan)
        if Role.LEADER in turn.me.roles and reminder:
            store.keep_reminder(turn.connection, turn.me.id, turn.workspace.id, reminder)
        elif Role.LEADER in turn.me.roles:
            store.halt(turn.connection, turn.me.id, (LEADER,))
        outbox.cancel_person(turn.connection, turn.me.id, "rhythm_changed", _campaign(turn.me))
        _run(turn, turn.me)
        return Answer(whisper=cards.confirmed(turn.t, _lines(turn, turn.me), silent=turn.me.opted_out))

    def done(self, turn: Turn) -> Answer:
        """Somebody did it, or a leader has posted."""
        slot, day, _ = _pressed(turn)
        store.press(turn.connection, turn.me.id, day, slot, Press.DONE, turn.now)
        said = plain(turn.t("Thank you for posting.")) if slot == LEADER else cards.done(turn.t, _streak(turn))
        return _closed(turn, slot, said)

    def later(self, turn: Turn) -> Answer:
        """Not now: once more in two hours, or when quiet hours are over."""
        slot, day, _ = _pressed(turn)
        if _name(turn.me, slot) not in cadence.upcoming(turn.connection, turn.me.id):
            said = turn.t.rich("Your rhythm is another one by now. `/rhythm` shows it.")
            return Answer(replace=cards.closed(said, turn.t, None))
        store.press(turn.connection, turn.me.id, day, slot, Press.LATER, turn.now)
        due = model.again_at(turn.workspace.settings.quiet, turn.me.zone, turn.now)
        outbox.send(
            turn.connection,
            key=f"{_campaign(turn.me)}{slot}:later:{due.isoformat()}",
            drawing="rhythm.nudge",
            lane=outbox.Lane.NOTICE,
            now=turn.now,
            workspace=turn.workspace.id,
            person=turn.me.id,
            arguments={"slot": slot, "day": day.isoformat()},
            due=due,
            expires=due + model.PATIENCE,
        )
        return Answer(replace=cards.closed(turn.t.rich("I will be back: {when}.", when=turn.t.when(due)), turn.t, None))

    def skip(self, turn: Turn) -> Answer:
        """Not this week: everything waits for the next."""
        slot, day, _ = _pressed(turn)
        store.press(turn.connection, turn.me.id, day, slot, Press.SKIPPED, turn.now)
        until = model.next_monday(_today(turn, turn.me), turn.me.zone)
        for each in (LEADER,) if slot == LEADER else SLOTS:
            cadence.postpone(turn.connection, _name(turn.me, each), until)
        if slot != LEADER:
            outbox.cancel_person(turn.connection, turn.me.id, "skipped", _campaign(turn.me))
        return _closed(turn, slot, plain(turn.t("Not this week, then.")))

    def stop(self, turn: Turn) -> Answer:
        """No rhythm any more, until `/rhythm` takes it up again."""
        store.halt(turn.connection, turn.me.id, SLOTS)
        _drop(turn.connection, turn.me, SLOTS)
        outbox.cancel_person(turn.connection, turn.me.id, "rhythm_stopped", _campaign(turn.me))
        said = turn.t.rich("Your rhythm has ended. `/rhythm` takes it up again, with the days you had.")
        return Answer(replace=cards.closed(said, turn.t, None))

    def another(self, turn: Turn) -> Answer:
        """A leader looks for another prompt."""
        _, day, step = _pressed(turn)
        return Answer(replace=self._reminder(turn, turn.me, day, step + 1))

    def unremind(self, turn: Turn) -> Answer:
        """A leader wants no reminders; the role stays."""
        store.halt(turn.connection, turn.me.id, (LEADER,))
        _drop(turn.connection, turn.me, (LEADER,))
        outbox.cancel_person(turn.connection, turn.me.id, "reminder_stopped", _name(turn.me, LEADER))
        said = turn.t.rich("No more reminders. `/rhythm` brings them back.")
        return Answer(replace=cards.closed(said, turn.t, None))

    def posted(self, turn: Turn) -> None:
        """Somebody posted where the bot is: a count goes up, nothing else is kept."""
        if turn.here and turn.here.kind is not PlaceKind.DIRECT:
            store.count_post(turn.connection, turn.me.id, turn.here.id, _today(turn, turn.me))

    def moved(self, turn: Turn) -> None:
        """Somebody moved, went or came back: what they planned keeps its local time."""
        if not turn.me.active:
            self.ended(turn)
        elif cadence.upcoming(turn.connection, turn.me.id):
            cadence.move_zone(turn.connection, turn.me.id, turn.me.zone, turn.now)
        else:
            _run(turn, turn.me)

    def removed(self, turn: Turn) -> None:
        """The bot was sent away: by one person from their own chat (that ends their rhythm), or from a channel."""
        if isinstance(turn.act, Event) and turn.act.facts.get("scope", "personal") == "personal":
            self.ended(turn)

    def ended(self, turn: Turn) -> None:
        """Somebody wants no messages, or cannot get any. What they had planned is kept for their return."""
        _drop(turn.connection, turn.me)
        outbox.cancel_person(turn.connection, turn.me.id, "rhythm_paused", "rhythm:")

    def resumed(self, turn: Turn) -> None:
        """Somebody is back, and so is their plan."""
        _run(turn, turn.me)

    def given(self, turn: Turn) -> None:
        """Somebody is a leader now: they are reminded every week, and told so; nothing happens where they are."""
        person = _named(turn)
        if person is None or any(each.slot == LEADER for each in store.kept(turn.connection, person.id)):
            return
        store.keep_reminder(turn.connection, person.id, turn.workspace.id, LEADER_DEFAULT)
        _run(turn, person, (LEADER,))
        outbox.send(
            turn.connection,
            key=f"{_name(person, LEADER)}:appointed:{turn.now.isoformat()}",
            drawing="rhythm.appointed",
            lane=outbox.Lane.NOTICE,
            now=turn.now,
            workspace=turn.workspace.id,
            person=person.id,
        )

    def taken(self, turn: Turn) -> None:
        """Somebody is no leader any more."""
        person = _named(turn)
        if person is None:
            return
        store.drop_reminder(turn.connection, person.id)
        _drop(turn.connection, person, (LEADER,))
        outbox.cancel_person(turn.connection, person.id, "role_taken", _name(person, LEADER))

    def settings_changed(self, turn: Turn) -> None:
        """Quiet hours are others now: nudges that fall into them must outlive them."""
        if not isinstance(turn.act, Event) or turn.act.facts.get("name") != "quiet":
            return
        waits: dict[str, int] = {}
        for (person, slot), (at, zone) in store.running_in(turn.connection, turn.workspace.id).items():
            due = next_slot(at, zone, turn.now)
            patience = model.patience(turn.workspace.settings.quiet, zone, due)
            waits[_named_slot(person, slot)] = int(patience.total_seconds())
        cadence.set_patience(turn.connection, waits)

    def sweep(self, connection: Connection, now: datetime) -> int:
        """Erase post counts that are older than promised."""
        return store.sweep_posts(connection, (now - model.KEPT).date(), BATCH)

    def draw_nudge(self, view: View) -> Card | Withdrawn:
        """One moment has come."""
        reader, slot = view.reader, view.arguments["slot"]
        kept = [] if reader is None else store.kept(view.connection, reader.id)
        mine = next((each for each in kept if each.slot == slot and each.running), None)
        if reader is None or mine is None:
            return Withdrawn("rhythm_changed")
        written = view.arguments.get("day")
        day = date.fromisoformat(written) if written else _today(view, reader)
        doing = mine.moment.doing
        said = self._waiting(view, slot, day) if doing is Doing.RESPOND else ()
        place = None if said else _place(view, doing, model.turn_of(slot, day))
        said = said or plain(view.t(model.prompt(doing, reader.id, slot, day)))
        return cards.nudge(view.t, said, place, f"{slot}:{day}:0")

    def draw_reminder(self, view: View) -> Card | Withdrawn:
        """A leader's week has no post yet, or it has one and nothing is said."""
        reader = view.reader
        if reader is None or Role.LEADER not in reader.roles:
            return Withdrawn("no_leader")
        today = _today(view, reader)
        watched = view.workspace.settings.watched
        if store.has_posted(view.connection, reader.id, model.week_of(today), watched):
            return Withdrawn("posted_already")
        return self._reminder(view, reader, today, 0)

    def draw_appointed(self, view: View) -> Card | Withdrawn:
        """What a new leader is told."""
        kept = store.kept(view.connection, view.reader.id) if view.reader else []
        reminder = next((each for each in kept if each.slot == LEADER and each.running), None)
        return cards.appointed(view.t, reminder.at) if reminder else Withdrawn("no_leader")

    def home(self, view: View) -> Sequence[Part]:
        """The rhythm on the home page."""
        return cards.home(view.t, _lines(view, view.reader) if view.reader else [])

    def data(self, view: View) -> Sequence[tuple[str, str]]:
        """What is stored of a person."""
        person = view.reader.id if view.reader else 0
        pressed, days = store.counts_of(view.connection, person)
        moments = [cards.at_words(view.t, each.at) for each in store.kept(view.connection, person)]
        counted = view.t(
            "{days}; how often and where, never what, for {kept} days",
            days=view.t.many("{count} day", "{count} days", days),
            kept=model.KEPT.days,
        )
        return (
            (view.t("Your weekly moments"), "; ".join(moments) or view.t("none")),
            (view.t("Nudges you answered"), str(pressed)),
            (view.t("Days on which you posted"), counted),
        )

    def forget(self, view: View) -> None:
        """Erase a person's rhythm, presses and post counts."""
        if view.reader:
            store.forget(view.connection, view.reader.id)
            _drop(view.connection, view.reader)
            outbox.cancel_person(view.connection, view.reader.id, "erased", "rhythm:")

    def united(self, view: View, gone: int) -> None:
        """The reader was two people: what is left of both plans runs in the one name."""
        if view.reader is None:
            return
        for slot in EVERY:
            cadence.drop(view.connection, _named_slot(gone, slot))
        for campaign in (f"rhythm:{gone}:", _named_slot(gone, LEADER)):
            outbox.cancel_person(view.connection, view.reader.id, "rhythm_changed", campaign)
        _run(view, view.reader)

    def _reminder(self, scene: Scene, person: Person, day: date, step: int) -> Card:
        purpose, beginning = model.leader_prompt(person.id, day, step)
        return cards.reminder(scene.t, scene.t(purpose), scene.t(beginning), day, step)

    def _waiting(self, view: View, slot: str, day: date) -> Text:
        """Something real that waits for an answer; another one from moment to moment."""
        waiting = [said for feature in self.others if feature.waiting for said in feature.waiting(view)]
        return waiting[model.turn_of(slot, day) % len(waiting)] if waiting else ()


def _run(scene: Scene, person: Person, slots: Sequence[str] = EVERY) -> None:
    """Make the cadences that a person's plan asks for in `slots`, and end the others there."""
    _drop(scene.connection, person, slots)
    for kept in store.kept(scene.connection, person.id) if not person.opted_out else ():
        if kept.running and kept.slot in slots:
            due = next_slot(kept.at, person.zone, scene.now)
            patience = model.patience(scene.workspace.settings.quiet, person.zone, due)
            cadence.every_week(
                scene.connection,
                name=_name(person, kept.slot),
                drawing="rhythm.reminder" if kept.slot == LEADER else "rhythm.nudge",
                lane=outbox.Lane.NUDGE,
                slot=kept.at,
                zone=person.zone,
                now=scene.now,
                workspace=kept.workspace,
                person=person.id,
                arguments={"slot": kept.slot},
                patience=int(patience.total_seconds()),
            )


def _drop(connection: Connection, person: Person, slots: Sequence[str] = EVERY) -> None:
    for slot in slots:
        cadence.drop(connection, _name(person, slot))


def _lines(scene: Scene, person: Person) -> list[Part]:
    """A person's running moments in words, each with its next date."""
    upcoming = cadence.upcoming(scene.connection, person.id)
    lines: list[Part] = []
    for kept in store.kept(scene.connection, person.id):
        due = upcoming.get(_name(person, kept.slot))
        moved = quiet_until(scene.workspace.settings.quiet, person.zone, due) if due else None
        doing = None if kept.slot == LEADER else kept.moment.doing
        if kept.running:
            lines += cards.line(scene.t, kept.at, doing, due, moved)
    return lines


def _closed(turn: Turn, slot: str, said: Text) -> Answer:
    """The nudge becomes a short state with the date of the next one."""
    upcoming = cadence.upcoming(turn.connection, turn.me.id)
    names = [_name(turn.me, each) for each in ((LEADER,) if slot == LEADER else SLOTS)]
    due = min((upcoming[name] for name in names if name in upcoming), default=None)
    return Answer(replace=cards.closed(said, turn.t, due))


def _streak(turn: Turn) -> int:
    done = {model.week_of(day) for day in store.pressed(turn.connection, turn.me.id, Press.DONE)}
    skipped = {model.week_of(day) for day in store.pressed(turn.connection, turn.me.id, Press.SKIPPED)}
    return model.streak(done, skipped, model.week_of(_today(turn, turn.me)))


def _place(view: View, doing: Doing, turn: int) -> PlaceLink | None:
    """A channel to do it in: new colleagues are answered in introductions, all else happens in watched channels."""
    settings = view.workspace.settings
    places = settings.watched or tuple(filter(None, (settings.introductions,)))
    if doing is Doing.RESPOND and settings.introductions:
        places = (settings.introductions, *settings.watched)
    place = view.place(places[turn % len(places)]) if places else None
    return PlaceLink(place.name, place.key) if place else None


def _today(scene: Scene, person: Person) -> date:
    return scene.now.astimezone(ZoneInfo(person.zone)).date()


def _campaign(person: Person) -> str:
    return f"rhythm:{person.id}:"


def _name(person: Person, slot: str) -> str:
    return _named_slot(person.id, slot)


def _named_slot(person: int, slot: str) -> str:
    return f"rhythm:leader:{person}" if slot == LEADER else f"rhythm:{person}:{slot}"


def _pressed(turn: Turn) -> tuple[str, date, int]:
    """The slot, the day and the step that a nudge's button carries."""
    if not isinstance(turn.act, Click):
        raise TypeError(turn.act)
    slot, day, step = turn.act.value.split(":")
    return slot, date.fromisoformat(day), int(step)


def _submitted(turn: Turn) -> dict[str, str]:
    if not isinstance(turn.act, Submission):
        raise TypeError(turn.act)
    return {name: value for name, value in turn.act.values.items() if isinstance(value, str)}


def _row(values: dict[str, str], number: int) -> Row:
    day, at, doing = (values.get(f"{name}{number}", "").strip() for name in ("day", "time", "doing"))
    return Row() if day == cards.NONE else Row(day, at, doing)


def _named(turn: Turn) -> Person | None:
    """Whose role changed, if it is the leader's."""
    if not isinstance(turn.act, Event) or turn.act.facts["role"] != Role.LEADER:
        return None
    return turn.person(int(turn.act.facts["person"]))
