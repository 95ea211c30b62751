import re
from dataclasses import replace
from datetime import timedelta
from gettext import NullTranslations

import pytest

from adapters.sandbox import company, happenings
from adapters.sandbox.chat import Chat
from adapters.sandbox.happenings import HAPPENINGS, pressed, things
from adapters.sandbox.strip import Names, Strip
from bot.core.outbox import Planned
from bot.core.rich import plain, spoken
from bot.core.texts import Texts
from bot.features import features
from bot.sending.reasons import REASONS
from scheduler import Happening, Notice
from tests.adapters.sandbox.conftest import TUESDAY, Visit

SENT = Notice(
    happening=Happening.SENT,
    at=TUESDAY,
    workspace=1,
    key="rhythm:1",
    drawing="rhythm.nudge",
    lane="nudge",
    person=1,
)


@pytest.fixture
def strip() -> Strip:
    """Give a strip that knows Ana as person 1 and #general as place 1."""
    chat = Chat()
    company.move_in(company.load(), chat)
    strip = Strip(chat)
    strip.names = Names({1: "ana"}, {1: "general"})
    return strip


def lines(strip: Strip, locale: str = "en") -> list[str]:
    t = Texts(locale)
    return [f"{spoken(line.words(t))} x{line.times} {line.zone}" for line in strip.lines]


def test_every_message_the_bot_can_send_has_a_name_that_people_understand() -> None:
    drawings = {f"{feature.name}.{name}" for feature in features() for name in feature.drawings}
    assert drawings == set(things())


def test_everything_that_can_happen_to_a_message_has_a_sentence() -> None:
    assert {happening.value for happening in Happening} <= set(HAPPENINGS)


def test_a_line_names_the_person_and_is_told_in_their_time(strip: Strip) -> None:
    strip.notice(SENT)
    assert lines(strip) == ["A nudge sent to Ana Beatriz Rocha. x1 America/Sao_Paulo"]


def test_a_message_that_waits_says_until_when_and_why(strip: Strip) -> None:
    until = TUESDAY + timedelta(hours=3)
    strip.notice(replace(SENT, happening=Happening.DISPLACED, until=until, reason="quiet_hours"))
    assert lines(strip) == [
        "A nudge for Ana Beatriz Rocha waits until Tuesday, 8:40\u202fAM: quiet hours. x1 America/Sao_Paulo"
    ]


def test_what_is_planned_for_this_moment_is_told_by_what_becomes_of_it(strip: Strip) -> None:
    strip.notice(replace(SENT, happening=Happening.PLANNED, until=TUESDAY))
    assert lines(strip) == []


def test_redraws_of_one_message_are_one_line(strip: Strip) -> None:
    drawn = replace(SENT, happening=Happening.REDRAWN, person=None, place=1, drawing="polls.ballot")
    for second in range(12):
        strip.notice(replace(drawn, at=TUESDAY + timedelta(seconds=second)))
    assert lines(strip) == ["A poll in #general redrawn as things stand now. x12 "]


def test_several_plans_of_one_kind_are_one_line(strip: Strip) -> None:
    days = [Planned(day, f"blank:{day}", "intros.blank", 1, None, TUESDAY + timedelta(days=day)) for day in (3, 7, 14)]
    strip.planned(days, TUESDAY)
    (line,) = lines(strip)
    assert line.startswith("A word about a blank profile for Ana Beatriz Rocha is planned for Friday, 5:40")
    assert "and 2 more after it" in line


def test_many_people_who_do_one_thing_are_one_line(strip: Strip) -> None:
    for member in company.load().people[:9]:
        strip.acted(member, TUESDAY, pressed("Tea?"), "vote")
    assert lines(strip) == ["Aylin Demir, Jonas Weidner, and 7 others pressed a button on “Tea?”. x1 "]


def test_a_line_is_told_to_each_reader_in_their_own_language(strip: Strip) -> None:
    until = TUESDAY + timedelta(hours=3)
    strip.notice(replace(SENT, happening=Happening.DISPLACED, until=until, reason="quiet_hours"))
    assert lines(strip, "de") == [
        "Ein Ansto\u00df f\u00fcr Ana Beatriz Rocha wartet bis Dienstag, 08:40 Uhr: Ruhezeiten. x1 America/Sao_Paulo"
    ]


def test_what_one_does_and_what_several_do_are_two_sentences_in_german(strip: Strip) -> None:
    several = company.load().people[:2]
    for member in several:
        strip.acted(member, TUESDAY, pressed(""), "vote")
    strip.acted(several[0], TUESDAY, pressed(""), "other")
    both, alone = lines(strip, "de")
    assert "Mara Lindqvist und Henrik Aldenhoven haben" in both
    assert "Mara Lindqvist hat" in alone


class Elsewhere(NullTranslations):
    """A language in which every letter is the same, so that a word that was never translated stands out."""

    def gettext(self, message: str) -> str:
        return re.sub(r"\{\w+\}|[A-Za-z]", lambda found: found[0] if len(found[0]) > 1 else "ø", message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.mark.parametrize("happening", HAPPENINGS)
def test_nothing_that_happens_is_told_half_translated(happening: str) -> None:
    t = Texts("en", translations=Elsewhere())
    for drawing in things():
        for reason in REASONS:
            say = happenings.message(
                happening, drawing, plain(""), until=None, at=TUESDAY, zone="UTC", reason=reason, more=2
            )
            assert not re.search("[A-Za-z]", spoken(say(t)).replace("later", ""))


def test_nothing_that_people_do_is_told_half_translated(strip: Strip) -> None:
    t = Texts("en", translations=Elsewhere())
    where = strip._chat.rooms["D-ana"]
    deeds = [
        happenings.posted(where),
        happenings.reacted(where),
        happenings.typed("", where),
        happenings.pressed(""),
        happenings.sent(""),
        happenings.kept_open(),
        happenings.joined("America/Sao_Paulo"),
    ]
    for deed in deeds:
        assert not re.search("[A-Za-z]", spoken(deed(t, plain(""), 1)))


async def test_the_strip_never_grows_without_end(strip: Strip) -> None:
    for number in range(400):
        strip.notice(replace(SENT, key=f"rhythm:{number}"))
    assert len(strip.lines) == 80


async def test_somebody_who_joins_is_planned_for_and_welcomed_at_a_good_hour(visit: Visit) -> None:
    await visit.ask("colleagues", "mara", wish="join")
    told = ["".join(span["text"] for span in line["words"]) for line in (await visit.state("mara"))["strip"]]
    assert any("A welcome for Hana Kovářová is planned for Tuesday" in line for line in told)
    await visit.ask("clock", "hana", step="hour")
    welcome = await visit.newest("hana", "D-hana")
    assert welcome["card"]["summary"].startswith("Welcome")
    assert welcome["at"].startswith("2026-11-24T09:00")
