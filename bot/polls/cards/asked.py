"""What authors are told of polls that they do not see themselves: asked elsewhere, of others, or later."""

from bot.core.cards import Button, Buttons, Card, Context, Part, Prose
from bot.core.rich import Text, plain, spoken
from bot.core.texts import Texts
from bot.polls.cards.labels import moment
from bot.polls.cards.managing import close
from bot.polls.model.poll import Poll


def asked(t: Texts, poll: Poll, question: Text, audience: Text, *, private: bool) -> Card:
    """A poll is asked where its author does not act. `private` says that it stands in no channel at all."""
    said = t.rich("*{question}* is open now.", question=question)
    parts: list[Part] = [Prose(said), about(t, poll, audience)]
    if private:
        parts.append(Prose(t.rich("It reaches each of them privately. When it closes, I tell you the outcome here.")))
    number = str(poll.id)
    ways = (Button(t("Results"), "polls.peek", number), close(t, poll), Button(t("More"), "polls.more", number))
    return Card(spoken(said), (*parts, Buttons(ways)))


def about(t: Texts, poll: Poll, audience: Text) -> Context:
    """A poll's number, whom it asks, and when it closes."""
    facts = t.rich("#{number} · for {audience}", number=poll.id, audience=audience)
    ends = plain(t("open until somebody closes it"))
    if poll.closes_at:
        ends = t.rich("closes {when}", when=moment(t, poll, poll.closes_at))
    return Context((*facts, *plain(" · "), *ends))
