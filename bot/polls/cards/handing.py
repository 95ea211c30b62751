"""Polls whose author has left, or whose message is gone: somebody is told and can do something about it."""

from collections.abc import Sequence

from bot.core.cards import Button, Buttons, Card, Part, Prose, Style
from bot.core.places import Place
from bot.core.rich import PlaceLink, Text, plain, spoken
from bot.core.texts import Texts
from bot.polls.cards.managing import elsewhere
from bot.polls.model.poll import Poll


def take(t: Texts, poll: Poll) -> Button:
    """Makes one poll one's own."""
    return Button(t("Take over"), "polls.take", str(poll.id))


def orphaned(t: Texts, author: str, person: int, polls: Sequence[Poll], questions: Sequence[Text], more: int) -> Card:
    """What communicators hear when somebody has left whose polls still run. `more` are those that are not named."""
    said = t.many_rich(
        "{author} has left, and {count} poll still runs in their name:",
        "{author} has left, and {count} polls still run in their name:",
        len(polls) + more,
        author=author,
    )
    parts: list[Part] = [Prose(said)]
    for poll, question in zip(polls, questions, strict=True):
        parts.append(Prose(t.rich("#{number} *{question}*", number=poll.id, question=question)))
    if more:
        parts.append(Prose(plain(t.many("and {count} more", "and {count} more", more))))
    parts.append(Buttons((Button(t("Take over"), "polls.inherit", str(person), Style.PRIMARY),)))
    return Card(spoken(said), tuple(parts))


def lost(t: Texts, poll: Poll, question: Text, place: Place | None, turnout: int, *, away: bool) -> Card:
    """What the author hears when a poll's message is gone; `away` if nothing can be posted there any more."""
    where: Text = (PlaceLink(place.name, place.key),) if place else plain(t("its channel"))
    said = (
        t.many_rich(
            "Your poll *{question}* cannot be seen in {place} any more; {count} vote is kept.",
            "Your poll *{question}* cannot be seen in {place} any more; {count} votes are kept.",
            turnout,
            question=question,
            place=where,
        )
        if away
        else t.many_rich(
            "The message of your poll *{question}* in {place} is gone; {count} vote is kept.",
            "The message of your poll *{question}* in {place} is gone; {count} votes are kept.",
            turnout,
            question=question,
            place=where,
        )
    )
    again = Button(t("Post it again"), "polls.repost", f"{poll.id}:{place.id if place else 0}", Style.PRIMARY)
    buttons = (elsewhere(t, poll),) if away else (again, elsewhere(t, poll))
    return Card(spoken(said), (Prose(said), Buttons(buttons)))
