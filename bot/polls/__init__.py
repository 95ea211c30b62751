"""Polls: ask a question, vote with one press, watch the bars, hear the outcome.

model: limits, ballots and counting. store: tables and queries. service: handlers. cards: what people see.
"""

from bot.core.feature import CommandHelp, Feature
from bot.core.texts import later
from bot.polls.service import Polls


def feature() -> Feature:
    """Polls, declared."""
    polls = Polls()
    return Feature(
        name="polls",
        commands={
            "poll": CommandHelp(
                handler=polls.poll,
                about=later("Ask a question and let people vote"),
                hint=later('"Question?" "Option A" "Option B"'),
                example=later('/poll "Lunch on Friday?" "Pizza" "Sushi"'),
                button=later("Ask a poll"),
            )
        },
        clicks={
            "poll": polls.begin,
            "vote": polls.vote,
            "withdraw": polls.withdraw,
            "close": polls.close,
            "voters": polls.voters,
        },
        forms={"create": polls.create},
        drawings={"ballot": polls.draw_ballot, "outcome": polls.draw_outcome},
        things={"ballot": later("a poll"), "outcome": later("the outcome of a poll")},
        ticks={"close": polls.close_due},
        upcoming=polls.next_closing,
        home=polls.home,
        waiting=polls.waiting,
        data=polls.data,
        forget=polls.forget,
    )
