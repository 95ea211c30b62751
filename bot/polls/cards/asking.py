"""The form behind `/poll`: what most polls need, and the way to the rest."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from bot.core.cards import Option
from bot.core.forms import ChoiceField, Field, Form, PlaceField, TextField, WhenField
from bot.core.interactions import place_token
from bot.core.texts import Texts
from bot.polls.cards.problems import beside
from bot.polls.model.definition import LONGEST_QUESTION, Kind, Promise, Question, Showing
from bot.polls.model.draft import Draft

SEVERAL: Final = "several"
RATING_10: Final = "rating10"
"""A choice of several, and the longer scale, are kinds of their own in the form."""

SCALE: Final = 5
RIGHT: Final = "* "
"""Stands before a quiz's right options in the form."""


def form(
    t: Texts,
    draft: Draft,
    problems: Mapping[str, str],
    *,
    private: bool,
    number: int = 0,
    more: Sequence[Field] = (),
) -> Form:
    """The form behind `/poll`, filled with what is known already. In a private chat it does not ask where.

    `number` is the draft that it changes; 0 begins a poll. `more` are settings that are not as usual.
    """
    others = draft.questions[1:]
    place, *also = draft.places or (None,)
    closes = draft.closes_at.isoformat() if draft.closes_at else ""
    fields = (
        *question_fields(t, draft.questions[0], removable=bool(others)),
        promises(t, draft.promise),
        showings(t, draft.showing),
        WhenField(id="closes", label=t("Closes"), value=closes, hint=t("Leave it empty to close it yourself.")),
        *(() if private and place else (PlaceField(id="place", label=t("Where"), place=_token(place)),)),
        *more,
        then(t, "ask", "more", "question", "draft", scheduled=draft.scheduled, following=2 if others else 0),
    )
    return Form(
        address="polls.create",
        title=t("Ask a poll"),
        submit=t("Go on"),
        fields=fields,
        state=json.dumps({"place": place, "also": also, "poll": number}),
        problems=beside(problems, {field.id for field in fields}, "question"),
    )


def question_form(
    t: Texts, number: int, page: int, asked: Question, *, scheduled: bool, removable: bool, following: bool
) -> Form:
    """A further question of a draft, or one that is changed; whether it can be removed, and another one follows."""
    after = then(t, "ask", "question", "more", "draft", scheduled=scheduled, following=page + 2 if following else 0)
    return Form(
        address="polls.question",
        title=t("Question {number}", number=page + 1),
        submit=t("Go on"),
        fields=(*question_fields(t, asked, removable=removable), after),
        state=json.dumps({"poll": number, "page": page}),
    )


def question_fields(t: Texts, asked: Question, *, removable: bool) -> tuple[Field, ...]:
    """The question, how it is answered, and its options. One of several is removed by emptying it."""
    return (
        TextField(
            id="question",
            label=t("Question"),
            value=asked.text,
            longest=LONGEST_QUESTION,
            placeholder=t("Where should the summer party be?"),
            hint=t("Empty it to remove this question.") if removable else "",
            required=not removable,
        ),
        kinds(t, asked),
        TextField(
            id="options",
            label=t("Options, one a line"),
            value="\n".join(
                f"{RIGHT if number in asked.right else ''}{option}" for number, option in enumerate(asked.options)
            ),
            multiline=True,
            required=False,
            placeholder=t("By the lake\nOn the roof\nIn the park"),
            hint=t("For choices, rankings and quizzes. Begin a quiz's right answer with {star}.", star=RIGHT.strip()),
        ),
    )


def kinds(t: Texts, asked: Question) -> ChoiceField:
    """How the question is answered."""
    names = {
        Kind.CHOICE.value: t("One choice"),
        SEVERAL: t("Several choices"),
        Kind.RANKED.value: t("Put in order"),
        Kind.DECISION.value: t("Yes, no or abstain"),
        Kind.RATING.value: t("Rating from 1 to 5"),
        RATING_10: t("Rating from 1 to 10"),
        Kind.NPS.value: t("Recommendation from 0 to 10 (NPS)"),
        Kind.TEXT.value: t("In people's own words"),
        Kind.QUIZ.value: t("Quiz with a right answer"),
    }
    options = tuple(Option(value, name) for value, name in names.items())
    return ChoiceField(id="kind", label=t("How people answer"), options=options, chosen=(_kind(asked),))


def promises(t: Texts, promise: Promise) -> ChoiceField:
    """What voters are promised."""
    names = {
        Promise.OPEN: t("Open: names stand beside votes"),
        Promise.CONFIDENTIAL: t("Confidential: nobody in chat sees names"),
        Promise.SECRET: t("Secret: nobody can ever tell"),
    }
    options = tuple(Option(value.value, name) for value, name in names.items())
    return ChoiceField(id="promise", label=t("Promise to voters"), options=options, chosen=(promise.value,))


def showings(t: Texts, showing: Showing) -> ChoiceField:
    """When results are seen."""
    names = {
        Showing.LIVE: t("At once"),
        Showing.AFTER_VOTE: t("By whoever has voted"),
        Showing.AFTER_CLOSE: t("After closing (always so for secret polls)"),
    }
    options = tuple(Option(value.value, name) for value, name in names.items())
    return ChoiceField(id="showing", label=t("Results show"), options=options, chosen=(showing.value,))


def then(t: Texts, *offered: str, scheduled: bool, following: int = 0) -> ChoiceField:
    """What comes after the form; the first that is offered is what most people want.

    What is `scheduled` opens at its time, and is no draft any more. `following` is the number of the question that
    comes after this one: who changes one of several pages through them all.
    """
    names = {
        "ask": t("Save it") if scheduled else t("Ask it now"),
        "more": t("More: people, schedule, reminder, owner"),
        "question": t("Look at question {number}", number=following) if following else t("Add another question"),
        "draft": t("Keep it as a draft"),
    }
    options = tuple(Option(value, names[value]) for value in offered if value != "draft" or not scheduled)
    return ChoiceField(id="then", label=t("Then"), options=options, chosen=("question" if following else offered[0],))


def _kind(asked: Question) -> str:
    if asked.kind is Kind.CHOICE and asked.several:
        return SEVERAL
    return RATING_10 if asked.kind is Kind.RATING and asked.scale > SCALE else asked.kind.value


def _token(place: int | None) -> str:
    return place_token(place) if place else ""
