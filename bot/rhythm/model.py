"""What makes a rhythm: moments of a week, when they may speak, which prompt comes next, how weeks add up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.core.cadence.slots import WEEK, Weekly, instant, quiet_until
from bot.core.places import QuietHours
from bot.core.texts import later

FEWEST: Final = 2
MOST: Final = 3
LEADER: Final = "leader"
"""The slot of a leader's weekly reminder; the moments of a plan have the slots `0`, `1` and `2`."""

PATIENCE: Final = timedelta(hours=6)
"""How long after its time a nudge is still worth sending."""

LATER: Final = timedelta(hours=2)
KEPT: Final = timedelta(days=92)
"""How long post counts are kept: a quarter of a year, enough to see a habit form."""

DAYS: Final = range(WEEK)
_STRIDE: Final = 5
"""Prompts a leader may look through before next week's come up; shares no factor with how many there are."""


class Doing(StrEnum):
    """What a moment is for."""

    READ = "read"
    POST = "post"
    RESPOND = "respond"


class Press(StrEnum):
    """What somebody made of a nudge."""

    DONE = "done"
    LATER = "later"
    SKIPPED = "skipped"


class Problem(StrEnum):
    """Why a plan cannot be kept."""

    FEW = "few"
    TIME = "time"
    HALF = "half"
    TWICE = "twice"


_DOINGS: Final = frozenset(map(str, Doing))


@dataclass(frozen=True, slots=True)
class Moment:
    """Something to do at a weekday and time, in the person's own zone."""

    at: Weekly
    doing: Doing


@dataclass(frozen=True, slots=True)
class Row:
    """One moment as somebody filled it in: `day` from 0 (Monday) to 6, `at` as `HH:MM`, `doing`; each may be empty."""

    day: str = ""
    at: str = ""
    doing: str = ""


DEFAULT: Final = (Moment(Weekly(1, time(9, 30)), Doing.READ), Moment(Weekly(3, time(14)), Doing.RESPOND))
LEADER_DEFAULT: Final = Weekly(2, time(10))
"""Wednesday morning: Monday's post has had its chance, and two working days are left to write one."""


def read_plan(rows: Sequence[Row]) -> tuple[tuple[Moment, ...], Mapping[str, Problem]]:
    """The moments that rows mean, and what is wrong by the form field it belongs to (`time1`)."""
    moments: list[Moment] = []
    wrong: dict[str, Problem] = {}
    for number, row in enumerate(rows):
        at = read_weekly(row.day, row.at)
        if at and row.doing in _DOINGS:
            if any(at == other.at for other in moments):
                wrong[f"time{number}"] = Problem.TWICE
            moments.append(Moment(at, Doing(row.doing)))
        elif row.day:
            wrong[f"time{number}"] = Problem.TIME if row.at and at is None else Problem.HALF
        elif number < FEWEST:
            wrong[f"day{number}"] = Problem.FEW
    return tuple(moments), wrong


def read_weekly(day: str, at: str) -> Weekly | None:
    """A weekday and a time as a form gives them; None where they are none."""
    if day not in map(str, DAYS):
        return None
    try:
        return Weekly(int(day), time.fromisoformat(at).replace(second=0, microsecond=0, tzinfo=None))
    except ValueError:
        return None


def patience(quiet: QuietHours, zone: str, due: datetime) -> timedelta:
    """How long after `due` a nudge may still come: a moment in quiet hours must outlive them."""
    return PATIENCE + ((quiet_until(quiet, zone, due) or due) - due)


def again_at(quiet: QuietHours, zone: str, now: datetime) -> datetime:
    """When "later" is: in two hours, or when the quiet hours that hold by then are over."""
    soon = now + LATER
    return quiet_until(quiet, zone, soon) or soon


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def next_monday(day: date, zone: str) -> datetime:
    """The last instant before next week begins in `zone`: slots after it are next week's."""
    return instant(week_of(day) + timedelta(days=WEEK), time(0), zone) - timedelta(seconds=1)


def streak(done: Collection[date], skipped: Collection[date], week: date) -> int:
    """How many weeks in a row, up to `week`, had something done. Weeks are Mondays; a skipped week is no gap."""
    weeks = 0
    while week in done or week in skipped:
        weeks += week in done
        week -= timedelta(days=WEEK)
    return weeks


