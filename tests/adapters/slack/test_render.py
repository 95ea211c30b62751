import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import forms, render
from adapters.slack.mrkdwn import size
from bot.core.cards import Bar, Card, Chart, Prose, note
from bot.core.interactions import MENTION
from bot.core.rich import Plain
from tests.adapters.slack import samples
from tests.adapters.slack.limits import chart_fits, fit, texts

GOLDEN = Path(__file__).parent / "golden"
RENDERED = {
    "poll": lambda: render.message(samples.poll()),
    "everything": lambda: render.message(samples.everything()),
    "german": lambda: render.message(samples.everything("de")),
    "home": lambda: render.home(samples.everything()),
    "form": lambda: forms.view(samples.form(), "https://hooks.slack.com/actions/T1/2/3"),
}


@pytest.mark.parametrize("name", RENDERED)
def test_it_looks_as_it_did(name: str) -> None:
    file = GOLDEN / f"{name}.json"
    shown = json.dumps(RENDERED[name](), indent=1, ensure_ascii=False) + "\n"
    if not file.exists():
        file.write_text(shown)
        pytest.fail(f"look at what is in {file.name} now, and keep it if it is good")
    assert shown == file.read_text(), f"if it is better now, delete {file.name} and run again"


@pytest.mark.parametrize("shown", [render.message(samples.largest()), render.home(samples.largest())])
def test_the_largest_card_fits(shown: dict[str, Any]) -> None:
    blocks = shown["blocks"]
    assert len(blocks) <= (100 if shown.get("type") == "home" else 50)
    assert sum(size(text) for text in texts(blocks)) <= 13_200
    assert size(shown.get("text", "")) <= 3000
    fit(blocks)


def test_a_card_that_is_cut_keeps_its_last_buttons() -> None:
    blocks = render.message(samples.largest())["blocks"]
    assert blocks[-1]["elements"][0]["text"]["text"] == "Last"


def test_a_form_in_the_place_of_another_keeps_nothing_that_was_typed_there() -> None:
    pages = [forms.view(replace(samples.form(), state=state)) for state in ("1", "2", "1")]
    actions = [
        {block["element"]["action_id"] for block in page["blocks"] if block["type"] == "input"} for page in pages
    ]
    assert actions[0] == actions[2]
    assert not actions[0] & actions[1]


def test_what_is_left_of_an_earlier_form_is_not_read() -> None:
    first, second = (forms.view(replace(samples.form(), state=state)) for state in ("1", "2"))
    held = {
        block["block_id"]: {
            earlier["element"]["action_id"]: {"type": "plain_text_input", "value": "Old"},
            block["element"]["action_id"]: {"type": "plain_text_input", "value": "New"},
        }
        for block, earlier in zip(second["blocks"], first["blocks"], strict=True)
        if block.get("block_id") == "question"
    }
    assert forms.values(held, second["blocks"]) == {"question": "New"}


def test_the_largest_form_fits() -> None:
    view = forms.view(samples.largest_form(), "https://hooks.slack.com/" + "x" * 300)
    assert len(view["blocks"]) <= 100
    assert len(view["private_metadata"]) <= 3000
    assert size(view["title"]["text"]) <= 24
    assert size(view["submit"]["text"]) <= 24
    fit(view["blocks"])


@pytest.mark.parametrize("typed", ["A" * 2000, "&" * 2000, "\U0001f941" * 2000, "word " * 1000])
def test_a_long_paragraph_loses_nothing(typed: str) -> None:
    blocks = render.message(Card("Long", (Prose((Plain(typed),)),)))["blocks"]
    assert all(size(block["text"]["text"]) <= 3000 for block in blocks)
    said = "".join(block["text"]["text"] for block in blocks).replace("&amp;", "&")
    assert said == typed


def test_a_button_s_id_is_its_own_and_leads_to_its_address() -> None:
    ids = [element["action_id"] for element in _elements(render.message(samples.everything())["blocks"])]
    assert len(set(ids)) == len(ids)
    assert {render.address(each) for each in ids} == {"home.speak", "polls.vote", "rhythm.done", "rhythm.later"}


