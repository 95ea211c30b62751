"""What people see of praise."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from bot.core.cards import Card, Context, Divider, Heading, Part, Prose
from bot.core.forms import FORM_TEXT, Form, PeopleField, PlaceField, TextField
from bot.core.interactions import mention
from bot.core.places import Place
from bot.core.rich import Mention, PlaceLink, Text, plain, spoken
from bot.core.texts import Texts, later
from bot.praise.model import (
    FEWEST_WORDS,
    LONGEST_REASON,
    LONGEST_VALUE,
    MOST_PEOPLE,
    MOST_VALUES,
    Draft,
    Praise,
    Problem,
    Week,
)

EXAMPLE: Final = later("/praise @anna for untangling the invoices #teamwork")
NAMES: Final = 40
"""Names in a digest; a longer list nobody reads to their own."""

TOP_VALUES: Final = 3


def subject(praise: int) -> str:
    """What the messages about one praise are about, for redraws."""
    return f"praise:{praise}"


def link(place: Place | None) -> Text:
    """A place as a link; nothing for none."""
    return (PlaceLink(place.name, place.key),) if place else ()


def public(t: Texts, praise: Praise, giver: Mention | None, people: Sequence[Mention], reason: Text) -> Card:
    """What the channel reads."""
    names = t.every_rich([(name,) for name in people])
    parts = (
        Prose(t.rich("*Praise for* {names}", names=names)),
        Prose(reason),
        Context(_from(t, giver, praise.values)),
    )
    return Card(t("Praise for {names}: {reason}", names=names, reason=reason), parts)


def told(t: Texts, praise: Praise, giver: Mention | None, place: Text, reason: Text) -> Card:
    """What somebody who was praised reads privately."""
    if giver and place:
        news = t.rich("{giver} praised you in {place}:", giver=giver, place=place)
    elif giver:
        news = t.rich("{giver} praised you:", giver=giver)
    else:
        news = t.rich("A colleague praised you:")
    tags = (Context(_tags(praise.values)),) if praise.values else ()
    return Card(f"{spoken(news)} {spoken(reason)}", (Prose(news), Prose(reason), *tags))


def taken_back(t: Texts) -> Card:
    """What stands where praise was."""
    said = t.rich("This praise is not there any more.")
    return Card(spoken(said), (Prose(said),))


def posted(t: Texts, place: Text) -> Card:
    """What the giver hears when it is posted somewhere else."""
    said = t.rich("Said and done: your praise is in {place}.", place=place)
    return Card(spoken(said), (Prose(said),))


def digest(t: Texts, week: Week) -> Card:
    """The week in praise: everybody named by the alphabet, and what the company values."""
    said = t.many_rich("*{count} praise* was given this week.", "*{count} praises* were given this week.", week.given)
    names = [_counted(name, count) for name, count in week.people[:NAMES]]
    if more := len(week.people) - len(names):
        names.append(t.many("{count} more", "{count} more", more))
    parts: list[Part] = [
        Heading(t("The week in praise")),
        Prose(said),
        Prose(t.rich("It went to {names}.", names=t.every(names))),
    ]
    if week.values:
        top = t.every([_counted(f"#{value}", count) for value, count in week.values[:TOP_VALUES]])
        parts.append(Prose(t.rich("Most mentioned: *{values}*.", values=top)))
    parts.append(Context(t.rich("Did somebody make your week easier? `{example}`", example=t(EXAMPLE))))
    return Card(f"{t('The week in praise')}: {spoken(said)}", tuple(parts))


def home(t: Texts, count: int, newest: Sequence[tuple[Mention | None, Text]]) -> list[Part]:
    """Praise received, on the home page."""
    parts: list[Part] = [Heading(t("Praise you received"))]
    if count:
        parts.append(Prose(plain(t.many("Praised {count} time so far.", "Praised {count} times so far.", count))))
    else:
        parts.append(Prose(t.rich("None yet. The surest way to get some is to give some: `/praise`.")))
    for giver, reason in newest:
        line = t.rich("{giver}: {reason}", giver=giver, reason=reason) if giver else reason
        parts.append(Prose(line))
    return [*parts, Divider()]


def form(t: Texts, draft: Draft, place: int | None, problems: Mapping[str, str]) -> Form:
    """The form behind `/praise`, filled with what is known. It asks where only if nothing says it."""
    values = [f"#{value}" for value in draft.values if f"#{value}" not in draft.reason.casefold()]
    where = PlaceField(id="place", label=t("Where"), hint=t("The channel in which everybody may read it."))
    return Form(
        address="praise.give",
        title=t("Praise somebody"),
        submit=t("Say it"),
        intro=t.rich("Next time in one line, if you like: `{example}`", example=t(EXAMPLE)),
        fields=(
            PeopleField(id="people", label=t("Who"), people=tuple(map(mention, draft.people))),
            TextField(
                id="reason",
                label=t("What for"),
                value=draft.reason,
                multiline=True,
                longest=LONGEST_REASON,
                placeholder=t("What did they do, and what is better for it?"),
            ),
            TextField(
                id="values",
                label=t("Values"),
                value=" ".join(values),
                hint=t("If it shows something you stand for, such as #teamwork."),
                longest=(LONGEST_VALUE + 2) * MOST_VALUES,
                required=False,
            ),
            *(() if place else (where,)),
        ),
        state=json.dumps({"place": place}),
        problems=dict(problems),
    )


def fits(draft: Draft) -> bool:
    """Whether every platform's form can hold what was typed."""
    return len(draft.reason) <= FORM_TEXT