def turn_of(slot: str, day: date) -> int:
    """The running number of a moment's nudges over all weeks: each week has `MOST`."""
    return (day.toordinal() - 1) // WEEK * MOST + int(slot)


def prompt(doing: Doing, person: int, slot: str, day: date) -> str:
    """One concrete thing to do; the same one comes back only when the library is through."""
    library = LIBRARY[doing]
    return library[(person + turn_of(slot, day)) % len(library)]


def leader_prompt(person: int, day: date, step: int) -> tuple[str, str]:
    """A purpose and a sentence to start a post from; `step` counts how often another one was asked for."""
    week = (day.toordinal() - 1) // WEEK
    return LEADING[(person + week * _STRIDE + step) % len(LEADING)]


LIBRARY: Final[Mapping[Doing, tuple[str, ...]]] = {
    Doing.READ: (
        later("Read the three newest posts and leave a reaction on the one that helps you most."),
        later("Find one announcement you skipped this week and read it to the end."),
        later("Read the last post of somebody you have never worked with."),
        later("Open one thread with many replies and read how it ended."),
        later("Look up one decision that was shared this month, and why it was made."),
        later("Read the newest introduction and remember one thing about that person."),
        later("Scroll back to last Monday and catch the one post you missed."),
        later("Read one post from another department and note one word you did not know."),
        later("Find a link somebody shared this week and give it five minutes."),
        later("Read who was praised lately, and for what."),
    ),
    Doing.POST: (
        later("Share one thing you finished this week, in two sentences."),
        later("Post one link that helped you lately, and say in a line why."),
        later("Write down one thing you learned this week that somebody else could use."),
        later("Ask one question you have carried around for days."),
        later("Say what you are working on next, so that somebody can offer help."),
        later("Post a picture of where you work today, or of what you are building."),
        later("Name one small habit that makes your day easier."),
        later("Tell what a customer or colleague said that stayed with you."),
        later("Share something that did not work, and what you would try instead."),
        later("Thank somebody in public for one concrete thing."),
    ),
    Doing.RESPOND: (
        later("Find one question without an answer and answer it, or name who could."),
        later("Reply to the newest introduction with one thing you share with that person."),
        later("Pick one post without a reply and say what you take from it."),
        later("Answer one open poll."),
        later("Ask one follow-up question under a post from this week."),
        later("Add your experience to one thread, in two sentences."),
        later("Congratulate somebody on something that was shared this week."),
        later("Tell the author of one post what you did because of it."),
        later("Bring one person into a thread who should know about it."),
        later("Go back to a question you asked and say how it ended."),
    ),
}
"""Prompts by what a moment is for; ten each, since ten shares no factor with the three moments of a week."""

LEADING: Final[tuple[tuple[str, str], ...]] = (
    (later("Share a decision"), later("We decided … this week. The reason was …, and we gave up … for it.")),
    (later("Thank somebody by name"), later("I want to thank … for …. Because of it, …")),
    (later("Ask a question"), later("What slows you down most right now that I could take out of the way?")),
    (later("Tell what you learned"), later("I used to think …. This week I learned …")),
    (later("Show the way ahead"), later("For the next four weeks one thing matters most: …. Here is why.")),
    (later("Admit a mistake"), later("I got … wrong. What I do differently now: …")),
    (later("Pass on a customer's voice"), later("A customer told us: “…”. It made me think about …")),
    (later("Explain a number"), later("One number I look at every week is …. It moved because …")),
    (later("Give a look behind the scenes"), later("I spent Tuesday with …. What I saw there: …")),
    (later("Point to good work"), later("Have a look at what … built: …. What I like about it: …")),
    (later("Answer what people ask"), later("Several of you asked me …. The honest answer is …")),
    (later("Say what will not happen"), later("We will not do … this year, so that we can …")),
    (later("Ask for advice"), later("I have to choose between … and …. What would you weigh?")),
    (later("Mark a milestone"), later("A year ago …. Today …. That took …")),
    (later("Recommend something"), later("I read …, and this one thought stayed with me: …")),
    (later("Welcome somebody"), later("… has joined us. Ask them about …, and tell them about …")),
)
"""Purposes and beginnings for leaders; sixteen, which shares no factor with the stride."""
