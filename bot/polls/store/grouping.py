"""Answers by group, and the one breakdown that a poll which hides names ever shows."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from bot.core.database import Connection, insert
from bot.core.directory.store import accounts, people, workspaces
from bot.polls.model.breakdown import By, Slice
from bot.polls.model.definition import Kind
from bot.polls.model.poll import Poll
from bot.polls.store.tables import ballots, breakdowns

Slices = tuple[tuple[Slice, ...], ...]
"""A breakdown: the groups of each question."""


def answers(connection: Connection, poll: Poll, by: By) -> Sequence[dict[str, Counter[str]]]:
    """How often each answer was given, by group, for each question; nothing of free text.

    A group is a title, a language such as `de`, or platforms with `+` between; empty where that is not known.
    """
    numbers = [number for number, question in enumerate(poll.questions) if question.kind is not Kind.TEXT]
    lived = _platforms(poll)
    groups: Mapping[By, sa.ColumnElement[str]] = {
        By.TITLE: sa.func.trim(people.c.title),
        By.LANGUAGE: sa.func.coalesce(people.c.chosen_locale, people.c.locale),
        By.PLATFORM: sa.func.coalesce(lived.c.platform, ""),
    }
    group = groups[by].label("group")
    voters = ballots.join(people, people.c.id == ballots.c.person_id)
    if by is By.PLATFORM:
        voters = voters.outerjoin(lived, lived.c.person_id == people.c.id)
    mine = sa.and_(ballots.c.poll_id == poll.id, ballots.c.answer != "", ballots.c.question.in_(numbers))
    what = (ballots.c.question, group, ballots.c.answer)
    counted = sa.select(*what, sa.func.count()).select_from(voters).where(mine).group_by(*what)
    found: list[dict[str, Counter[str]]] = [{} for _ in poll.questions]
    for question, name, answer, number in connection.execute(counted):
        own = name.split("-")[0] if by is By.LANGUAGE else name
        found[question].setdefault(own, Counter())[answer] += number
    return found


def keep(connection: Connection, poll: Poll, by: By, slices: Slices) -> None:
    """Keep what is shown, unless something is kept already."""
    written = [[[each.group, each.voters, each.votes] for each in question] for question in slices]
    values = {"poll_id": poll.id, "dimension": by.value, "slices": json.dumps(written, ensure_ascii=False)}
    connection.execute(insert(connection, breakdowns).values(values).on_conflict_do_nothing())


def kept(connection: Connection, poll: Poll) -> tuple[By, Slices] | None:
    """What a poll shows by group, if anybody has looked yet."""
    mine = sa.select(breakdowns.c.dimension, breakdowns.c.slices).where(breakdowns.c.poll_id == poll.id)
    row = connection.execute(mine).one_or_none()
    if row is None:
        return None
    read = json.loads(row.slices)
    slices = tuple(tuple(Slice(group, voters, tuple(votes)) for group, voters, votes in question) for question in read)
    return By(row.dimension), slices


def _platforms(poll: Poll) -> sa.Subquery:
    """Where each voter is: somebody with accounts on two platforms is in a group of their own."""
    voted = sa.select(ballots.c.person_id).where(ballots.c.poll_id == poll.id)
    first, last = sa.func.min(workspaces.c.platform), sa.func.max(workspaces.c.platform)
    return (
        sa.select(accounts.c.person_id, sa.case((first == last, first), else_=first + "+" + last).label("platform"))
        .join(workspaces, workspaces.c.id == accounts.c.workspace_id)
        .where(accounts.c.person_id.in_(voted))
        .group_by(accounts.c.person_id)
        .subquery()
    )
