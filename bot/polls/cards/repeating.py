"""A poll that is scheduled, once or again and again."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.core.cards import Button, Buttons, Card, Context, Prose, Style
from bot.core.forms import Form
from bot.core.rich import Text, plain, spoken
from bot.core.texts import Texts
from bot.polls.cards.asked import about
from bot.polls.cards.drafts import contents
from bot.polls.cards.extras import every
from bot.polls.cards.labels import moment
from bot.polls.model.poll import Poll
from bot.polls.model.series import Series


def scheduled(
    t: Texts,
    poll: Poll,
    questions: Sequence[Text],
    audience: Text,
    rhythm: Series | None,
    dates: Sequence[datetime],
) -> Card:
    """What it asks of whom, when it opens, and what can still be done. `dates` are the next openings of a rhythm."""
    number = str(poll.id)
    parts = contents(t, poll, questions)
    settings = Button(t("Settings"), "polls.settings", number, opens_form=True)
    change = Button(t("Change"), "polls.revise", number, opens_form=True)
    discard = Button(
        t("Call off"), "polls.discard", number, Style.DANGER, confirm=t("Call this poll off? Nobody will see it.")
    )
    if rhythm is None:
        opens = moment(t, poll, poll.opens_at) if poll.opens_at else t("later")
        parts += [Prose(t.rich("Opens {when}.", when=opens)), about(t, poll, audience)]
        launch = Button(t("Ask it now"), "polls.launch", number)
        return Card(spoken(questions[0]), (*parts, Buttons((launch, settings, change, discard))))
    rule = rhythm.recurrence.describe(t)
    parts.append(Prose(plain(f"{rule[:1].upper()}{rule[1:]}.")))
    state = t.rich("Paused: nothing is asked until you go on.") if rhythm.paused else _dates(t, poll, dates)
    parts += [Prose(state), about(t, poll, audience)]
    rest = (
        Button(t("Go on"), "polls.resume", number, Style.PRIMARY)
        if rhythm.paused
        else Button(t("Pause"), "polls.pause", number)
    )
    skip = () if rhythm.paused else (Button(t("Skip the next"), "polls.skip", number),)
    end = Button(t("End"), "polls.end", number, Style.DANGER, confirm=t("End this rhythm? Polls that were asked stay."))
    again = Button(t("Rhythm"), "polls.rhythm", number, opens_form=True)
    parts.append(Context(t.rich("A change holds for the next poll and all after it.")))
    return Card(spoken(questions[0]), (*parts, Buttons((*skip, rest, change, settings, again, end))))


def ended(t: Texts) -> Card:
    """A rhythm has ended."""
    said = t.rich("This rhythm has ended. The polls it asked stay as they are.")
    return Card(spoken(said), (Prose(said),))


def form(t: Texts, poll: Poll, words: str) -> Form:
    """Another rhythm for a series. `words` say the present one."""
    return Form(
        address="polls.rhythm",
        title=t("Rhythm"),
        submit=t("Save"),
        fields=(every(t, words),),
        state=json.dumps({"poll": poll.id}),
    )


def _dates(t: Texts, poll: Poll, dates: Sequence[datetime]) -> Text:
    """A line for each: in one sentence, its commas would be lost among those of the dates."""
    said = t.rich("Next:")
    for at in dates:
        said = (*said, *plain("\n• "), moment(t, poll, at))
    return said
