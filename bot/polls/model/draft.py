"""A poll as somebody typed it, right or wrong."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.cadence.recurrence import Recurrence
from bot.polls.model.definition import (
    FEWEST_OPTIONS,
    LONGEST_EXPLANATION,
    LONGEST_OPTION,
    LONGEST_QUESTION,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    MOST_RANKED,
    RATING_SCALES,
    Adding,
    Kind,
    Promise,
    Question,
    Showing,
    extensible,
    repeated,
)


class Problem(StrEnum):
    """Why a draft cannot be asked yet."""

    NO_QUESTION = "no_question"
    LONG_QUESTION = "long_question"
    FEW_OPTIONS = "few_options"
    MANY_OPTIONS = "many_options"
    MANY_RANKED = "many_ranked"
    LONG_OPTION = "long_option"
    NEEDLESS_OPTIONS = "needless_options"
    TWICE = "twice"
    LIMITS = "limits"
    SCALE = "scale"
    NO_RIGHT = "no_right"
    LONG_EXPLANATION = "long_explanation"
    MANY_QUESTIONS = "many_questions"
    OPENS_PAST = "opens_past"
    PAST = "past"
    EARLY = "early"
    UNREAD_RHYTHM = "unread_rhythm"
    UNREAD_REMINDER = "unread_reminder"
    NO_END_TO_REMIND = "no_end_to_remind"
    EARLY_REMINDER = "early_reminder"
    UNREAD_ANSWER = "unread_answer"
    NO_OWNER = "no_owner"
    SECRET_LIVE = "secret_live"  # noqa: S105 -- a ballot, not a password
    UNKNOWN_FLAG = "unknown_flag"
    UNKNOWN_VALUE = "unknown_value"
    NO_VALUE = "no_value"
    STRAY = "stray"
    TWO_KINDS = "two_kinds"
    TWO_PROMISES = "two_promises"
    NO_PLACE = "no_place"
    UNKNOWN_GROUP = "unknown_group"
    FIXED_OPTIONS = "fixed_options"
    BARRED = "barred"
    HIDDEN = "hidden"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Times as they were typed, which a form shows again: empty where nothing was."""

    opening: str = ""
    closing: str = ""
    reminding: str = ""
    repeating: str = ""
    answering: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A poll before it is kept.

    `places` are where it is posted, `groups` who is asked by name, both by our own ids. `unknown` are flags nobody
    knows, `unread` flags whose value nobody understands, `unfound` names of places or groups that are not there,
    `shut` why the author cannot ask in a place, and its name.
    """

    questions: tuple[Question, ...]
    promise: Promise = Promise.OPEN
    showing: Showing = Showing.LIVE
    adding: Adding = Adding.NO
    places: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    everybody: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    remind: timedelta | None = None
    every: Recurrence | None = None
    scheduled: bool = False
    """Whether it opens by itself already."""

    series: bool = False
    """Whether it is one of those that come again."""

    owner: int | None = None
    answer_by: datetime | None = None
    typed: Typed = Typed()
    unknown: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    unfound: tuple[str, ...] = ()
    shut: tuple[Problem, str] | None = None
    promises: int = 1
    kinds: tuple[str, ...] = ()
    """The flags that say how people answer; more than one contradict each other."""
    empty: tuple[str, ...] = ()
    """Flags that lack what should stand behind them."""
    stray: tuple[str, ...] = ()
    """Words that belong to nothing; they are taken for options until somebody looks at them."""

    def problems(self, now: datetime) -> dict[str, Problem]:
        """What is wrong, by the name of the form field it belongs to."""
        wrong = {
            **question_problems(self.questions[0]),
            "settings": self._settings(),
            "showing": Problem.SECRET_LIVE if self._secret_live() else None,
            "opens": self._opening(now),
            "closes": self._closing(now),
            "every": Problem.UNREAD_RHYTHM if self.typed.repeating and not self.every else None,
            "remind": self._reminding(now),
            "answer_by": self._answering(now),
            "named": Problem.UNKNOWN_GROUP if self.unfound else None,
            "place": self._audience(),
            "adding": self._adding(),
        }
        return {name: problem for name, problem in wrong.items() if problem}

    def settled(self) -> "Draft":
        """The draft with what follows from its promise: a secret poll shows nothing before it has closed."""
        return replace(self, showing=Showing.AFTER_CLOSE) if self.promise is Promise.SECRET else self

    def _adding(self) -> Problem | None:
        return None if self.adding is Adding.NO or extensible(self.questions) else Problem.FIXED_OPTIONS

    def _settings(self) -> Problem | None:
        wrong = {
            Problem.UNKNOWN_FLAG: self.unknown,
            Problem.NO_VALUE: self.empty,
            Problem.STRAY: self.stray,
            Problem.UNKNOWN_VALUE: self.unread,
            Problem.TWO_KINDS: len(self.kinds) > 1,
            Problem.TWO_PROMISES: self.promises > 1,
            Problem.MANY_QUESTIONS: len(self.questions) > MOST_QUESTIONS,
        }
        return next((problem for problem, found in wrong.items() if found), None)

    def _secret_live(self) -> bool:
        return self.promise is Promise.SECRET and self.showing is not Showing.AFTER_CLOSE

    def _opening(self, now: datetime) -> Problem | None:
        said = self.typed.opening or self.scheduled
        return Problem.OPENS_PAST if said and not _ahead(self.opens_at, now) else None

    def _closing(self, now: datetime) -> Problem | None:
        if self.closes_at is None:
            return Problem.PAST if self.typed.closing else None
        if self.closes_at <= now:
            return Problem.PAST
        return Problem.EARLY if self.opens_at and self.closes_at <= self.opens_at else None

    def _reminding(self, now: datetime) -> Problem | None:
        if self.remind is None:
            return Problem.UNREAD_REMINDER if self.typed.reminding else None
        if self.closes_at is None:
            return Problem.NO_END_TO_REMIND
        late = self._closing(now) is None and self.closes_at - (self.opens_at or now) <= self.remind
        return Problem.EARLY_REMINDER if late else None

    def _answering(self, now: datetime) -> Problem | None:
        if self.typed.answering and not _ahead(self.answer_by, now):
            return Problem.UNREAD_ANSWER
        return Problem.NO_OWNER if self.owner and not self.answer_by else None

    def _audience(self) -> Problem | None:
        if self.shut:
            return self.shut[0]
        asked = self.places or self.groups or self.everybody or self.unfound
        return None if asked else Problem.NO_PLACE


def question_problems(question: Question) -> dict[str, Problem]:
    """What is wrong with one question, by the name of the form field it belongs to."""
    wrong = {
        "question": _question(question),
        "options": _options(question),
        "most": _limits(question),
        "explanation": Problem.LONG_EXPLANATION if len(question.explanation) > LONGEST_EXPLANATION else None,
    }
    return {name: problem for name, problem in wrong.items() if problem}


def _question(question: Question) -> Problem | None:
    if not question.text:
        return Problem.NO_QUESTION
    return Problem.LONG_QUESTION if len(question.text) > LONGEST_QUESTION else None


def _options(question: Question) -> Problem | None:
    if question.kind not in (Kind.CHOICE, Kind.RANKED, Kind.QUIZ):
        return Problem.NEEDLESS_OPTIONS if question.options else None
    count = len(question.options)
    wrong = {
        Problem.FEW_OPTIONS: count < FEWEST_OPTIONS,
        Problem.MANY_OPTIONS: count > MOST_OPTIONS,
        Problem.MANY_RANKED: question.kind is Kind.RANKED and count > MOST_RANKED,
        Problem.LONG_OPTION: max(map(len, question.options), default=0) > LONGEST_OPTION,
        Problem.NO_RIGHT: question.kind is Kind.QUIZ and not question.right,
        Problem.TWICE: bool(repeated(question.options)),
    }
    return next((problem for problem, found in wrong.items() if found), None)


def _limits(question: Question) -> Problem | None:
    if question.kind is Kind.RATING:
        return None if question.scale in RATING_SCALES else Problem.SCALE
    if question.kind not in (Kind.CHOICE, Kind.QUIZ) or not question.options:
        return None
    fits = 1 <= question.least <= question.most <= len(question.options)
    return None if fits else Problem.LIMITS


def _ahead(at: datetime | None, now: datetime) -> bool:
    return at is not None and at > now
