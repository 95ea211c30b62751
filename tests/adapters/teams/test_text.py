import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.teams.text import entities, escape, markdown
from bot.core.rich import Link, Mention, PlaceLink, Plain, Text, When

# What draws cards in Teams' own clients on the desktop and in the browser, as Adaptive Cards sets it up.
RENDERER = MarkdownIt("js-default", {"html": False})
WRITTEN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"], include_characters="\n"))
TRICKY = st.text("ab1 *_`~[]()<>{}#+-=.!|\\&:\n/@;\"'")


def shown(source: str) -> str:
    """What a reader sees, with white space evened out."""
    words = []
    for token in RENDERER.parse(source):
        assert token.type in {"paragraph_open", "paragraph_close", "inline"}, token
        for child in token.children or ():
            assert child.type in {"text", "softbreak", "hardbreak", "text_special"}, child
            words.append(child.content or " ")
        words.append(" ")
    return even("".join(words))


def even(text: str) -> str:
    return " ".join(re.split(r"\s+", text.strip()))


@given(WRITTEN | TRICKY)
def test_whatever_people_type_is_shown_as_they_typed_it(text: str) -> None:
    assert shown(escape(text)) == even(text)


@given(st.lists(WRITTEN | TRICKY, min_size=1, max_size=4))
def test_spans_beside_one_another_stay_literal(texts: list[str]) -> None:
    assert shown(markdown(tuple(Plain(text) for text in texts))) == even("".join(texts))


@given(TRICKY, st.text("ab1 *_.é", min_size=1), TRICKY)
def test_bold_is_bold_or_plain_but_never_shows_its_stars(before: str, bold: str, after: str) -> None:
    html = RENDERER.render(markdown((Plain(before), Plain(bold, bold=True), Plain(after))))
    plain = re.sub(r"<[^>]+>", "", html.replace("</p>", " "))
    typed = f"{before}{bold}{after}"
    assert plain.count("*") == typed.count("*")


@given(TRICKY)
def test_nobody_types_a_date_or_a_mention_of_teams(text: str) -> None:
    typed = escape(f"{text}{{{{DATE(2026-01-01T00:00:00Z)}}}}<at>Anna</at>")
    assert "{{" not in typed
    assert "<at>" not in typed.replace("\\<at", "")


def test_neighbours_in_bold_are_one_bold() -> None:
    assert markdown((Plain("Hello ", bold=True), Plain("you", bold=True), Plain("!"))) == "**Hello you**!"


def test_a_command_is_shown_without_the_slash_that_teams_keeps_for_itself() -> None:
    assert markdown((Plain("Type "), Plain("/poll", code=True), Plain(" or a/b"))) == "Type **poll** or a/b"


def test_a_mention_stands_in_the_text_and_beside_it() -> None:
    text: Text = (Plain("Thanks, "), Mention("Ann*a", "29:a"), Plain("!"))
    assert markdown(text) == "Thanks, <at>Anna</at>!"
    mentioned = {"id": "29:a", "name": "Ann*a"}
    assert list(entities(text)) == [{"type": "mention", "text": "<at>Anna</at>", "mentioned": mentioned}]


def test_somebody_without_an_account_is_only_named() -> None:
    assert markdown((Mention("Bo_b"),)) == "@Bo\\_b"
    assert list(entities((Mention("Bob"),))) == []


def test_an_instant_is_written_by_each_readers_own_client() -> None:
    at = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
    assert markdown((When(at, "?"),)) == "{{DATE(2026-11-27T17:00:00Z,SHORT)}}, {{TIME(2026-11-27T17:00:00Z)}}"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil", "ftp://x"])
def test_only_web_addresses_become_links(url: str) -> None:
    assert "](" not in markdown((Link("here", url),))


def test_a_link_cannot_be_ended_by_its_own_address() -> None:
    assert markdown((Link("a]b", "https://example.com/(x) y"),)) == "[a\\]b](https://example.com/%28x%29%20y)"


def test_a_channel_is_a_link_into_teams() -> None:
    link = markdown((PlaceLink("general", "19:a@thread.tacv2"),))
    assert link == "[\\#general](https://teams.microsoft.com/l/channel/19%3Aa%40thread.tacv2/general)"
