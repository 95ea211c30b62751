"""The database's shape, step by step: each file in `versions/` leads from one shape to the next, forwards only.

`drumbeat migrate --draft "What changes"` writes the next step from what the tables say. Until the first release there
is one step: `drumbeat migrate --draft "All tables" --anew`.
"""

from functools import cache
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from bot.core.database import Connection

FOLDER: Final = Path(__file__).parent

_LOCK: Final = 0x6472756D  # "drum", for pg_advisory_xact_lock: replicas that start together migrate one after the other

_VERSION: Final = sa.table("alembic_version", sa.column("version_num", sa.Text))  # Alembic's own table


class TooNew(Exception):
    """The database was made by a newer version of the program."""


@cache
def head() -> str:
    """The shape this program works with."""
    return _scripts().get_current_head() or ""


def steps() -> list[str]:
    """Every shape there ever was, the oldest first."""
    return [script.revision for script in reversed(list(_scripts().walk_revisions()))]


def current(connection: Connection) -> str:
    """The shape the database is in; empty if it is empty."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return ""
    return connection.execute(sa.select(_VERSION.c.version_num)).scalar_one_or_none() or ""


def upgrade(connection: Connection, to: str = "head") -> str:
    """Bring the database to a shape, all or nothing, and return it. Safe to run in several replicas at once."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    scripts = _scripts()
    try:
        with EnvironmentContext(Config(), scripts, fn=lambda at, _: scripts._upgrade_revs(to, at)) as environment:  # noqa: SLF001 -- as alembic.command.upgrade does
            environment.configure(connection=connection)
            environment.run_migrations()
    except CommandError:
        if current(connection) not in steps():
            raise TooNew from None
        raise
    return current(connection)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(FOLDER, version_locations=[FOLDER / "versions"])
