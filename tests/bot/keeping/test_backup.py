"""What an admin who backs up relies on: one moment, whole, beside everybody's work, and never over anything."""

import asyncio
import re
import shlex
import sqlite3
import stat
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import migrations
from bot.config import Unusable
from bot.core.database import Connection, open_database
from bot.keeping import files
from bot.keeping.backing import back_up
from tests.bot.command import COMMAND, environment
from tests.bot.keeping import house

NOW = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    """Give the file of a house with rows in every table."""
    path = tmp_path / "drumbeat.sqlite"
    await house.build(f"sqlite:///{path}")
    return path


async def test_a_backup_while_people_write_is_one_moment_and_misses_nothing(home: Path) -> None:
    database = open_database(f"sqlite:///{home}")
    written, writing = 0, True

    def write(connection: Connection, number: int) -> None:
        connection.execute(sa.text("INSERT INTO organisations (name) VALUES (:name)"), {"name": f"pair {number}"})
        connection.execute(sa.text("INSERT INTO deliveries (id, at) VALUES (:id, :at)"), {"id": number, "at": NOW})

    async def write_on() -> None:
        nonlocal written
        while writing:
            await database.run(partial(write, number=written))
            written += 1

    writer = asyncio.create_task(write_on())
    pairs = []
    for number in range(5):
        before = written
        env = environment(DRUMBEAT_DATABASE_URL=f"sqlite:///{home}")
        command = [*COMMAND, "backup", f"{number}.sqlite"]
        ended = await asyncio.create_subprocess_exec(*command, cwd=home.parent, env=env)
        assert await ended.wait() == 0
        pairs.append((before, written, *_pairs(home.with_name(f"{number}.sqlite"))))
    writing = False
    await writer
    await database.close()
    for before, after, left, right in pairs:
        assert left == right == list(range(len(left)))
        assert before <= len(left) <= after + 1  # one was committed and its writer not told yet


async def test_a_backup_holds_every_row(home: Path, tmp_path: Path) -> None:
    made = back_up(home, None, NOW)
    assert made.file == tmp_path / "drumbeat-20261123T091500Z.sqlite"
    assert await house.contents(f"sqlite:///{made.file}") == await house.contents(f"sqlite:///{home}")


def test_a_backup_is_one_file_for_its_owner_alone(home: Path) -> None:
    there = set(home.parent.iterdir())
    made = back_up(home, None, NOW)
    assert set(home.parent.iterdir()) - there == {made.file}
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert made.size == made.file.stat().st_size


def test_what_is_committed_and_lies_beside_the_file_is_backed_up(home: Path) -> None:
    with closing(files.opened(home)) as open_all_along:
        open_all_along.execute("PRAGMA journal_mode=WAL")
        open_all_along.execute("INSERT INTO organisations (name) VALUES ('newest')")
        made = back_up(home, None, NOW)
    with closing(sqlite3.connect(made.file)) as copy:
        assert copy.execute("SELECT count(*) FROM organisations WHERE name = 'newest'").fetchone() == (1,)


def test_nothing_is_written_over(home: Path, tmp_path: Path) -> None:
    taken = tmp_path / "mine.txt"
    taken.write_text("mine")
    with pytest.raises(Unusable, match="is there already"):
        back_up(home, taken, NOW)
    assert taken.read_text() == "mine"
    taken.with_name("other.partial").write_text("half")
    with pytest.raises(Unusable, match=r"other\.partial is there"):
        back_up(home, tmp_path / "other", NOW)
    assert taken.with_name("other.partial").read_text() == "half"


def test_a_damaged_database_has_no_backup(home: Path, tmp_path: Path) -> None:
    damage(home)
    there = set(tmp_path.iterdir())
    with pytest.raises(Unusable, match="is damaged"):
        back_up(home, None, NOW)
    assert set(tmp_path.iterdir()) == there


@pytest.mark.parametrize("where", ["nowhere/drumbeat.sqlite", "."])
def test_a_place_that_cannot_be_written_to_is_one_sentence(home: Path, tmp_path: Path, where: str) -> None:
    with pytest.raises(Unusable):
        back_up(home, tmp_path / where, NOW)


def test_a_full_disk_is_one_sentence_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    there = set(tmp_path.iterdir())
    env = environment(DRUMBEAT_DATABASE_URL=f"sqlite:///{home}")
    line = f"ulimit -f 64; exec {shlex.join(COMMAND)} backup"
    ended = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert ended.stderr.startswith(f"drumbeat: {home} cannot be copied")
    assert set(tmp_path.iterdir()) == there


def test_there_must_be_a_database(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="nothing to back up"):
        back_up(tmp_path / "drumbeat.sqlite", None, NOW)
    assert list(tmp_path.iterdir()) == []


async def test_a_database_of_any_version_is_backed_up_as_it_is(home: Path) -> None:
    database = open_database(f"sqlite:///{home}")
    await database.run(lambda connection: migrations.mark(connection, "9999"))
    await database.close()
    made = back_up(home, None, NOW)
    with closing(sqlite3.connect(made.file)) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def damage(path: Path) -> None:
    """Write over a page of a database that holds rows."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        ((page,),) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'people'")
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)


def _pairs(file: Path) -> tuple[list[int], list[int]]:
    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = copy.execute("SELECT name FROM organisations WHERE name LIKE 'pair %'").fetchall()
        keys = copy.execute("SELECT id FROM deliveries").fetchall()
    left = sorted(int(name.removeprefix("pair ")) for (name,) in names)
    right = sorted(int(key) for (key,) in keys if re.fullmatch(r"\d+", key))
    return left, right
