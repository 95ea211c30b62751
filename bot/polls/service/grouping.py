"""Results by group: which may be seen, so that no two views of a poll tell what a few people answered."""

from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.polls.cards import report as shown
from bot.polls.model.breakdown import By, sliced
from bot.polls.model.definition import Promise, Showing
from bot.polls.model.poll import Poll
from bot.polls.service.rights import may_manage
from bot.polls.service.standing import has_voted
from bot.polls.store import grouping, hiding, voting
from bot.polls.store.grouping import Slices


def offered(turn: Turn, poll: Poll) -> bool:
    """Whether somebody may see a poll's results by group, now or after it has closed."""
    return poll.promise is not Promise.SECRET and may_manage(turn, poll)


def slices(turn: Turn, poll: Poll, by: By) -> Slices:
    """A poll's results by group, for those who run it; `Refused` where they could tell on somebody."""
    if not may_manage(turn, poll):
        raise Refused(turn.t("Only whoever asked the poll, or a communicator, sees its results by group."))
    match poll.promise:
        case Promise.SECRET:
            raise Refused(turn.t("A secret poll keeps nothing by which its results could be told by group."))
        case Promise.CONFIDENTIAL:
            return _confidential(turn, poll, by)
        case Promise.OPEN:
            if not poll.shows(voted=has_voted(turn.connection, poll, turn.me.id)):
                raise Refused(shown.not_yet(turn.t, poll))
            return _now(turn, poll, by)


def _confidential(turn: Turn, poll: Poll, by: By) -> Slices:
    """The only breakdown the poll ever shows, of exactly the voters its closing figures are of.

    Another dimension would cut the same voters another way, and figures from while it ran would be of others: cells of
    two such views can be subtracted from each other until a few people are left. Titles change, and votes go with
    whoever is forgotten: so what was seen once is kept.
    """
    if not poll.closed_at:
        raise Refused(turn.t("Results by group come once this poll has closed."))
    kept = grouping.kept(turn.connection, poll)
    if kept is None:
        # Read before it is judged: should somebody be forgotten in between, the figures do not add up any more.
        found = _now(turn, poll, by)
        _must_be_safe(turn, poll)
        grouping.keep(turn.connection, poll, by, found)
        kept = grouping.kept(turn.connection, poll)
    if kept is None:
        raise LookupError(poll.id)
    if kept[0] is not by:
        first = shown.dimension(turn.t, kept[0])
        raise Refused(turn.t("This poll is shown by {first} already. Two ways could tell on somebody.", first=first))
    return kept[1]


def _must_be_safe(turn: Turn, poll: Poll) -> None:
    if poll.showing is not Showing.AFTER_CLOSE or poll.reopened_at:
        raise Refused(
            turn.t(
                "This poll showed figures before it closed. Results by group beside them could tell on somebody. "
                "Ask the next one with --results after-close."
            )
        )
    seen = hiding.shown(turn.connection, poll.id)
    if seen.shown is None or seen.shown != voting.counted(turn.connection, poll)[0]:
        raise Refused(turn.t("Too few people voted to show results by group without telling on somebody."))


def _now(turn: Turn, poll: Poll, by: By) -> Slices:
    answers = grouping.answers(turn.connection, poll, by)
    pairs = zip(poll.questions, answers, strict=True)
    return tuple(sliced(question, given, poll.fewest) for question, given in pairs)
