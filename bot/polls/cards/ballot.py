"""The poll's own message: the question first, then what can be pressed, then the small print."""

from collections.abc import Sequence

from bot.core.cards import Button, Buttons, Card, Context, Part, Prose
from bot.core.rich import Mention, Text, plain, spoken
from bot.core.texts import Texts
from bot.polls.cards.labels import labels, moment, rule, spoken_step
from bot.polls.cards.results import NAMES, question_parts
from bot.polls.model.definition import Kind, Promise, Showing
from bot.polls.model.poll import Poll, Stage
from bot.polls.model.standing import Standing


def subject(poll: int) -> str:
    """What a poll's messages are about, for redraws."""
    return f"polls:{poll}"


def ballot(t: Texts, poll: Poll, questions: Sequence[Text], author: Mention, standing: Standing) -> Card:
    """The poll as everybody sees it. `questions` are its questions' words, with names and places."""
    parts: list[Part] = []
    for number, question in enumerate(questions):
        shown = t.rich("*{number}. {question}*", number=number + 1, question=question) if poll.survey else question
        parts.append(Prose(shown if poll.survey else t.rich("*{question}*", question=question)))
        if not poll.survey or standing.results:
            parts += question_parts(t, poll, number, standing, buttons=_votes(t, poll))
    parts += _ways_in(t, poll)
    parts.append(Context(_joined(_facts(t, poll, author, standing))))
    parts.append(Context(plain(promise(t, poll))))
    if owed := _owed(t, poll):
        parts.append(owed)
    if buttons := _buttons(t, poll, standing):
        parts.append(Buttons(tuple(buttons)))
    return Card(t("Poll: {question}", question=spoken(questions[0])), tuple(parts))


def promise(t: Texts, poll: Poll) -> str:
    """What voters are promised, as it stands on the card."""
    match poll.promise:
        case Promise.OPEN:
            return t("Open: names stand beside votes.")
        case Promise.CONFIDENTIAL:
            return t("Confidential: nobody in chat sees who voted what.")
        case Promise.SECRET:
            return t("Secret: nobody can tell who voted what, not even from the database. A vote is final.")


def _votes(t: Texts, poll: Poll) -> list[Button | None]:
    """A button an option, beside its bar."""
    question = poll.questions[0]
    if poll.stage is not Stage.OPEN or not poll.pressed or question.kind in (Kind.RATING, Kind.NPS):
        return []
    return [_vote(t, poll, option, t("Vote"), label) for option, label in enumerate(labels(t, question))]


def _vote(t: Texts, poll: Poll, option: int, label: str, answer: str) -> Button:
    if poll.promise is Promise.SECRET:
        sure = t(
            "Vote for “{answer}”? Your vote is secret and final: nobody can change it, not even you.", answer=answer
        )
        return Button(label, "polls.seal", f"{poll.id}:{option}", confirm=sure)
    return Button(label, "polls.vote", f"{poll.id}:{option}")


def _ways_in(t: Texts, poll: Poll) -> list[Part]:
    """The steps of a scale, or the button behind which a form waits."""
    question = poll.questions[0]
    if poll.stage is not Stage.OPEN:
        return []
    if not poll.pressed:
        label = {
            Kind.RANKED: t("Rank the options"),
            Kind.TEXT: t("Write an answer"),
        }.get(question.kind, t("Choose"))
        if poll.survey:
            label = t.many("Answer {count} question", "Answer {count} questions", len(poll.questions))
        return [Buttons((Button(label, "polls.answer", str(poll.id), opens_form=True),))]
    if question.kind not in (Kind.RATING, Kind.NPS):
        return []
    steps = []
    for option, label in enumerate(labels(t, question)):
        said = spoken_step(t, question, option)
        button = _vote(t, poll, option, label, said)
        steps.append(Button(label, button.address, button.value, confirm=button.confirm, spoken=said))
    hint = (
        t("0: not at all likely, 10: extremely likely")
        if question.kind is Kind.NPS
        else t("1: lowest, {top}: highest", top=question.scale)
    )
    return [Buttons(tuple(steps)), Context(plain(hint))]


def _facts(t: Texts, poll: Poll, author: Mention, standing: Standing) -> list[Text]:
    facts: list[Text] = [t.rich("Asked by {author}", author=author)]
    facts.append(plain(t.many("{count} vote", "{count} votes", standing.turnout)))
    if not poll.survey and (how := rule(t, poll.questions[0])):
        facts.append(plain(how))
    if poll.edited_at:
        facts.append(plain(t("edited")))
    if poll.closed_at:
        facts.append(t.rich("closed {when}", when=moment(t, poll, poll.closed_at)))
    elif poll.closes_at:
        facts.append(t.rich("closes {when}", when=moment(t, poll, poll.closes_at)))
    if hidden := _hidden(t, poll, standing):
        facts.append(plain(hidden))
    return facts


def _hidden(t: Texts, poll: Poll, standing: Standing) -> str:
    """Why no figures stand there, or older ones."""
    if standing.kept:
        return t("too few votes came after these figures to show newer ones without telling on somebody")
    if standing.scarce:
        return t("too few people voted to show a result without telling on them")
    if standing.results is not None:
        return ""
    if poll.showing is Showing.AFTER_CLOSE:
        return t("results after closing")
    if poll.showing is Showing.AFTER_VOTE:
        return t("results once you have voted")
    return t("figures follow when enough people have voted")


def _owed(t: Texts, poll: Poll) -> Part | None:
    if poll.answer:
        return Prose(t.rich("*You asked, we did:* {answer}", answer=poll.answer))
    if poll.answer_by:
        return Context(t.rich("You will hear by {when} what comes of it.", when=moment(t, poll, poll.answer_by)))
    return None


def _buttons(t: Texts, poll: Poll, standing: Standing) -> list[Button]:
    number = str(poll.id)
    buttons: list[Button] = []
    if poll.stage is Stage.OPEN and poll.showing is Showing.AFTER_VOTE and not poll.closed_at:
        buttons.append(Button(t("See results"), "polls.peek", number))
    if poll.stage is Stage.OPEN and poll.grows:
        buttons.append(Button(t("Add an option"), "polls.add", number, opens_form=True))
    if not poll.hidden and standing.results and (standing.turnout > NAMES or (poll.survey and standing.turnout)):
        buttons.append(Button(t("Who voted"), "polls.voters", number))
    if poll.stage in (Stage.OPEN, Stage.CLOSED):
        buttons.append(Button(t("More"), "polls.more", number))
    return buttons


def _joined(facts: Sequence[Text]) -> Text:
    joined: Text = facts[0]
    for fact in facts[1:]:
        joined = (*joined, *plain(" · "), *fact)
    return joined
