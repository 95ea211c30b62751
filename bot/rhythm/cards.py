"""What people see of their rhythm."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Final

from bot.core.cadence.slots import Weekly
from bot.core.cards import Button, Buttons, Card, Context, Divider, Heading, Option, Part, Prose, Style
from bot.core.forms import ChoiceField, Field, Form, TimeField
from bot.core.rich import PlaceLink, Text, plain, spoken
from bot.core.texts import Texts
from bot.rhythm.model import DAYS, FEWEST, LEADER, LEADER_DEFAULT, Doing, Problem, Row

NONE: Final = "none"
"""The option that asks for no moment."""


def doing_words(t: Texts, doing: Doing) -> str:
    """What a moment is for, as people choose it."""
    match doing:
        case Doing.READ:
            return t("read something")
        case Doing.POST:
            return t("post something")
        case Doing.RESPOND:
            return t("answer somebody")


def at_words(t: Texts, at: Weekly) -> str:
    """A weekday and a time."""
    return t("{day}, {time}", day=t.weekday(at.weekday), time=t.clock(at.at))


def form(t: Texts, rows: Sequence[Row], reminder: Weekly | None, *, leads: bool) -> Form:
    """The form behind `/rhythm`, filled with the plan there is. Leaders see when they are reminded to post."""
    fields: list[Field] = []
    for number, row in enumerate(rows):
        fields += _moment(t, number, row)
    if leads:
        fields += _reminder(t, reminder)
    return Form(
        address="rhythm.plan",
        title=t("Your rhythm"),
        submit=t("Keep it"),
        intro=t.rich("Two or three small moments a week, in your own time. I bring one thing to do; you decide."),
        fields=tuple(fields),
    )


def problems(t: Texts, found: Mapping[str, Problem], rows: Sequence[Row]) -> dict[str, str]:
    """What is wrong with a plan, in sentences, by form field."""
    return {name: _sentence(t, problem, rows[int(name[-1])]) for name, problem in found.items()}


def not_a_time(t: Texts) -> str:
    """The sentence for a time nobody can read."""
    return t("I need a time such as 09:30.")


def line(t: Texts, at: Weekly, doing: Doing | None, due: datetime | None, moved: datetime | None) -> list[Part]:
    """One moment in words with its next date, and, where quiet hours hold it back, when it comes instead."""
    when = at_words(t, at)
    if doing is None:
        said = t.rich("*{when}*: a reminder to post, with a prompt to start from", when=when)
    else:
        said = t.rich("*{when}*: {doing}", when=when, doing=doing_words(t, doing))
    parts: list[Part] = [Prose(said)]
    if moved is not None:
        parts.append(
            Context(
                t.rich("That is within quiet hours here, so I will write when they end: {when}.", when=t.when(moved))
            )
        )
    elif due is not None:
        parts.append(Context(t.rich("Next: {when}", when=t.when(due))))
    return parts


def confirmed(t: Texts, lines: Sequence[Part], *, silent: bool) -> Card:
    """The plan in words, after it was kept. `silent` is somebody who opted out of everything."""
    last = (
        t.rich("You asked me not to write, so this waits. `/drumbeat start` wakes it.")
        if silent
        else t.rich("Each time you can put it off, skip a week or stop.")
    )
    return Card(t("Your rhythm is kept."), (Heading(t("Your rhythm is kept")), *lines, Context(last)))


def nudge(t: Texts, said: Text, place: PlaceLink | None, value: str) -> Card:
    """One concrete thing to do."""
    parts: list[Part] = [Prose(said)]
    if place is not None:
        parts.append(Context(t.rich("A good place for it: {place}", place=place)))
    row = (
        Button(t("Done"), "rhythm.done", value, style=Style.PRIMARY),
        Button(t("Later"), "rhythm.later", value),
        Button(t("Next week"), "rhythm.skip", value),
        Button(t("Change days"), "rhythm.rhythm", opens_form=True),
        Button(t("Stop"), "rhythm.stop", confirm=t("End your rhythm? You can take it up again with /rhythm.")),
    )
    return Card(spoken(said), (*parts, Buttons(row)))


def reminder(t: Texts, purpose: str, beginning: str, day: date, step: int) -> Card:
    """A leader's weekly reminder, with a prompt to start from."""
    value = f"{LEADER}:{day}:{step}"
    row = (
        Button(t("I posted"), "rhythm.done", value, style=Style.PRIMARY),
        Button(t("Another prompt"), "rhythm.another", value),
        Button(t("Not this week"), "rhythm.skip", value),
        Button(t("Change days"), "rhythm.rhythm", opens_form=True),
        Button(t("Stop reminding me"), "rhythm.unremind", confirm=t("No more reminders to post?")),
    )
    said = t("Your people have not read anything from you this week. A few lines are enough.")
    parts = (Prose(plain(said)), Prose(t.rich("*{purpose}*", purpose=purpose)), Prose(plain(beginning)), Buttons(row))
    return Card(said, parts)


