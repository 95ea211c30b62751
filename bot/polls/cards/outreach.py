"""Private messages of a poll, and the answer that people were promised."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.core.cards import Button, Buttons, Card, Prose, Style
from bot.core.forms import Form, TextField
from bot.core.rich import Mention, Text, plain, spoken
from bot.core.texts import Texts
from bot.polls.cards.labels import moment
from bot.polls.model.definition import Promise
from bot.polls.model.poll import Poll

LONGEST_ANSWER: Final = 1000
"""Characters: what was heard, and what comes of it."""


def reminder(t: Texts, poll: Poll, question: Text, ballot: Card, *, public: bool) -> Card:
    """The poll once more, before it closes. Of a secret one it says the same to everybody."""
    closes = moment(t, poll, poll.closes_at) if poll.closes_at else t("soon")
    if public:
        line = t.rich("*{question}* closes {when}. Every voice counts.", question=question, when=closes)
        return Card(spoken(line), (Prose(line),))
    if poll.promise is Promise.SECRET:
        line = t.rich("This poll closes {when}. Here it is once more, in case it slipped by.", when=closes)
    else:
        line = t.rich("This poll closes {when}, and your voice is missing.", when=closes)
    return replace(ballot, summary=f"{spoken(line)} {ballot.summary}", parts=(Prose(line), *ballot.parts))


def owed(t: Texts, poll: Poll, question: Text, turnout: int) -> Card:
    """The owner of a poll's outcome is reminded of the answer."""
    voted = t.many("{count} person voted", "{count} people voted", turnout)
    by = moment(t, poll, poll.answer_by) if poll.answer_by else t("soon")
    line = t.rich(
        "*{question}*: {voted}. They were promised an answer by {when}.", question=question, voted=voted, when=by
    )
    how = t.rich("Tell them what you heard and what comes of it. I post it under the poll.")
    button = Button(t("Write the answer"), "polls.respond", str(poll.id), Style.PRIMARY, opens_form=True)
    return Card(spoken(line), (Prose(line), Prose(how), Buttons((button,))))


def answering(t: Texts, poll: Poll, problems: Mapping[str, str]) -> Form:
    """The form for the answer."""
    return Form(
        address="polls.respond",
        title=t("You asked, we did"),
        submit=t("Post"),
        fields=(
            TextField(
                id="answer",
                label=t("What comes of it"),
                value=poll.answer,
                longest=LONGEST_ANSWER,
                multiline=True,
                placeholder=t("You asked for quiet rooms. From March on there are two on every floor."),
                hint=t("I post it under the poll."),
            ),
        ),
        state=json.dumps({"poll": poll.id}),
        problems=dict(problems),
    )


def response(t: Texts, question: Text, owner: Mention, answer: Text) -> Card:
    """The answer, for everybody."""
    head = t.rich("*You asked, we did:* {question}", question=question)
    said: Sequence[Text] = (head, answer, (*plain("\u2014 "), owner))
    return Card(t("You asked, we did: {answer}", answer=spoken(answer)), tuple(Prose(text) for text in said))
