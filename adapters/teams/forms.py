"""Forms as Adaptive Cards: in a task module, or in the chat where there is none.

A form travels inside its own submit button, so that any replica can reopen it filled: nothing is kept meanwhile.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final, assert_never

from pydantic import TypeAdapter, ValidationError

from adapters.teams.render import OURS, Json, envelope, text_block
from adapters.teams.text import entities, escape, markdown
from bot.core.forms import ChoiceField, Field, Form, PeopleField, PlaceField, TextField, TimeField, WhenField
from bot.core.interactions import MENTION, PLACE, Value, mention, place_token
from bot.core.rich import plain, spoken
from bot.core.texts import Texts

EXPANDED: Final = 5
"""Up to so many options are shown open; more fold into a drop-down."""

_FIELDS: Final[dict[str, TypeAdapter[Any]]] = {
    kind.__name__: TypeAdapter(kind) for kind in (TextField, ChoiceField, PeopleField, PlaceField, WhenField, TimeField)
}


_FILLED: Final = frozenset({"value", "chosen", "people", "place"})


class Malformed(Exception):
    """What came back is not a form of ours."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Whom and what a form can offer: names by account, and channel names by key. `ids` gives accounts by our own ids.

    `known` gives the accounts of Entra ids, which Teams' people search answers with; `channels` keys by our own ids.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)


def card(form: Form, t: Texts, choices: Choices, *, dialog: bool, message: str = "") -> Json:
    """A form. In a task module (`dialog`) only Action.Submit works; `message` is the message it was opened from."""
    body: list[Json] = []
    if not dialog:
        body.append(text_block(escape(form.title), size="medium", weight="bolder", style="heading"))
    if form.intro:
        body.append(text_block(markdown(form.intro)))
    for each in form.fields:
        body += _problem(form.problems.get(each.id, ""))
        body += _inputs(each, t, choices)
    ours = {"kind": "form", "form": pack(form), "message": message}
    action = {"type": "Action.Submit"} if dialog else {"type": "Action.Execute", "verb": form.address}
    sends = {**action, "title": form.submit, "style": "positive", "data": {OURS: ours}}
    body.append({"type": "ActionSet", "spacing": "medium", "actions": [sends]})
    return envelope(body, tuple(entities(form.intro)), summary=form.title)


def pack(form: Form) -> Json:
    """A form as data; `unpack` makes it a form again, empty: what is filled in comes back beside it."""
    fields = [{"kind": type(each).__name__, **_lean(asdict(each))} for each in form.fields]
    return {
        "address": form.address,
        "title": form.title,
        "submit": form.submit,
        "intro": spoken(form.intro),
        "state": form.state,
        "fields": fields,
    }


def unpack(data: object) -> Form:
    """The form that `pack` made data of. `Malformed` if it is anything else: data comes back from outside."""
    if not isinstance(data, dict):
        raise Malformed
    try:
        return Form(
            address=str(data["address"]),
            title=str(data["title"]),
            submit=str(data["submit"]),
            intro=plain(str(data["intro"])),
            state=str(data["state"]),
            fields=tuple(_field(each) for each in data["fields"]),
        )
    except (LookupError, TypeError, ValidationError) as error:
        raise Malformed from error


def values(form: Form, sent: Mapping[str, Any], accounts: Mapping[str, str]) -> dict[str, Value]:
    """What somebody filled in. `accounts` gives the account of an Entra id."""
    return {each.id: _value(each, sent, accounts) for each in form.fields}


def refilled(form: Form, sent: Mapping[str, Value], problems: Mapping[str, str]) -> Form:
    """The same form with what was typed, and with what is wrong."""
    fields = tuple(_with(each, sent[each.id]) if each.id in sent else each for each in form.fields)
    return replace(form, fields=fields, problems=dict(problems))


