"""Does something in child processes that are killed at a random moment, again and again, until one reaches the end.

`python -m tests.bot.keeping.mortal KILLS SEED STEPS move OLD NEW` or `... restore FILE PATH`. It prints what became
of each. A step is a statement, a commit, or a file that is opened, renamed or removed; death comes a moment after one,
by a signal that nobody handles, also while SQLite or PostgreSQL is at work.
"""

import os
import random
import signal
import sqlite3
import sys
import traceback
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.core.engine import Engine as _Engine  # noqa: F401 -- imports every module beforehand
from bot.features import features
from bot.keeping import rows
from bot.keeping.moving import move
from bot.keeping.restoring import restore
from tests.bot.stage import MONDAY

FILES = frozenset({"open", "os.rename", "os.remove", "os.truncate", "sqlite3.connect"})


def main(kills: int, seed: int, steps: int, what: str, first: str, second: str) -> int:
    features()
    rows.BITE = 5  # type: ignore[misc]  # many bites of few rows
    chance = random.Random(seed)
    for trial in range(kills):
        if what == "restore":
            _change(second)
        status = _in_child(what, first, second, trial, chance.randint(1, steps), chance.uniform(1e-5, 3e-3))
        if status != 0 and not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM):
            return 1
        sys.stdout.write(f"{'killed' if status else 'ended'} {_state(second) if what == 'restore' else ''}\n")
        if what == "move" and status == 0:
            return 0
    return _in_child(what, first, second, kills, 0, 0)


def _change(path: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE people SET name = 'Eve' WHERE id = 1")


def _state(path: str) -> str:
    """Who lives in a house, and whether it is whole."""
    with closing(sqlite3.connect(path)) as connection:
        name = connection.execute("SELECT name FROM people WHERE id = 1").fetchone()[0]
        whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
        return f"{name} {whole}"


def _in_child(what: str, first: str, second: str, trial: int, die_at: int, after: float) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        _be_mortal(die_at, after)
        if what == "move":
            move(first, second, str)
        else:
            restore(Path(first), Path(second), MONDAY + timedelta(minutes=trial), send_missed=False)
    except BaseException:  # noqa: BLE001 -- a child must not go on as its parent
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _be_mortal(die_at: int, after: float) -> None:
    left = die_at

    def step(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            signal.setitimer(signal.ITIMER_REAL, after)

    def heard(event: str, _: object) -> None:
        if event in FILES:
            step()

    sa.event.listen(sa.Engine, "before_cursor_execute", step)
    sa.event.listen(sa.Engine, "commit", step)
    sys.addaudithook(heard)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]))
