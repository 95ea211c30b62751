"""A SQLite database as a file: copied while others use it, looked through, and held so that nobody else uses it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Literal

from bot.config import Unusable

PATIENCE: Final = 2.0
"""Seconds to wait for another process to let go of a file before it counts as in use."""

SIDES: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; they belong to that very file and to no other of its name."""

Mode = Literal["ro", "rw"]

_LOOK: Final = "SELECT count(*) FROM sqlite_schema"
"""The least that tells a database from another file."""


def opened(path: Path, mode: Mode = "rw") -> sqlite3.Connection:
    """A plain connection, every statement a transaction of its own. `Unusable` if it is no readable database."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    try:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=PATIENCE)
        try:
            connection.execute(_LOOK)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise Unusable(f"{path} cannot be read: {error}.") from None
    return connection


def hold(path: Path) -> sqlite3.Connection:
    """A connection with nobody beside it, in this process or another, for as long as it is open; it makes the file.

    Whoever works with the file, even idly, holds a lock that this one cannot share. `Unusable` if somebody does,
    `sqlite3.DatabaseError` if the file is no database.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise Unusable(f"{path} cannot be opened: {error.strerror}.") from None
    connection = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")  # before the first look: in WAL mode it is too late then
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(_LOOK)
    except sqlite3.Error as error:
        connection.close()
        if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise Unusable(f"{path} is in use: stop Drumbeat first, and whatever else has it open.") from None
        raise
    return connection


def copy(source: Path, to: Path, mode: Mode = "rw") -> None:
    """Copy a database as it is at one moment, while others read and write it, into a file that is there and empty.

    One step of SQLite's backup is one transaction: it sees what was committed when it began, and holds up nobody.
    """
    with closing(opened(source, mode)) as theirs, closing(opened(to)) as ours:
        try:
            pour(theirs, ours)
        except sqlite3.Error as error:
            raise Unusable(f"{source} cannot be copied to {to}: {error}.") from None


def pour(source: sqlite3.Connection, to: sqlite3.Connection) -> None:
    """Make one database what another is, in one transaction; it keeps nothing beside it then."""
    to.execute("PRAGMA journal_mode=DELETE")  # only so it can take other page sizes
    source.backup(to)
    to.execute("PRAGMA journal_mode=DELETE")  # the copy has the mode of the original


def flaw(path: Path) -> str:
    """The first thing that is broken in a database; empty if it is whole."""
    try:
        with closing(opened(path)) as connection:
            found = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except (sqlite3.Error, Unusable) as error:
        return str(error)
    return "" if found == "ok" else found


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A file to fill, readable for its owner alone, that becomes `path` when the block ends well; never over another.

    `Unusable` if `path` is there, is being written, or cannot be.
    """
    _vacant(path)
    partial = path.with_name(f"{path.name}.partial")
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise Unusable(f"{partial} is there: another back-up is writing it, or was cut off; then remove it.") from None
    except OSError as error:
        raise Unusable(f"{path} cannot be written: {error.strerror}.") from None
    try:
        yield partial
        _flush(partial)
        _vacant(path)
        partial.rename(path)
        _flush(path.parent)
    except OSError as error:
        raise Unusable(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        remove(partial)


def remove(path: Path) -> None:
    """Remove a database with everything beside it, as far as it is there."""
    for suffix in ("", *SIDES):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def set_aside(path: Path, to: Path) -> None:
    """Rename a database with everything beside it."""
    for suffix in (*SIDES, ""):
        each = path.with_name(path.name + suffix)
        if each.exists():
            each.rename(to.with_name(to.name + suffix))


def _vacant(path: Path) -> None:
    if path.exists():
        raise Unusable(f"{path} is there already, and nothing is written over: name another file.")


def _flush(path: Path) -> None:
    """Wait until the disk has it: a file's content, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
