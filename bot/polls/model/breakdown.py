"""Results by group (job title, language, platform) from which nobody can tell what a few people answered."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.polls.model.counting import Result, count
from bot.polls.model.definition import Kind, Question

FLOOR: Final = 5
LOWEST_FLOOR: Final = 3
"""How few voters may be shown together: "Some agencies require at least five respondents in a cell, others require
three" (threshold rule, OECD Glossary of Statistical Terms)."""


class By(StrEnum):
    """By what voters are grouped."""

    TITLE = "title"
    LANGUAGE = "language"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Cell:
    """Voters who are shown together: those of one group, or of several groups too small to be shown alone."""

    groups: tuple[str, ...]
    voters: int

    @property
    def others(self) -> bool:
        """Whether several groups are shown as one."""
        return len(self.groups) > 1


@dataclass(frozen=True, slots=True)
class Slice:
    """One group's votes by option (of a ranking: who was put first); `group` is None for several that are too small."""

    group: str | None
    voters: int
    votes: tuple[int, ...]


View = tuple[Cell, ...]
"""What is shown of a question at one time: every voter stands in one cell, the largest first, the others last."""


def view(voters: Mapping[str, int], floor: int = FLOOR) -> View:
    """Which groups are shown, given how many of each answered the question.

    Groups below the floor are shown together as the others. Where even those are fewer than the floor, the smallest
    group shown goes to them, or what is hidden would be the total less what is shown (complementary suppression:
    Hundepool et al., "Statistical Disclosure Control", 2012, chapter 4). A single cell is the total and no breakdown;
    no cell at all means that fewer than the floor have answered.
    """
    present = sorted((number, group) for group, number in voters.items() if number)
    shown = [(number, group) for number, group in present if number >= floor]
    hidden = present[: len(present) - len(shown)]
    if hidden and shown and sum(number for number, _ in hidden) < floor:
        hidden.append(shown.pop(0))
    cells = [Cell((group,), number) for number, group in sorted(shown, key=lambda pair: (-pair[0], pair[1]))]
    others = Cell(tuple(sorted(group for _, group in hidden)), sum(number for number, _ in hidden))
    return (*cells, others) if others.voters >= floor else tuple(cells)


def by_group(
    question: Question, answers: Mapping[str, Mapping[str, int]], floor: int = FLOOR
) -> tuple[tuple[Cell, Result], ...]:
    """The results of a question by group; `answers` by group as `count` takes them."""
    voters = {group: sum(people for answer, people in theirs.items() if answer) for group, theirs in answers.items()}
    return tuple((cell, count(question, _together(answers, cell))) for cell in view(voters, floor))


def sliced(question: Question, answers: Mapping[str, Mapping[str, int]], floor: int = FLOOR) -> tuple[Slice, ...]:
    """`by_group`, with no more in it than is shown; nothing of free text, for words tell who wrote them."""
    if question.kind is Kind.TEXT:
        return ()
    cells = by_group(question, answers, floor)
    return tuple(Slice(None if cell.others else cell.groups[0], cell.voters, result.votes) for cell, result in cells)


def safe_after(
    earlier: Mapping[str, int], later: Mapping[str, int], changed: Mapping[str, int], floor: int = FLOOR
) -> bool:
    """Whether the view of later voters may be shown to people who know the view of earlier ones.

    `earlier` and `later` are voters by group, `changed` how many people of each group gave, changed or took back their
    answer (or came and left with it) in between. Two views are safe together if what is left of them, however their
    cells are added and subtracted, concerns nobody or at least `floor` people. After several views it has to hold for
    each; then it also keeps what all of them say together, as long as votes are only added. Somebody who knows that
    certain people took their answers back and then gave the same ones again knows more than any view says.
    """
    before, after = view(earlier, floor), view(later, floor)
    return all(_keeps(cell, earlier, after, changed, floor) for cell in before if after) and all(
        _keeps(cell, later, before, changed, floor) for cell in after if before
    )


def _together(answers: Mapping[str, Mapping[str, int]], cell: Cell) -> Counter[str]:
    """The answers of all groups of a cell."""
    given: Counter[str] = Counter()
    for group in cell.groups:
        given.update(answers[group])
    return given


def _keeps(cell: Cell, voters: Mapping[str, int], beside: View, changed: Mapping[str, int], floor: int) -> bool:
    """Whether a cell keeps its secrets from those who subtract the cells of another view from it.

    A part of it in which a few changed would tell about those few, a part in which nobody did about all the rest.
    """
    groups = rest = frozenset(cell.groups)
    for other in (frozenset(other.groups) for other in beside):
        if groups & other and not (groups <= other or other <= groups):
            return False
        if other <= groups:
            moved = sum(changed.get(group, 0) for group in other)
            if not _enough(moved, floor):
                return False
            rest = rest if moved else rest - other
    return _enough(sum(voters[group] for group in rest), floor)


def _enough(people: int, floor: int) -> bool:
    return people == 0 or people >= floor
