"""A back-up takes the place of the database: looked through, brought into shape and made fit for today beforehand."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from bot import migrations
from bot.config import Unusable
from bot.keeping import aftermath, files
from bot.keeping.aftermath import Aftermath
from bot.keeping.alone import alone

BROKEN: Final = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})

OURS: Final = frozenset({"alembic_version", "outbox", "people", "workspaces"})
"""What a database of Drumbeat has had from its first version on."""


@dataclass(frozen=True, slots=True)
class Restored:
    """`kept` is where the database that was there is now, None where there was none."""

    kept: Path | None
    aftermath: Aftermath


def restore(file: Path, path: Path, now: datetime, *, send_missed: bool) -> Restored:
    """Put a back-up in the place of the database at `path`. `Unusable` if it cannot be, and then nothing has changed.

    Everything is prepared in a file beside `path`. The last step writes over the database in one transaction of its
    own, so that whoever opens `path` at any moment, even after a crash, finds all of the one or all of the other.
    """
    if not file.is_file():
        raise Unusable(f"There is no back-up at {file}.")
    if path.exists() and file.samefile(path):
        raise Unusable(f"{file} is the database itself: name a back-up.")
    stage = path.with_name(f"{path.name}.restoring")
    kept = path.with_name(f"{path.stem}-before-restore-{now:%Y%m%dT%H%M%SZ}{path.suffix}")
    there = path.exists() and path.stat().st_size > 0
    if not there:
        files.set_aside(path, kept)  # what lies beside a database that is gone belongs to no other
    with _held(path) as house:
        try:
            files.remove(stage)  # left by one that was cut off: nobody else restores while we hold the house
            _take(file, stage)
            outcome = settle(f"sqlite:///{stage}", now, send_missed=send_missed)
            _replace(house, path, stage, kept if there else None)
        except (sqlite3.Error, OSError, Unusable) as error:
            if not there:
                files.remove(path)  # holding it has made it
            raise Unusable(_sentence(error)) from None
        finally:
            files.remove(stage)
    return Restored(kept if there else None, outcome)


def settle(url: str, now: datetime, *, send_missed: bool) -> Aftermath:
    """Bring an older state into today's shape and make it fit for `now`, all or nothing."""
    try:
        with alone(url) as connection, connection.begin():
            migrations.upgrade(connection)
            return aftermath.settle(connection, now, send_missed=send_missed)
    except migrations.TooNew as hindrance:
        raise Unusable(f"The back-up cannot be used. {hindrance}") from None
    except DBAPIError as error:
        raise Unusable(f"The back-up cannot be brought into shape ({type(error.orig).__name__}).") from None


@contextmanager
def _held(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Hold the house; None if it is no database any more, so that nobody can work with it."""
    try:
        house = files.hold(path)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode not in BROKEN:
            raise Unusable(f"{path} cannot be held: {error}.") from None
        yield None
    else:
        with closing(house):
            yield house


def _take(file: Path, stage: Path) -> None:
    """Copy a back-up to the stage, if it is one and whole."""
    stage.touch(mode=0o600)
    files.copy(file, stage, "ro")
    if flaw := files.flaw(stage):
        raise Unusable(f"{file} is damaged: {flaw}.")
    with closing(files.opened(stage)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not names >= OURS:
        raise Unusable(f"{file} is no back-up of Drumbeat.")


def _replace(house: sqlite3.Connection | None, path: Path, stage: Path, kept: Path | None) -> None:
    with closing(files.opened(stage)) as ready:
        if house is None and kept is not None:
            files.set_aside(path, kept)
            with closing(files.hold(path)) as new:
                files.pour(ready, new)
        if house is not None:
            if kept is not None:
                with files.beside(kept) as partial, closing(files.opened(partial)) as copy:
                    files.pour(house, copy)
            files.pour(ready, house)


def _sentence(error: Exception) -> str:
    return str(error) if isinstance(error, Unusable) else f"The back-up cannot be put in place: {error}."
