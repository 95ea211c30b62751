import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sandbox import company, speech
from adapters.sandbox.chat import Chat
from bot.core.rich import Link, Mention, PlaceLink, Plain, spoken


def office() -> Chat:
    chat = Chat()
    company.move_in(company.load(), chat)
    return chat


CHAT = office()


@pytest.mark.parametrize(
    ("typed", "tokens"),
    [
        ("/praise @Niamh Gallagher for the call", "/praise <@niamh> for the call"),
        ("@niamh and @TOMÁS DELGADO, look", "<@niamh> and <@tomas>, look"),
        ("@João Pedro Lima's jig", "<@joao>'s jig"),
        ("see #general, not #generally", "see <#general>, not #generally"),
        ("see #leaders-log", "see <#leaders>"),
        ("mail ana@niamh.example", "mail ana@niamh.example"),
        ("for @design and @Leads, not @designers", "for <&T-design> and <&T-leads>, not @designers"),
        ("@nobody #nowhere", "@nobody #nowhere"),
        ("typed <&T-design>", "typed <\u2060&T-design>"),
        ("@Drumbeat help", "<@drumbeat> help"),
    ],
)
def test_names_become_tokens(typed: str, tokens: str) -> None:
    assert speech.tokens(CHAT, typed) == tokens


def test_tokens_and_light_marks_become_spans() -> None:
    said = speech.spans(CHAT, "Hi <@ana>, *now* in <#social>: `x < y` https://example.com/a. <@ghost> <&T-design>")
    assert said == (
        Plain("Hi "),
        Mention("Ana Beatriz Rocha", "ana"),
        Plain(", "),
        Plain("now", bold=True),
        Plain(" in "),
        PlaceLink("social", "social"),
        Plain(": "),
        Plain("x < y", code=True),
        Plain(" "),
        Link("https://example.com/a", "https://example.com/a"),
        Plain(". "),
        Plain("<@ghost>"),
        Plain(" "),
        Plain("@design"),
    )


@given(st.text(alphabet=st.characters(blacklist_characters="*`<@#")))
def test_ordinary_words_stay_as_they_are(words: str) -> None:
    assert spoken(speech.spans(CHAT, speech.tokens(CHAT, words))) == words
