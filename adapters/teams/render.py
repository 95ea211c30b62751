"""Cards as Adaptive Cards 1.5, at most 28 KB each.

Sources: the Adaptive Cards schema 1.5; Teams' card reference for mentions, task modules and widths.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, assert_never

from adapters.teams import png
from adapters.teams.text import entities, escape, markdown
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
    Part,
    Picture,
    Prose,
    Select,
    Style,
)
from bot.core.rich import Plain, Text, spoken

Json = dict[str, Any]

SCHEMA: Final = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION: Final = "1.5"
CONTENT_TYPE: Final = "application/vnd.microsoft.card.adaptive"
LARGEST: Final = 27 * 1024
"""Bytes; Teams' pages name 28 to 100 KB for a whole message, and the envelope needs a little."""

OURS: Final = "drumbeat"
"""The key in a button's data under which our own address lies; the inputs of the card come beside it."""

BUTTONS_A_ROW: Final = 6
"""What Teams shows of an ActionSet before it hides the rest; as tiles, still wide enough for a finger on a phone."""

FEW_TILES: Final = 4
SHORT_LABEL: Final = 3
SHORT_NOTE: Final = 60
SHORT_PROSE: Final = 600
ELLIPSIS: Final = "…"

_STYLES: Final = {Style.PLAIN: "default", Style.PRIMARY: "positive", Style.DANGER: "destructive"}


_TILES: Final = {Style.PLAIN: "emphasis", Style.PRIMARY: "accent", Style.DANGER: "attention"}


def attachment(card: Card) -> Json:
    """A card as a message's attachment."""
    return {"contentType": CONTENT_TYPE, "content": adaptive(card)}


def adaptive(card: Card) -> Json:
    """A card as an Adaptive Card. One that is too large loses names first, then pictures of bars, then its end."""
    for diet in (_whole, _short_notes, _no_notes, _short_prose):
        rendered = _rendered(diet(card))
        if size(rendered) <= LARGEST:
            return rendered
    return _cut(_short_prose(card))


def envelope(body: Sequence[Json], mentions: Sequence[Json] = (), *, summary: str = "") -> Json:
    """The frame of a card. `summary` is what is spoken, and shown where cards are not."""
    return {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": VERSION,
        "body": list(body),
        **({"msteams": {"entities": list(mentions)}} if mentions else {}),
        **({"speak": summary, "fallbackText": summary} if summary else {}),
    }


def size(rendered: Mapping[str, Any]) -> int:
    """How many bytes a card takes on the wire."""
    return len(json.dumps(rendered, ensure_ascii=False, separators=(",", ":")).encode(errors="replace"))


def text_block(text: str, **look: Any) -> Json:  # noqa: ANN401 -- a TextBlock's properties
    """A paragraph of Markdown."""
    return {"type": "TextBlock", "text": text, "wrap": True, **look}


def execute(button: Button) -> Json:
    """A button: Action.Execute, or, where a form opens, the Action.Submit that Teams turns into a task module."""
    ours = {"kind": "click", "address": button.address, "value": button.value}
    action: Json = {"title": button.label, "style": _STYLES[button.style], **_tooltip(button)}
    if button.opens_form:
        return {"type": "Action.Submit", **action, "data": {"msteams": {"type": "task/fetch"}, OURS: ours}}
    rendered = {"type": "Action.Execute", **action, "verb": button.address, "data": {OURS: ours}}
    return _asking_first(button, rendered) if button.confirm else rendered


def _asking_first(button: Button, action: Json) -> Json:
    """Adaptive Cards ask no questions of their own, so the button unfolds one, with the real button under it."""
    asked = {"type": "AdaptiveCard", "body": [text_block(escape(button.confirm))], "actions": [action]}
    return {"type": "Action.ShowCard", "title": button.label, "card": asked}


def _tooltip(button: Button) -> Json:
    return {"tooltip": button.spoken} if button.spoken else {}


def _rendered(card: Card) -> Json:
    body = [element for part in card.parts for element in _part(part)] or [text_block(escape(card.summary))]
    mentions = {mention["text"]: mention for text in _texts(card) for mention in entities(text)}
    return envelope(body, tuple(mentions.values()), summary=card.summary)


def _part(part: Part) -> Iterator[Json]:  # noqa: C901 -- one branch a part
    match part:
        case Heading(text=text):
            yield text_block(escape(text), size="medium", weight="bolder", style="heading")
        case Prose(text=text):
            yield text_block(markdown(text))
        case Fields(pairs=pairs):
            facts = [{"title": escape(label), "value": markdown(value)} for label, value in pairs]
            yield {"type": "FactSet", "facts": facts}
        case Buttons(buttons=buttons):
            yield from _buttons(buttons)
        case Select():
            yield from _select(part)
        case Picture(url=url, alt=alt):
            yield {"type": "Image", "url": url, "altText": alt}
        case Bars():
            yield {"type": "Container", "spacing": "medium", "items": [_bar(bar, part) for bar in part.bars]}
        case Chart():
            yield text_block(escape(part.title), weight="bolder")
            yield _chart(part)
        case Divider():
            yield {"type": "Container", "separator": True, "spacing": "medium", "items": []}
        case Context(text=text):
            yield text_block(markdown(text), size="small", isSubtle=True)
        case _:
            assert_never(part)


def _buttons(buttons: Sequence[Button]) -> Iterator[Json]:
    """Rows of buttons. Figures become tiles: Teams gives even the shortest button the width of a word."""
    short = all(len(button.label) <= SHORT_LABEL and not button.confirm for button in buttons)
    for row in _rows(buttons):
        if short and len(buttons) >= FEW_TILES:
            yield {"type": "ColumnSet", "spacing": "small", "columns": [_tile(button) for button in row]}
        else:
            yield {"type": "ActionSet", "actions": [execute(button) for button in row]}


