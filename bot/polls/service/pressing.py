"""Presses on options: those that come while others are being written are written together."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from bot.core.cards import Card
from bot.core.database import locks
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.interactions import NOTHING, Answer
from bot.polls.cards.ballot import subject
from bot.polls.model import ballots
from bot.polls.model.definition import Promise, Question
from bot.polls.model.poll import Poll
from bot.polls.model.standing import Standing
from bot.polls.service import drawing
from bot.polls.service.rights import gone, same_organisation
from bot.polls.service.standing import standing
from bot.polls.service.voting import after_vote, hold_ballots, must_be_open, pressed, settle, told, wants_card
from bot.polls.store import asking, voting

Outcome = Answer | Refused
_Press = tuple[Turn, int]
"""Somebody's turn, and the option they pressed."""


class _Seen:
    """What those who voted together see of a poll: counted once for all, drawn once for all who read it alike."""

    def __init__(self, scene: Turn, poll: Poll) -> None:
        self._scene = scene
        self._poll = poll
        self._cards: dict[tuple[int, str, str], Card] = {}

    @cached_property
    def after_vote(self) -> Standing | None:
        return after_vote(self._scene, self._poll)

    @cached_property
    def _stands(self) -> Standing:
        return standing(self._scene, self._poll)

    def own(self, turn: Turn) -> Card | None:
        """The card that somebody is shown at once."""
        if not wants_card(turn):
            return None
        alike = turn.workspace.id, turn.me.locale, turn.me.zone
        if alike not in self._cards:
            self._cards[alike] = drawing.card(turn, self._poll, self._stands)
        return self._cards[alike]


def vote(turns: Sequence[Turn]) -> Sequence[Outcome]:
    """Presses on options, in the order they came, each with what it leads to."""
    outcomes: list[Outcome] = [NOTHING] * len(turns)
    presses: dict[int, dict[int, _Press]] = {}
    for place, turn in enumerate(turns):
        try:
            number, option = pressed(turn)
        except Refused as refusal:
            outcomes[place] = refusal
        else:
            presses.setdefault(number, {})[place] = turn, option
    # Held before they are read, so that closing waits for these votes, or they see that the poll is closed; and in one
    # order everywhere, or two replicas with votes in the same polls would wait for each other.
    for number in sorted(presses):
        locks.hold(turns[0].connection, subject(number))
    for number, each in sorted(presses.items()):
        for place, outcome in zip(each, _vote_in(number, list(each.values())), strict=True):
            outcomes[place] = outcome
    return outcomes


def _vote_in(number: int, presses: Sequence[_Press]) -> Sequence[Outcome]:
    """Presses on the options of one poll."""
    scene = presses[0][0]
    poll = asking.find(scene.connection, number)
    if poll is None:
        return [gone(turn) for turn, _ in presses]
    outcomes, cast = _decided(poll, presses)
    if cast:
        voting.cast(scene.connection, poll, {voter: (answer,) for voter, answer in cast.items()}, scene.now)
        settle(scene, poll)
    seen = _Seen(scene, poll)
    return [
        each if isinstance(each, Refused) else told(turn, poll, (each,), seen.own(turn), seen.after_vote)
        for (turn, _), each in zip(presses, outcomes, strict=True)
    ]


def _decided(poll: Poll, presses: Sequence[_Press]) -> tuple[Sequence[str | Refused], dict[int, str]]:
    """What each press makes of its voter's answer, and the answers that are to be kept, by voter."""
    scene, question = presses[0][0], poll.questions[0]
    here = {turn.workspace.id: turn for turn, _ in presses}
    inside = {workspace for workspace, turn in here.items() if same_organisation(turn, poll)}
    # A single choice is the same whatever was chosen before.
    before = _before(scene, poll, {turn.me.id for turn, _ in presses}) if question.several else {}
    outcomes: list[str | Refused] = []
    cast: dict[int, str] = {}
    for turn, option in presses:
        try:
            _must_be_takeable(turn, poll, option, inside=turn.workspace.id in inside)
            me = turn.me.id
            cast[me] = _changed(turn, question, cast.get(me, before.get(me, "")), option)
            outcomes.append(cast[me])
        except Refused as refusal:
            outcomes.append(refusal)
    return outcomes, cast


def _before(scene: Turn, poll: Poll, voters: Collection[int]) -> Mapping[int, str]:
    """What voters have chosen so far; a press of theirs on another replica waits until these are written."""
    hold_ballots(scene.connection, poll.id, voters)
    return voting.answers(scene.connection, poll, 0, voters)


def _must_be_takeable(turn: Turn, poll: Poll, option: int, *, inside: bool) -> None:
    """Refuse a press on what is not there (for this person), and one that comes too late."""
    there = inside and poll.promise is not Promise.SECRET and poll.pressed
    if not there or not 0 <= option < poll.questions[0].size:
        raise gone(turn)
    must_be_open(turn, poll)


def _changed(turn: Turn, question: Question, before: str, option: int) -> str:
    """Somebody's answer after a press."""
    answer = ballots.pressed(before, option, question)
    if ballots.wrong(question, answer):
        raise Refused(turn.t("You can choose {most} here. Take one back first.", most=question.most))
    return answer
