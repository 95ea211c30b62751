"""An option that somebody suggested: the author decides, and whoever suggested it hears of that."""

from bot.core.cards import Button, Buttons, Card, Prose, Style, note
from bot.core.rich import Mention, Text, spoken
from bot.core.texts import Texts


def suggestion(t: Texts, number: int, question: Text, option: Text, who: Mention | None) -> Card:
    """What the author decides about. In a poll that hides names it does not say `who` suggested it."""
    said = (
        t.rich("{who} suggests an option for *{question}*: *{option}*", who=who, question=question, option=option)
        if who
        else t.rich("Somebody suggests an option for *{question}*: *{option}*", question=question, option=option)
    )
    approve = Button(t("Approve"), "polls.approve", str(number), Style.PRIMARY)
    decline = Button(t("Decline"), "polls.decline", str(number))
    return Card(spoken(said), (Prose(said), Buttons((approve, decline))))


def approved(t: Texts, question: Text, option: Text) -> Card:
    """The good news."""
    said = t.rich("Your option *{option}* is in the poll *{question}* now.", option=option, question=question)
    return Card(spoken(said), (Prose(said),))


def undecided(t: Texts, question: Text) -> Card:
    """No news, and none will come."""
    said = t.rich(
        "The poll *{question}* has closed before it was decided about your option. Thank you for the idea.",
        question=question,
    )
    return note(said)


def declined(t: Texts, question: Text) -> Card:
    """The other news."""
    said = t.rich("Your option was not taken into the poll *{question}*. Thank you for the idea.", question=question)
    return note(said)
