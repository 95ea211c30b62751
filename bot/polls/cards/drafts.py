"""A poll that nobody has seen yet: its preview, and everything that can be set."""

import json
from collections.abc import Mapping, Sequence

from bot.core.cards import Button, Buttons, Card, Context, Heading, Option, Part, Prose, Select, Style
from bot.core.forms import ChoiceField, Form, PeopleField, TextField, WhenField
from bot.core.interactions import mention
from bot.core.places import Place
from bot.core.rich import Text, plain
from bot.core.texts import Texts
from bot.polls.cards.asking import then
from bot.polls.cards.ballot import promise
from bot.polls.cards.labels import labels, rule
from bot.polls.model.definition import LONGEST_EXPLANATION, Adding, Kind
from bot.polls.model.draft import Draft
from bot.polls.model.poll import Poll
from bot.polls.model.templates import TEMPLATES

EVERYBODY = "everybody"
MOST_GROUPS = 99
"""Platforms take a hundred lines in a drop-down; one of them is everybody."""


def preview(t: Texts, poll: Poll, questions: Sequence[Text]) -> Card:
    """A draft as its author sees it, with what can be done with it."""
    parts: list[Part] = [Heading(t("Your draft"))]
    for number, (question, asked) in enumerate(zip(questions, poll.questions, strict=True)):
        words = t.rich("*{number}. {question}*", number=number + 1, question=question)
        parts.append(Prose(words if poll.survey else t.rich("*{question}*", question=question)))
        answers = " · ".join(labels(t, asked)) or t("in people's own words")
        how = rule(t, asked)
        parts.append(Context(plain(f"{answers} ({how})" if how else answers)))
    parts.append(Context(plain(promise(t, poll))))
    value = str(poll.id)
    parts.append(
        Buttons(
            (
                Button(t("Ask it now"), "polls.launch", value, Style.PRIMARY),
                Button(t("Add a question"), "polls.question", value, opens_form=True),
                Button(t("Settings"), "polls.settings", value, opens_form=True),
                Button(t("Change"), "polls.revise", value, opens_form=True),
                Button(
                    t("Throw away"), "polls.discard", value, Style.DANGER, confirm=t("Throw this draft away for good?")
                ),
            )
        )
    )
    return Card(t("Your draft"), tuple(parts))


def settings(
    t: Texts,
    number: int,
    draft: Draft,
    groups: Sequence[Place],
    elsewhere: Sequence[Place],
    problems: Mapping[str, str],
) -> Form:
    """Everything that most polls do not need. `elsewhere` are channels on the organisation's other platforms."""
    asked = draft.questions[0]
    who = (Option(EVERYBODY, t("Everybody")), *(Option(str(group.id), group.name) for group in groups[:MOST_GROUPS]))
    chosen = (EVERYBODY,) if draft.everybody else tuple(map(str, draft.groups))
    adding = {Adding.NO: t("Nobody"), Adding.YES: t("Anybody"), Adding.ASK: t("Anybody, once you approve it")}
    far = tuple(Option(str(place.id), place.name) for place in elsewhere[:MOST_GROUPS])
    also = ChoiceField(
        id="also",
        label=t("Also in these channels elsewhere"),
        options=far,
        chosen=tuple(option.value for option in far if int(option.value) in draft.places),
        many=True,
        required=False,
        hint=t("One poll, one count, and one vote a person."),
    )
    few = TextField(
        id="limits",
        label=t("How many may be chosen"),
        value=f"{asked.least}-{asked.most}" if asked.several else "",
        hint=t("Such as 2 for up to two, or 2-3."),
        required=False,
    )
    why = TextField(
        id="explanation",
        label=t("Explanation after closing"),
        value=asked.explanation,
        longest=LONGEST_EXPLANATION,
        multiline=True,
        required=False,
    )
    return Form(
        address="polls.settings",
        title=t("Settings"),
        submit=t("Go on"),
        fields=(
            ChoiceField(
                id="who",
                label=t("Ask by name"),
                options=who,
                chosen=chosen,
                many=True,
                required=False,
                hint=t("They get the poll privately, unless they are in its channel."),
            ),
            *((also,) if elsewhere else ()),
            *((few,) if asked.several else ()),
            *((why,) if asked.kind is Kind.QUIZ else ()),
            ChoiceField(
                id="adding",
                label=t("Who may add options"),
                options=tuple(Option(value.value, name) for value, name in adding.items()),
                chosen=(draft.adding.value,),
            ),
            WhenField(id="opens", label=t("Opens"), value=draft.opens_at.isoformat() if draft.opens_at else ""),
            TextField(
                id="every",
                label=t("Comes again"),
                value=draft.typed.repeating,
                placeholder=t("Mon 9:00"),
                hint=t("Such as Mon 9:00, weekdays 9:00 or first Monday 10:00."),
                required=False,
            ),
            TextField(
                id="remind",
                label=t("Remind those who have not voted, so long before it closes"),
                value=draft.typed.reminding,
                placeholder=t("24h"),
                required=False,
            ),
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
            then(t, "ask", "question", "draft"),
        ),
        state=json.dumps({"poll": number}),
        problems=_beside(problems),
    )


def templates(t: Texts) -> Card:
    """Polls to begin with."""
    parts: list[Part] = [Heading(t("Polls to begin with"))]
    parts += [Prose(t.rich("*{title}*: {about}", title=t(each.title), about=t(each.about))) for each in TEMPLATES]
    options = tuple(Option(each.name, t(each.title)) for each in TEMPLATES)
    parts.append(Select(t("Choose one; you can change all of it"), "polls.template", options))
    return Card(t("Polls to begin with"), tuple(parts))


def _beside(problems: Mapping[str, str]) -> dict[str, str]:
    """What is wrong in earlier forms stands beside what comes next."""
    fields = {"who", "limits", "explanation", "adding", "opens", "every", "remind", "owner", "answer_by", "then"}
    names = {"most": "limits", "place": "who", "closes": "opens"}
    moved = {names.get(name, name): sentence for name, sentence in problems.items()}
    return {name if name in fields else "then": sentence for name, sentence in moved.items()}
