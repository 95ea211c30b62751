"""The versions that come after this one, each in a folder of its own: programs with one more step of the database."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT

PACKAGES = ("bot", "adapters", "scheduler")

EXPANDED = '''

import sqlalchemy as sa

from bot.core.database import Id, Instant, metadata
from bot.core.outbox import outbox

outbox.append_column(sa.Column("origin", sa.Text, nullable=False, server_default="before"))
rounds = sa.Table(
    "rounds", metadata, sa.Column("id", Id, primary_key=True), sa.Column("began_at", Instant, nullable=False)
)
_features = features


@sa.event.listens_for(sa.Engine, "before_execute", retval=True)
def _sign(_connection, clause, many, values, _options):
    """Whatever this version plans one by one says so."""
    if isinstance(clause, sa.Insert) and clause.table is outbox and clause.select is None:
        clause = clause.values(origin="after")
    return clause, many, values


def _note(connection, now):
    connection.execute(rounds.insert().values(began_at=now))
    return 0


def features():
    """The features of the version before, and one more."""
    return (*_features(), Feature(name="rounds", ticks={"note": _note}))
'''
"""What the next version has at the end of `bot/features.py`: a column and a table, and code that writes both."""

CONTRACTED = EXPANDED.partition("rounds = ")[0]
"""What the version after that has there: the column, and not the table."""


def next_version(folder: Path) -> Path:
    """A version that expands: its folder."""
    return _version(ROOT, folder, (ROOT / "bot" / "features.py").read_text() + EXPANDED, "Origins and rounds")


def version_after_next(before: Path, folder: Path) -> Path:
    """A version that takes away what the one before needs, and says so."""
    tree = _version(before, folder, (ROOT / "bot" / "features.py").read_text() + CONTRACTED, "No more rounds")
    (step,) = (tree / "bot" / "migrations" / "versions").glob("*_no_more_rounds.py")
    step.write_text(step.read_text() + f'\n\nmin_compatible = "{step.name[:4]}"\n')
    return tree


def _version(before: Path, folder: Path, features: str, change: str) -> Path:
    for package in PACKAGES:
        shutil.copytree(before / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "bot" / "features.py").write_text(features)
    draft = [sys.executable, "-m", "bot", "migrate", "--draft", change]
    subprocess.run(draft, cwd=folder, env={"PYTHONPATH": str(folder)}, check=True, capture_output=True)
    return folder
