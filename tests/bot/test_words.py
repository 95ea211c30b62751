import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import zip_longest
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po

from bot.core.texts import FOLDER, LOCALES, Texts

ROOT = Path(__file__).parent.parent.parent
SOURCES = ("bot", "adapters")
"""Where `make words` looks."""

TRANSLATED = [locale for locale in LOCALES if locale != "en"]
FRIDAY = datetime(2026, 11, 27, 16, tzinfo=UTC)

_KEYWORD = re.compile(r"--keyword (\S+)")
_MARK = re.compile(r"\{\w+\}|[*`]|(?<!\w)/[a-z]+|\n")
"""What a translation must repeat: placeholders, *bold* and `code`, commands, line breaks."""


@cache
def said() -> frozenset[str | tuple[str, ...]]:
    """Every message in the code, found as `make words` finds it."""
    keywords = parse_keywords(_KEYWORD.findall((ROOT / "Makefile").read_text()))
    found = (each for source in SOURCES for each in extract_from_dir(ROOT / source, keywords=keywords))
    return frozenset(message for _, _, message, _, _ in found)


@cache
def catalogue(locale: str) -> Catalog:
    """A catalogue as it is written."""
    with (FOLDER / locale / "LC_MESSAGES" / "drumbeat.po").open("rb") as written:
        return read_po(written, locale)


def messages(locale: str) -> list[Message]:
    """Everything in a catalogue but its header."""
    return [message for message in catalogue(locale) if message.id]


def forms(one_or_several: str | Sequence[str] | None) -> tuple[str, ...]:
    """A message, or each of its plural forms."""
    return (one_or_several,) if isinstance(one_or_several, str) else tuple(one_or_several or ())


def pairs(message: Message) -> Iterator[tuple[str, str]]:
    """Each translated form beside the one it was made from: the last, where the language has more of them."""
    originals = forms(message.id)
    return zip_longest(originals, forms(message.string), fillvalue=originals[-1])


def test_make_words_names_its_keywords() -> None:
    assert {"Ask a poll", "Cancel", ("{count} vote", "{count} votes")} <= said()


@pytest.mark.parametrize("locale", TRANSLATED)
def test_a_catalogue_holds_exactly_what_is_said(locale: str) -> None:
    assert {message.id for message in messages(locale)} == said(), "run make words, then translate"
    assert not catalogue(locale).obsolete


@pytest.mark.parametrize("locale", TRANSLATED)
def test_every_message_is_translated(locale: str) -> None:
    plural = catalogue(locale).num_plurals
    wanted = {message.id: 1 if isinstance(message.id, str) else plural for message in messages(locale)}
    done = {message.id: sum(map(bool, forms(message.string))) for message in messages(locale)}
    assert {id_: count for id_, count in done.items() if count != wanted[id_]} == {}
    assert [message.id for message in messages(locale) if message.fuzzy] == []


@pytest.mark.parametrize("locale", TRANSLATED)
def test_a_translation_keeps_placeholders_marks_and_commands(locale: str) -> None:
    for message in messages(locale):
        for original, translated in pairs(message):
            assert Counter(_MARK.findall(translated)) == Counter(_MARK.findall(original)), message.id
            assert translated == translated.strip(), message.id


def test_german_dates_and_lists_read_as_people_write_them() -> None:
    t = Texts("de", "Europe/Berlin")
    assert t.day(FRIDAY) == "Freitag, 27. November"
    assert t.clock(FRIDAY) == "17:00"
    assert t.when(FRIDAY).written == "Fr., 27. Nov., 17:00 MEZ"
    assert t.weekday(4) == "Freitag"
    assert t.every(["Anna", "Ben", "Chen"]) == "Anna, Ben und Chen"
