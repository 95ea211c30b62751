"""Polls that take long to count: nearly every ballot is different, or there are several answers on each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Final

from bot.polls.model.ballots import Ballot
from bot.polls.model.definition import Kind, Question

OPTIONS: Final = ("Pizza", "Sushi", "Salad", "Soup")
RANKED: Final = (*OPTIONS, "Curry", "Pasta", "Ramen", "Tacos")
MOST_RANKED: Final = (*RANKED, "Tapas", "Gyros")
WORDS: Final = 8
"""In everybody's own answer: of a hundred thousand, hardly two are equal."""

GERMAN: Final = ("Möhren", "Käse", "Brötchen", "Gemüse", "Nüsse", "Äpfel", "Öl", "Süßes", "Knödel", "Spätzle")
JAPANESE: Final = ("寿司", "サラダ", "ラーメン", "カレー", "うどん", "天ぷら", "お茶", "パン", "味噌汁", "餃子")
SKIPPED: Final = 0.05
"""How many people take their survey back; as many pass its first question over."""


@dataclass(frozen=True)
class Hard:
    """A poll of which a hundred thousand ballots take long to count.

    What it is, what the line says, `more` questions than a line can ask, and everybody's ballot.
    """

    what: str
    options: Sequence[str]
    flags: str
    ballot: Callable[[Random], Ballot]
    more: Sequence[Question] = ()


def _order(options: int, chance: Random) -> Ballot:
    return (",".join(map(str, chance.sample(range(options), options))),)


def _words(words: Sequence[str], between: str, chance: Random) -> Ballot:
    return (between.join(chance.choices(words, k=WORDS)),)


def _survey(chance: Random) -> Ballot:
    """One choice, several, and a rating."""
    several = sorted(chance.sample(range(SEVERAL.size), chance.randint(1, SEVERAL.size)))
    ballot = (str(chance.randrange(len(OPTIONS))), ",".join(map(str, several)), str(chance.randrange(RATING.size)))
    lot = chance.random()
    if lot < SKIPPED:
        return ("",) * len(ballot)
    return ("", *ballot[1:]) if lot < 2 * SKIPPED else ballot


RATING: Final = Question("How was it?", Kind.RATING)
SEVERAL: Final = Question("Which ones?", options=RANKED, most=len(RANKED))
HARD: Final = (
    Hard(f"{len(RANKED)} ranked options", RANKED, "--ranked", partial(_order, len(RANKED))),
    Hard(f"{len(MOST_RANKED)} ranked options", MOST_RANKED, "--ranked", partial(_order, len(MOST_RANKED))),
    Hard("free text", (), "--text", partial(_words, MOST_RANKED, " ")),
    Hard("German text", (), "--text", partial(_words, GERMAN, " ")),
    Hard("Japanese text", (), "--text", partial(_words, JAPANESE, "")),
    Hard("three questions", OPTIONS, "", _survey, (SEVERAL, RATING)),
)
"""In all but the last, hardly two people answer the same."""
