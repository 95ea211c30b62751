"""Options that people suggested, until it is decided about them."""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.core.database import Connection
from bot.polls.store.tables import suggestions


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody's option for a poll. People and polls by our own ids."""

    id: int
    poll: int
    person: int
    option: str


def suggest(connection: Connection, poll: int, person: int, option: str) -> Suggestion:
    """Write a suggestion down."""
    values = {"poll_id": poll, "person_id": person, "option": option}
    number = connection.execute(suggestions.insert().values(values).returning(suggestions.c.id)).scalar_one()
    return Suggestion(number, poll, person, option)


def find(connection: Connection, suggestion: int) -> Suggestion | None:
    """A suggestion by its number; None once it is decided."""
    row = connection.execute(sa.select(suggestions).where(suggestions.c.id == suggestion)).one_or_none()
    return Suggestion(*row) if row else None


def waiting(connection: Connection, poll: int) -> list[Suggestion]:
    """What is suggested for a poll, the oldest first."""
    mine = sa.select(suggestions).where(suggestions.c.poll_id == poll).order_by(suggestions.c.id)
    return [Suggestion(*row) for row in connection.execute(mine)]


def drop(connection: Connection, suggestion: int) -> bool:
    """It is decided about a suggestion; False if it was before."""
    return connection.execute(suggestions.delete().where(suggestions.c.id == suggestion)).rowcount > 0


def forget(connection: Connection, person: int) -> None:
    """Erase what a person suggested."""
    connection.execute(suggestions.delete().where(suggestions.c.person_id == person))
