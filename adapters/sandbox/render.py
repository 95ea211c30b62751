"""Cards, forms and rich text as plain data, from which the page builds its elements; nothing in it is ever markup."""

from datetime import datetime
from typing import Any, assert_never
from zoneinfo import ZoneInfo

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
)
from bot.core.forms import (
    ChoiceField,
    Field,
    Form,
    PeopleField,
    PlaceField,
    TextField,
    TimeField,
    WhenField,
)
from bot.core.rich import Link, Mention, PlaceLink, Plain, Span, Text, When

Data = dict[str, Any]


def card(shown: Card) -> Data:
    """A card."""
    return {"summary": shown.summary, "lang": shown.locale, "parts": [part(each) for each in shown.parts]}


def part(shown: Part) -> Data:  # noqa: C901, PLR0911 -- one line a part
    """One part of a card; `kind` names it."""
    match shown:
        case Heading(text=text):
            return {"kind": "heading", "text": text}
        case Prose(text=rich):
            return {"kind": "prose", "text": spans(rich)}
        case Fields(pairs=pairs):
            return {"kind": "fields", "pairs": [{"label": label, "text": spans(rich)} for label, rich in pairs]}
        case Buttons(buttons=buttons):
            return {"kind": "buttons", "buttons": [_button(each) for each in buttons]}
        case Select():
            return _select(shown)
        case Picture(url=url, alt=alt):
            return {"kind": "picture", "url": url, "alt": alt}
        case Bars(bars=bars, hidden=hidden):
            return {"kind": "bars", "hidden": hidden, "bars": [_bar(each) for each in bars]}
        case Chart(title=title, bars=bars):
            return {"kind": "chart", "title": title, "bars": [_bar(each) for each in bars]}
        case Divider():
            return {"kind": "divider"}
        case Context(text=rich):
            return {"kind": "context", "text": spans(rich)}
        case _:
            assert_never(shown)


def form(shown: Form, zone: str) -> Data:
    """A form, filled with what it already holds and what is wrong with it; `zone` is whose times it asks for."""
    return {
        "address": shown.address,
        "title": shown.title,
        "lang": shown.locale,
        "submit": shown.submit,
        "intro": spans(shown.intro),
        "state": shown.state,
        "problems": dict(shown.problems),
        "fields": [field(each, zone) for each in shown.fields],
    }


def field(shown: Field, zone: str) -> Data:
    """One field of a form; `kind` names it, `value` is what it holds."""
    base = {"id": shown.id, "label": shown.label, "hint": shown.hint, "required": shown.required}
    match shown:
        case TextField():
            kind = "paragraph" if shown.multiline else "line"
            more = {"value": shown.value, "placeholder": shown.placeholder, "longest": shown.longest}
        case ChoiceField():
            kind = "several" if shown.many else "choice"
            more = {"value": list(shown.chosen), "options": [_option(each) for each in shown.options]}
        case PeopleField():
            kind, more = "people", {"value": list(shown.people)}
        case PlaceField():
            kind, more = "place", {"value": shown.place}
        case WhenField():
            kind, more = "when", {"value": _local(shown.value, zone)}
        case TimeField():
            kind, more = "time", {"value": shown.value}
        case _:
            assert_never(shown)
    return {**base, "kind": kind, **more}


def spans(text: Text) -> list[Data]:
    """Rich text, span by span; the words of each are literal."""
    return [_span(each) for each in text]


def _local(value: str, zone: str) -> str:
    """A date and time as the browser's own field wants it: in somebody's zone, to the minute, without an offset."""
    if not value:
        return ""
    at = datetime.fromisoformat(value)
    local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if at.tzinfo else at
    return local.isoformat(timespec="minutes")


def _span(span: Span) -> Data:
    match span:
        case Plain(text=text, bold=bold, code=code):
            return {"kind": "text", "text": text, "bold": bold, "code": code}
        case Mention(name=name, account=account):
            return {"kind": "mention", "text": name, "account": account}
        case PlaceLink(name=name, key=key):
            return {"kind": "place", "text": name, "room": key}
        case Link(text=text, url=url):
            return {"kind": "link", "text": text, "url": url}
        case When(at=at, written=written):
            return {"kind": "when", "at": at.isoformat(), "text": written}
        case _:
            assert_never(span)


def _button(button: Button) -> Data:
    return {
        "label": button.label,
        "address": button.address,
        "value": button.value,
        "style": button.style.value,
        "confirm": button.confirm,
        "spoken": button.spoken,
    }


def _select(select: Select) -> Data:
    return {
        "kind": "select",
        "label": select.label,
        "address": select.address,
        "chosen": select.chosen,
        "options": [_option(each) for each in select.options],
    }


def _option(option: Option) -> Data:
    return {"value": option.value, "label": option.label}


def _bar(bar: Bar) -> Data:
    return {
        "label": bar.label,
        "count": bar.count,
        "share": bar.share,
        "note": spans(bar.note),
        "winner": bar.winner,
        "button": _button(bar.button) if bar.button else None,
    }
