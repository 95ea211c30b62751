import json
from datetime import UTC, datetime

from adapters.sandbox import render
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
from bot.core.forms import ChoiceField, Field, Form, PeopleField, PlaceField, TextField, TimeField, WhenField
from bot.core.rich import Link, Mention, PlaceLink, Plain, When, plain

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
VOTE = Button("Vote", "polls.vote", "1:0")
PARTS: dict[str, Part] = {
    "heading": Heading("Hello"),
    "prose": Prose(plain("<b>literal</b>")),
    "fields": Fields((("Role", plain("Joiner")),)),
    "buttons": Buttons((Button("Stop", "rhythm.stop", style=Style.DANGER, confirm="Sure?"),)),
    "select": Select("Days", "rhythm.days", (Option("1", "Monday"),), "1"),
    "picture": Picture("/pictures/1.png", "A bench"),
    "bars": Bars((Bar("Yes", 2, 0.5, note=plain("Ana"), button=VOTE, winner=True),)),
    "chart": Chart("Votes", (Bar("Yes", 2, 0.5, winner=True), Bar("No", 2, 0.5))),
    "divider": Divider(),
    "context": Context(plain("small")),
}
FIELDS: dict[str, Field] = {
    "line": TextField(id="a", label="A", value="x", longest=10),
    "paragraph": TextField(id="a", label="A", multiline=True),
    "choice": ChoiceField(id="a", label="A", options=(Option("1", "One"),), chosen=("1",)),
    "several": ChoiceField(id="a", label="A", options=(Option("1", "One"),), many=True),
    "people": PeopleField(id="a", label="A", people=("<@ana>",)),
    "place": PlaceField(id="a", label="A", place="<#general>"),
    "when": WhenField(id="a", label="A", value="2026-11-24T12:00:00+00:00"),
    "time": TimeField(id="a", label="A", value="09:30"),
}


def test_every_part_of_a_card_has_its_own_kind() -> None:
    shown = render.card(Card("Summary", tuple(PARTS.values())))
    assert [part["kind"] for part in shown["parts"]] == list(PARTS)
    json.dumps(shown)


def test_every_field_of_a_form_has_its_own_kind() -> None:
    form = Form(address="polls.create", title="T", submit="Ask", fields=tuple(FIELDS.values()), problems={"a": "No."})
    shown = render.form(form, "Europe/Berlin")
    assert [field["kind"] for field in shown["fields"]] == list(FIELDS)
    assert shown["problems"] == {"a": "No."}
    json.dumps(shown)


def test_a_time_in_a_form_is_shown_in_the_persons_own_zone() -> None:
    assert render.field(FIELDS["when"], "America/New_York")["value"] == "2026-11-24T07:00"
    assert render.field(WhenField(id="a", label="A", value="2026-11-24T09:00"), "Asia/Kolkata")["value"] == (
        "2026-11-24T09:00"
    )
    assert render.field(WhenField(id="a", label="A"), "UTC")["value"] == ""


def test_each_span_keeps_its_words_literal() -> None:
    text = (
        Plain("<i>", bold=True),
        Mention("Ana", "ana"),
        PlaceLink("general", "general"),
        Link("here", "https://example.com"),
        When(NOON, "noon"),
    )
    assert render.spans(text) == [
        {"kind": "text", "text": "<i>", "bold": True, "code": False},
        {"kind": "mention", "text": "Ana", "account": "ana"},
        {"kind": "place", "text": "general", "room": "general"},
        {"kind": "link", "text": "here", "url": "https://example.com"},
        {"kind": "when", "at": NOON.isoformat(), "text": "noon"},
    ]


def test_a_chart_says_its_figures() -> None:
    chart = render.part(PARTS["chart"])
    assert [(bar["label"], bar["count"], bar["share"]) for bar in chart["bars"]] == [("Yes", 2, 0.5), ("No", 2, 0.5)]


def test_a_button_is_spoken_as_it_asks_to_be() -> None:
    (button,) = render.part(Buttons((Button("7", "polls.vote", spoken="7 of 10"),)))["buttons"]
    assert (button["label"], button["spoken"]) == ("7", "7 of 10")


def test_a_bar_says_its_figures() -> None:
    (bar,) = render.part(PARTS["bars"])["bars"]
    assert (bar["count"], bar["share"], bar["winner"], bar["button"]["value"]) == (2, 0.5, True, "1:0")