def _lean(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", ()) and name not in _FILLED}


def _field(data: Mapping[str, Any]) -> Field:
    made: Field = _FIELDS[data["kind"]].validate_python({k: v for k, v in data.items() if k != "kind"})
    return made


def _problem(sentence: str) -> Iterator[Json]:
    if sentence:
        yield text_block(f"⚠ {escape(sentence)}", color="attention", weight="bolder")


def _inputs(asked: Field, t: Texts, choices: Choices) -> Iterator[Json]:
    base: Json = {"id": asked.id, "label": asked.label}
    if asked.required:
        base |= {"isRequired": True, "errorMessage": t("Please fill this in.")}
    match asked:
        case TextField():
            yield {**base, **_text(asked)}
        case ChoiceField():
            yield {**base, **_choice(asked)}
        case PeopleField():
            yield {**base, **_people(asked, choices)}
        case PlaceField():
            yield {**base, **_place(asked, choices)}
        case WhenField():
            yield from _when(asked, base, t)
        case TimeField():
            yield {**base, "type": "Input.Time", **({"value": asked.value} if asked.value else {})}
        case _:
            assert_never(asked)
    if asked.hint:
        yield text_block(escape(asked.hint), size="small", isSubtle=True, spacing="small")


def _text(asked: TextField) -> Json:
    """Too long a value stays whole: the limit grows with it, and the handler says again what is too much."""
    return {
        "type": "Input.Text",
        "maxLength": max(asked.longest, len(asked.value)),
        **({"isMultiline": True} if asked.multiline else {}),
        **({"value": asked.value} if asked.value else {}),
        **({"placeholder": asked.placeholder} if asked.placeholder else {}),
    }


def _choice(asked: ChoiceField) -> Json:
    """Options go by their number, since several chosen ones come back in one text with commas."""
    chosen = [str(number) for number, option in enumerate(asked.options) if option.value in asked.chosen]
    return {
        "type": "Input.ChoiceSet",
        "choices": [{"title": each.label, "value": str(number)} for number, each in enumerate(asked.options)],
        "style": "expanded" if len(asked.options) <= EXPANDED else "compact",
        "wrap": True,
        **({"isMultiSelect": True} if asked.many else {}),
        **({"value": ",".join(chosen)} if chosen else {}),
    }


def _people(asked: PeopleField, choices: Choices) -> Json:
    """Teams searches the tenant's directory while one types; elsewhere there are the people the bot knows."""
    chosen = [choices.ids.get(key, key) for key in _keys(asked.people)]
    known = {account: choices.people.get(account, account) for account in chosen} | dict(choices.people)
    return {
        "type": "Input.ChoiceSet",
        "choices": [{"title": name, "value": account} for account, name in known.items()],
        "choices.data": {"type": "Data.Query", "dataset": "graph.microsoft.com/users"},
        "isMultiSelect": True,
        "style": "compact",
        **({"value": ",".join(chosen)} if chosen else {}),
    }


def _place(asked: PlaceField, choices: Choices) -> Json:
    found = PLACE.fullmatch(asked.place)
    chosen = choices.channels.get(found[1], found[1]) if found else ""
    return {
        "type": "Input.ChoiceSet",
        "choices": [{"title": name, "value": key} for key, name in choices.places.items()],
        "style": "compact",
        **({"value": chosen} if chosen else {}),
    }


def _when(asked: WhenField, base: Json, t: Texts) -> Iterator[Json]:
    day, clock = "", ""
    if asked.value:
        at = datetime.fromisoformat(asked.value)
        at = at.astimezone(t.zone) if at.tzinfo else at
        day, clock = at.strftime("%Y-%m-%d"), at.strftime("%H:%M")
    date = {**base, "type": "Input.Date", "id": f"{asked.id}.date", **({"value": day} if day else {})}
    time = {"type": "Input.Time", "id": f"{asked.id}.time", **({"value": clock} if clock else {})}
    time |= {"label": t("Time of day")}
    yield {
        "type": "ColumnSet",
        "columns": [{"type": "Column", "width": "stretch", "items": [each]} for each in (date, time)],
    }


def _value(asked: Field, sent: Mapping[str, Any], accounts: Mapping[str, str]) -> Value:
    raw = str(sent.get(asked.id) or "")
    match asked:
        case TextField() | TimeField():
            return raw
        case ChoiceField():
            chosen = tuple(option.value for number, option in enumerate(asked.options) if str(number) in raw.split(","))
            return chosen if asked.many else "".join(chosen[:1])
        case PeopleField():
            return tuple(mention(accounts.get(key, key)) for key in raw.split(",") if key)
        case PlaceField():
            return place_token(raw) if raw else ""
        case WhenField():
            day = str(sent.get(f"{asked.id}.date") or "")
            return f"{day}T{sent.get(f'{asked.id}.time') or '00:00'}" if day else ""
        case _:
            assert_never(asked)


def _with(asked: Field, value: Value) -> Field:
    match asked:
        case TextField() | TimeField() | WhenField():
            return replace(asked, value=str(value))
        case ChoiceField():
            return replace(asked, chosen=value if isinstance(value, tuple) else (value,))
        case PeopleField():
            return replace(asked, people=value if isinstance(value, tuple) else (value,))
        case PlaceField():
            return replace(asked, place=str(value))
        case _:
            assert_never(asked)


def _keys(tokens: tuple[str, ...]) -> Iterator[str]:
    for token in tokens:
        if found := MENTION.fullmatch(token):
            yield found[1]
