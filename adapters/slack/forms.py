"""Forms as Slack's modal views, and what people fill in as values."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, assert_never

from slackblocks import (
    Block,
    CheckboxGroup,
    ContextBlock,
    ConversationFilter,
    ConversationSelectMenu,
    DateTimePicker,
    Element,
    InputBlock,
    ModalView,
    PlainTextInput,
    RadioButtonGroup,
    SectionBlock,
    StaticMultiSelectMenu,
    StaticSelectMenu,
    TimePicker,
    UserMultiSelectMenu,
)
from slackblocks import Option as OptionObject

from adapters.slack.mrkdwn import clip, flow, size, written
from adapters.slack.render import LONGEST_TEXT, Json, label, markup, nameless, options
from bot.core.forms import (
    FORM_TEXT,
    ChoiceField,
    Field,
    Form,
    PeopleField,
    PlaceField,
    TextField,
    TimeField,
    WhenField,
)
from bot.core.interactions import MENTION, PLACE, Value, defuse, mention, place_token
from bot.core.rich import Plain

LONGEST_TITLE: Final = 24
LONGEST_LABEL: Final = 2000
LONGEST_PLACEHOLDER: Final = 150
LONGEST_PROBLEM: Final = 300
MOST_RADIOS: Final = 6
MOST_CHECKBOXES: Final = 10
ACTION: Final = "value"
MARK: Final = 4
"""Bytes that tell one form from another."""


def view(form: Form, reply_to: str = "") -> Json:
    """A form as a modal. `reply_to` is the response URL of what opened it, for private words after it was sent."""
    modal: Json = ModalView(
        title=label(form.title, LONGEST_TITLE),
        blocks=list(_blocks(form)),
        submit=label(form.submit, LONGEST_TITLE),
        private_metadata=f"{reply_to}\n{form.state}",
        callback_id=form.address,
    ).to_dict()
    return {**modal, "blocks": _marked(nameless(modal["blocks"]), form)}


def remembered(private_metadata: str) -> tuple[str, str]:
    """The form's state and where private words go, as `view` wrote them."""
    reply_to, _, state = private_metadata.partition("\n")
    return state, reply_to


def problems(found: Mapping[str, str], blocks: list[Json]) -> dict[str, str]:
    """Sentences by block, as `response_action: errors` wants them; one about no field of the form goes to the first."""
    asked = [block["block_id"] for block in blocks if block.get("type") == "input"]
    shown: dict[str, str] = {}
    for name, sentence in found.items():
        block = name if name in asked else next(iter(asked), name)
        shown[block] = clip(f"{shown[block]} {sentence}" if block in shown else sentence, LONGEST_PROBLEM)
    return shown


def values(state: Mapping[str, Mapping[str, Json]], blocks: list[Json]) -> dict[str, Value]:
    """What was filled into a view's blocks, by field id (`view.state.values` of Slack)."""
    asked = {block["block_id"]: block["element"]["action_id"] for block in blocks if block.get("type") == "input"}
    return {field: _value(state[field][action]) for field, action in asked.items() if action in state.get(field, {})}


def _marked(blocks: list[Json], form: Form) -> list[Json]:
    """Fields of one form are none of another's: a view that takes the place of one with the same keeps what is typed.

    Source: docs.slack.dev/reference/views/modal-views, "Preserving input entry in views".
    """
    mark = hashlib.blake2b(f"{form.address}\n{form.state}".encode(errors="replace"), digest_size=MARK).hexdigest()
    return [
        {**block, "element": {**block["element"], "action_id": f"{ACTION}-{mark}"}}
        if block.get("type") == "input"
        else block
        for block in blocks
    ]


def _value(filled: Json) -> Value:
    read = _READERS.get(str(filled.get("type")))
    return read(filled) if read else defuse(str(filled.get("value") or ""))


def _people(filled: Json) -> Value:
    return tuple(mention(user) for user in filled.get("selected_users") or ())


def _place(filled: Json) -> Value:
    chosen = filled.get("selected_conversation")
    return place_token(chosen) if chosen else ""


