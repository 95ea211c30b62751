"""Everything about a poll that most polls do not need."""

import json
from collections.abc import Sequence
from typing import Final

from bot.core.cards import Option
from bot.core.forms import ChoiceField, Field, Form, PeopleField, TextField, WhenField
from bot.core.interactions import mention
from bot.core.places import Place
from bot.core.texts import Texts
from bot.polls.cards.asking import then
from bot.polls.model.definition import LONGEST_EXPLANATION, Adding, Kind, Question, extensible
from bot.polls.model.draft import Draft

EVERYBODY: Final = "everybody"
MOST_GROUPS: Final = 99
"""Platforms take a hundred lines in a drop-down; one of them is everybody."""


def form(t: Texts, number: int, draft: Draft, fields: Sequence[Field]) -> Form:
    """The form of a draft's settings."""
    return Form(
        address="polls.settings",
        title=t("Settings"),
        submit=t("Go on"),
        fields=(*fields, then(t, "ask", "question", "draft", scheduled=draft.scheduled)),
        state=json.dumps({"poll": number}),
    )


def fields(t: Texts, draft: Draft, groups: Sequence[Place], elsewhere: Sequence[Place]) -> tuple[Field, ...]:
    """What can be set of a draft. `elsewhere` are channels on the organisation's other platforms."""
    asked = draft.questions[0]
    return (
        _who(t, draft, groups),
        *((_named(t, draft),) if draft.unfound else ()),
        *((_also(t, draft, elsewhere),) if elsewhere else ()),
        *((_limits(t, asked),) if asked.several else ()),
        *((_explanation(t, asked),) if asked.kind is Kind.QUIZ or asked.explanation else ()),
        *((_adding(t, draft),) if extensible(draft.questions) or draft.adding is not Adding.NO else ()),
        *_times(t, draft),
        PeopleField(
            id="owner",
            label=t("Who answers the outcome"),
            people=(mention(draft.owner),) if draft.owner else (),
            hint=t("You asked, we did: I remind them, and post their answer under the poll."),
            required=False,
        ),
        WhenField(
            id="answer_by",
            label=t("Answered by"),
            value=draft.answer_by.isoformat() if draft.answer_by else "",
        ),
    )


def every(t: Texts, typed: str, *, required: bool = True) -> Field:
    """How often it comes again."""
    return TextField(
        id="every",
        label=t("Comes again"),
        value=typed,
        placeholder=t("Mon 9:00"),
        hint=t("Such as Mon 9:00, weekdays 9:00 or first Monday 10:00."),
        required=required,
    )


def _who(t: Texts, draft: Draft, groups: Sequence[Place]) -> Field:
    named = (Option(str(group.id), group.name) for group in groups[:MOST_GROUPS])
    return ChoiceField(
        id="who",
        label=t("Ask by name"),
        options=(Option(EVERYBODY, t("Everybody")), *named),
        chosen=(EVERYBODY,) if draft.everybody else tuple(map(str, draft.groups)),
        many=True,
        required=False,
        hint=t("They get the poll privately, unless they are in its channel."),
    )


def _named(t: Texts, draft: Draft) -> Field:
    return TextField(
        id="named",
        label=t("Names I do not know"),
        value=", ".join(draft.unfound),
        hint=t("Groups and #channels, with commas between them. Put them right, or leave this empty."),
        required=False,
    )


def _also(t: Texts, draft: Draft, elsewhere: Sequence[Place]) -> Field:
    far = tuple(Option(str(place.id), place.name) for place in elsewhere[:MOST_GROUPS])
    return ChoiceField(
        id="also",
        label=t("Also in these channels elsewhere"),
        options=far,
        chosen=tuple(option.value for option in far if int(option.value) in draft.places),
        many=True,
        required=False,
        hint=t("One poll, one count, and one vote a person."),
    )


def _limits(t: Texts, asked: Question) -> Field:
    return TextField(
        id="limits",
        label=t("How many may be chosen"),
        value=f"{asked.least}-{asked.most}",
        hint=t("Such as 2 for up to two, or 2-3."),
        required=False,
    )


def _explanation(t: Texts, asked: Question) -> Field:
    return TextField(
        id="explanation",
        label=t("Explanation after closing"),
        value=asked.explanation,
        longest=LONGEST_EXPLANATION,
        multiline=True,
        required=False,
    )


def _adding(t: Texts, draft: Draft) -> Field:
    names = {Adding.NO: t("Nobody"), Adding.YES: t("Anybody"), Adding.ASK: t("Anybody, once you approve it")}
    return ChoiceField(
        id="adding",
        label=t("Who may add options"),
        options=tuple(Option(value.value, name) for value, name in names.items()),
        chosen=(draft.adding.value,),
    )


def _times(t: Texts, draft: Draft) -> tuple[Field, ...]:
    return (
        WhenField(id="opens", label=t("Opens"), value=draft.opens_at.isoformat() if draft.opens_at else ""),
        # What comes again already has a form of its own for that, and its next time is opened at here.
        *(() if draft.series else (every(t, draft.typed.repeating, required=False),)),
        TextField(
            id="remind",
            label=t("Remind those who have not voted, so long before it closes"),
            value=draft.typed.reminding,
            placeholder=t("24h"),
            required=False,
        ),
    )
