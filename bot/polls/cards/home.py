"""Polls on the home page and in the weekly rhythm."""

from collections.abc import Sequence

from bot.core.cards import Divider, Heading, Part, Prose
from bot.core.places import Place
from bot.core.rich import PlaceLink, Text, plain
from bot.core.texts import Texts
from bot.polls.cards.labels import moment
from bot.polls.model.poll import Poll


def home(t: Texts, polls: Sequence[Poll]) -> list[Part]:
    """Open polls on the home page."""
    parts: list[Part] = [Heading(t("Your open polls"))]
    for poll in polls:
        closing = (
            t.rich("closes {when}", when=moment(t, poll, poll.closes_at))
            if poll.closes_at
            else plain(t("open until somebody closes it"))
        )
        parts.append(Prose(t.rich("*{question}* ({closing})", question=poll.title, closing=closing)))
    if not polls:
        parts.append(Prose(t.rich("None right now. Ask something with `/poll`.")))
    return [*parts, Divider()]


def waiting(t: Texts, question: Text, place: Place | None) -> Text:
    """One poll that would gain from a vote."""
    where = PlaceLink(place.name, place.key) if place else plain(t("a channel"))
    return t.rich("The poll *{question}* in {place} is still open.", question=question, place=where)
