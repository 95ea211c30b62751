"""A poll and its life: draft, scheduled, open, closed, answered."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.core.cadence.recurrence import Recurrence
from bot.polls.model.breakdown import FLOOR
from bot.polls.model.definition import Adding, Kind, Promise, Question, Showing, extensible

EDITABLE_FOR: Final = timedelta(minutes=15)
"""How long after opening its words can still be changed, with a visible mark."""

OWED_BEFORE: Final = timedelta(days=1)
"""How long before the promised date its owner is reminded of the answer."""


class Stage(StrEnum):
    """Where a poll is in its life."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"


class Due(StrEnum):
    """What a poll waits for."""

    OPEN = "open"
    INVITE = "invite"
    REMIND = "remind"
    STEP = "step"
    CLOSE = "close"
    TELL = "tell"
    OWE = "owe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll as it is kept. People, places and workspaces by our own ids; instants in UTC, None until they come.

    `workspace` is where it was asked from. `remind` is how long before closing those who have not voted hear of it.
    `owner` answers its outcome by `answer_by`. `step_at` is when hidden votes are looked at next. `invite_at` is when
    the next of those are written to who are asked by name, with the ballot or with the outcome, and `invited` the last
    one who was; `reminded` likewise. `draft_opens_at` and `draft_every` are what a draft is to open and come again by
    once it is asked: until then it does neither. `fewest` is how few voters may be shown together where names are
    hidden: what was set when it first opened.
    """

    id: int
    workspace: int
    author: int
    questions: tuple[Question, ...]
    promise: Promise = Promise.OPEN
    showing: Showing = Showing.LIVE
    adding: Adding = Adding.NO
    everybody: bool = False
    drafted_at: datetime
    opens_at: datetime | None = None
    opened_at: datetime | None = None
    closes_at: datetime | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    edited_at: datetime | None = None
    invite_at: datetime | None = None
    invited: int = 0
    remind: timedelta | None = None
    reminded: int = 0
    reminded_at: datetime | None = None
    step_at: datetime | None = None
    owner: int | None = None
    answer_by: datetime | None = None
    owed_at: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None
    series: int | None = None
    draft_opens_at: datetime | None = None
    draft_every: Recurrence | None = None
    fewest: int = FLOOR

    @property
    def title(self) -> str:
        """The first question: what the poll is called."""
        return self.questions[0].text

    @property
    def stage(self) -> Stage:
        """Where it is in its life."""
        if self.closed_at:
            return Stage.CLOSED
        if self.opened_at:
            return Stage.OPEN
        return Stage.SCHEDULED if self.opens_at else Stage.DRAFT

    @property
    def survey(self) -> bool:
        """Whether it asks several questions."""
        return len(self.questions) > 1

    @property
    def hidden(self) -> bool:
        """Whether names are hidden."""
        return self.promise is not Promise.OPEN

    @property
    def pressed(self) -> bool:
        """Whether one press on the card votes; otherwise a form is filled in.

        Several choices in a secret poll are final as one, so they cannot be pressed one after another.
        """
        secretly_many = self.promise is Promise.SECRET and self.questions[0].several
        return not self.survey and self.questions[0].pressed and not secretly_many

    @property
    def quiz(self) -> bool:
        """Whether there are right answers."""
        return any(question.kind is Kind.QUIZ for question in self.questions)

    @property
    def grows(self) -> bool:
        """Whether people may add options."""
        return self.adding is not Adding.NO and extensible(self.questions)

    @property
    def lags(self) -> bool:
        """Whether it shows figures while it runs that votes wait to get into."""
        return self.promise is Promise.CONFIDENTIAL and self.showing is not Showing.AFTER_CLOSE

    def looked_at(self, at: datetime) -> "Poll":
        """The poll, with its votes looked at for newer figures at an instant, if that is not planned already."""
        if self.lags and self.stage is Stage.OPEN and self.step_at is None:
            return replace(self, step_at=at)
        return self

    def takes_votes(self, now: datetime) -> bool:
        """Whether a vote still counts at `now`, even if nobody has closed it yet."""
        return self.stage is Stage.OPEN and (self.closes_at is None or now < self.closes_at)

    def shows(self, *, voted: bool) -> bool:
        """Whether results may be seen now, by somebody who has voted or not."""
        if self.closed_at:
            return True
        if self.promise is Promise.SECRET or self.showing is Showing.AFTER_CLOSE:
            return False
        return self.showing is Showing.LIVE or voted

    def editable(self, now: datetime) -> bool:
        """Whether its words may still be changed."""
        return self.opened_at is None or (self.closed_at is None and now < self.opened_at + EDITABLE_FOR)

    def agenda(self) -> list[tuple[datetime, Due]]:
        """What it waits for, and when."""
        waits: list[tuple[datetime | None, Due]] = []
        if self.stage is Stage.SCHEDULED:
            waits = [(self.opens_at, Due.OPEN)]
        elif self.stage is Stage.OPEN:
            waits = [
                (self.invite_at, Due.INVITE),
                (self._reminds_at(), Due.REMIND),
                (self.step_at, Due.STEP),
                (self.closes_at, Due.CLOSE),
            ]
        elif self.stage is Stage.CLOSED:
            waits = [(self.invite_at, Due.TELL)]
        if self.opened_at and not self.answered_at:
            waits.append((self._owes_at(), Due.OWE))
        return sorted((at, due) for at, due in waits if at)

    def next_at(self) -> datetime | None:
        """When it waits for something next."""
        return next((at for at, _ in self.agenda()), None)

    def _owes_at(self) -> datetime | None:
        """When its owner hears of the answer: a day before it is due, and when it is."""
        if self.answer_by is None or (self.owed_at and self.owed_at >= self.answer_by):
            return None
        return self.answer_by if self.owed_at else self.answer_by - OWED_BEFORE

    def _reminds_at(self) -> datetime | None:
        """When it reminds; not at all where that was due before it opened."""
        began = self.reopened_at or self.opened_at
        if self.remind is None or self.closes_at is None or began is None or self.reminded_at:
            return None
        at = self.closes_at - self.remind
        return at if at > began else None