def appointed(t: Texts, at: Weekly) -> Card:
    """What a new leader is told."""
    said = t.rich(
        "You are a leader here now. Once a week I remind you to post, with a prompt to start from: *{when}*. "
        "In a week in which you have posted already, I keep quiet.",
        when=at_words(t, at),
    )
    row = (
        Button(t("Change day or time"), "rhythm.rhythm", opens_form=True),
        Button(t("Stop reminding me"), "rhythm.unremind", confirm=t("No more reminders to post?")),
    )
    return Card(spoken(said), (Prose(said), Buttons(row)))


def closed(said: Text, t: Texts, due: datetime | None) -> Card:
    """What is left of a nudge after a press."""
    parts: list[Part] = [Prose(said)]
    if due is not None:
        parts.append(Context(t.rich("Next: {when}", when=t.when(due))))
    return Card(spoken(said), tuple(parts))


def done(t: Texts, weeks: int) -> Text:
    """A press on done; from the second week on it says how many in a row."""
    if weeks > 1:
        return plain(t.many("Done. {count} week in a row.", "Done. {count} weeks in a row.", weeks))
    return plain(t("Done. Thank you."))


def home(t: Texts, lines: Sequence[Part]) -> list[Part]:
    """The rhythm on the home page."""
    parts: list[Part] = [Heading(t("Your rhythm")), *lines]
    if not lines:
        parts.append(Prose(t.rich("None yet. Two small moments a week keep you in touch.")))
    label = t("Change") if lines else t("Start a rhythm")
    return [*parts, Buttons((Button(label, "rhythm.rhythm", opens_form=True),)), Divider()]


def _moment(t: Texts, number: int, row: Row) -> list[Field]:
    optional = number >= FEWEST
    ordinal = (t("First moment"), t("Second moment"), t("Third moment"))[number]
    days = tuple(Option(str(day), t.weekday(day)) for day in DAYS)
    nothing = (Option(NONE, t("No third moment")),) if optional else ()
    chosen = (row.day,) if row.day else (NONE,) if optional else ()
    doings = tuple(Option(doing.value, doing_words(t, doing)) for doing in Doing)
    return [
        ChoiceField(id=f"day{number}", label=ordinal, options=(*nothing, *days), chosen=chosen),
        TimeField(id=f"time{number}", label=t("At"), value=row.at, required=not optional),
        ChoiceField(
            id=f"doing{number}",
            label=t("To"),
            options=doings,
            chosen=(row.doing,) if row.doing else (),
            required=not optional,
        ),
    ]


def _reminder(t: Texts, at: Weekly | None) -> list[Field]:
    days = tuple(Option(str(day), t.weekday(day)) for day in DAYS)
    shown: time = at.at if at else LEADER_DEFAULT.at
    return [
        ChoiceField(
            id="day_leader",
            label=t("Reminder to post"),
            options=(Option(NONE, t("No reminder")), *days),
            chosen=(str(at.weekday) if at else NONE,),
            hint=t("For leaders. None comes in a week in which you have posted already."),
        ),
        TimeField(id="time_leader", label=t("At"), value=f"{shown:%H:%M}", required=False),
    ]


def _sentence(t: Texts, problem: Problem, row: Row) -> str:
    match problem:
        case Problem.FEW:
            return t("A rhythm has at least two moments. Choose a day.")
        case Problem.TIME:
            return not_a_time(t)
        case Problem.HALF:
            return t("This moment needs a time and something to do.")
        case Problem.TWICE:
            return t("Two moments on {day} at {time} would be one. Move one of them.", **_named(t, row))


def _named(t: Texts, row: Row) -> dict[str, str]:
    return {"day": t.weekday(int(row.day)), "time": t.clock(time.fromisoformat(row.at))}