def test_a_scale_is_one_row_and_each_of_it_is_spoken() -> None:
    [row] = render.message(samples.scale())["blocks"][1:]
    assert [element["text"]["text"] for element in row["elements"]] == [str(number) for number in range(11)]
    assert [element["accessibility_label"] for element in row["elements"]] == [f"{n} of 10" for n in range(11)]


def test_the_button_of_a_bar_is_spoken_with_the_bar_s_name() -> None:
    spoken = [element.get("accessibility_label") for element in _elements(render.message(samples.poll())["blocks"])]
    assert spoken[0] == "Vote: By the lake"


def test_a_chart_says_its_figures_in_words_too() -> None:
    [drawn, said] = render.message(samples.chart())["blocks"][1:]
    points = drawn["chart"]["series"][0]["data"]
    assert [(point["label"], point["value"]) for point in points][:2] == [
        ("By the lake, if the\u2026", 5),
        ("On the roof", 3),
    ]
    assert "*By the lake, if the weather is fine* 50% (5)" in said["elements"][0]["text"]
    assert "*Nowhere* 0% (0)" in said["elements"][0]["text"]


def test_charts_that_slack_would_not_take_are_bars() -> None:
    def chart(bars: int) -> Chart:
        return Chart("Votes", tuple(Bar(f"Option {number}", number, 0.1) for number in range(bars)))

    kinds = [block["type"] for block in render.message(Card("", (chart(21), *[chart(2)] * 3)))["blocks"]]
    assert kinds == [*["section"] * 22, *["data_visualization", "context"] * 2, *["section"] * 3]


def test_bars_of_a_chart_whose_names_begin_alike_are_told_apart() -> None:
    bars = tuple(Bar(f"The very same beginning {number}", 1, 0.2) for number in range(11))
    [drawn, _] = render.message(Card("", (Chart("", (*bars, Bar(" ", 0, 0.0), Bar("", 0, 0.0))),)))["blocks"]
    chart_fits(drawn)


def test_a_card_without_parts_says_its_summary() -> None:
    shown = render.message(Card("Only this"))
    assert shown["blocks"][0]["text"]["text"] == "Only this"


@given(st.text())
def test_whatever_is_said_can_be_rendered(text: str) -> None:
    shown = render.message(note(text))
    assert len(shown["blocks"]) <= 50


@given(st.text(max_size=200))
def test_what_is_typed_into_a_form_is_never_a_token(typed: str) -> None:
    asked = [{"type": "input", "block_id": "f", "element": {"action_id": "value"}}]
    held = {"f": {"value": {"type": "plain_text_input", "value": f"{typed}<@U1>{typed}<#C1>"}}}
    value = forms.values(held, asked)["f"]
    assert isinstance(value, str)
    assert not MENTION.search(value)


def test_a_form_comes_back_as_it_was_filled() -> None:
    view = forms.view(samples.form())
    filled = {
        block["block_id"]: {
            block["element"]["action_id"]: {"type": block["element"]["type"], **_held(block["element"])}
        }
        for block in view["blocks"]
        if block["type"] == "input"
    }
    assert forms.values(filled, view["blocks"]) == {
        "question": "Lunch?",
        "options": "",
        "one": "b",
        "maybe": "",
        "some": ("a",),
        "lot": ("1", "2"),
        "people": ("<@U1>", "<@U2>"),
        "place": "<#C1>",
        "closes": samples.AT.isoformat(),
        "at": "09:30",
    }


def test_a_form_remembers_its_state_and_where_to_answer() -> None:
    view = forms.view(samples.form(), "https://hooks.slack.com/1")
    assert forms.remembered(view["private_metadata"]) == ('{"place": 1}', "https://hooks.slack.com/1")


def test_a_problem_of_no_field_stands_at_the_first() -> None:
    view = forms.view(samples.form())
    assert forms.problems({"elsewhere": "Hm.", "place": "No."}, view["blocks"]) == {"question": "Hm.", "place": "No."}


def _held(element: dict[str, Any]) -> dict[str, Any]:
    names = {
        "initial_value": "value",
        "initial_option": "selected_option",
        "initial_options": "selected_options",
        "initial_users": "selected_users",
        "initial_conversation": "selected_conversation",
        "initial_date_time": "selected_date_time",
        "initial_time": "selected_time",
    }
    return {names[name]: value for name, value in element.items() if name in names}


def _elements(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory") or {}]:
            if "action_id" in element:
                yield element
