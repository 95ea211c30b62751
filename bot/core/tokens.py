"""Tokens of people, places and groups: the platform's own ids outside, ours inside."""

import re
from dataclasses import replace
from typing import assert_never

from bot.core.cards import Card
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.feature import Turn
from bot.core.forms import ChoiceField, Field, PeopleField, PlaceField, TextField, TimeField, WhenField
from bot.core.interactions import (
    GROUP,
    MENTION,
    NOTHING,
    PLACE,
    Answer,
    Click,
    Command,
    Event,
    Interaction,
    Submission,
    Value,
    group_token,
    mention,
    place_token,
)
from bot.core.places import PlaceKind, Workspace
from bot.core.rich import spoken


def inside(connection: Connection, workspace: Workspace, act: Interaction) -> Interaction:
    """The same interaction with every token in our own ids."""
    match act:
        case Command(text=text):
            return replace(act, text=_tokens(connection, workspace, text))
        case Submission(values=values):
            inner = {name: _value(connection, workspace, value) for name, value in values.items()}
            return replace(act, values=inner)
        case Click() | Event():
            return act
        case _:
            assert_never(act)


def outside(turn: Turn, answer: Answer) -> Answer:
    """The same answer with the tokens of its form in the platform's own ids, and its cards marked with a language."""
    if answer is NOTHING:
        return answer
    form = answer.form

    def marked(card: Card | None) -> Card | None:
        return card and replace(card, locale=turn.t.locale)

    return replace(
        answer,
        form=form and replace(form, fields=tuple(_asked(turn, one) for one in form.fields), locale=turn.t.locale),
        whisper=marked(answer.whisper),
        replace=marked(answer.replace),
        own=marked(answer.own),
        home=marked(answer.home),
    )


def _asked(turn: Turn, asked: Field) -> Field:
    match asked:
        case PeopleField(people=people):
            known = [turn.person(int(found[1])).account for each in people if (found := MENTION.fullmatch(each))]
            return replace(asked, people=tuple(mention(account) for account in known if account))
        case PlaceField(place=token):
            found = PLACE.fullmatch(token)
            place = turn.place(int(found[1])) if found else None
            return replace(asked, place=place_token(place.key) if place else "")
        case TextField(value=value):
            return replace(asked, value=spoken(turn.prose(value)))
        case ChoiceField() | WhenField() | TimeField():
            return asked
        case _:
            assert_never(asked)


def _value(connection: Connection, workspace: Workspace, value: Value) -> Value:
    if isinstance(value, str):
        return _tokens(connection, workspace, value)
    return tuple(_tokens(connection, workspace, each) for each in value)


def _tokens(connection: Connection, workspace: Workspace, text: str) -> str:
    """A token whose key nobody knows was typed by hand, unless it stands alone: it loses its brackets.

    Otherwise somebody could type `<@12>` and mean a person by a number that is ours.
    """
    if "<" not in text:
        return text

    def person(found: re.Match[str]) -> str:
        alone = found.group(0) == text
        known = directory.known(connection, workspace, found.group(1))
        someone = directory.account(connection, workspace, found.group(1)) if alone else known
        return mention(someone.id) if someone else f"@{found.group(1)}"

    def place(found: re.Match[str]) -> str:
        return place_token(directory.place_at(connection, workspace, found.group(1)).id)

    def group(found: re.Match[str]) -> str:
        return group_token(directory.place_at(connection, workspace, found.group(1), PlaceKind.PEOPLE).id)

    return GROUP.sub(group, PLACE.sub(place, MENTION.sub(person, text)))
