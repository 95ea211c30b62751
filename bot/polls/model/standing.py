"""How a poll stands: what may be seen of it at this moment."""

from dataclasses import dataclass

from bot.polls.model.ballots import Ballot, choices
from bot.polls.model.counting import Result
from bot.polls.model.definition import Kind
from bot.polls.model.poll import Poll


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`results`, one a question, are None where they may not be seen (yet).

    In a poll that hides names one of them is None where too few people answered that question. `turnout` is how many
    people have voted, `voters` who voted what where names stand beside votes, `scarce` that too few have voted to show
    the result of a poll that hides names, `kept` that the figures are those shown before, since too few votes came
    after them.
    """

    results: tuple[Result | None, ...] | None
    turnout: int
    voters: tuple[tuple[str, Ballot], ...] = ()
    scarce: bool = False
    kept: bool = False

    def result(self, question: int) -> Result | None:
        """One question's figures, if they may be seen."""
        return self.results[question] if self.results else None

    def names(self, poll: Poll, question: int, option: int) -> list[str]:
        """Who chose an option; in a ranking, who put it first."""
        kind = poll.questions[question].kind
        if kind is Kind.TEXT:
            return []
        most = 1 if kind is Kind.RANKED else None
        return [name for name, ballot in self.voters if option in choices(ballot[question])[:most]]
