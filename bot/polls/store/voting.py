"""Ballots of open and confidential polls: cast, counted, named."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa

from bot.core.database import Connection, Instant, Prepared, insert, one_of, rows_of
from bot.core.directory.store import people
from bot.polls.model.ballots import Ballot, written
from bot.polls.model.counting import Result, count_all
from bot.polls.model.poll import Poll
from bot.polls.model.tally import Tally
from bot.polls.model.wording import SEPARATOR
from bot.polls.store.tables import ballots

_ANSWERS: Final = Prepared(
    lambda connection: sa.select(ballots.c.person_id, ballots.c.answer).where(
        ballots.c.poll_id == sa.bindparam("poll"),
        ballots.c.question == sa.bindparam("question"),
        one_of(connection, ballots.c.person_id, "voters"),
    )
)


def _cast(connection: Connection) -> Any:  # noqa: ANN401 -- as `insert`
    given = rows_of(connection, "rows", person=sa.BigInteger, question=sa.Integer, answer=sa.Text)
    poll, at = sa.bindparam("poll", type_=sa.BigInteger), sa.bindparam("at", type_=Instant)
    return (
        insert(connection, ballots)
        .from_select(
            ["poll_id", "person_id", "question", "answer", "voted_at"],
            sa.select(poll, given.c.person, given.c.question, given.c.answer, at).where(sa.true()),
        )
        .on_conflict_do_update(
            index_elements=["poll_id", "person_id", "question"],
            set_={name: sa.literal_column(f"excluded.{name}") for name in ("answer", "voted_at")},
        )
    )


_CAST: Final = Prepared(_cast)


def answers(connection: Connection, poll: Poll, question: int, voters: Iterable[int]) -> dict[int, str]:
    """What people have answered to a question so far, by person; without those who never have."""
    return dict(_ANSWERS.rows(connection, poll=poll.id, question=question, voters=sorted(set(voters))))


def cast(connection: Connection, poll: Poll, cast_by: Mapping[int, Ballot], now: datetime) -> None:
    """Keep people's ballots over those they had."""
    # In one order everywhere, or two replicas with votes of the same people would wait for each other.
    rows = [
        {"person": voter, "question": question, "answer": answer.replace(SEPARATOR, " ")}
        for voter, ballot in sorted(cast_by.items())
        for question, answer in enumerate(ballot)
    ]
    _CAST.run(connection, poll=poll.id, rows=rows, at=now)


def withdraw(connection: Connection, poll: Poll, voter: int, now: datetime) -> bool:
    """Empty a person's ballot; False if there was none."""
    mine = sa.and_(ballots.c.poll_id == poll.id, ballots.c.person_id == voter, ballots.c.answer != "")
    return connection.execute(ballots.update().where(mine).values(answer="", voted_at=now)).rowcount > 0


def ballot_of(connection: Connection, poll: Poll, voter: int) -> Ballot:
    """What a person has answered, an empty text for each question they have not."""
    rows = connection.execute(
        sa.select(ballots.c.question, ballots.c.answer).where(
            ballots.c.poll_id == poll.id, ballots.c.person_id == voter
        )
    )
    answered: dict[int, str] = dict(map(tuple, rows))
    return tuple(answered.get(number, "") for number in range(len(poll.questions)))


def counted(connection: Connection, poll: Poll) -> tuple[tuple[Tally, ...], int]:
    """How often each answer was given to each question, and how many people have voted, at one moment."""
    texts, people = _given(connection, poll)
    given = (text.split(SEPARATOR) if text else [] for text in texts)
    return tuple(Tally(len(answers), Counter(answers)) for answers in given), people


def results(connection: Connection, poll: Poll) -> tuple[tuple[Result, ...], int]:
    """The count at one moment: a result a question, and how many people have voted."""
    texts, people = _given(connection, poll)
    return tuple(map(count_all, poll.questions, texts)), people


def turnout(connection: Connection, poll: Poll) -> int:
    """How many people have voted."""
    voted = sa.select(_people(poll)).where(ballots.c.poll_id == poll.id, ballots.c.answer != "")
    return connection.execute(voted).scalar_one()


