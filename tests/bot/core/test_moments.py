"""Moments, read as people write them."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.cadence.slots import instant
from bot.core.moments import LONGEST, read_beginning, read_moment

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday; ten o'clock in Berlin
BERLIN = "Europe/Berlin"

ENGLISH = [
    ("1h30", "2026-11-23 11:30"),
    ("1h 30m", "2026-11-23 11:30"),
    ("90 min", "2026-11-23 11:30"),
    ("in 3 days", "2026-11-26 10:00"),
    ("an hour", "2026-11-23 11:00"),
    ("1 day and 2 hours", "2026-11-24 12:00"),
    ("5pm", "2026-11-23 17:00"),
    ("5:30 p.m.", "2026-11-23 17:30"),
    ("12 am", "2026-11-24 00:00"),
    ("at 17", "2026-11-23 17:00"),
    ("noon", "2026-11-23 12:00"),
    ("9 o'clock", "2026-11-24 09:00"),
    ("\uff11\uff17\uff1a\uff10\uff10", "2026-11-23 17:00"),
    ("\u200f17:00\u200f", "2026-11-23 17:00"),
    ("today", "2026-11-23 17:00"),
    ("EOD", "2026-11-23 17:00"),
    ("tomorrow", "2026-11-24 17:00"),
    ("Tomorrow 5pm", "2026-11-24 17:00"),
    ("5 pm tomorrow", "2026-11-24 17:00"),
    ("until tomorrow, 17:00", "2026-11-24 17:00"),
    ("tomorrow morning", "2026-11-24 09:00"),
    ("day after tomorrow noon", "2026-11-25 12:00"),
    ("Friday", "2026-11-27 17:00"),
    ("next Friday", "2026-11-27 17:00"),
    ("Mon 11:00", "2026-11-23 11:00"),
    ("monday 9:00", "2026-11-30 09:00"),
    ("next monday", "2026-11-30 17:00"),
    ("next week", "2026-11-30 17:00"),
    ("friday next week", "2026-12-04 17:00"),
    ("by Thurs 5 pm", "2026-11-26 17:00"),
    ("Nov 27 5 pm", "2026-11-27 17:00"),
    ("November 27th, 2026 at 17:00", "2026-11-27 17:00"),
    ("Fri Nov 27", "2026-11-27 17:00"),
    ("24 Dec 18:00", "2026-12-24 18:00"),
    ("11/27", "2026-11-27 17:00"),
    ("27/11", "2026-11-27 17:00"),
    ("2026-11-27", "2026-11-27 17:00"),
    ("2026-11-27 5pm", "2026-11-27 17:00"),
    ("2026-11-27T16:00Z", "2026-11-27 17:00"),
    ("22 Nov", "2027-11-22 17:00"),
    ("Feb 29", "2028-02-29 17:00"),
]

GERMAN = [
    ("Freitag 17 Uhr", "2026-11-27 17:00"),
    ("am Freitag um 17:30 Uhr", "2026-11-27 17:30"),
    ("nächsten Freitag", "2026-11-27 17:00"),
    ("Sonnabend 12 Uhr", "2026-11-28 12:00"),
    ("Freitagabend", "2026-11-27 18:00"),
    ("in 2 Stunden", "2026-11-23 12:00"),
    ("in einer Woche", "2026-11-30 10:00"),
    ("übermorgen 9:00", "2026-11-25 09:00"),
    ("uebermorgen 9 Uhr 30", "2026-11-25 09:30"),
    ("morgen um 17", "2026-11-24 17:00"),
    ("morgen früh", "2026-11-24 09:00"),
    ("27.11. 17:00", "2026-11-27 17:00"),
    ("bis 27.11.", "2026-11-27 17:00"),
    ("27. November 2026", "2026-11-27 17:00"),
    ("24.12 18:00", "2026-12-24 18:00"),
    ("tomorrow 5pm", "2026-11-24 17:00"),
]

OTHERS = [
    ("fr-FR", "demain à 17h", "2026-11-24 17:00"),
    ("fr-FR", "vendredi 17h", "2026-11-27 17:00"),
    ("fr-FR", "le 27 novembre à 17h30", "2026-11-27 17:30"),
    ("fr-FR", "dans 2 heures", "2026-11-23 12:00"),
    ("es-ES", "mañana a las 17:00", "2026-11-24 17:00"),
    ("es-ES", "miercoles 12:00", "2026-11-25 12:00"),
    ("es-ES", "27 de noviembre", "2026-11-27 17:00"),
    ("pl-PL", "w piątek o 17:00", "2026-11-27 17:00"),
    ("pl-PL", "w środę 9:00", "2026-11-25 09:00"),
    ("pl-PL", "za 2 godziny", "2026-11-23 12:00"),
    ("pt-BR", "amanhã às 17h", "2026-11-24 17:00"),
    ("ru-RU", "завтра в 17:00", "2026-11-24 17:00"),
    ("ja-JP", "明日 17:00", "2026-11-24 17:00"),
    ("zh_TW", "明天 17:00", "2026-11-24 17:00"),
    ("en-US", "tonight", "2026-11-23 20:00"),
    ("en-US", "in 2 months", "2027-01-23 17:00"),
    ("en-GB", "11/12", "2026-12-11 17:00"),
    ("tlh", "tomorrow 5pm", "2026-11-24 17:00"),
]


@pytest.mark.parametrize(
    ("tag", "typed", "meant"),
    [*(("en-US", *each) for each in ENGLISH), *(("de-DE", *each) for each in GERMAN), *OTHERS],
)
def test_a_moment_is_read_in_the_persons_own_language(tag: str, typed: str, meant: str) -> None:
    moment = read_moment(typed, BERLIN, NOW, tag)
    assert moment is not None
    assert f"{moment.astimezone(ZoneInfo(BERLIN)):%Y-%m-%d %H:%M}" == meant


@pytest.mark.parametrize("typed", ["3", "17", "2027", "20261127", "1.5", "5 6", "12-34-56"])
def test_a_bare_number_is_not_a_date(typed: str) -> None:
    assert read_moment(typed, BERLIN, NOW, "en-US") is None


@pytest.mark.parametrize(
    "typed",
    ["at 5", "tomorrow at 5", "friday at 5", "Friday 17", "11/12", "Thu Nov 27", "Mon Tue", "may", "tomorrow 25:00"],
)
def test_what_has_two_meanings_is_none(typed: str) -> None:
    assert read_moment(typed, BERLIN, NOW, "en-US") is None


@pytest.mark.parametrize(
    "typed",
    [
        *("now", "yesterday", "2 days ago", "last Friday", "today 9:00", "2026-11-22"),
        *("pizza", "pizza tomorrow", "31 Feb", "24:00"),
        *("9999-12-31", "in 999 weeks", "tomorrow " * LONGEST),
    ],
)
def test_what_is_past_far_away_or_nonsense_is_none(typed: str) -> None:
    assert read_moment(typed, BERLIN, NOW, "en-US") is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tomorrow", "2026-11-24 09:00"),
        ("Freitag", "2026-11-27 09:00"),
        ("2026-12-14", "2026-12-14 09:00"),
        ("today", "2026-11-23 17:00"),
        ("tomorrow 8:00", "2026-11-24 08:00"),
        ("2h", "2026-11-23 12:00"),
    ],
)
def test_what_begins_on_a_day_begins_in_the_morning(typed: str, meant: str) -> None:
    local = datetime.fromisoformat(meant).replace(tzinfo=ZoneInfo(BERLIN))
    assert read_beginning(typed, BERLIN, NOW, "de") == local


def test_the_month_comes_first_where_people_write_it_so() -> None:
    assert read_moment("11/12", "America/New_York", NOW - timedelta(weeks=4), "en-US") == datetime(
        2026, 11, 12, 22, tzinfo=UTC
    )


def test_a_local_time_that_does_not_exist_moves_later() -> None:
    assert read_moment("28.3.2027 2:30", BERLIN, NOW, "de") == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_local_time_that_comes_twice_is_its_first() -> None:
    now = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)  # midnight in Berlin
    assert read_moment("2:30", BERLIN, now, "de") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert read_moment("2:30", BERLIN, now + timedelta(hours=3), "de") == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


ZONES = ["Europe/Berlin", "Pacific/Apia", "America/New_York", "Asia/Kathmandu", "UTC"]
WORDS = [
    *("mar", "may", "jan", "mi", "so", "friday", "morgen", "demain", "tomorrow", "today", "quarter", "month", "week"),
    *("in", "ago", "a", "the", "of", "um", "und", "dans", "à", "next", "last", "second", "früh", "noon", ".", ",", "-"),
    *("1", "2", "12", "31", "99", "2026", "27.11.", "11/27", "9.30", "17:00", "5pm", "2h", "uhr", "h", "d", "am", "pm"),
    *("EST", "+01:00", "MMXXVI", "\u202e", "\u0661"),
]
instants = st.integers(0, 130 * 365 * 24 * 60).map(
    lambda minutes: datetime(1971, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(
    st.text() | st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join),
    st.sampled_from(ZONES),
    instants,
    st.sampled_from(["en-US", "de", "fr", "", "zh-Hant-TW", "x"]),
)
@example("0001-01-01 00:00", "Pacific/Apia", NOW, "en")
@example("9999-12-31T23:59-12:00", "UTC", NOW, "en")
def test_whatever_is_typed_is_after_now_or_none(typed: str, zone: str, now: datetime, tag: str) -> None:
    moment = read_moment(typed, zone, now, tag)
    assert moment is None or (moment > now and moment.utcoffset() == timedelta(0))


@given(st.dates(date(2026, 11, 24), date(2036, 1, 1)), st.times(), st.sampled_from(ZONES))
def test_a_whole_date_means_what_it_says(day: date, at: time, zone: str) -> None:
    at = at.replace(second=0, microsecond=0, tzinfo=None)
    meant = instant(day, at, zone)
    for typed in (
        f"{day} {at:%H:%M}",
        f"{day:%d.%m.%Y} {at:%H:%M} Uhr",
        f"{at:%H:%M} {day:%b %d %Y}",
        f"{day:%A}, {day.day}. {day:%B %Y}, {at:%I:%M %p}",
    ):
        assert read_moment(typed, zone, NOW - timedelta(days=2), "en") == meant


def test_what_is_usual_needs_no_library() -> None:
    """It is heavy, and is only loaded for those who write otherwise."""
    typed = ["2h", "tomorrow 5 pm", "Freitag 17:00", "Fri 17:00", "next week", "27.11. 17 Uhr", "Nov 27", "2026-11-27"]
    script = (
        "import sys; from datetime import UTC, datetime; from bot.core.moments import read_moment\n"
        f"now = datetime.fromisoformat({NOW.isoformat()!r})\n"
        f"assert all(read_moment(each, 'UTC', now, 'de') for each in {typed!r})\n"
        "assert 'dateparser' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
