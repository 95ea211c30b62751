"""What the bot asks: a form is a title and a few fields, from a closed union that every adapter renders totally."""

from dataclasses import dataclass, field

from bot.core.cards import Option
from bot.core.rich import Text

FORM_TEXT = 3000
"""The most characters a form's text field can hold on every platform (Slack's `plain_text_input`)."""

FORM_STATE = 2500
"""The most characters of a form's state on every platform, in UTF-16 units (Slack's `private_metadata` has 3,000)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """Typed text, at most `longest` characters; `value` is already filled in and may be longer than allowed."""

    id: str
    label: str
    value: str = ""
    hint: str = ""
    placeholder: str = ""
    longest: int = FORM_TEXT
    multiline: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField:
    """One of a few options, or with `many` any number of them. Submitted as the option's value, or a tuple of them."""

    id: str
    label: str
    options: tuple[Option, ...]
    chosen: tuple[str, ...] = ()
    hint: str = ""
    many: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleField:
    """One or several people. `people` and what is submitted are mention tokens (see `interactions.mention`)."""

    id: str
    label: str
    people: tuple[str, ...] = ()
    hint: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceField:
    """A channel, as a place token (see `interactions.place_token`); empty means none."""

    id: str
    label: str
    place: str = ""
    hint: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenField:
    """A date and a time. Submitted as ISO 8601: with an offset, or without one in the person's own zone."""

    id: str
    label: str
    value: str = ""
    hint: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeField:
    """A time of day, `HH:MM`."""

    id: str
    label: str
    value: str = ""
    hint: str = ""
    required: bool = True


Field = TextField | ChoiceField | PeopleField | PlaceField | WhenField | TimeField


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form. `address` is where the submission goes, `state` comes back with it unseen (at most `FORM_STATE`).

    `problems` are sentences by field id, shown beside the field when a form reopens filled. `locale` is the language it
    is written in, set by the engine.
    """

    address: str
    title: str
    submit: str
    fields: tuple[Field, ...]
    intro: Text = ()
    state: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    locale: str = "en"


def filling(asked: Field) -> str | tuple[str, ...]:
    """What a field holds while nobody touches it."""
    match asked:
        case PeopleField(people=people):
            return people
        case PlaceField(place=place):
            return place
        case ChoiceField(chosen=chosen, many=True):
            return chosen
        case ChoiceField(chosen=chosen):
            return chosen[0] if chosen else ""
        case TextField(value=value) | WhenField(value=value) | TimeField(value=value):
            return value
