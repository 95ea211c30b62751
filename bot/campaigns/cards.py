"""What people see of a campaign."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.campaigns.model import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    LONGEST_WINDOW,
    RUNNING,
    Audience,
    Campaign,
    Draft,
    Problem,
    Progress,
    State,
)
from bot.core.cards import Button, Buttons, Card, Context, Divider, Heading, Option, Part, Prose, Style
from bot.core.forms import ChoiceField, Form, TextField, WhenField
from bot.core.rich import Mention, Text, plain, spoken
from bot.core.texts import Fact, Texts

HOUR: Final = 60


def message(t: Texts, title: str, text: Text, author: Mention) -> Card:
    """What everybody gets."""
    foot = t.rich("From {author}. `/drumbeat stop` ends all messages I start by myself.", author=author)
    return Card(title, (Heading(title), Prose(text), Context(foot)))


def preview(t: Texts, campaign: Campaign, shown: Card, platform: str, now: datetime) -> Card:
    """The message as people will see it, how many they are and how long it takes; for the communicator alone."""
    said = t("Only you see this yet. People will get:")
    facts = (_whom(t, campaign), _beginning(t, campaign, now), _length(t, campaign, platform, now))
    number = str(campaign.id)
    row = (
        Button(t("Start"), "campaigns.start", number, style=Style.PRIMARY),
        Button(t("Change"), "campaigns.change", number, opens_form=True),
        Button(t("Discard"), "campaigns.discard", number),
    )
    return Card(said, (Context(plain(said)), *shown.parts, Divider(), Prose(_joined(facts, " ")), Buttons(row)))


def shown(t: Texts, campaign: Campaign, progress: Progress, now: datetime, said: Text = ()) -> Card:
    """How far one campaign has come, after what there is to say first."""
    parts = _lines(t, campaign, progress, now)
    row = [Button(t("How it goes"), "campaigns.progress", str(campaign.id))] if campaign.state in RUNNING else []
    buttons = [*row, *_stop(t, campaign)]
    return Card(
        spoken(said) or t("Campaign: {title}", title=campaign.title),
        (*([Prose(said)] if said else []), *parts, *([Buttons(tuple(buttons))] if buttons else [])),
    )


def listed(t: Texts, found: Sequence[tuple[Campaign, Progress]], now: datetime) -> Card:
    """The newest campaigns, each with its Stop."""
    if not found:
        said = t.rich("There was no campaign yet. `/campaign` begins one.")
        return Card(spoken(said), (Prose(said),))
    parts: list[Part] = [Heading(t("Campaigns"))]
    for campaign, progress in found:
        parts += _lines(t, campaign, progress, now)
        if row := _stop(t, campaign):
            parts.append(Buttons(row))
    return Card(t("Campaigns"), tuple(parts))


def form(t: Texts, draft: Draft, problems: Mapping[str, str], replaces: int | None = None) -> Form:
    """The form behind `/campaign`, filled with what is known already; `replaces` is the preview it is about."""
    known = draft.to in set(Audience)
    asked = bool(draft.beginning or replaces)
    return Form(
        address="campaigns.create",
        title=t("Start a campaign"),
        submit=t("Preview"),
        fields=(
            TextField(
                id="title",
                label=t("Title"),
                value=draft.title,
                longest=LONGEST_TITLE,
                placeholder=t("We are moving"),
            ),
            TextField(
                id="text",
                label=t("Message"),
                value=draft.text,
                longest=LONGEST_TEXT,
                multiline=True,
                placeholder=t("The new office opens on Monday. Bring a plant."),
            ),
            ChoiceField(
                id="to",
                label=t("To"),
                options=tuple(Option(audience.value, _audience(t, audience)) for audience in Audience),
                chosen=(draft.to if known else Audience.EVERYONE.value,),
            ),
            WhenField(
                id="begins",
                label=t("Begins"),
                value=draft.begins_at.isoformat() if asked and draft.begins_at else "",
                hint=t("Empty: at once, or when quiet hours are over."),
            ),
            TextField(
                id="within",
                label=t("Within"),
                value=draft.within,
                longest=LONGEST_TITLE,
                required=False,
                placeholder=t("4h"),
                hint=t("Such as 90m, 4h or 2d. Empty: as long as it takes."),
            ),
        ),
        state="" if replaces is None else str(replaces),
        problems=dict(problems),
    )


def typed(minutes: int) -> str:
    """A window as somebody would have typed it."""
    if not minutes:
        return ""
    return f"{minutes}m" if minutes % HOUR else f"{minutes // HOUR}h"


def problems(t: Texts, draft: Draft, found: Mapping[str, Problem]) -> dict[str, str]:
    """What is wrong with a draft, in sentences, by form field."""
    return {name: _sentence(t, draft, problem) for name, problem in found.items()}


def _sentence(t: Texts, draft: Draft, problem: Problem) -> str:
    sentences = {
        Problem.NO_TITLE: lambda: t("A campaign needs a title: it is what people read first."),
        Problem.LONG_TITLE: lambda: t(
            "A title can have {limit} characters; yours has {count}.", limit=LONGEST_TITLE, count=len(draft.title)
        ),
        Problem.NO_TEXT: lambda: t('A campaign needs a message. Try: /campaign "We are moving" "It is on Monday."'),
        Problem.LONG_TEXT: lambda: t(
            "A message can have {limit} characters; yours has {count}.", limit=LONGEST_TEXT, count=len(draft.text)
        ),
        Problem.PAST: lambda: t("I need a beginning in the future, such as 2h, 17:00 or Mon 9:00."),
        Problem.WINDOW: lambda: t(
            "I need a time of at most {limit} hours, such as 90m, 4h or 2d.",
            limit=int(LONGEST_WINDOW.total_seconds()) // 3600,
        ),
        Problem.AUDIENCE: lambda: t("I can write to everyone, to leaders or to communicators."),
        Problem.NOBODY: lambda: t("There is nobody among them whom I may write to."),
        Problem.UNKNOWN_FLAG: lambda: t(
            "I do not know {flag}. I know --to, --at and --within.", flag=f"--{draft.unknown[0]}"
        ),
    }
    return sentences[problem]()


def _whom(t: Texts, campaign: Campaign) -> Text:
    count, whom = campaign.people, _audience(t, campaign.audience)
    number = t.number(count)
    return t.many_rich(
        "To {whom}: *{number} person*.", "To {whom}: *{number} people*.", count, whom=whom, number=number
    )


def _beginning(t: Texts, campaign: Campaign, now: datetime) -> Text:
    if campaign.begins_at <= now:
        return t.rich("It begins when you press Start.")
    return t.rich("It begins {when}.", when=t.when(campaign.begins_at, now))


def _length(t: Texts, campaign: Campaign, platform: str, now: datetime) -> Text:
    """How long it takes, and why it cannot be faster."""
    if campaign.rate is None and not campaign.minutes:
        return t.rich("They all get it at once.")
    facts: dict[str, Fact] = {
        "platform": platform,
        "limit": t.number(campaign.cap),
        "time": _span(t, campaign.needs),
        "asked": _span(t, campaign.minutes),
        "last": t.when(campaign.ends_at, now),
    }
    if campaign.minutes >= campaign.needs:
        return t.rich("Spread over {asked}; the last about {last}.", **facts)
    if campaign.minutes:
        return t.rich(
            "{asked} will not do: it takes about *{time}* at {platform}'s limit of {limit} a minute; the last about "
            "{last}.",
            **facts,
        )
    return t.rich("About *{time}* at {platform}'s limit of {limit} a minute; the last about {last}.", **facts)


def _lines(t: Texts, campaign: Campaign, progress: Progress, now: datetime) -> list[Part]:
    """A campaign, its figures and its times."""
    heading = t.rich("*{title}* to {audience}", title=campaign.title, audience=_audience(t, campaign.audience))
    return [Prose((*heading, *plain("\n"), *_figures(t, campaign, progress))), Context(_times(t, campaign, now))]


def _figures(t: Texts, campaign: Campaign, progress: Progress) -> Text:
    sent = t.number(progress.sent)
    if campaign.state is State.STOPPED:
        rest = t.number(progress.waiting + progress.spared + progress.failed)
        return t.rich("Stopped. {sent} got it, {rest} did not and will not.", sent=sent, rest=rest)
    facts = [
        t.rich("{number} sent", number=sent),
        t.rich("{number} waiting", number=t.number(progress.waiting)),
        t.rich("{number} failed", number=t.number(progress.failed)),
    ]
    if progress.spared:
        facts.append(t.rich("{number} not disturbed", number=t.number(progress.spared)))
    return _joined(facts, " · ")


def _times(t: Texts, campaign: Campaign, now: datetime) -> Text:
    first, last = t.when(campaign.begins_at, now), t.when(campaign.ends_at, now)
    if campaign.state is State.STOPPED or campaign.ends_at <= now:
        return t.rich("Began {first}.", first=first)
    if campaign.begins_at <= now:
        return t.rich("Began {first}, the last about {last}.", first=first, last=last)
    return t.rich("Begins {first}, the last about {last}.", first=first, last=last)


def _stop(t: Texts, campaign: Campaign) -> tuple[Button, ...]:
    if campaign.state not in RUNNING:
        return ()
    confirm = t("Stop this campaign? Whoever has not got it will not get it.")
    return (Button(t("Stop"), "campaigns.stop", str(campaign.id), style=Style.DANGER, confirm=confirm),)


def _span(t: Texts, minutes: int) -> str:
    """A length of time in words."""
    hours, rest = divmod(minutes, HOUR)
    if not hours:
        return t("{minutes} min", minutes=rest)
    if not rest:
        return t("{hours} h", hours=hours)
    return t("{hours} h {minutes} min", hours=hours, minutes=rest)


def _audience(t: Texts, audience: Audience) -> str:
    names = {
        Audience.EVERYONE: lambda: t("everyone"),
        Audience.LEADERS: lambda: t("leaders"),
        Audience.COMMUNICATORS: lambda: t("communicators"),
    }
    return names[audience]()


def _joined(facts: Sequence[Text], between: str) -> Text:
    joined: Text = facts[0]
    for fact in facts[1:]:
        joined = (*joined, *plain(between), *fact)
    return joined
