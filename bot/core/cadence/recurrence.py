"""What comes again and again at a local time: every Monday, every second Friday, the last day of a month. Pure rules.

Dates follow an RRULE of RFC 5545; `slots.instant` makes instants of them, over every change of the clocks.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from bot.core.cadence.rule_words import LAST, WORKDAYS, Every, Heard, hear
from bot.core.cadence.slots import WEEK, instant
from bot.core.texts import Texts
from bot.core.written_times import plain, take_time

LONGEST: Final = 60
"""Characters; longer ones are prose."""

MORNING: Final = time(9)
"""The time of a rule that somebody wrote without one."""

MOST_STEPS: Final = 52
LONGEST_MONTH: Final = 31

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SHORTEST_MONTH: Final = 28
_WRITTEN: Final = re.compile(r"DTSTART:(\d{8}T\d{4})00\nRRULE:FREQ=([A-Z]+);INTERVAL=(\d+)(?:;([A-Z0-9=,;-]+))?")
_NTH: Final = frozenset({1, 2, 3, 4, LAST})
_PERIODS: Final = {Every.DAY: 1, Every.WEEK: WEEK}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A local time on the dates of a rule; in which zone, says whoever asks for instants.

    `begins` is a date of the rule, from which every `step`-th day, week or month counts. A week's rule has `weekdays`
    (0 is Monday). A month's rule has either a `day` (1 to 31; in shorter months their last), or the `nth` (1 to 4, or
    LAST) of the days that are one of `weekdays`.
    """

    every: Every
    at: time
    begins: date
    step: int = 1
    weekdays: tuple[int, ...] = ()
    day: int = 0
    nth: int = 0

    def written(self) -> str:
        """The recurrence for a column of a database: DTSTART (local, to the minute) and RRULE, in two lines."""
        return f"DTSTART:{self.begins:%Y%m%d}T{self.at:%H%M}00\nRRULE:{self._rule()}"

    @classmethod
    def of(cls, written: str) -> "Recurrence":
        """What `written()` wrote; ValueError for any other text."""
        found = _WRITTEN.fullmatch(written)
        try:
            read = _parsed(found) if found else None
        except ValueError:
            read = None
        if read is None or read.written() != written:
            raise ValueError(f"not a recurrence of ours: {written!r}")
        return read

    def next_after(self, after: datetime, zone: str, skipped: AbstractSet[date] = frozenset()) -> datetime:
        """The first instant (UTC) strictly after `after` that is on none of the local dates in `skipped`."""
        return self.following(after, zone, 1, skipped)[0]

    def following(
        self, after: datetime, zone: str, count: int, skipped: AbstractSet[date] = frozenset()
    ) -> list[datetime]:
        """The next `count` instants (UTC) strictly after `after` that are on none of the local dates in `skipped`."""
        wanted = (due for day, due in self.occurrences(after, zone) if day not in skipped)
        return list(islice(wanted, count))

    def occurrences(self, after: datetime, zone: str) -> Iterator[tuple[date, datetime]]:
        """Every date of the rule with its instant (UTC), from the first instant after `after` on, without end."""
        newest = after
        for day in self._dates(after.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)):
            due = instant(day, self.at, zone)
            if due > newest:  # where the calendar leaves out a day (Samoa, 2011-12-30), two dates are one instant
                newest = due
                yield day, due

    def describe(self, t: Texts) -> str:
        """The rule in words, as a part of a sentence: `every Monday at 9:00`."""
        time = t.clock(self.at)
        match self.every:
            case Every.DAY:
                return t.many("every day at {time}", "every {count} days at {time}", self.step, time=time)
            case Every.WEEK:
                return self._describe_weeks(t, time)
            case Every.MONTH:
                rule = self._describe_months(t, time)
                if self.step == 1:
                    return rule
                return t.many(
                    "{rule}, but only every month", "{rule}, but only every {count} months", self.step, rule=rule
                )

    def _describe_weeks(self, t: Texts, time: str) -> str:
        days = self._days(t)
        if self.step == 1:
            return t("every {day} at {time}", day=days, time=time)
        if self.step == 2 and len(self.weekdays) == 1:  # noqa: PLR2004 -- every second one
            return t("every second {day} at {time}", day=days, time=time)
        return t.many(
            "every week on {days} at {time}", "every {count} weeks on {days} at {time}", self.step, days=days, time=time
        )

    def _describe_months(self, t: Texts, time: str) -> str:  # noqa: PLR0911 -- a whole sentence for each case
        facts = {"day": self._days(t) or str(self.day), "time": time}
        match self.nth:
            case 0 if self.day == LONGEST_MONTH:
                return t("on the last day of every month at {time}", **facts)
            case 0:
                return t("on day {day} of every month at {time}", **facts)
            case 1:
                return t("every first {day} of the month at {time}", **facts)
            case 2:
                return t("every second {day} of the month at {time}", **facts)
            case 3:
                return t("every third {day} of the month at {time}", **facts)
            case 4:
                return t("every fourth {day} of the month at {time}", **facts)
            case _:  # LAST
                return t("every last {day} of the month at {time}", **facts)

    def _days(self, t: Texts) -> str:
        if self.weekdays == WORKDAYS:
            return t("weekday")
        return t.every([t.weekday(day) for day in self.weekdays])

    def _dates(self, since: date) -> Iterator[date]:
        """The rule's dates from `since` on."""
        begins = self.begins
        if length := _PERIODS.get(self.every, 0) * self.step:
            begins += timedelta(days=max(0, (since - begins).days // length * length))
        rule = rrulestr(self._rule(), dtstart=datetime.combine(begins, time()))
        for each in rule:
            if each.date() >= since:
                yield each.date()

    def _rule(self) -> str:
        rule = f"FREQ={self.every};INTERVAL={self.step}"
        if self.weekdays:
            rule += f";BYDAY={','.join(_DAYS[day] for day in self.weekdays)}"
        if self.nth:
            return f"{rule};BYSETPOS={self.nth}"
        if self.day > _SHORTEST_MONTH:  # the last one that there is
            return f"{rule};BYMONTHDAY={','.join(map(str, range(_SHORTEST_MONTH, self.day + 1)))};BYSETPOS=-1"
        return f"{rule};BYMONTHDAY={self.day}" if self.day else rule


def _parsed(written: re.Match[str]) -> Recurrence:
    start = datetime.strptime(written[1], "%Y%m%dT%H%M")  # noqa: DTZ007 -- a local time has no zone
    parts = dict(part.partition("=")[::2] for part in (written[4] or "").split(";"))
    weekdays = tuple(_DAYS.index(day) for day in filter(None, parts.get("BYDAY", "").split(",")))
    return Recurrence(
        every=Every(written[2]),
        at=start.time(),
        begins=start.date(),
        step=int(written[3]),
        weekdays=weekdays,
        day=int(parts.get("BYMONTHDAY", "0").rsplit(",", 1)[-1]),
        nth=int(parts.get("BYSETPOS", "0")) if weekdays else 0,
    )


def read_recurrence(text: str, zone: str, now: datetime, locale: str) -> Recurrence | None:
    """What somebody in `zone` who speaks `locale` means to repeat, from after `now` on; None where nobody could tell.

    `Mon 9:00`, `weekdays`, `2 weeks Fri 15:00`, `month 1 9:00`, `last friday 16:00`, `jeden ersten Montag 10 Uhr`. What
    has no time is at MORNING.
    """
    if len(text.strip()) > LONGEST:
        return None
    rest, at = take_time(plain(text))
    heard = hear(rest, locale)
    today = now.astimezone(ZoneInfo(zone)).date()
    rule = _rule(heard, Recurrence(every=Every.DAY, at=at or MORNING, begins=today)) if heard else None
    if rule is None:
        return None
    first, _ = next(replace(rule, step=1).occurrences(now, zone))
    return replace(rule, begins=first)


def _rule(heard: Heard, draft: Recurrence) -> Recurrence | None:
    """The rule that words make together, beginning with the day of `draft`."""
    rule = _of_weekdays(heard, draft) if heard.weekdays else _of_days(heard, draft)
    return rule if rule and 1 <= rule.step <= MOST_STEPS and rule.day <= LONGEST_MONTH else None


def _of_weekdays(heard: Heard, draft: Recurrence) -> Recurrence | None:
    weekdays, step, nth = tuple(sorted(heard.weekdays)), heard.step, heard.nth or heard.ordinal
    if heard.day:
        return None
    if nth == 2 and not step and Every.MONTH not in heard.units:  # noqa: PLR2004 -- every second Friday
        step, nth = 2, 0
    if nth in _NTH and heard.units <= {Every.MONTH} and (len(weekdays) == 1 or weekdays == WORKDAYS):
        return replace(draft, every=Every.MONTH, step=step or 1, weekdays=weekdays, nth=nth)
    if nth or not heard.units <= {Every.WEEK}:
        return None
    return replace(draft, every=Every.WEEK, step=step or 1, weekdays=weekdays)


def _of_days(heard: Heard, draft: Recurrence) -> Recurrence | None:
    day = heard.day or heard.ordinal or (LONGEST_MONTH if heard.nth == LAST else heard.nth)
    if day:
        monthly = Every.MONTH in heard.units or (heard.ordinal and not heard.units)
        return replace(draft, every=Every.MONTH, step=heard.step or 1, day=day) if monthly else None
    if len(heard.units) != 1:
        return None
    draft = replace(draft, every=min(heard.units), step=heard.step or 1)
    match draft.every:
        case Every.DAY:
            return draft
        case Every.WEEK:
            return replace(draft, weekdays=(draft.begins.weekday(),))
        case Every.MONTH:
            return replace(draft, day=draft.begins.day)
