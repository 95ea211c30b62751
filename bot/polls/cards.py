"""What people see of a poll."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from bot.core.cards import Bar, Bars, Button, Buttons, Card, Context, Divider, Heading, Option, Part, Prose
from bot.core.forms import FORM_TEXT, ChoiceField, Form, PlaceField, TextField, WhenField
from bot.core.interactions import place_token
from bot.core.places import Place
from bot.core.rich import Mention, PlaceLink, Text, plain, spoken
from bot.core.texts import Texts
from bot.polls.model import (
    FEWEST_OPTIONS,
    LONGEST_OPTION,
    LONGEST_QUESTION,
    MOST_OPTIONS,
    Choices,
    Draft,
    Poll,
    Problem,
    Result,
    repeated,
)

NAMES: Final = 8
"""Names beside a bar; more would make the card a list."""


def subject(poll: Poll) -> str:
    """What the poll's message is about, for redraws."""
    return f"polls:{poll.id}"


def ballot(
    t: Texts,
    poll: Poll,
    question: Text,
    author: Mention,
    result: Result,
    voters: Sequence[tuple[str, Choices]],
) -> Card:
    """The poll's own message."""
    winners = result.winners() if poll.closed_at else ()
    bars = tuple(
        Bar(
            label=option,
            count=result.votes[number],
            share=result.share(number),
            note=_names(t, result.votes[number], [name for name, choices in voters if number in choices]),
            button=None if poll.closed_at else Button(t("Vote"), "polls.vote", f"{poll.id}:{number}"),
            winner=number in winners,
        )
        for number, option in enumerate(poll.options)
    )
    parts: list[Part] = [
        Prose(t.rich("*{question}*", question=question)),
        Bars(bars),
        *_foot(t, poll, author, result),
    ]
    return Card(t("Poll: {question}", question=spoken(question)), tuple(parts))


def outcome(t: Texts, poll: Poll, question: Text, result: Result) -> Card:
    """The sentence that ends a poll."""
    winners = [poll.options[number] for number in result.winners()]
    voted = t.many("{count} person voted", "{count} people voted", result.voters)
    if not winners:
        said = t.rich("*{question}* closed without a vote.", question=question)
    elif len(winners) == 1:
        share = round(result.share(result.winners()[0]) * 100)
        said = t.rich(
            "*{question}* has an answer: *{winner}* with {share} %. {voted}.",
            question=question,
            winner=winners[0],
            share=share,
            voted=voted,
        )
    else:
        said = t.rich(
            "*{question}* ended in a tie: {winners}. {voted}.",
            question=question,
            winners=t.every(winners),
            voted=voted,
        )
    return Card(spoken(said), (Prose(said),))


def your_vote(t: Texts, poll: Poll, choices: Choices) -> Card:
    """What only the voter sees, where names are hidden."""
    if not choices:
        said = t.rich("You have no vote in this poll now.")
    else:
        chosen = t.every([poll.options[number] for number in sorted(choices)])
        said = t.rich("Your vote: *{chosen}*. Nobody in chat sees your name beside it.", chosen=chosen)
    return Card(spoken(said), (Prose(said),))


def who(t: Texts, poll: Poll, voters: Sequence[tuple[str, Choices]]) -> Card:
    """Who voted what, as a private list."""
    parts: list[Part] = [Heading(t("Who voted what"))]
    for number, option in enumerate(poll.options):
        names = [name for name, choices in voters if number in choices]
        if names:
            parts.append(Prose(t.rich("*{option}*: {names}", option=option, names=t.every(names))))
    return Card(t("Who voted what"), tuple(parts))


def home(t: Texts, polls: Sequence[Poll]) -> list[Part]:
    """Open polls on the home page."""
    parts: list[Part] = [Heading(t("Your open polls"))]
    for poll in polls:
        closing = (
            t.rich("closes {when}", when=t.when(poll.closes_at)) if poll.closes_at else plain(t("open until closed"))
        )
        parts.append(Prose(t.rich("*{question}* ({closing})", question=poll.question, closing=closing)))
    if not polls:
        parts.append(Prose(t.rich("None right now. Ask something with `/poll`.")))
    return [*parts, Divider()]


def waiting(t: Texts, question: Text, place: Place | None) -> Text:
    """One poll that would gain from a vote."""
    where = PlaceLink(place.name, place.key) if place else plain(t("a channel"))
    return t.rich("The poll *{question}* in {place} is still open.", question=question, place=where)


