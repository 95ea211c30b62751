"""Attackers: each is handed a dump of everything, and guesses what each voter of a single-choice poll chose."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from tests.bot.polls.spying import Dump, Row

Guesses = Mapping[int, str]
"""What each voter (by the number in their account) is thought to have chosen."""

OURS: Final = ("polls", "participations", "people", "accounts", "deliveries", "tallies", "places", "workspaces")
"""Tables in which no row is about a vote; a row of any other may be."""


@dataclass
class Tried:
    """How an attacker did over many histories, against guessing with the totals alone.

    Given the totals, each way in which the votes may belong to the voters is as likely as any other. `hits` of any
    guess are then on an average the sum over the options of (voters guessed to have chosen it) x (votes for it) / (all
    votes), with the variance of drawing without putting back. `luck` is how many standard deviations better it was.
    """

    hits: int = 0
    guesses: int = 0
    expected: float = 0.0
    variance: float = 0.0

    def add(self, truth: Mapping[int, str], guesses: Guesses) -> None:
        people, votes = len(truth), Counter(truth.values())
        guessed = Counter(guess for voter, guess in guesses.items() if voter in truth)
        self.hits += sum(truth.get(voter) == guess for voter, guess in guesses.items())
        self.guesses += sum(guessed.values())
        self.expected += sum(number * votes[option] / people for option, number in guessed.items())
        if people < 2:
            return
        for one, mine in guessed.items():
            for other, theirs in guessed.items():
                same = people if one == other else 0
                spread = (
                    mine * votes[one] * ((same - theirs) * (same - votes[other]) if same else theirs * votes[other])
                )
                self.variance += spread / (people**2 * (people - 1))

    @property
    def luck(self) -> float:
        return (self.hits - self.expected) / sqrt(self.variance) if self.variance else 0.0


def votes(dump: Dump) -> list[str]:
    """Every vote that was cast, in the order in which the totals stand there."""
    ((_, answers),) = json.loads(next(dump.rows("tallies"))["counts"])
    return [option for option, number in answers.items() for _ in range(number)]


def voters(dump: Dump) -> dict[int, int]:
    """Voters' numbers by our own ids of people."""
    found = {row["person_id"]: re.fullmatch(r"U-voter(\d+)", row["key"]) for row in dump.rows("accounts")}
    return {person: int(match[1]) for person, match in found.items() if match}


def took_part(dump: Dump) -> list[int]:
    """Who has voted, as their rows lie."""
    who = voters(dump)
    return [who[row["person_id"]] for row in dump.rows("participations")]


def by_rows(dump: Dump) -> list[int]:
    return took_part(dump)


def by_transaction(dump: Dump) -> list[int]:
    """Who has voted, in the order of the transactions in which they did."""
    who = voters(dump)
    rows = sorted(dump.rows("participations"), key=lambda row: (row.get("xmin", 0), int(row.get("cmin", 0))))
    return [who[row["person_id"]] for row in rows]


def by_delivery(dump: Dump) -> list[int]:
    """Who has voted, in the order in which the platform told of it; also who was forgotten since."""
    told = sorted(dump.rows("deliveries"), key=lambda row: (str(row["at"]), int(row["id"].rpartition(":")[2])))
    named = [re.search(r"U-voter(\d+):", row["id"]) for row in told]
    return list(dict.fromkeys(int(each[1]) for each in named if each))


def by_lock(dump: Dump) -> list[int]:
    """Who has voted, in the order in which people were last referred to."""
    who, ballots = voters(dump), set(took_part(dump))
    rows = sorted(dump.rows("people"), key=lambda row: row.get("xmax", 0))
    return [who[row["id"]] for row in rows if who.get(row["id"]) in ballots]


def by_number(dump: Dump) -> list[int]:
    return sorted(took_part(dump))


def aligned(order: Callable[[Dump], Sequence[int]], *, back: bool = False) -> Callable[[Dump], Guesses]:
    """The first voter has the first vote in the totals, and so on."""

    def guess(dump: Dump) -> Guesses:
        cast = votes(dump)
        return dict(zip(order(dump), reversed(cast) if back else cast, strict=False))

    return guess


def most_likely(dump: Dump) -> Guesses:
    """What the totals alone say: everybody chose what most did."""
    cast = Counter(votes(dump)).most_common(1)
    return dict.fromkeys(took_part(dump), cast[0][0]) if cast else {}


def written_together(dump: Dump) -> Guesses:
    """Whoever took part in the transaction in which a vote was last written chose that; of the others, nothing."""
    who = voters(dump)
    wrote: dict[object, set[str]] = {}
    for row, answer in said(dump):
        wrote.setdefault(row.get("xmin"), set()).add(answer)
    together: dict[object, list[int]] = {}
    for row in dump.rows("participations"):
        together.setdefault(row.get("xmin"), []).append(who[row["person_id"]])
    pairs = (
        (people, sorted(wrote[batch])) for batch, people in together.items() if batch is not None and batch in wrote
    )
    return {voter: answers[place % len(answers)] for people, answers in pairs for place, voter in enumerate(people)}


def in_their_order(dump: Dump) -> Guesses:
    """Votes that lie anywhere in the order in which they came belong to the voters in the order in which they came."""
    return dict(zip(by_delivery(dump), [answer for _, answer in said(dump)], strict=False)) or most_likely(dump)


def said(dump: Dump) -> Iterator[tuple[Row, str]]:
    """Rows that name one answer, wherever they are."""
    for name, rows in dump.tables.items():
        for row in rows if name not in OURS else ():
            for column in ("answer", "option", "choice", "vote"):
                if found := re.fullmatch(r"\W*(\d)\W*", str(row.get(column, ""))):
                    yield row, found[1]


_ORDERS = (by_rows, by_transaction, by_delivery, by_lock, by_number)
GUESSERS: Final[Mapping[str, Callable[[Dump], Guesses]]] = {
    **{order.__name__: aligned(order) for order in _ORDERS},
    **{f"{order.__name__}_back": aligned(order, back=True) for order in _ORDERS},
    "most_likely": most_likely,
    "written_together": written_together,
    "in_their_order": in_their_order,
}