def voters(connection: Connection, poll: Poll, most: int) -> list[tuple[str, Ballot]]:
    """Who answered what, the first `most` voters; only for open polls."""
    first = (
        sa.select(ballots.c.person_id, sa.func.min(ballots.c.voted_at).label("at"))
        .where(ballots.c.poll_id == poll.id, ballots.c.answer != "")
        .group_by(ballots.c.person_id)
        .order_by(sa.literal_column("at"), ballots.c.person_id)
        .limit(most)
        .subquery()
    )
    rows = connection.execute(
        sa.select(first.c.person_id, people.c.name, ballots.c.question, ballots.c.answer)
        .join(people, people.c.id == first.c.person_id)
        .join(ballots, sa.and_(ballots.c.poll_id == poll.id, ballots.c.person_id == first.c.person_id))
        .order_by(first.c.at, first.c.person_id)
    )
    return _named(rows.all(), len(poll.questions))


def every(connection: Connection, poll: Poll) -> Iterator[tuple[str, datetime, Ballot]]:
    """Who answered what and when (last), everybody by name; only for open polls."""
    rows = connection.execute(
        sa.select(ballots.c.person_id, people.c.name, ballots.c.voted_at, ballots.c.question, ballots.c.answer)
        .join(people, people.c.id == ballots.c.person_id)
        .where(ballots.c.poll_id == poll.id, ballots.c.answer != "")
        .order_by(people.c.name, ballots.c.person_id, ballots.c.question)
    )
    for _, theirs in groupby(rows, key=itemgetter(0)):
        mine = list(theirs)
        answered = {row.question: row.answer for row in mine}
        ballot = tuple(answered.get(number, "") for number in range(len(poll.questions)))
        yield mine[0].name, max(row.voted_at for row in mine), ballot


def best(connection: Connection, poll: Poll, most: int) -> list[tuple[str, int]]:
    """Who had most quiz questions right, and how many; only for open polls."""
    quizzes = ((number, question) for number, question in enumerate(poll.questions) if question.right)
    right = [
        sa.and_(ballots.c.question == number, ballots.c.answer == written(question.right, question.kind))
        for number, question in quizzes
    ]
    score = sa.func.count()
    first = (
        sa.select(people.c.name, score)
        .join(people, people.c.id == ballots.c.person_id)
        .where(ballots.c.poll_id == poll.id, sa.or_(sa.false(), *right))
        .group_by(people.c.id, people.c.name)
        .order_by(score.desc(), people.c.name, people.c.id)
        .limit(most)
    )
    return [(name, number) for name, number in connection.execute(first)]


def voted_in(connection: Connection, person: int) -> Sequence[int]:
    """The polls a person has a ballot in."""
    mine = sa.select(ballots.c.poll_id).where(ballots.c.person_id == person).distinct()
    return connection.execute(mine).scalars().all()


def forget(connection: Connection, person: int) -> None:
    """Erase a person's ballots. Questions they asked belong to the channel and stay."""
    connection.execute(ballots.delete().where(ballots.c.person_id == person))


def _given(connection: Connection, poll: Poll) -> tuple[list[str], int]:
    """All answers to each question as one text, with `SEPARATOR` between, in no order; and how many people gave them.

    One look at the ballots gives all of them: a database groups a hundred thousand slower than it reads them.
    """
    questions = range(len(poll.questions))
    together = (
        sa.func.aggregate_strings(ballots.c.answer, SEPARATOR).filter(ballots.c.question == question)
        for question in questions
    )
    voted = sa.select(_people(poll), *together).where(ballots.c.poll_id == poll.id, ballots.c.answer != "")
    people, *texts = connection.execute(voted).one()
    return [text or "" for text in texts], people


def _people(poll: Poll) -> sa.ColumnElement[int]:
    """How many people some ballots are of."""
    # To tell people apart costs as much as to count them five times, and of one question each has but one answer.
    return sa.func.count(sa.distinct(ballots.c.person_id)) if poll.survey else sa.func.count()


def _named(rows: Sequence[Any], questions: int) -> list[tuple[str, Ballot]]:
    names: dict[int, str] = {}
    answers: dict[int, list[str]] = {}
    for person, name, question, answer in rows:
        names[person] = name
        answers.setdefault(person, [""] * questions)[question] = answer
    return [(names[person], tuple(ballot)) for person, ballot in answers.items()]
