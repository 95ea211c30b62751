"""The versions that come after this one, each in a folder of its own: programs with one more step of the database."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT

PACKAGES = ("bot", "adapters", "scheduler")
TABLES = "bot/core/outbox/tables.py"
PLANNING = "bot/core/outbox/planning.py"
FEATURES = "bot/features.py"

LAST_COLUMN = '    sa.Column("reason", sa.Text, nullable=False, server_default=""),\n'
LAST_FIELD = "    reason: str\n"
FIRST_VALUE = "            key=key,\n"
LAST_LINE = "    return (home.feature((*every, unsent)), *every, unsent)\n"

ROUNDS = """

import sqlalchemy as sa

from bot.core.database import Id, Instant, metadata

rounds = sa.Table(
    "rounds", metadata, sa.Column("id", Id, primary_key=True), sa.Column("began_at", Instant, nullable=False)
)


def note(connection, now):
    connection.execute(rounds.insert().values(began_at=now))
    return 0
"""

NEXT = [
    (TABLES, LAST_COLUMN, LAST_COLUMN + '    sa.Column("origin", sa.Text, nullable=False, server_default="before"),\n'),
    (TABLES, LAST_FIELD, LAST_FIELD + "    origin: str\n"),
    (PLANNING, FIRST_VALUE, FIRST_VALUE + '            origin="after",\n'),
    (
        FEATURES,
        LAST_LINE,
        '    return (home.feature((*every, unsent)), *every, unsent, Feature(name="rounds", ticks={"note": note}))\n'
        + ROUNDS,
    ),
]
"""A column and a table, and code that writes both."""


def next_version(folder: Path) -> Path:
    """A version that expands: its folder."""
    _copy(ROOT, folder)
    for path, before, after in NEXT:
        text = (folder / path).read_text()
        assert text.count(before) == 1, f"{path} has changed: edit it in another place"
        (folder / path).write_text(text.replace(before, after))
    _draft(folder, "Origins and rounds")
    return folder


def version_after_next(before: Path, folder: Path) -> Path:
    """A version that takes away the table, which the one before needs, and says so."""
    _copy(before, folder)
    shutil.copy(ROOT / FEATURES, folder / FEATURES)
    step = _draft(folder, "No more rounds")
    step.write_text(step.read_text() + f'\n\nmin_compatible = "{step.name[:4]}"\n')
    return folder


def _copy(tree: Path, folder: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(tree / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))


def _draft(folder: Path, change: str) -> Path:
    """Have the version write its own step; the file."""
    command = [sys.executable, "-m", "bot", "migrate", "--draft", change]
    done = subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder)}, check=True, stdout=subprocess.PIPE, text=True
    )
    return Path(done.stdout.strip())
