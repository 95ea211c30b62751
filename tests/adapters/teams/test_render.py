from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams import forms
from adapters.teams.render import LARGEST, adaptive, size
from bot.core.cards import (
    Bar,
    Bars,
    Button,
    Buttons,
    Card,
    Chart,
    Context,
    Divider,
    Fields,
    Heading,
    Option,
    Part,
    Picture,
    Prose,
    Select,
    Style,
)
from bot.core.rich import Mention, plain
from bot.core.texts import Texts
from tests.adapters.teams.kiosk import FORM, MENU
from tests.adapters.teams.schemas import check_card, check_chart

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200)
LABEL = WORDS.filter(bool)
BUTTON = st.builds(
    Button,
    label=LABEL,
    address=st.just("polls.vote"),
    value=WORDS,
    style=st.sampled_from(Style),
    opens_form=st.booleans(),
    confirm=st.just("") | LABEL,
    spoken=st.just("") | LABEL,
)
FIGURE = st.builds(Button, st.integers(0, 10).map(str), st.just("polls.vote"), spoken=WORDS)
RICH = WORDS.map(plain)
BAR = st.builds(Bar, LABEL, st.integers(0, 9), st.floats(0, 1), RICH, st.none() | BUTTON, st.booleans())
PART: st.SearchStrategy[Part] = st.one_of(
    st.builds(Heading, LABEL),
    st.builds(Prose, RICH),
    st.builds(Fields, st.lists(st.tuples(LABEL, RICH), min_size=1, max_size=5).map(tuple)),
    st.builds(Buttons, st.lists(BUTTON, min_size=1, max_size=8).map(tuple)),
    st.builds(Buttons, st.lists(FIGURE, min_size=1, max_size=15).map(tuple)),
    st.builds(Select, LABEL, st.just("a.b"), st.lists(st.builds(Option, LABEL, LABEL), max_size=5).map(tuple)),
    st.builds(Picture, st.just("https://example.com/a.png"), WORDS),
    st.builds(Bars, st.lists(BAR, max_size=12).map(tuple), st.booleans()),
    st.builds(Chart, WORDS, st.lists(BAR, max_size=12).map(tuple)),
    st.just(Divider()),
    st.builds(Context, RICH),
)


