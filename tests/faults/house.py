"""The database of one bout: made, looked into, and put away."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot.core.database import Connection, metadata
from bot.core.outbox import outbox
from bot.features import features
from tests.faults import board
from tests.faults.disk import SmallDisk, Unmountable, mounted
from tests.parts import postgres
from tests.parts.postgres import Server

T = TypeVar("T")
Row = Mapping[str, Any]

MEGABYTES: Final = {"sqlite": 12, "postgresql": 300}
"""What a small disk holds; on PostgreSQL's lie its programs, too."""

UNSETTLED: Final = ("ready", "sending")


class House(ABC):
    """A fresh database with every table. `replicas` is how many workers it can serve at once."""

    name: ClassVar[str]
    replicas: ClassVar[int]

    def __init__(self, url: str, disk: SmallDisk | None) -> None:
        self.url = url
        self.disk = disk
        self._engine = sa.create_engine(url, poolclass=sa.NullPool)
        features()  # they declare the tables
        self.do(metadata.create_all)
        self.do(board.metadata.create_all)

    def do(self, work: Callable[[Connection], T]) -> T:
        """Run work in one transaction."""
        with self._engine.begin() as connection:
            return work(connection)

    def rows(self, *where: sa.ColumnElement[bool]) -> Sequence[Row]:
        """The outbox, or the rows of it that are asked for."""
        query = sa.select(outbox).where(*where).order_by(outbox.c.id)
        return self.do(lambda connection: [row._asdict() for row in connection.execute(query)])

    def unsettled(self) -> Sequence[Row]:
        """The rows that may still change by themselves."""
        asked = sa.and_(outbox.c.state == "unknown", outbox.c.try_at.is_not(None))
        return self.rows(sa.or_(outbox.c.state.in_(UNSETTLED), asked))

    def votes(self) -> Mapping[str, int]:
        """The state of each subject."""
        query = sa.select(board.subjects)
        return self.do(lambda connection: {row.subject: row.votes for row in connection.execute(query)})

    @abstractmethod
    def remove(self) -> None:
        """Put it away."""


class SQLiteHouse(House):
    """A file, in which one worker works at a time."""

    name = "sqlite"
    replicas = 1

    def __init__(self, folder: Path, disk: SmallDisk | None = None) -> None:
        file = (disk.folder if disk else folder) / "house.sqlite"
        super().__init__(f"sqlite:///{file}", disk)

    def remove(self) -> None:
        """Its folder goes with the bout."""


class PostgreSQLHouse(House):
    """A database of its own on a server."""

    name = "postgresql"
    replicas = 3

    def __init__(self, server: Server, disk: SmallDisk | None = None) -> None:
        self.server = server
        self._database = server.create()
        super().__init__(server.url(self._database), disk)

    def exhaust(self) -> bool:
        """Use up the room that the server has set aside, too; whether it is gone now."""
        with suppress(DBAPIError):
            for _ in range(4):
                self.do(lambda connection: connection.execute(sa.text("SELECT pg_switch_wal()")))
                self.do(lambda connection: connection.execute(sa.text("SELECT txid_current()")))
        return not self.server.answers()

    def remove(self) -> None:
        """Drop it."""
        self.server.drop(self._database)


class Unbuildable(Exception):
    """There cannot be such a house here; the words say why."""


Build = Callable[[Path], House]
"""Makes a house; on SQLite in the given folder."""


@contextmanager
def built_on(database: str, *, small: bool = False) -> Iterator[Build]:
    """What builds houses of a kind; on a `small` disk, which can be full. `Unbuildable` where that is not possible."""
    with ExitStack() as stack:
        disk = _small(stack, MEGABYTES[database]) if small else None
        if database == SQLiteHouse.name:
            yield lambda folder: SQLiteHouse(folder, disk)
        else:
            if reason := postgres.missing():
                raise Unbuildable(reason)
            under = disk.folder if disk else Path("/tmp")
            server = stack.enter_context(postgres.running(durable=True, under=under))
            yield lambda _folder: PostgreSQLHouse(server, disk)


def _small(stack: ExitStack, megabytes: int) -> SmallDisk:
    try:
        return stack.enter_context(mounted(megabytes))
    except Unmountable as reason:
        raise Unbuildable(f"no small disk can be mounted: {reason}") from reason
