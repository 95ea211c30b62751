"""What most polls do not need, as fields of a form: read from a draft, and written into it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from bot.core.directory import store as directory
from bot.core.feature import Turn
from bot.core.forms import Field, filling
from bot.core.interactions import Value
from bot.core.places import PlaceKind
from bot.core.words import mentioned
from bot.polls.cards import extras as shown
from bot.polls.model import flags
from bot.polls.model.definition import Adding, Kind, Question
from bot.polls.model.draft import Draft, Typed
from bot.polls.service import reading

_FIELDS: Final = {
    "most": "limits",
    "multi": "limits",
    "start": "opens",
    "answer-by": "answer_by",
    "audience": "who",
    "add-options": "adding",
    "explain": "explanation",
}
"""Where problems, and flags that could not be read, have a field of another name."""


def fields(turn: Turn, draft: Draft) -> tuple[Field, ...]:
    """Everything that can be set."""
    groups = directory.places_of(turn.connection, turn.workspace, PlaceKind.PEOPLE)
    elsewhere = directory.places_beyond(turn.connection, turn.workspace, PlaceKind.CHANNEL)
    return shown.fields(turn.t, draft, groups, elsewhere)


def unusual(turn: Turn, draft: Draft, wrong: Collection[str] = ()) -> tuple[Field, ...]:
    """What is not as most polls have it, or is `wrong`: the first form asks it, too, so that nothing typed is lost."""
    usual = fields(turn, Draft(questions=(_usual(draft.questions[0]),)))
    asked = {_FIELDS.get(name, name) for name in (*wrong, *draft.unread, *draft.empty)}
    return tuple(field for field in fields(turn, draft) if field.id in asked or field not in usual)


def said(turn: Turn, before: Draft, draft: Draft, values: Mapping[str, Value]) -> Draft:
    """A draft with what a form says; what the form did not ask stays as it was `before`."""
    values = {field.id: filling(field) for field in unusual(turn, before)} | dict(values)
    elsewhere = {place.id for place in directory.places_beyond(turn.connection, turn.workspace, PlaceKind.CHANNEL)}
    also = [int(each) for each in reading.many(values.get("also")) if each.isdecimal() and int(each) in elsewhere]
    known = {place.id for place in directory.places_of(turn.connection, turn.workspace, PlaceKind.PEOPLE)}
    who = reading.many(values.get("who"))
    named = reading.named(turn, reading.one(values.get("named")))
    owners = mentioned(" ".join(reading.many(values.get("owner"))))
    written = reading.dated(
        turn,
        replace(
            draft,
            questions=(_question(draft.questions[0], values), *draft.questions[1:]),
            places=(*(place for place in draft.places if place not in elsewhere), *also, *named.places),
            groups=(*(int(each) for each in who if each.isdecimal() and int(each) in known), *named.groups),
            everybody=shown.EVERYBODY in who or named.everybody,
            unfound=named.unfound,
            adding=reading.among(Adding, values.get("adding"), Adding.NO),
            owner=owners[0] if owners else None,
            typed=_typed(draft, values),
        ),
    )
    # Words that nobody changed mean what they meant: counted from today, every second Monday could be the other one.
    same = before.every is not None and reading.same(written.typed.repeating, before.typed.repeating)
    return replace(written, every=before.every) if same else written


def _question(asked: Question, values: Mapping[str, Value]) -> Question:
    limits, explanation = reading.one(values.get("limits")).strip(), reading.one(values.get("explanation")).strip()
    if limits and asked.several:
        least, most = flags.limits(limits, len(asked.options)) or (0, 0)
        asked = replace(asked, least=least, most=most)
    return replace(asked, explanation=explanation)


def _typed(draft: Draft, values: Mapping[str, Value]) -> Typed:
    return Typed(
        opening=reading.one(values.get("opens")),
        closing=draft.closes_at.isoformat() if draft.closes_at else draft.typed.closing or "never",
        reminding=reading.one(values.get("remind")).strip(),
        repeating=reading.one(values.get("every")).strip(),
        answering=reading.one(values.get("answer_by")),
    )


def _usual(asked: Question) -> Question:
    """The question as the form would make it without any setting."""
    most = len(asked.options) if asked.several and asked.kind is Kind.CHOICE else max(1, len(asked.right))
    return replace(asked, least=1, most=most, explanation="")