def _several(filled: Json) -> Value:
    return tuple(str(each["value"]) for each in filled.get("selected_options") or ())


def _one(filled: Json) -> Value:
    return str((filled.get("selected_option") or {}).get("value", ""))


def _when(filled: Json) -> Value:
    at = filled.get("selected_date_time")
    return datetime.fromtimestamp(at, UTC).isoformat() if at else ""


def _time(filled: Json) -> Value:
    return str(filled.get("selected_time") or "")


_READERS: Final[Mapping[str, Callable[[Json], Value]]] = {
    "multi_users_select": _people,
    "conversations_select": _place,
    "checkboxes": _several,
    "multi_static_select": _several,
    "radio_buttons": _one,
    "static_select": _one,
    "datetimepicker": _when,
    "timepicker": _time,
}
"""What each kind of element holds; any other kind holds typed text."""


def _blocks(form: Form) -> Iterator[Block]:
    known = {field.id for field in form.fields}
    for piece in flow(form.intro, LONGEST_TEXT):
        yield SectionBlock(markup(piece))
    yield from (_problem(sentence) for name, sentence in form.problems.items() if name not in known)
    first = next((field.id for field in form.fields if field.id in form.problems), "")
    for field in form.fields:
        yield InputBlock(
            label(field.label, LONGEST_LABEL),
            _element(field, focus=field.id == first),
            block_id=field.id,
            hint=label(field.hint, LONGEST_LABEL) if field.hint else None,
            optional=not field.required,
        )
        if field.id in form.problems:
            yield _problem(form.problems[field.id])


def _problem(sentence: str) -> Block:
    return ContextBlock([markup(written((Plain("\u26a0\ufe0f "), Plain(sentence, bold=True)), LONGEST_PROBLEM))])


def _element(field: Field, *, focus: bool) -> Element:
    match field:
        case TextField():
            return _text(field, focus=focus)
        case ChoiceField():
            return _choice(field)
        case PeopleField(people=people):
            accounts = [found[1] for each in people if (found := MENTION.fullmatch(each))]
            return UserMultiSelectMenu(ACTION, initial_users=accounts or None, focus_on_load=focus)
        case PlaceField(place=place):
            found = PLACE.fullmatch(place)
            return ConversationSelectMenu(
                ACTION,
                initial_conversation=found[1] if found else None,
                filter=ConversationFilter(["public", "private"], exclude_bot_users=True),
                focus_on_load=focus,
            )
        case WhenField(value=value):
            return DateTimePicker(ACTION, initial_datetime=_moment(value), focus_on_load=focus)
        case TimeField(value=value):
            return TimePicker(ACTION, initial_time=value or None, focus_on_load=focus)
        case _:
            assert_never(field)


def _text(field: TextField, *, focus: bool) -> Element:
    """What is filled in already may be longer than allowed: it must stay, to be shortened by whoever typed it."""
    return PlainTextInput(
        ACTION,
        initial_value=clip(field.value, FORM_TEXT) or None,
        multiline=field.multiline,
        max_length=field.longest if size(field.value) <= field.longest <= FORM_TEXT else FORM_TEXT,
        focus_on_load=focus,
        placeholder=label(field.placeholder, LONGEST_PLACEHOLDER) if field.placeholder else None,
    )


def _choice(field: ChoiceField) -> Element:
    shown = options(field.options)
    chosen = [each for each in shown if each.value in field.chosen]
    if field.many:
        many = CheckboxGroup if len(shown) <= MOST_CHECKBOXES else StaticMultiSelectMenu
        return many(ACTION, shown, initial_options=chosen or None)
    return _single(field, shown, chosen[0] if chosen else None)


def _single(field: ChoiceField, shown: list[OptionObject], chosen: OptionObject | None) -> Element:
    """A radio button cannot be taken back, so an optional choice is a menu."""
    if field.required and len(shown) <= MOST_RADIOS:
        return RadioButtonGroup(ACTION, shown, initial_option=chosen)
    return StaticSelectMenu(ACTION, shown, initial_option=chosen)


def _moment(value: str) -> int | None:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return int(at.timestamp()) if at.tzinfo else None