def within(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 -- JSON
    """Every element of a card."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from within(each)
    elif isinstance(value, list):
        for each in value:
            yield from within(each)


def inputs(card: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in within(card) if str(each.get("type")).startswith("Input.")}


def texts(card: dict[str, Any]) -> str:
    return "\n".join(each["text"] for each in within(card) if each.get("type") == "TextBlock")


@settings(max_examples=60, deadline=None)
@given(WORDS, st.lists(PART, max_size=8).map(tuple))
def test_every_card_is_valid_and_small_enough(summary: str, parts: tuple[Part, ...]) -> None:
    card = adaptive(Card(summary, parts))
    check_card(card)
    assert size(card) <= LARGEST


def test_a_button_says_where_it_leads() -> None:
    vote = adaptive(Card("", (Buttons((Button("Vote", "polls.vote", "7:1"),)),)))["body"][0]["actions"][0]
    assert (vote["type"], vote["verb"]) == ("Action.Execute", "polls.vote")
    assert vote["data"]["drumbeat"] == {"kind": "click", "address": "polls.vote", "value": "7:1"}


def test_a_button_that_opens_a_form_asks_teams_for_a_task_module() -> None:
    action = adaptive(Card("", (Buttons((Button("Plan", "rhythm.open", opens_form=True),)),)))["body"][0]["actions"][0]
    assert action["type"] == "Action.Submit"
    assert action["data"]["msteams"] == {"type": "task/fetch"}


def test_a_button_that_asks_first_unfolds_its_question() -> None:
    action = adaptive(Card("", (Buttons((Button("Stop", "home.stop", confirm="Really?"),)),)))["body"][0]["actions"][0]
    assert action["type"] == "Action.ShowCard"
    assert action["card"]["body"][0]["text"] == "Really?"
    assert action["card"]["actions"][0]["verb"] == "home.stop"


def scale(most: int) -> Card:
    buttons = (Button(str(n), "polls.vote", f"1:{n}", spoken=f"{n} of {most}") for n in range(most + 1))
    return Card("", (Buttons(tuple(buttons)),))


def test_a_scale_stands_in_rows_of_tiles_in_order_and_each_is_spoken() -> None:
    card = adaptive(scale(10))
    check_card(card)
    assert [len(row["columns"]) for row in card["body"]] == [6, 5]
    tiles = [column["selectAction"] for row in card["body"] for column in row["columns"]]
    assert [tile["data"]["drumbeat"]["value"] for tile in tiles] == [f"1:{n}" for n in range(11)]
    assert [tile["title"] for tile in tiles] == [f"{n} of 10" for n in range(11)]
    assert texts(card).split() == [str(n) for n in range(11)]


def test_no_row_has_more_buttons_than_teams_shows() -> None:
    rows = adaptive(Card("", (Buttons(tuple(Button(f"Option {n}", "polls.vote") for n in range(8))),)))["body"]
    assert [(row["type"], len(row["actions"])) for row in rows] == [("ActionSet", 4), ("ActionSet", 4)]


def test_a_button_is_spoken_as_it_asks_to_be() -> None:
    action = adaptive(Card("", (Buttons((Button("7", "polls.vote", spoken="7 of 10"),)),)))["body"][0]["actions"][0]
    assert (action["title"], action["tooltip"]) == ("7", "7 of 10")


def test_figures_stand_in_words_beside_the_drawn_bars() -> None:
    card = adaptive(Card("", (Bars((Bar("Tea", 3, 0.75, winner=True), Bar("Rum", 1, 0.25))),)))
    assert "🏆 Tea  **3** · 75 %" in texts(card)
    assert [each["altText"] for each in within(card) if each.get("type") == "Image"] == ["75 %", "25 %"]


def test_a_chart_is_teams_own_and_where_it_cannot_be_drawn_its_words_stand() -> None:
    drinks = (Bar("*Tea*", 3, 0.75, winner=True), Bar("Rum", 1, 0.25))
    [title, chart] = adaptive(Card("", (Chart("Drinks", drinks),)))["body"]
    check_chart(chart)
    assert title["text"] == chart["title"] == "Drinks"
    assert [(point["x"], point["y"]) for point in chart["data"]] == [("🏆 *Tea*", 3), ("Rum", 1)]
    assert texts(chart).split("\n") == ["🏆 \\*Tea\\*  **3** · 75 %", "Rum  **1** · 25 %"]


def test_hidden_bars_show_no_figures() -> None:
    card = adaptive(Card("", (Bars((Bar("Tea", 3, 0.75),), hidden=True),)))
    assert texts(card) == "Tea"
    assert not [each for each in within(card) if each.get("type") == "Image"]


def test_a_card_speaks_its_summary() -> None:
    card = adaptive(Card("Poll: tea?", (Heading("Tea?"),)))
    assert card["speak"] == card["fallbackText"] == "Poll: tea?"


def test_mentions_are_told_to_teams_once() -> None:
    anna = (Mention("Anna", "29:a"),)
    card = adaptive(Card("", (Prose(anna), Context(anna), Fields((("By", anna),)))))
    assert [each["mentioned"]["id"] for each in card["msteams"]["entities"]] == ["29:a"]


def test_names_are_the_first_to_go_when_a_card_is_too_large() -> None:
    names = plain(", ".join(f"Somebody With A Long Name {number}" for number in range(200)))
    bars = tuple(Bar(f"Option {number}", 1, 0.1, names) for number in range(10))
    card = adaptive(Card("", (Prose(plain("Question?")), Bars(bars))))
    assert size(card) <= LARGEST
    assert "Option 9" in texts(card)
    assert "Somebody With A Long Name 0" in texts(card)
    assert "…" in texts(card)


def test_a_card_that_is_all_too_long_ends_in_an_ellipsis() -> None:
    card = adaptive(Card("s", tuple(Prose(plain("word " * 500)) for _ in range(80))))
    assert size(card) <= LARGEST
    assert card["body"][-1]["text"] == "…"


@pytest.mark.parametrize("dialog", [True, False])
def test_a_form_is_a_valid_card(dialog: bool) -> None:  # noqa: FBT001 -- pytest's parameter
    check_card(forms.card(FORM, Texts("en"), forms.Choices(), dialog=dialog))
    check_card(adaptive(MENU))


def test_a_form_in_a_task_module_is_sent_by_submit() -> None:
    dialog = forms.card(FORM, Texts("en"), forms.Choices(), dialog=True)["body"][-1]["actions"][0]
    chat = forms.card(FORM, Texts("en"), forms.Choices(), dialog=False)["body"][-1]["actions"][0]
    assert (dialog["type"], chat["type"]) == ("Action.Submit", "Action.Execute")


def test_a_form_comes_back_as_it_went() -> None:
    filled = forms.refilled(FORM, {"what": "Tea", "size": "l", "with": ("<@29:a>",), "where": "<#19:c>"}, {})
    again = forms.unpack(forms.pack(filled))
    assert forms.refilled(again, {"size": "s"}, {}) == FORM


@pytest.mark.parametrize(
    "data", [None, 7, [], {}, {"fields": 3}, {"fields": [{}]}, {"fields": [{"kind": "Evil"}]}, {"fields": ["x"]}]
)
def test_what_is_no_form_of_ours_is_refused(data: object) -> None:
    with pytest.raises(forms.Malformed):
        forms.unpack(data)


def test_a_limit_is_shown_while_typing_and_too_much_is_not_cut() -> None:
    assert inputs(forms.card(FORM, Texts("en"), forms.Choices(), dialog=True))["what"]["maxLength"] == 20
    filled = forms.refilled(FORM, {"what": "x" * 50}, {"what": "Too long."})
    card = forms.card(filled, Texts("en"), forms.Choices(), dialog=True)
    what = inputs(card)["what"]
    assert (what["value"], what["maxLength"]) == ("x" * 50, 50)
    assert "⚠ Too long." in texts(card)


def test_values_of_every_field_come_back() -> None:
    sent = {
        "what": "Tea",
        "sauces": "0,1",
        "size": "1",
        "with": "29:ben,entra",
        "where": "19:c",
        "when.date": "2026-11-27",
        "when.time": "17:00",
        "daily": "08:30",
    }
    assert forms.values(FORM, sent, {"entra": "29:anna"}) == {
        "what": "Tea",
        "sauces": ("a,b", "c"),
        "size": "l",
        "with": ("<@29:ben>", "<@29:anna>"),
        "where": "<#19:c>",
        "when": "2026-11-27T17:00",
        "daily": "08:30",
    }


def test_an_instant_is_filled_in_in_the_persons_zone() -> None:
    filled = forms.refilled(FORM, {"when": "2026-11-27T17:00:00+00:00"}, {})
    card = forms.card(filled, Texts("en", "Asia/Tokyo"), forms.Choices(), dialog=True)
    assert inputs(card)["when.date"]["value"] == "2026-11-28"
    assert inputs(card)["when.time"]["value"] == "02:00"
