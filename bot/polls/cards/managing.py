"""What those who run a poll, and those who add to it, are asked and told."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.core.cards import Button, Style
from bot.core.forms import ChoiceField, Field, Form, PlaceField, TextField
from bot.core.rich import Text
from bot.core.texts import Texts
from bot.polls.cards.asking import promises, showings
from bot.polls.model.changes import kept_by
from bot.polls.model.definition import LONGEST_OPTION, LONGEST_QUESTION
from bot.polls.model.poll import Poll

A_FIELD: Final = 15
"""Options in one field of a form, so that the longest ones still fit it."""


def close(t: Texts, poll: Poll) -> Button:
    """Ends a poll."""
    sure = t("Close this poll now? Nobody can vote afterwards.")
    return Button(t("Close poll"), "polls.close", str(poll.id), Style.DANGER, confirm=sure)


def reopen(t: Texts, poll: Poll) -> Button:
    """Lets people vote again."""
    return Button(t("Reopen"), "polls.reopen", str(poll.id))


def edit(t: Texts, poll: Poll) -> Button:
    """Changes words."""
    return Button(t("Edit"), "polls.edit", str(poll.id), opens_form=True)


def repeat(t: Texts, poll: Poll) -> Button:
    """Asks the same once more."""
    return Button(t("Repeat"), "polls.repeat", str(poll.id), opens_form=not poll.survey)


def elsewhere(t: Texts, poll: Poll) -> Button:
    """Asks in one more channel."""
    return Button(t("Ask in another channel"), "polls.elsewhere", str(poll.id), opens_form=True)


def add(t: Texts, poll: Poll) -> Button:
    """Adds an option."""
    return Button(t("Add an option"), "polls.add", str(poll.id), opens_form=True)


def edit_form(
    t: Texts, poll: Poll, page: int, words: Sequence[str], problems: Mapping[str, str], *, untouched: bool
) -> Form:
    """One question's words, which may be changed, and before the first vote what was promised.

    `words` are the question's and its options'.
    """
    last = page == len(poll.questions) - 1
    question = TextField(id="question", label=t("Question"), value=words[0], longest=LONGEST_QUESTION)
    return Form(
        address="polls.edit",
        title=t("Edit the poll"),
        submit=t("Save") if last else t("Save, go on"),
        fields=(question, *_options(t, words[1:]), *(_promised(t, poll) if untouched and page == 0 else ())),
        state=json.dumps({"poll": poll.id, "page": page}),
        problems=dict(problems),
    )


def add_form(t: Texts, poll: Poll, question: Text) -> Form:
    """One more option."""
    option = TextField(id="option", label=t("Option"), longest=LONGEST_OPTION)
    return Form(
        address="polls.add",
        title=t("Add an option"),
        submit=t("Add"),
        fields=(option,),
        intro=t.rich("*{question}*", question=question),
        state=json.dumps({"poll": poll.id}),
    )


def place_form(t: Texts, poll: Poll, question: Text) -> Form:
    """One more channel."""
    place = PlaceField(id="place", label=t("Where"), hint=t("Votes from all channels are counted together."))
    return Form(
        address="polls.elsewhere",
        title=t("Another channel"),
        submit=t("Ask"),
        fields=(place,),
        intro=t.rich("*{question}*", question=question),
        state=json.dumps({"poll": poll.id}),
    )


def _options(t: Texts, options: Sequence[str]) -> list[Field]:
    return [
        TextField(
            id=f"options{at // A_FIELD}",
            label=t("Options, one a line"),
            value="\n".join(options[at : at + A_FIELD]),
            multiline=True,
            hint=t("Their number and their order stay as they are."),
        )
        for at in range(0, len(options), A_FIELD)
    ]


def _promised(t: Texts, poll: Poll) -> tuple[ChoiceField, ChoiceField]:
    promise = promises(t, poll.promise)
    stronger = tuple(option for option in promise.options if option.value in kept_by(poll.promise))
    return replace(promise, options=stronger), showings(t, poll.showing)
