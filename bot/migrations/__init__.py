"""The database's shape, step by step: each file in `versions/` leads from one shape to the next, forwards only.

`drumbeat migrate --draft "What changes"` writes the next step from what the tables say. Until the first release there
is one step: `drumbeat migrate --draft "All tables" --anew`.

While an upgrade goes from replica to replica, programs of two versions work on one database. So a step only adds
(expands) what programs of the version before need not know. One that takes away or narrows (contracts) says
`min_compatible = "0007"`: the oldest program that can work with what is left is the one whose newest step is 0007.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from bot.core.database import Connection

FOLDER: Final = Path(__file__).parent

MOVING: Final = "moving"
MOVED: Final = "moved"
"""Stand in the place of a shape: of a database that a move has not filled yet, and of one that was moved away. Nobody
may work on either, or messages would be lost, or sent from both; no program takes them for a shape it knows."""

_LOCK: Final = 0x6472756D  # "drum", for pg_advisory_xact_lock: replicas that start together migrate one after the other

_PATIENCE: Final = "1s"
"""How long a step waits for a table. Whoever wants that table meanwhile waits behind it, and a click has 3 seconds."""

_NOT_AVAILABLE: Final = "55P03"
"""PostgreSQL's code for a lock that was waited for in vain."""

_ELSEWHERE: Final = {
    MOVING: "A move into this database has not ended: run the same `drumbeat move` again to finish it.",
    MOVED: "This database was moved: set DRUMBEAT_DATABASE_URL to the one it was moved to.",
}

_VERSION: Final = sa.table("alembic_version", sa.column("version_num", sa.Text))  # Alembic's own table

COMPATIBILITY: Final = sa.Table(
    "schema_compatibility", sa.MetaData(), sa.Column("min_compatible", sa.Text, primary_key=True)
)
"""One row: the oldest step whose program may go on. Like Alembic's own table, it is not among the product's."""


class TooNew(Exception):
    """A newer version of the program has brought the database into a shape with which this one cannot work."""

    def __init__(self, why: str = "The database was made by a newer version of Drumbeat: install that one.") -> None:
        super().__init__(why)


class Elsewhere(TooNew):
    """The house has moved to another database, or is still on its way to this one."""


class Busy(Exception):
    """Somebody holds a table that a step has to change; nothing was done, and it may be tried again."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a database says of itself: its newest step (empty if it is empty) and the oldest one that may go on."""

    current: str
    min_compatible: str

    @property
    def expanded(self) -> bool:
        """Whether a newer version has been here, and this one can work all the same."""
        return self._newer and "" < self.min_compatible <= head()

    @property
    def too_new(self) -> bool:
        """Whether a newer version has been here, and this one cannot work any more."""
        return self._newer and not self.expanded

    @property
    def hindrance(self) -> TooNew:
        """Why nothing can be done where it is `too_new`."""
        return Elsewhere(_ELSEWHERE[self.current]) if self.current in _ELSEWHERE else TooNew()

    @property
    def fits(self) -> bool:
        """Whether this program can work with it."""
        return self.current == head() or self.expanded

    @property
    def _newer(self) -> bool:
        return self.current > head()  # numbers of four digits, each one more than the one before


@cache
def head() -> str:
    """The shape this program works with."""
    return _scripts().get_current_head() or ""


def steps() -> list[str]:
    """Every shape there ever was, the oldest first."""
    return [script.revision for script in reversed(list(_scripts().walk_revisions()))]


def oldest_compatible(step: str) -> str:
    """The oldest step whose program can work with a shape, as the steps up to it say."""
    *later, first = _scripts().iterate_revisions(step, "base")
    return max([first.revision, *(getattr(each.module, "min_compatible", "") for each in later)])


def current(connection: Connection) -> str:
    """The shape the database is in; empty if it is empty."""
    return _kept(connection, _VERSION)


def shape(connection: Connection) -> Shape:
    """The same, with who may go on with it."""
    return Shape(current(connection), _kept(connection, COMPATIBILITY))


def glance(connection: Connection) -> Shape:
    """The same of a database that has been in shape, in one query."""
    both = (sa.select(table).scalar_subquery() for table in (_VERSION, COMPATIBILITY))
    return Shape(*connection.execute(sa.select(*both)).one())


def upgrade(connection: Connection, to: str = "head") -> str:
    """Bring the database to a shape, all or nothing, and return it. Safe to run in several replicas at once.

    What a newer version has expanded is left as it is. `TooNew` if this version cannot work with it, `Busy` if a table
    could not be had on PostgreSQL.
    """
    keep_out(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
    before = shape(connection)
    if before.too_new:
        raise before.hindrance
    if not before.expanded:
        try:
            _run(connection, to)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") == _NOT_AVAILABLE:
                raise Busy from error
            raise
    return current(connection)


def mark(connection: Connection, mark: str) -> None:
    """Put `MOVING` or `MOVED` in the place of the shape."""
    _say(connection, mark, mark)


def unmark(connection: Connection) -> None:
    """Take the mark off a database whose tables are those of this program."""
    _say(connection, head(), oldest_compatible(head()))


def keep_out(connection: Connection) -> None:
    """Let nobody begin to work on the database until this transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _say(connection: Connection, current: str, min_compatible: str) -> None:
    connection.execute(_VERSION.update().values(version_num=current))
    connection.execute(COMPATIBILITY.update().values(min_compatible=min_compatible))


def _run(connection: Connection, to: str) -> None:
    scripts = _scripts()
    with EnvironmentContext(Config(), scripts, fn=lambda at, _: scripts._upgrade_revs(to, at)) as environment:  # noqa: SLF001 -- as alembic.command.upgrade does
        environment.configure(connection=connection)
        environment.run_migrations()
    oldest = oldest_compatible(current(connection))
    if oldest != _kept(connection, COMPATIBILITY):
        COMPATIBILITY.create(connection, checkfirst=True)
        connection.execute(COMPATIBILITY.delete())
        connection.execute(COMPATIBILITY.insert().values(min_compatible=oldest))


def _kept(connection: Connection, table: sa.TableClause) -> str:
    """What the one value of a table is; empty where there is none yet."""
    if not sa.inspect(connection).has_table(table.name):
        return ""
    return str(connection.execute(sa.select(table)).scalar_one_or_none() or "")


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(FOLDER, version_locations=[FOLDER / "versions"])
