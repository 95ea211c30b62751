"""Ranked choice: instant run-off with its rounds, and Borda points."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from bot.polls.model.ballots import Choices

Rankings = Sequence[tuple[Choices, int]]
"""Rankings, each with how many people gave it. None is empty; options left out are all behind those ranked."""

_Piles = dict[int, list[tuple[Choices, int]]]
"""The options still in, and the rankings that count for each."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of an instant run-off.

    `votes` by option, None for those that are out. `eliminated` go out after it, nobody after the last. `exhausted` is
    how many people ranked only options that are out.
    """

    votes: tuple[int | None, ...]
    eliminated: tuple[int, ...]
    exhausted: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """An instant run-off: its rounds, who won it (several in a tie), and the Borda points of every option."""

    rounds: tuple[Round, ...]
    winners: tuple[int, ...]
    borda: tuple[int, ...]

    @property
    def majority(self) -> bool:
        """Whether more than half of the last round's votes decided it; otherwise it was a tie, or duels did."""
        return bool(self.rounds) and _leader(_standing(self.rounds[-1])) is not None


def rank(options: int, rankings: Rankings) -> Ranking:
    """Count rankings of so many options.

    The winner has more than half of the votes that still count. Until somebody has, the option with the fewest goes
    out, and its votes move on to the next one in each ranking. Of several with the fewest votes,

    1. all go out if together they have fewer than the next (San Francisco Charter, section 13.102: it cannot change
       who wins),
    2. otherwise those with the fewest Borda points,
    3. and if then fewer than two options would be left, nobody goes out: of those still in, the ones with the best
       balance of won and lost duels have won (Copeland, "A reasonable social welfare function", 1951).

    So chance, time and the order of options decide nothing, and who loses every duel never wins.
    """
    points = borda(options, rankings)
    if not rankings:
        return Ranking((), (), points)
    piles: _Piles = {option: [] for option in range(options)}
    exhausted = _deal(rankings, piles)
    rounds = []
    while True:
        votes = {option: sum(people for _, people in pile) for option, pile in piles.items()}
        out = _eliminated(votes, points)
        rounds.append(Round(tuple(map(votes.get, range(options))), out, exhausted))
        if not out:
            return Ranking(tuple(rounds), _winners(votes, rankings), points)
        exhausted += _deal([ranking for option in out for ranking in piles.pop(option)], piles)


def borda(options: int, rankings: Rankings) -> tuple[int, ...]:
    """Borda points: of n options the first gets n - 1, the next n - 2, and those left out get none.

    The usual count for partial rankings (Emerson, "The original Borda count and partial voting", Social Choice and
    Welfare 2013, who would give the first fewer points the fewer are ranked).
    """
    alike: defaultdict[tuple[int, int], list[bytes]] = defaultdict(list)
    for ranking, people in rankings:
        alike[len(ranking), people].append(bytes(ranking))
    points = [0] * options
    for (length, people), group in alike.items():
        laid = b"".join(group)
        for place in range(length):
            column = laid[place::length]
            for option in range(options):
                points[option] += (options - place - 1) * people * column.count(option)
    return tuple(points)


def _deal(rankings: Iterable[tuple[Choices, int]], piles: _Piles) -> int:
    """Put each ranking on the pile of its first option still in; return how many people have none left."""
    exhausted = 0
    for ranking in rankings:
        for option in ranking[0]:
            if option in piles:
                piles[option].append(ranking)
                break
        else:
            exhausted += ranking[1]
    return exhausted


def _eliminated(votes: Mapping[int, int], points: Sequence[int]) -> Choices:
    if _leader(votes) is not None:
        return ()
    least = min(votes.values())
    last = [option for option in votes if votes[option] == least]
    above = [votes[option] for option in votes if votes[option] > least]
    if above and least * len(last) < min(above):
        return tuple(last)
    fewest = min(points[option] for option in last)
    out = tuple(option for option in last if points[option] == fewest)
    return out if len(out) + 2 <= len(votes) else ()


def _leader(votes: Mapping[int, int]) -> int | None:
    """Who has more than half of the votes."""
    most = max(votes, key=votes.__getitem__)
    return most if 2 * votes[most] > sum(votes.values()) else None


def _winners(votes: Mapping[int, int], rankings: Rankings) -> Choices:
    leader = _leader(votes)
    if leader is not None:
        return (leader,)
    balance = _duels(tuple(votes), rankings)
    return tuple(option for option in votes if balance[option] == max(balance.values()))


def _duels(options: Choices, rankings: Rankings) -> dict[int, int]:
    """Duels won less duels lost, by option, each against all the others."""
    before = dict.fromkeys(permutations(options, 2), 0)
    for ranking, people in rankings:
        behind = set(options)
        for option in ranking:
            if option in behind:
                behind.remove(option)
                for other in behind:
                    before[option, other] += people
    balance = dict.fromkeys(options, 0)
    for one, other in before:
        balance[one] += (before[one, other] > before[other, one]) - (before[one, other] < before[other, one])
    return balance


def _standing(last: Round) -> dict[int, int]:
    return {option: votes for option, votes in enumerate(last.votes) if votes is not None}
