"""Ranked choice: instant run-off with its rounds, and Borda points."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from bot.polls.model.ballots import Choices, preferences

_Laid = Mapping[int, bytes]
"""Rankings in a row, by how many people gave each of them: a byte for each option still in, in the order of a ranking.

Options that a ranking left out stand behind, marked: so all are of one length, and a hundred thousand of them are
counted by a few calls for bytes instead of one by one.
"""

_LEFT_OUT: Final = 128
"""Added to an option's number, it marks one that a ranking left out."""


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


def rank(options: int, rankings: Mapping[str, int]) -> Ranking:
    """Count rankings of so many options, as they are written, each given with how many people gave it.

    None is empty; options that a ranking leaves out are all behind those ranked.

    The winner has more than half of the votes that still count. Until somebody has, the option with the fewest goes
    out, and its votes move on to the next one in each ranking. Of several with the fewest votes,

    1. all go out if together they have fewer than the next (San Francisco Charter, section 13.102: it cannot change
       who wins),
    2. otherwise those with the fewest Borda points,
    3. and if then fewer than two options would be left, nobody goes out: of those still in, the ones with the best
       balance of won and lost duels have won (Copeland, "A reasonable social welfare function", 1951).

    So chance, time and the order of options decide nothing, and who loses every duel never wins.
    """
    laid = _lay(options, rankings)
    points = _borda(options, laid)
    voters = sum(people * (len(row) // options) for people, row in laid.items())
    left: Choices = tuple(range(options))
    rounds: list[Round] = []
    while voters:
        votes = _first_choices(left, laid)
        out = _eliminated(votes, points)
        rounds.append(Round(tuple(map(votes.get, range(options))), out, voters - sum(votes.values())))
        if not out:
            return Ranking(tuple(rounds), _winners(votes, laid), points)
        left = tuple(option for option in left if option not in out)
        laid = _without(out, laid)
    return Ranking((), (), points)


def _lay(options: int, rankings: Mapping[str, int]) -> _Laid:
    alike: defaultdict[int, list[str]] = defaultdict(list)
    for ranking, people in rankings.items():
        alike[people].append(ranking)
    return {people: _row(options, each) for people, each in alike.items()}


def _row(options: int, rankings: Sequence[str]) -> bytes:
    whole = preferences("".join(rankings))
    if len(whole) == options * len(rankings):
        return whole  # Nobody left an option out.
    marks = bytes.maketrans(bytes(range(options)), bytes(range(_LEFT_OUT, _LEFT_OUT + options)))
    every = bytes(range(options)).translate(marks)
    rows = preferences("\n".join(rankings)).split(b"\n")
    return b"".join(row if len(row) == options else row + every.translate(None, row.translate(marks)) for row in rows)


def _borda(options: int, laid: _Laid) -> tuple[int, ...]:
    """Borda points: of n options the first gets n - 1, the next n - 2, and those left out get none.

    The usual count for partial rankings (Emerson, "The original Borda count and partial voting", Social Choice and
    Welfare 2013, who would give the first fewer points the fewer are ranked).
    """
    points = [0] * options
    for people, row in laid.items():
        for place in range(options):
            column = row[place::options]
            for option in range(options):
                points[option] += (options - place - 1) * people * column.count(option)
    return tuple(points)


def _first_choices(left: Choices, laid: _Laid) -> dict[int, int]:
    votes = dict.fromkeys(left, 0)
    for people, row in laid.items():
        first = row[:: len(left)]
        for option in left:
            votes[option] += people * first.count(option)
    return votes


def _without(out: Iterable[int], laid: _Laid) -> _Laid:
    gone = bytes(each for option in out for each in (option, option + _LEFT_OUT))
    return {people: row.translate(None, gone) for people, row in laid.items()}


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


def _winners(votes: Mapping[int, int], laid: _Laid) -> Choices:
    leader = _leader(votes)
    if leader is not None:
        return (leader,)
    balance = _duels(tuple(votes), laid)
    return tuple(option for option in votes if balance[option] == max(balance.values()))


def _duels(options: Choices, laid: _Laid) -> dict[int, int]:
    """Duels won less duels lost, by option, each against all the others."""
    balance = dict.fromkeys(options, 0)
    for pair in combinations(options, 2):
        one, other = pair
        votes = _first_choices(pair, _without(set(options).difference(pair), laid))
        won = (votes[one] > votes[other]) - (votes[one] < votes[other])
        balance[one] += won
        balance[other] -= won
    return balance


def _standing(last: Round) -> dict[int, int]:
    return {option: votes for option, votes in enumerate(last.votes) if votes is not None}
