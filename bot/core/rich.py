"""Rich text as data: each adapter writes the spans in its platform's own markup; user text is never parsed."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never


@dataclass(frozen=True, slots=True)
class Plain:
    """Literal text. Renderers escape it."""

    text: str
    bold: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A person, by the account key on the platform the card goes to; `account` is empty where they have none there."""

    name: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """A channel, by its key on the platform the card goes to."""

    name: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A web address behind a few words."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class When:
    """An instant (UTC), shown in each reader's own zone where the platform can; `written` is the fallback."""

    at: datetime
    written: str


Span = Plain | Mention | PlaceLink | Link | When
Text = tuple[Span, ...]


def plain(text: str) -> Text:
    """Literal text as rich text."""
    return (Plain(text),) if text else ()


def spoken(text: Text) -> str:
    """Rich text as a screen reader or a notification would say it."""
    return "".join(map(_spoken, text))


def _spoken(span: Span) -> str:
    match span:
        case Plain(text=text) | Link(text=text):
            return text
        case Mention(name=name):
            return f"@{name}"
        case PlaceLink(name=name):
            return f"#{name}"
        case When(written=written):
            return written
        case _:
            assert_never(span)
