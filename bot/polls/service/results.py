"""The results of a poll, privately: everything that somebody may see of them."""

from typing import Final

from bot.core.cards import Card, Part
from bot.core.directory import members
from bot.core.errors import Refused
from bot.core.feature import Scene, Turn
from bot.core.interactions import Answer, Click
from bot.core.people import Person
from bot.core.words import read
from bot.polls.cards import report as shown
from bot.polls.cards.report import Report, Turnout
from bot.polls.model import ballots
from bot.polls.model.breakdown import By
from bot.polls.model.definition import Promise
from bot.polls.model.poll import Poll, Stage
from bot.polls.service import finding, grouping, outreach
from bot.polls.service.rights import may_manage
from bot.polls.service.standing import has_voted, questions, standing, worded
from bot.polls.service.voting import seen
from bot.polls.store import asking, turnout, voting

MATCHED: Final = 10_000
"""Of more voters it is not looked up whether each is among those asked: that takes longer than all the rest."""

BEST: Final = 5
"""Best scores that are told."""

_BY: Final = frozenset({"by"})


def typed(turn: Turn, text: str) -> Answer:
    """`/poll results 12`, or `/poll results 12 --by title`; without a number, the newest poll that one asked."""
    line = read(text, _BY)
    poll = named(turn, " ".join((*line.phrases, line.rest)))
    by = line.flags.get("by")
    return Answer(whisper=report(turn, poll)) if by is None else _grouped(turn, poll, by)


def peek(turn: Turn) -> Answer:
    """The button that shows the results."""
    return Answer(whisper=report(turn, begun(turn, seen(turn))))


def group(turn: Turn) -> Answer:
    """The drop-down that shows the results by group."""
    if not isinstance(turn.act, Click):
        raise TypeError(turn.act)
    return _grouped(turn, begun(turn, seen(turn)), turn.act.value.partition(":")[2])


def named(turn: Turn, number: str) -> Poll:
    """A poll that has begun, by its number; without one, the newest that the person asked."""
    if number.strip():
        return begun(turn, finding.typed(turn, number))
    if newest := asking.newest(turn.connection, turn.me.id):
        return newest
    raise Refused(turn.t("You have not asked a poll yet. Of other polls, tell me the number."))


def begun(turn: Turn, poll: Poll) -> Poll:
    """A poll that has been asked; of others there is nothing to tell."""
    if poll.stage in (Stage.DRAFT, Stage.SCHEDULED):
        raise Refused(turn.t("This poll is not open yet."))
    return poll


def report(turn: Turn, poll: Poll) -> Card:
    """Everything that somebody may see of a poll."""
    voted = has_voted(turn.connection, poll, turn.me.id)
    stands = standing(turn, poll, voted=voted)
    told = Report(
        standing=stands,
        voted=voted,
        turnout=_turnout(turn, turn.me, poll, stands.turnout),
        score=_score(turn, poll) if voted else None,
        best=_best(turn, poll),
        runs=may_manage(turn, poll),
        groups=grouping.offered(turn, poll),
    )
    return shown.report(turn.t, worded(turn, poll), questions(turn, poll), told)


def waiting(scene: Scene, person: Person, poll: Poll, most: int) -> list[str] | None:
    """Who has not voted; None where that is not told: to anybody but the author, of a poll that hides names."""
    if poll.promise is not Promise.OPEN or poll.author != person.id or not _known(scene, poll):
        return None
    return turnout.missing_names(scene.connection, poll, outreach.asked_of(scene.connection, poll), most)


def _turnout(turn: Turn, person: Person, poll: Poll, voters: int) -> Turnout | None:
    """How many of those asked have voted, where all of them are known; of secret polls nobody counts who has not."""
    if poll.promise is Promise.SECRET or not _known(turn, poll):
        return None
    asked = outreach.asked_of(turn.connection, poll)
    told = poll.promise is Promise.OPEN and poll.author == person.id
    if voters > MATCHED:
        return Turnout(turnout.electorate(turn.connection, asked), None, exported=told)
    people, voted = turnout.progress(turn.connection, poll, asked)
    few = people - voted <= shown.LISTED
    names = waiting(turn, person, poll, shown.LISTED) if few else None
    return Turnout(people, voted, tuple(names or ()), exported=told and not few)


def _known(scene: Scene, poll: Poll) -> bool:
    """Whether everybody is known whom a poll asks."""
    asked = outreach.asked_of(scene.connection, poll)
    return bool(asked.everywhere or asked.rosters) and members.known(scene.connection, asked.rosters)


def _score(turn: Turn, poll: Poll) -> int | None:
    """How many questions of a quiz somebody had right; nobody knows it of a secret one."""
    if not _scored(poll) or poll.promise is Promise.SECRET:
        return None
    return ballots.score(poll.questions, voting.ballot_of(turn.connection, poll, turn.me.id))


def _best(turn: Turn, poll: Poll) -> tuple[tuple[str, int], ...]:
    if not _scored(poll) or poll.hidden:
        return ()
    return tuple(voting.best(turn.connection, poll, BEST))


def _scored(poll: Poll) -> bool:
    """Whether there are scores: in a quiz of several questions, once nobody can look them up before answering."""
    return poll.closed_at is not None and sum(bool(question.right) for question in poll.questions) > 1


def _grouped(turn: Turn, poll: Poll, dimension: str) -> Answer:
    try:
        by = By(dimension.casefold())
    except ValueError:
        raise Refused(turn.t.rich("I can show results by title, language or platform: `--by title`.")) from None
    slices = grouping.slices(turn, poll, by)
    below: list[Part] = [shown.choice(turn.t, poll, by)]
    return Answer(whisper=shown.grouped(turn.t, worded(turn, poll), questions(turn, poll), by, slices, below))