def _rows(buttons: Sequence[Button]) -> Iterator[Sequence[Button]]:
    """As even as they can be: eleven buttons are six and five."""
    count = max(1, -(-len(buttons) // BUTTONS_A_ROW))
    width = max(1, -(-len(buttons) // count))
    return (buttons[at : at + width] for at in range(0, len(buttons), width))


def _tile(button: Button) -> Json:
    """A button that is a column; its action's title is what a screen reader says."""
    label = text_block(escape(button.label), horizontalAlignment="center", weight="bolder")
    return {
        "type": "Column",
        "width": "stretch",
        "spacing": "small",
        "style": _TILES[button.style],
        "items": [label],
        "selectAction": execute(button) | {"title": button.spoken or button.label},
    }


def _select(select: Select) -> Iterator[Json]:
    """A list that acts at once does not exist in Adaptive Cards: a button beside it sends the choice."""
    ours = {"kind": "select", "address": select.address, "input": select.address}
    choices = {
        "type": "Input.ChoiceSet",
        "id": select.address,
        "label": select.label,
        "choices": [{"title": option.label, "value": option.value} for option in select.options],
        **({"value": select.chosen} if select.chosen else {}),
    }
    sends = {"type": "Action.Execute", "title": "OK", "verb": select.address, "data": {OURS: ours}}
    yield {
        "type": "ColumnSet",
        "columns": [
            {"type": "Column", "width": "stretch", "items": [choices]},
            {
                "type": "Column",
                "width": "auto",
                "verticalContentAlignment": "bottom",
                "items": [{"type": "ActionSet", "actions": [sends]}],
            },
        ],
    }


def _bar(bar: Bar, bars: Bars) -> Json:
    """A line of words, the same as a drawn bar, and the names; the button stands beside."""
    words = [text_block(_figures(bar, bars))]
    if not bars.hidden:
        words.append(_drawn(bar))
    if bar.note:
        words.append(text_block(markdown(bar.note), size="small", isSubtle=True, spacing="small"))
    columns: list[Json] = [{"type": "Column", "width": "stretch", "items": words}]
    if bar.button:
        action = execute(bar.button) | {"tooltip": f"{bar.button.label}: {bar.label}"}
        button = {"type": "ActionSet", "actions": [action]}
        columns.append({"type": "Column", "width": "auto", "verticalContentAlignment": "center", "items": [button]})
    return {"type": "ColumnSet", "spacing": "medium", "columns": columns}


def _chart(chart: Chart) -> Json:
    """Teams' own chart, whose title is only spoken; clients that cannot draw it show the words."""
    return {
        "type": "Chart.HorizontalBar",
        "title": chart.title,
        "displayMode": "AbsoluteNoAxis",
        "data": [{"x": f"{_crown(bar)}{bar.label}", "y": bar.count} for bar in chart.bars],
        "fallback": {"type": "Container", "items": [text_block(_counted(bar)) for bar in chart.bars]},
    }


def _figures(bar: Bar, bars: Bars) -> str:
    return f"{_crown(bar)}{escape(bar.label)}" if bars.hidden else _counted(bar)


def _counted(bar: Bar) -> str:
    return f"{_crown(bar)}{escape(bar.label)}  **{bar.count}** · {round(bar.share * 100)} %"


def _crown(bar: Bar) -> str:
    return "🏆 " if bar.winner else ""


def _drawn(bar: Bar) -> Json:
    percent = min(100, max(0, round(bar.share * 100)))
    drawn = png.bar(percent, winner=bar.winner)
    return {"type": "Image", "url": drawn, "altText": f"{percent} %", "size": "stretch", "spacing": "small"}


def _texts(card: Card) -> Iterator[Text]:
    for part in card.parts:
        match part:
            case Prose(text=text) | Context(text=text):
                yield text
            case Fields(pairs=pairs):
                yield from (value for _, value in pairs)
            case Bars(bars=bars):
                yield from (bar.note for bar in bars)
            case Heading() | Buttons() | Select() | Picture() | Chart() | Divider():
                pass
            case _:
                assert_never(part)


def _whole(card: Card) -> Card:
    return card


def _short_notes(card: Card) -> Card:
    return _with_notes(card, lambda note: _clipped(note, SHORT_NOTE))


def _no_notes(card: Card) -> Card:
    return _with_notes(card, lambda _: ())


def _short_prose(card: Card) -> Card:
    parts = (
        replace(part, text=_clipped(part.text, SHORT_PROSE)) if isinstance(part, Prose | Context) else part
        for part in _no_notes(card).parts
    )
    return replace(card, parts=tuple(parts))


def _cut(card: Card) -> Json:
    """What still fits, with an ellipsis for the rest."""
    parts = card.parts
    while parts:
        parts = parts[:-1]
        rendered = _rendered(Card(card.summary[:SHORT_PROSE], (*parts, Prose((Plain(ELLIPSIS),)))))
        if size(rendered) <= LARGEST:
            return rendered
    return envelope([text_block(escape(card.summary[:SHORT_PROSE]))])


def _with_notes(card: Card, change: Callable[[Text], Text]) -> Card:
    parts = (
        replace(part, bars=tuple(replace(bar, note=change(bar.note)) for bar in part.bars))
        if isinstance(part, Bars)
        else part
        for part in card.parts
    )
    return replace(card, parts=tuple(parts))


def _clipped(text: Text, longest: int) -> Text:
    said = spoken(text)
    return text if len(said) <= longest else (Plain(said[:longest].rstrip() + ELLIPSIS),)
