"""What comes again and again, read as people write it, over every change of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cadence.recurrence import Recurrence, read_recurrence
from bot.core.cadence.rule_words import LAST, WORKDAYS, Every
from bot.core.cadence.slots import instant, just_before
from bot.core.texts import Texts

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday; ten o'clock in Berlin
BERLIN = "Europe/Berlin"
ZONES = ["Europe/Berlin", "Pacific/Apia", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]


def local(instants: list[datetime], zone: str = BERLIN) -> list[str]:
    return [f"{each.astimezone(ZoneInfo(zone)):%a %d.%m. %H:%M}" for each in instants]


@pytest.mark.parametrize(
    ("typed", "said", "dates"),
    [
        ("Mon 9:00", "every Monday at 9:00 AM", "Mon 30.11. 09:00, Mon 07.12. 09:00"),
        ("Mon 11:00", "every Monday at 11:00 AM", "Mon 23.11. 11:00, Mon 30.11. 11:00"),
        ("mondays", "every Monday at 9:00 AM", "Mon 30.11. 09:00, Mon 07.12. 09:00"),
        ("monday and thursday 9:00", "every Monday and Thursday at 9:00 AM", "Thu 26.11. 09:00, Mon 30.11. 09:00"),
        ("Tue, Thu 5 pm", "every Tuesday and Thursday at 5:00 PM", "Tue 24.11. 17:00, Thu 26.11. 17:00"),
        ("day 9:00", "every day at 9:00 AM", "Tue 24.11. 09:00, Wed 25.11. 09:00"),
        ("daily 10:01", "every day at 10:01 AM", "Mon 23.11. 10:01, Tue 24.11. 10:01"),
        ("every 3 days at noon", "every 3 days at 12:00 PM", "Mon 23.11. 12:00, Thu 26.11. 12:00"),
        ("weekday 9:00", "every weekday at 9:00 AM", "Tue 24.11. 09:00, Wed 25.11. 09:00"),
        ("weekdays", "every weekday at 9:00 AM", "Tue 24.11. 09:00, Wed 25.11. 09:00"),
        ("Mon-Fri 9:00", "every weekday at 9:00 AM", "Tue 24.11. 09:00, Wed 25.11. 09:00"),
        ("2 weeks Fri 15:00", "every second Friday at 3:00 PM", "Fri 27.11. 15:00, Fri 11.12. 15:00"),
        ("every other friday 15:00", "every second Friday at 3:00 PM", "Fri 27.11. 15:00, Fri 11.12. 15:00"),
        ("every second friday 15:00", "every second Friday at 3:00 PM", "Fri 27.11. 15:00, Fri 11.12. 15:00"),
        (
            "2 weeks Mon Thu 9:00",
            "every 2 weeks on Monday and Thursday at 9:00 AM",
            "Thu 26.11. 09:00, Mon 07.12. 09:00",
        ),
        ("3 weeks Fri 15:00", "every 3 weeks on Friday at 3:00 PM", "Fri 27.11. 15:00, Fri 18.12. 15:00"),
        ("weekly", "every Monday at 9:00 AM", "Mon 30.11. 09:00, Mon 07.12. 09:00"),
        ("month 1 9:00", "on day 1 of every month at 9:00 AM", "Tue 01.12. 09:00, Fri 01.01. 09:00"),
        ("every 15th", "on day 15 of every month at 9:00 AM", "Tue 15.12. 09:00, Fri 15.01. 09:00"),
        (
            "2 months on the 15th",
            "on day 15 of every month at 9:00 AM, but only every 2 months",
            "Tue 15.12. 09:00, Mon 15.02. 09:00",
        ),
        ("month 31 9:00", "on the last day of every month at 9:00 AM", "Mon 30.11. 09:00, Thu 31.12. 09:00"),
        ("last day of the month", "on the last day of every month at 9:00 AM", "Mon 30.11. 09:00, Thu 31.12. 09:00"),
        ("first monday 10:00", "every first Monday of the month at 10:00 AM", "Mon 07.12. 10:00, Mon 04.01. 10:00"),
        (
            "second friday of the month",
            "every second Friday of the month at 9:00 AM",
            "Fri 11.12. 09:00, Fri 08.01. 09:00",
        ),
        ("3rd tue", "every third Tuesday of the month at 9:00 AM", "Tue 15.12. 09:00, Tue 19.01. 09:00"),
        ("fourth wed", "every fourth Wednesday of the month at 9:00 AM", "Wed 25.11. 09:00, Wed 23.12. 09:00"),
        ("last friday 16:00", "every last Friday of the month at 4:00 PM", "Fri 27.11. 16:00, Fri 25.12. 16:00"),
        (
            "first weekday of the month",
            "every first weekday of the month at 9:00 AM",
            "Tue 01.12. 09:00, Fri 01.01. 09:00",
        ),
    ],
)
def test_a_rule_is_read_and_said_in_words(typed: str, said: str, dates: str) -> None:
    read = read_recurrence(typed, BERLIN, NOW, "en-US")
    assert read is not None
    assert read.describe(Texts("en")).replace("\u202f", " ") == said
    assert ", ".join(local(read.following(NOW, BERLIN, 2))) == dates


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Montag 9:00", "jeden Montag um 09:00"),
        ("montags", "jeden Montag um 09:00"),
        ("Mo + Do 9 Uhr", "jeden Montag und Donnerstag um 09:00"),
        ("täglich 9:00", "jeden Tag um 09:00"),
        ("taeglich", "jeden Tag um 09:00"),
        ("alle 3 Tage", "alle 3 Tage um 09:00"),
        ("werktags 9.30", "jeden Werktag um 09:30"),
        ("Mo\u2013Fr 9 Uhr", "jeden Werktag um 09:00"),
        ("alle 2 Wochen Fr 15:00", "jeden zweiten Freitag um 15:00"),
        ("jeden zweiten Freitag 15 Uhr", "jeden zweiten Freitag um 15:00"),
        ("jede zweite Woche am Freitag um 15 Uhr", "jeden zweiten Freitag um 15:00"),
        ("alle drei Wochen Mo und Do", "alle 3 Wochen am Montag und Donnerstag um 09:00"),
        ("jeden ersten Montag 10 Uhr", "an jedem ersten Montag im Monat um 10:00"),
        ("jeden 2. Freitag im Monat", "an jedem zweiten Freitag im Monat um 09:00"),
        ("letzter Freitag im Monat 16 Uhr", "an jedem letzten Freitag im Monat um 16:00"),
        ("jeden ersten Werktag im Monat", "an jedem ersten Werktag im Monat um 09:00"),
        ("am 15. 9:00", "am 15. jedes Monats um 09:00"),
        ("alle 3 Monate am 1. 9:00", "am 1. jedes Monats um 09:00, aber nur alle 3 Monate"),
        ("am letzten Tag des Monats 17 Uhr", "am letzten Tag jedes Monats um 17:00"),
    ],
)
def test_a_rule_is_read_and_said_in_german(typed: str, said: str) -> None:
    read = read_recurrence(typed, BERLIN, NOW, "de-DE")
    assert read is not None
    assert read.describe(Texts("de")) == said


@pytest.mark.parametrize(
    ("tag", "typed"), [("pl-PL", "środę 9:00"), ("fr-FR", "mercredi 9h"), ("ja-JP", "水曜日 9:00")]
)
def test_weekdays_are_read_in_any_language(tag: str, typed: str) -> None:
    read = read_recurrence(typed, BERLIN, NOW, tag)
    assert read is not None
    assert read.describe(Texts("en")).replace("\u202f", " ") == "every Wednesday at 9:00 AM"


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "9:00",
            "every",
            "Mon 9",
            "pizza",
            "every pizza",
            "2 hours",
            "99 weeks",
            "5th monday",
            "fri 13",
            "month 32",
        ),
        *("tomorrow", "first monday and thursday", "day monday", "0 weeks", "2 2 weeks", "month monday", "x" * 100),
    ],
)
def test_what_nobody_could_repeat_is_none(typed: str) -> None:
    assert read_recurrence(typed, BERLIN, NOW, "en") is None


def test_skipped_dates_are_passed_over() -> None:
    daily = read_recurrence("day 9:00", BERLIN, NOW, "en")
    assert daily is not None
    skipped = {date(2026, 11, 24), date(2026, 11, 26)}
    assert local(daily.following(NOW, BERLIN, 3, skipped)) == [
        "Wed 25.11. 09:00",
        "Fri 27.11. 09:00",
        "Sat 28.11. 09:00",
    ]
    assert daily.next_after(NOW, BERLIN, skipped) == daily.following(NOW, BERLIN, 1, skipped)[0]


def test_a_time_the_clocks_skip_moves_later_and_one_they_show_twice_comes_once() -> None:
    daily = Recurrence(every=Every.DAY, at=time(2, 30), begins=date(2026, 1, 1))
    spring = daily.following(datetime(2027, 3, 27, 12, tzinfo=UTC), BERLIN, 2)
    assert local(spring) == ["Sun 28.03. 03:30", "Mon 29.03. 02:30"]
    autumn = daily.following(datetime(2027, 10, 30, 12, tzinfo=UTC), BERLIN, 2)
    assert autumn == [datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 11, 1, 1, 30, tzinfo=UTC)]


def test_a_day_the_calendar_leaves_out_comes_once() -> None:
    daily = Recurrence(every=Every.DAY, at=time(9), begins=date(2011, 12, 1))
    instants = daily.following(datetime(2011, 12, 29, 12, tzinfo=UTC), "Pacific/Apia", 3)
    assert local(instants, "Pacific/Apia") == ["Thu 29.12. 09:00", "Sat 31.12. 09:00", "Sun 01.01. 09:00"]


def test_a_rule_of_ten_years_ago_still_counts_from_its_beginning() -> None:
    old = Recurrence(every=Every.WEEK, at=time(9), begins=date(2016, 11, 25), step=2, weekdays=(4,))
    assert all((each.date() - old.begins).days % 14 == 0 for each in old.following(NOW, "UTC", 5))


weekdays = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
rules = st.one_of(
    st.fixed_dictionaries({"every": st.just(Every.DAY)}),
    st.fixed_dictionaries({"every": st.just(Every.WEEK), "weekdays": weekdays}),
    st.fixed_dictionaries({"every": st.just(Every.MONTH), "day": st.integers(1, 31)}),
    st.fixed_dictionaries(
        {
            "every": st.just(Every.MONTH),
            "weekdays": st.integers(0, 6).map(lambda day: (day,)) | st.just(WORKDAYS),
            "nth": st.sampled_from([1, 2, 3, 4, LAST]),
        }
    ),
)
recurrences = st.builds(
    lambda rule, **facts: Recurrence(**rule, **facts),
    rules,
    at=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    begins=st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    step=st.integers(1, 12),
)
moments = st.integers(0, 70 * 365 * 24 * 60).map(lambda ago: datetime(2060, 1, 1, tzinfo=UTC) - timedelta(minutes=ago))


@given(recurrences)
def test_what_is_written_is_read_again(recurrence: Recurrence) -> None:
    assert Recurrence.of(recurrence.written()) == recurrence


@given(recurrences, moments, st.sampled_from(ZONES))
def test_instants_only_go_on_and_keep_their_local_time(recurrence: Recurrence, after: datetime, zone: str) -> None:
    instants = recurrence.following(after, zone, 5)
    assert len(instants) == 5
    assert all(earlier < later for earlier, later in pairwise([after, *instants]))
    for each in instants:
        assert each.utcoffset() == timedelta(0)
        at = each.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        wanted = datetime.combine(at, recurrence.at)
        missed = at > wanted and instant(at.date(), recurrence.at, zone) == each
        assert at == wanted or missed or at - wanted <= timedelta(hours=1)


@given(recurrences, moments, st.sampled_from(ZONES))
def test_nothing_lies_between_an_instant_and_the_next(recurrence: Recurrence, after: datetime, zone: str) -> None:
    first, second = recurrence.following(after, zone, 2)
    assert recurrence.next_after(first, zone) == second
    assert recurrence.next_after(just_before(second), zone) == second


@given(recurrences)
def test_every_rule_has_words_in_every_language(recurrence: Recurrence) -> None:
    for locale in ("en", "de"):
        assert "{" not in recurrence.describe(Texts(locale))


@pytest.mark.parametrize(
    "rule",
    ["FREQ=HOURLY;INTERVAL=1", "FREQ=WEEKLY;INTERVAL=1;BYDAY=XX", "FREQ=DAILY", "FREQ=DAILY;INTERVAL=1;COUNT=3", ""],
)
def test_what_was_not_written_by_us_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="recurrence"):
        Recurrence.of(f"DTSTART:20260101T090000\nRRULE:{rule}")


WORDS = [
    *("every", "second", "first", "last", "1st", "2.", "two", "2", "15", "0", "day", "weeks", "month", "monday", "fri"),
    *("Mo-Fr", "und", "alle", "jeden", "Woche", "weekdays", "fortnight", "9:00", "5 pm", "at", "-", "+", "of", "year"),
]


@given(st.text() | st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), moments, st.sampled_from(ZONES))
def test_whatever_is_typed_is_a_rule_that_goes_on_or_none(typed: str, now: datetime, zone: str) -> None:
    read = read_recurrence(typed, zone, now, "de")
    if read is not None:
        first = read.next_after(now, zone)
        assert first == instant(read.begins, read.at, zone) > now
        assert Recurrence.of(read.written()) == read
