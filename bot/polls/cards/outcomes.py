"""What is said when a poll has closed."""

from collections.abc import Sequence

from bot.core.cards import Card, Prose
from bot.core.rich import Text, spoken
from bot.core.texts import Texts
from bot.polls.cards.labels import labels
from bot.polls.cards.results import figures
from bot.polls.model.counting import Result
from bot.polls.model.definition import Kind, Question
from bot.polls.model.poll import Poll
from bot.polls.model.standing import Standing


def outcome(t: Texts, poll: Poll, questions: Sequence[Text], standing: Standing) -> Card:
    """The sentence that ends a poll."""
    question, result = questions[0], standing.result(0)
    voted = t.many("{count} person voted", "{count} people voted", standing.turnout)
    if not standing.turnout:
        said = t.rich("*{question}* closed without a vote.", question=question)
    elif standing.results is None:
        said = t.rich(
            "*{question}* has closed. {voted}: too few to show the result without telling on them.",
            question=question,
            voted=voted,
        )
    elif poll.survey or result is None:
        said = t.rich(
            "*{question}* has closed. {voted}. The answers stand on its card.", question=question, voted=voted
        )
    else:
        said = _verdict(t, poll.questions[0], question, result, voted)
    return Card(spoken(said), (Prose(said),))


def _verdict(t: Texts, asked: Question, question: Text, result: Result, voted: str) -> Text:
    names = labels(t, asked)
    if figure := figures(t, asked, result):
        return t.rich("*{question}* has an answer: *{figure}*. {voted}.", question=question, figure=figure, voted=voted)
    if asked.kind is Kind.TEXT:
        most = "".join(text for text, _ in result.texts.first(1))
        return t.rich(
            "*{question}* has closed. Said most: “{text}”. {voted}.", question=question, text=most, voted=voted
        )
    if asked.kind is Kind.QUIZ:
        right = t.every([names[option] for option in asked.right])
        return t.rich(
            "*{question}* The right answer is *{right}*: {knew} of {count} knew it.",
            question=question,
            right=right,
            knew=result.right or 0,
            count=result.voters,
        )
    winners = result.winners()
    if len(winners) == 1:
        share = round(result.share(winners[0]) * 100)
        if asked.kind is Kind.RANKED:
            return t.rich(
                "*{question}* has an answer: *{winner}*. {voted}.",
                question=question,
                winner=names[winners[0]],
                voted=voted,
            )
        return t.rich(
            "*{question}* has an answer: *{winner}* with {share} %. {voted}.",
            question=question,
            winner=names[winners[0]],
            share=share,
            voted=voted,
        )
    tied = t.every([names[winner] for winner in winners]) or t.every(names[:2])
    return t.rich("*{question}* ended in a tie: {winners}. {voted}.", question=question, winners=tied, voted=voted)
