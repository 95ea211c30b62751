"""A back-up of a SQLite database, made while Drumbeat works on it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.config import Unusable
from bot.keeping import files


@dataclass(frozen=True, slots=True)
class Made:
    """A back-up that was looked through: where it is, and how many bytes it has."""

    file: Path
    size: int


def back_up(path: Path, file: Path | None, now: datetime) -> Made:
    """Write the database at `path`, as it is at one moment, to `file`, by default to one beside it named for `now`.

    `Unusable` if there is none, it is damaged, or `file` is there already; then nothing is left behind.
    """
    if not path.exists():
        raise Unusable(f"There is no database at {path} yet, so there is nothing to back up.")
    file = file or path.with_name(f"{path.stem}-{now:%Y%m%dT%H%M%SZ}{path.suffix}")
    with files.beside(file) as partial:
        files.copy(path, partial)
        if flaw := files.flaw(partial):
            raise Unusable(f"{path} is damaged, so there is no use in a back-up of it: {flaw}.")
    return Made(file, file.stat().st_size)
