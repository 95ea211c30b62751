"""Polls through Slack's door: how they are asked, voted in and opened, and what the database has counted."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Final

import sqlalchemy as sa

from benchmarks import load, serving, slack_says
from bot.core.directory.store import accounts
from bot.polls.model.ballots import Ballot
from bot.polls.model.definition import Question
from bot.polls.store import asking
from bot.polls.store.tables import ballots

TEAM: Final = "T1"
CHANNEL: Final = "C1"
AUTHOR: Final = "U000000"


def ask(port: int, url: str, secret: str, options: Sequence[str], flags: str = "") -> int:
    """Ask a poll that stays open, and wait until it is posted; its number."""
    number = serving.count(url, "polls") + 1
    quoted = " ".join(f'"{each}"' for each in ("Lunch?", *options))
    words = f"{quoted} --close never {flags}"
    said = slack_says.command(secret, "/poll", words, team=TEAM, channel=CHANNEL, user=AUTHOR, number=-number)
    load.ask(port, said)
    serving.wait(lambda: serving.count(url, "messages") >= number, "the poll is posted")
    return number


def vote(secret: str, poll: int, option: int, user: str, number: int) -> bytes:
    """Somebody presses an option's button; `number` makes the press one of its own."""
    address, value = f"polls.vote#{option}", f"{poll}:{option}"
    return slack_says.click(secret, address, value, team=TEAM, channel=CHANNEL, user=user, number=number)


def results(secret: str, poll: int, number: int) -> bytes:
    """The author wants to see the results; `number` is as with `vote`, and no voter's."""
    words = f"results {poll}"
    return slack_says.command(secret, "/poll", words, team=TEAM, channel=CHANNEL, user=AUTHOR, number=number)


def widen(url: str, poll: int, more: Sequence[Question]) -> None:
    """Have a poll ask more questions, which no line can say."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        if found := asking.find(connection, poll):
            asking.change(connection, replace(found, questions=(*found.questions, *more)))


def answer(url: str, poll: int, one: Callable[[Random], Ballot]) -> int:
    """Everybody gives a ballot of their own (`one`), right into the database; how many have answered anything."""
    chance, now = Random(poll), datetime.now(UTC)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        people = connection.execute(sa.select(accounts.c.person_id).order_by(accounts.c.person_id)).scalars().all()
        cast = {person: one(chance) for person in people}
        rows = [
            {"poll_id": poll, "person_id": person, "question": question, "answer": answer, "voted_at": now}
            for person, ballot in cast.items()
            for question, answer in enumerate(ballot)
        ]
        connection.execute(ballots.insert(), rows)
    return sum(map(any, cast.values()))


def counted(url: str, poll: int) -> dict[int, int]:
    """How many votes each option of a poll has in the database, by its number."""
    answers = sa.select(ballots.c.answer, sa.func.count()).where(ballots.c.poll_id == poll).group_by(ballots.c.answer)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return {int(answer): votes for answer, votes in connection.execute(answers)}


def shown(words: str, options: Sequence[str]) -> Mapping[int, int]:
    """How many votes each option has on a drawn card, by its number."""
    found = ((number, re.search(rf"{option}\W.*?\((\d+)\)", words, re.DOTALL)) for number, option in enumerate(options))
    return {number: int(match[1]) for number, match in found if match}