def form(t: Texts, draft: Draft, place: int | None, problems: Mapping[str, str], *, private: bool) -> Form:
    """The form behind `/poll`, filled with what is known already. In a private chat it does not ask where."""
    settings = (
        Option("many", t("People may choose several")),
        Option("confidential", t("Hide who voted what")),
    )
    chosen = tuple(name for name, on in (("many", draft.many), ("confidential", draft.confidential)) if on)
    where = PlaceField(id="place", label=t("Where"), place=place_token(place) if place else "")
    return Form(
        address="polls.create",
        title=t("Ask a poll"),
        submit=t("Ask"),
        fields=(
            TextField(
                id="question",
                label=t("Question"),
                value=draft.question,
                longest=LONGEST_QUESTION,
                placeholder=t("Where should the summer party be?"),
            ),
            TextField(
                id="options",
                label=t("Options, one a line"),
                value="\n".join(draft.options),
                multiline=True,
                placeholder=t("By the lake\nOn the roof\nIn the park"),
            ),
            ChoiceField(id="settings", label=t("How"), options=settings, chosen=chosen, many=True, required=False),
            WhenField(
                id="closes",
                label=t("Closes"),
                value=draft.closes_at.isoformat() if draft.closes_at else "",
                hint=t("Leave it empty to close it yourself."),
            ),
            *(() if private and place else (where,)),
        ),
        state=json.dumps({"place": place}),
        problems=dict(problems),
    )


def fits(asked: Form) -> bool:
    """Whether every platform's form can hold what is filled in."""
    return all(not isinstance(field, TextField) or len(field.value) <= FORM_TEXT for field in asked.fields)


def too_long(t: Texts, sentences: Mapping[str, str], draft: Draft) -> Card:
    """The words come back to be shortened, since no form can hold them."""
    lines = [draft.question, *draft.options]
    parts: list[Part] = [Prose(plain(sentence)) for sentence in sentences.values()]
    parts.append(Prose(t.rich("Here is what you typed, so that nothing is lost:")))
    text = "\n".join(lines)
    parts += [Prose(plain(text[at : at + FORM_TEXT - 100])) for at in range(0, len(text), FORM_TEXT - 100)]
    return Card(next(iter(sentences.values())), tuple(parts))


def problems(t: Texts, draft: Draft, found: Mapping[str, Problem]) -> dict[str, str]:
    """What is wrong with a draft, in sentences, by form field."""
    return {name: _sentence(t, draft, problem) for name, problem in found.items()}


def _sentence(t: Texts, draft: Draft, problem: Problem) -> str:
    longest = max(map(len, draft.options), default=0)
    sentences = {
        Problem.NO_QUESTION: lambda: t('A poll needs a question. Try: /poll "Lunch on Friday?" "Pizza" "Sushi"'),
        Problem.LONG_QUESTION: lambda: t(
            "A question can have {limit} characters; yours has {count}.",
            limit=LONGEST_QUESTION,
            count=len(draft.question),
        ),
        Problem.FEW_OPTIONS: lambda: t(
            "A poll needs at least {limit} options, each on its own line here or in quotes in the command.",
            limit=FEWEST_OPTIONS,
        ),
        Problem.MANY_OPTIONS: lambda: t(
            "A poll can have {limit} options; yours has {count}.",
            limit=MOST_OPTIONS,
            count=len(draft.options),
        ),
        Problem.LONG_OPTION: lambda: t(
            "An option can have {limit} characters; your longest has {count}.",
            limit=LONGEST_OPTION,
            count=longest,
        ),
        Problem.TWICE: lambda: t("“{option}” stands there twice.", option=repeated(draft.options)),
        Problem.PAST: lambda: t("I need a closing time in the future, such as 2h, 17:00 or Fri 17:00."),
        Problem.UNKNOWN_FLAG: lambda: t(
            "I do not know {flag}. I know --multi, --confidential and --close.", flag=f"--{draft.unknown[0]}"
        ),
        Problem.NO_PLACE: lambda: t("Choose the channel to ask in."),
    }
    return sentences[problem]()


def _foot(t: Texts, poll: Poll, author: Mention, result: Result) -> list[Part]:
    facts: list[Text] = [t.rich("Asked by {author}", author=author)]
    facts.append(plain(t.many("{count} vote", "{count} votes", result.voters)))
    if poll.many:
        facts.append(plain(t("several choices")))
    if poll.confidential:
        facts.append(plain(t("confidential: names are hidden")))
    if poll.closed_at:
        facts.append(t.rich("closed {when}", when=t.when(poll.closed_at)))
    elif poll.closes_at:
        facts.append(t.rich("closes {when}", when=t.when(poll.closes_at)))
    number = str(poll.id)
    buttons = (
        []
        if poll.closed_at
        else [
            Button(t("Take back my vote"), "polls.withdraw", number),
            Button(
                t("Close poll"),
                "polls.close",
                number,
                confirm=t("Close this poll now? Nobody can vote afterwards."),
            ),
        ]
    )
    if not poll.confidential and result.voters > NAMES:
        buttons.insert(0, Button(t("Who voted"), "polls.voters", number))
    context = Context(_joined(facts))
    return [context, Buttons(tuple(buttons))] if buttons else [context]


def _joined(facts: Sequence[Text]) -> Text:
    joined: Text = facts[0]
    for fact in facts[1:]:
        joined = (*joined, *plain(" · "), *fact)
    return joined


def _names(t: Texts, votes: int, names: Sequence[str]) -> Text:
    if not names:
        return ()
    shown = list(names[:NAMES])
    if votes > len(shown):
        more = votes - len(shown)
        shown.append(t.many("{count} more", "{count} more", more))
    return plain(t.every(shown))
