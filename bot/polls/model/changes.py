"""What may become of a poll once it is asked."""

from collections.abc import Sequence
from dataclasses import replace

from bot.polls.model.definition import Promise, Question


def grown(question: Question, option: str) -> Question:
    """A question with one more option, the last: those there are keep their numbers.

    Where people could choose or rank all of them, they still can.
    """
    everything = question.most == len(question.options)
    return replace(question, options=(*question.options, option), most=question.most + everything)


def reworded(question: Question, text: str, options: Sequence[str]) -> Question:
    """A question in other words; as many options as before, each in its place."""
    if len(options) != len(question.options):
        raise ValueError(len(options))
    return replace(question, text=text, options=tuple(options))


def kept_by(promise: Promise) -> tuple[Promise, ...]:
    """The promises that keep a promise, too: somebody may be voting under the one on the card at this very moment."""
    by_strength = tuple(Promise)
    return by_strength[by_strength.index(promise) :]
