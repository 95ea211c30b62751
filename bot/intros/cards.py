"""What people see of welcomes and introductions."""

from collections.abc import Mapping, Sequence

from bot.core.cards import Button, Buttons, Card, Context, Divider, Fields, Heading, Part, Picture, Prose, Style
from bot.core.forms import Form, TextField
from bot.core.places import Place
from bot.core.rich import Mention, PlaceLink, Text, plain, spoken
from bot.core.texts import Texts
from bot.intros.model import LADDER, LIMITS, Introduction, Missing, Problem


def subject(person: int) -> str:
    """What a person's posted introduction is about, for redraws."""
    return f"intros:{person}"


def link(place: Place | None) -> Text:
    """A place as a link; nothing for none."""
    return (PlaceLink(place.name, place.key),) if place else ()


def welcome(t: Texts, name: str, channel: Text) -> Card:
    """The first private words to somebody new."""
    if channel:
        how = t.rich(
            "Four short lines are enough. I post them in {channel}, with a question of yours.", channel=channel
        )
    else:
        how = t.rich("Four short lines are enough, and a question of yours at the end.")
    parts = (
        Heading(t("Welcome, {name}", name=name)),
        Prose(t.rich("Good to have you here. Would you like to introduce yourself, so that people know whom to ask?")),
        Prose(how),
        Buttons((_introduce(t), Button(t("No, thanks"), "intros.decline"))),
        Context(t.rich("I write seldom. `/drumbeat stop` ends it at once.")),
    )
    return Card(t("Welcome, {name}. Would you like to introduce yourself?", name=name), parts)


def reminder(t: Texts) -> Card:
    """The only reminder."""
    said = t.rich(
        "Colleagues are still curious who you are. Two minutes and four short lines are enough, "
        "and this is the only time I ask again."
    )
    return Card(spoken(said), (Prose(said), Buttons((_introduce(t), Button(t("No, thanks"), "intros.decline")))))


def blank(t: Texts, lacking: Missing, rung: int) -> Card:
    """A word about a profile that lacks something, in other words each time."""
    news = {
        Missing.PHOTO: lambda: t("Your profile has no photo yet."),
        Missing.TITLE: lambda: t("Your profile has no job title yet."),
        Missing.BOTH: lambda: t("Your profile has no photo and no job title yet."),
    }[lacking]()
    how = {
        Missing.PHOTO: lambda: t(
            "Open your profile, choose to edit it and add a picture. One from your phone is fine."
        ),
        Missing.TITLE: lambda: t("Open your profile, choose to edit it and write in a few words what you do."),
        Missing.BOTH: lambda: t("Open your profile, choose to edit it, add a picture and write what you do."),
    }[lacking]()
    parts = (
        Prose(t.rich("*{news}* {why}", news=news, why=_why(t, rung))),
        Prose(plain(how)),
        Buttons((Button(t("Leave me alone about this"), "intros.hush"),)),
    )
    return Card(news, parts)


def introduction(t: Texts, name: Mention, photo: str, said: Mapping[str, Text]) -> Card:
    """What the channel reads; it ends in the question. `said` are the answers by form field."""
    parts: list[Part] = [Prose(t.rich("*Say hello to* {name}", name=name))]
    if photo.startswith("https://"):
        parts.append(Picture(photo, t("Photo of {name}", name=name.name)))
    pairs = tuple((label, said[part]) for part, label in _labels(t).items() if part != "question")
    parts += [Fields(pairs), Prose(t.rich("*{question}*", question=said["question"]))]
    return Card(t("{name} says hello: {question}", name=name.name, question=spoken(said["question"])), tuple(parts))


def taken_back(t: Texts) -> Card:
    """What stands where an introduction was."""
    said = t.rich("This introduction was taken back.")
    return Card(spoken(said), (Prose(said),))


def form(t: Texts, said: Introduction, *, again: bool) -> Form:
    """The form behind `/intro`, filled with what is known already."""
    labels = _labels(t)
    examples = {
        "role": t("Landscape planner in the Prague office"),
        "loves": t("Drawing by hand, and finding out why something squeaks"),
        "offers": t("I speak Czech, and I read contracts so that you need not"),
        "question": t("Which bench of ours should I see first?"),
    }
    return Form(
        address="intros.write",
        title=t("Your introduction"),
        submit=t("Save") if again else t("Say hello"),
        fields=tuple(
            TextField(
                id=part,
                label=labels[part],
                value=answer,
                placeholder=examples[part],
                hint=t("A line is plenty. Up to {limit} characters.", limit=LIMITS[part]),
                longest=LIMITS[part],
                multiline=part in {"loves", "offers"},
            )
            for part, answer in said.answers().items()
        ),
    )


def problems(t: Texts, said: Introduction, found: Mapping[str, Problem]) -> dict[str, str]:
    """What is wrong with an introduction, in sentences, by form field."""
    return {
        part: t("A few words are enough, but it cannot be empty.")
        if problem is Problem.EMPTY
        else t(
            "This can have {limit} characters; yours has {count}.", limit=LIMITS[part], count=len(said.answers()[part])
        )
        for part, problem in found.items()
    }


def done(t: Texts, channel: Text, *, again: bool) -> Card:
    """What the author hears after sending the form; without a channel, what happens next."""
    if not channel:
        said = t.rich(
            "Thank you, I keep it safe. Your team has not chosen a channel for introductions yet; "
            "I post yours as soon as there is one. Until then you can change it with `/intro`."
        )
    elif again:
        said = t.rich("Changed. It looks new in {channel} in a moment.", channel=channel)
    else:
        said = t.rich("Thank you! It is in {channel}. You can change it any time with `/intro`.", channel=channel)
    return Card(spoken(said), (Prose(said),))


def home(t: Texts, question: Text) -> list[Part]:
    """A person's own introduction on their home page; an empty question for none."""
    if question:
        parts: list[Part] = [
            Prose(t.rich("You asked: *{question}*", question=question)),
            Buttons((Button(t("Change your introduction"), "intros.intro", opens_form=True),)),
        ]
    else:
        parts = [
            Prose(t.rich("Nobody has read it yet: four short lines, and people know whom to ask.")),
            Buttons((_introduce(t),)),
        ]
    return [Heading(t("Your introduction")), *parts, Divider()]


def curious(t: Texts, questions: Sequence[tuple[Mention, Text]]) -> list[Text]:
    """Questions of people who introduced themselves lately, a sentence each."""
    return [
        t.rich("{name} introduced themselves and asks: *{question}*", name=name, question=text)
        for name, text in questions
    ]


def stored(t: Texts, said: Introduction) -> list[tuple[str, str]]:
    """An introduction as it stands in a person's data."""
    labels = _labels(t)
    return [(labels[part], answer) for part, answer in said.answers().items()]


def _introduce(t: Texts) -> Button:
    return Button(t("Introduce yourself"), "intros.intro", style=Style.PRIMARY, opens_form=True)


def _labels(t: Texts) -> dict[str, str]:
    return {
        "role": t("What I do here"),
        "loves": t("What I love doing"),
        "offers": t("How I can help you"),
        "question": t("My question to you"),
    }


def _why(t: Texts, rung: int) -> str:
    reasons = (
        lambda: t("People find it easier to say hello to somebody they can place."),
        lambda: t("It is the first thing colleagues see when they look you up."),
        lambda: t("It helps most those who work far from you: they only know you from here."),
        lambda: t("This is the last time I mention it. If you like it as it is, leave it so."),
    )
    return reasons[LADDER.index(rung)]()
