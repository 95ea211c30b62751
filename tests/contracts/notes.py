"""A table to try databases with, and work on it."""

from collections.abc import Callable

import sqlalchemy as sa

from bot.core.database import Connection, Id, Instant, Prepared, insert

tables = sa.MetaData()
notes = sa.Table(
    "notes",
    tables,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.Text, unique=True),
    sa.Column("at", Instant),
    sa.Column("done", sa.Boolean, nullable=False, server_default=sa.false()),
)

ADD = Prepared(lambda c: insert(c, notes).values(name=sa.bindparam("name"), at=sa.bindparam("at")))


def add(name: str) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        connection.execute(notes.insert().values(name=name))

    return work


def names(connection: Connection) -> list[str]:
    return list(connection.execute(sa.select(notes.c.name).order_by(notes.c.name)).scalars())