def too_long(t: Texts, sentences: Mapping[str, str], draft: Draft) -> Card:
    """The words come back to be shortened, since no form can hold them."""
    parts: list[Part] = [Prose(plain(sentence)) for sentence in sentences.values()]
    parts.append(Prose(t.rich("Here is what you typed, so that nothing is lost:")))
    step = FORM_TEXT - 100
    parts += [Prose(plain(draft.reason[at : at + step])) for at in range(0, len(draft.reason), step)]
    return Card(next(iter(sentences.values())), tuple(parts))


def problems(t: Texts, draft: Draft, found: Mapping[str, Problem]) -> dict[str, str]:
    """What is wrong with a draft, in sentences, by form field."""
    return {name: _sentence(t, draft, problem) for name, problem in found.items()}


def _sentence(t: Texts, draft: Draft, problem: Problem) -> str:
    sentences = {
        Problem.NOBODY: lambda: t(
            "Whom do you mean? Choose them here, or type it like this: {example}", example=t(EXAMPLE)
        ),
        Problem.NAME: lambda: t(
            "I cannot tell who is meant by {names}. Choose them here.", names=t.every(list(draft.names))
        ),
        Problem.SELF: lambda: t("Well earned, surely, but praise is for others here. Choose a colleague."),
        Problem.BOT: lambda: t("That is kind, but bots do not blush. Choose a colleague."),
        Problem.MANY: lambda: t(
            "Praise can go to {limit} people at once; you named {count}. With fewer, each feels meant.",
            limit=MOST_PEOPLE,
            count=len(draft.people),
        ),
        Problem.NO_REASON: lambda: t("What did they do? The reason is what they will remember."),
        Problem.SHORT: lambda: t("Say a little more, in at least {limit} words: what did they do?", limit=FEWEST_WORDS),
        Problem.LONG: lambda: t(
            "A reason can have {limit} characters; yours has {count}.", limit=LONGEST_REASON, count=len(draft.reason)
        ),
        Problem.MANY_VALUES: lambda: t(
            "Praise can carry {limit} values of up to {longest} characters each.",
            limit=MOST_VALUES,
            longest=LONGEST_VALUE,
        ),
        Problem.NO_PLACE: lambda: t("Choose the channel to say it in."),
    }
    return sentences[problem]()


def _from(t: Texts, giver: Mention | None, values: Sequence[str]) -> Text:
    said = t.rich("From {giver}", giver=giver) if giver else t.rich("From a colleague")
    return (*said, *plain(" · "), *_tags(values)) if values else said


def _tags(values: Sequence[str]) -> Text:
    return plain(" ".join(f"#{value}" for value in values))


def _counted(name: str, count: int) -> str:
    return f"{name} ({count})" if count > 1 else name
