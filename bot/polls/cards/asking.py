"""The form behind `/poll`: what most polls need, and the way to the rest."""

import json
from collections.abc import Mapping
from typing import Final

from bot.core.cards import Option
from bot.core.forms import ChoiceField, Form, PlaceField, TextField, WhenField
from bot.core.interactions import place_token
from bot.core.texts import Texts
from bot.polls.model.definition import LONGEST_QUESTION, Kind, Promise, Question, Showing
from bot.polls.model.draft import Draft

SEVERAL: Final = "several"
"""A choice of several is a kind of its own in the form."""


def form(t: Texts, draft: Draft, problems: Mapping[str, str], *, private: bool) -> Form:
    """The form behind `/poll`, filled with what is known already. In a private chat it does not ask where."""
    place = draft.places[0] if draft.places else None
    asked = draft.questions[0]
    settings = {"question", "options", "kind", "promise", "showing", "closes", "place", "then"}
    elsewhere = [sentence for name, sentence in problems.items() if name not in settings]
    shown = {name: sentence for name, sentence in problems.items() if name in settings}
    if elsewhere:
        shown.setdefault("question", elsewhere[0])
    fields = (
        TextField(
            id="question",
            label=t("Question"),
            value=asked.text,
            longest=LONGEST_QUESTION,
            placeholder=t("Where should the summer party be?"),
        ),
        kinds(t, asked),
        TextField(
            id="options",
            label=t("Options, one a line"),
            value="\n".join(asked.options),
            multiline=True,
            required=False,
            placeholder=t("By the lake\nOn the roof\nIn the park"),
            hint=t("For choices, rankings and quizzes."),
        ),
        promises(t, draft.promise),
        showings(t, draft.showing),
        WhenField(
            id="closes",
            label=t("Closes"),
            value=draft.closes_at.isoformat() if draft.closes_at else "",
            hint=t("Leave it empty to close it yourself."),
        ),
        *(() if private and place else (PlaceField(id="place", label=t("Where"), place=_token(place)),)),
        then(t),
    )
    return Form(
        address="polls.create",
        title=t("Ask a poll"),
        submit=t("Go on"),
        fields=fields,
        state=json.dumps({"place": place}),
        problems=shown,
    )


def kinds(t: Texts, asked: Question) -> ChoiceField:
    """How the question is answered."""
    names = {
        Kind.CHOICE.value: t("One choice"),
        SEVERAL: t("Several choices"),
        Kind.RANKED.value: t("Put in order"),
        Kind.DECISION.value: t("Yes, no or abstain"),
        Kind.RATING.value: t("Rating from 1 to 5"),
        Kind.NPS.value: t("Recommendation from 0 to 10 (NPS)"),
        Kind.TEXT.value: t("In people's own words"),
        Kind.QUIZ.value: t("Quiz with a right answer"),
    }
    chosen = SEVERAL if asked.kind is Kind.CHOICE and asked.several else asked.kind.value
    options = tuple(Option(value, name) for value, name in names.items())
    return ChoiceField(id="kind", label=t("How people answer"), options=options, chosen=(chosen,))


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


def then(t: Texts) -> ChoiceField:
    """What comes after the first form."""
    names = {
        "ask": t("Ask it now"),
        "more": t("More: people, schedule, reminder, owner"),
        "question": t("Add another question"),
        "draft": t("Keep it as a draft"),
    }
    options = tuple(Option(value, name) for value, name in names.items())
    return ChoiceField(id="then", label=t("Then"), options=options, chosen=("ask",))


def _token(place: int | None) -> str:
    return place_token(place) if place else ""
