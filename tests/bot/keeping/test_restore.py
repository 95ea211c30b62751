"""What an admin who restores relies on: all of the back-up or nothing of it, and no message a second time."""

import asyncio
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import migrations
from bot.config import Unusable
from bot.core.cadence.store import cadences
from bot.core.database import Connection, open_database
from bot.core.outbox import Lane, State, outbox, send
from bot.features import features
from bot.keeping import files, restoring
from bot.keeping.aftermath import REASON, Aftermath
from bot.keeping.backing import back_up
from bot.keeping.restoring import restore
from bot.polls.store.tables import polls
from tests.bot.keeping import house
from tests.bot.keeping.test_backup import damage
from tests.bot.stage import MONDAY, Stage

NOW = MONDAY


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    """Give the file of a house with a company of four."""
    path = tmp_path / "data" / "drumbeat.sqlite"
    await _set_up(path)
    return path


@pytest.fixture
def backup(home: Path, tmp_path: Path) -> Path:
    """Give a back-up of it."""
    return back_up(home, tmp_path / "backup.sqlite", NOW).file


async def test_everything_is_again_as_it_was(home: Path, backup: Path) -> None:
    before = await house.contents(f"sqlite:///{home}")
    rename(home, "Eve")
    changed = await house.contents(f"sqlite:///{home}")
    restored = restore(backup, home, NOW, send_missed=True)
    assert await house.contents(f"sqlite:///{home}") == before
    assert restored.kept == home.with_name("drumbeat-before-restore-20261123T090000Z.sqlite")
    assert await house.contents(f"sqlite:///{restored.kept}") == changed
    assert {each.name for each in home.parent.iterdir()} == {home.name, restored.kept.name}


def test_what_was_there_can_be_taken_back(home: Path, backup: Path) -> None:
    rename(home, "Eve")
    restored = restore(backup, home, NOW, send_missed=False)
    assert restored.kept is not None
    restore(restored.kept, home, NOW + timedelta(minutes=1), send_missed=False)
    assert names(home)[0] == "Eve"


async def test_a_house_that_is_gone_is_there_again(home: Path, backup: Path) -> None:
    before = await house.contents(f"sqlite:///{home}")
    shutil.rmtree(home.parent)
    assert restore(backup, home, NOW, send_missed=True).kept is None
    assert await house.contents(f"sqlite:///{home}") == before


def test_what_a_crash_left_beside_the_house_goes_with_it(home: Path, backup: Path) -> None:
    crash_after_renaming(home, "Eve")
    assert home.with_name("drumbeat.sqlite-wal").stat().st_size > 0
    restored = restore(backup, home, NOW, send_missed=False)
    assert restored.kept is not None
    assert (names(home)[0], names(restored.kept)[0]) == ("Anna", "Eve")


def test_what_lies_beside_a_house_that_is_gone_does_no_harm(home: Path, backup: Path) -> None:
    crash_after_renaming(home, "Eve")
    home.unlink()
    restore(backup, home, NOW, send_missed=False)
    assert names(home)[0] == "Anna"
    assert [each.name for each in home.parent.iterdir() if each.name.startswith("drumbeat.")] == [home.name]


@pytest.mark.parametrize(("at", "what"), [(0, b"rubbish"), (100, b"\xff" * 3000), (18, b"\x09\x09")])
def test_a_house_in_ruins_is_set_aside_with_what_lies_beside_it(home: Path, backup: Path, at: int, what: bytes) -> None:
    with home.open("r+b") as file:
        file.seek(at)
        file.write(what)
    ruins = home.read_bytes()
    home.with_name("drumbeat.sqlite-wal").write_bytes(b"of the ruins")
    restored = restore(backup, home, NOW, send_missed=False)
    assert restored.kept is not None
    assert restored.kept.read_bytes() == ruins
    assert names(home)[0] == "Anna"


def test_a_damaged_house_gives_way(home: Path, backup: Path) -> None:
    damage(home)
    assert restore(backup, home, NOW, send_missed=False).kept is not None
    assert (files.flaw(home), names(home)[0]) == ("", "Anna")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("missing", "no back-up at"),
        ("text", "cannot be read"),
        ("empty", "no back-up of Drumbeat"),
        ("foreign", "no back-up of Drumbeat"),
        ("damaged", "is damaged"),
        ("newer", "newer version"),
        ("moved", "was moved"),
        ("itself", "the database itself"),
    ],
)
async def test_what_is_no_good_changes_nothing(home: Path, backup: Path, what: str, said: str) -> None:
    spoil(backup, what)
    before, there = await house.contents(f"sqlite:///{home}"), set(home.parent.iterdir())
    with pytest.raises(Unusable, match=said):
        restore(home if what == "itself" else backup, home, NOW, send_missed=False)
    assert await house.contents(f"sqlite:///{home}") == before
    assert set(home.parent.iterdir()) == there


def test_what_is_no_good_leaves_no_empty_house(home: Path, backup: Path) -> None:
    shutil.rmtree(home.parent)
    spoil(backup, "foreign")
    with pytest.raises(Unusable):
        restore(backup, home, NOW, send_missed=False)
    assert list(home.parent.iterdir()) == []


async def test_a_house_in_use_is_left_alone(home: Path, backup: Path) -> None:
    database = open_database(f"sqlite:///{home}")
    await database.read(migrations.current)
    with pytest.raises(Unusable, match="in use: stop Drumbeat first"):
        restore(backup, home, NOW, send_missed=False)
    await database.close()
    restore(backup, home, NOW, send_missed=False)


@pytest.mark.parametrize("seed", range(2))
async def test_a_restore_that_is_killed_anywhere_leaves_all_of_one_state(home: Path, backup: Path, seed: int) -> None:
    worker = [
        sys.executable,
        "-m",
        "tests.bot.keeping.mortal",
        "15",
        str(seed),
        "60",
        "restore",
        str(backup),
        str(home),
    ]
    ended = await asyncio.to_thread(subprocess.run, worker, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert set(ended.stdout.splitlines()) <= {"killed Eve ok", "killed Anna ok", "ended Anna ok"}
    assert "killed" in ended.stdout
    assert (names(home)[0], files.flaw(home)) == ("Anna", "")


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    """Give a company that restores on SQLite and on PostgreSQL."""
    stage = Stage(open_database(database_url), features())
    await stage.run(migrations.upgrade)
    await stage.set_up()
    yield stage
    await stage.database.close()


async def test_what_fell_due_since_is_not_sent_again_and_the_rest_is(stage: Stage) -> None:
    await stage.run(lambda connection: plan(connection, stage, "past", -1))
    await stage.run(lambda connection: plan(connection, stage, "future", 1))
    aftermath = await settled(stage)
    assert aftermath == Aftermath(cancelled=1, skipped=0, begun=0)
    assert await rows(stage) == {"past": (State.CANCELLED, REASON), "future": (State.READY, "")}


async def test_what_was_missed_is_sent_where_that_is_asked_for(stage: Stage) -> None:
    await stage.run(lambda connection: plan(connection, stage, "past", -1))
    assert await settled(stage, send_missed=True) == Aftermath(cancelled=0, skipped=0, begun=0)
    assert await rows(stage) == {"past": (State.READY, "")}


async def test_what_was_on_its_way_is_left_for_the_dispatcher_to_ask(stage: Stage) -> None:
    await stage.run(lambda connection: plan(connection, stage, "begun", -1))
    await stage.run(lambda connection: connection.execute(outbox.update().values(state=State.SENDING.value)))
    assert await settled(stage) == Aftermath(cancelled=0, skipped=0, begun=1)
    assert await rows(stage) == {"begun": (State.SENDING, "")}


async def test_what_comes_every_week_goes_on_with_its_next_slot(stage: Stage) -> None:
    await stage.type("U-ben", "/rhythm")
    form = (await stage.type("U-ben", "/rhythm")).form
    await stage.send("U-ben", form)
    due = await slots(stage)
    stage.clock.move(days=8)
    aftermath = await settled(stage)
    assert aftermath.skipped == len(due) > 0
    after = await slots(stage)
    assert all(at > stage.clock.now() for at in after)
    assert {(late - early) % timedelta(days=7) for early, late in zip(due, after, strict=True)} == {timedelta(0)}


async def test_a_poll_that_has_closed_since_is_not_announced_again(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Lunch?" "Pizza" "Sushi" --close "Fri 17:00"')
    await stage.run(lambda connection: connection.execute(outbox.update().values(state=State.SENT.value)))
    stage.clock.move(days=8)
    assert (await settled(stage)).cancelled == 1
    await stage.tick()
    outcome = {key: found for key, found in (await rows(stage)).items() if ":outcome:" in key}
    assert list(outcome.values()) == [(State.CANCELLED, REASON)]


async def test_a_poll_gets_no_number_that_was_given_out_since(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Lunch?" "Pizza" "Sushi"')
    await settled(stage)
    await stage.type("U-anna", '/poll "Dinner?" "Pizza" "Sushi"')
    first, second = await stage.run(lambda connection: connection.execute(sa.select(polls.c.id)).scalars().all())
    assert second - first > 1_000_000


def plan(connection: Connection, stage: Stage, key: str, hours: int) -> None:
    now = stage.clock.now()
    due = now + timedelta(hours=hours)
    person = connection.execute(sa.text("SELECT id FROM people WHERE name = 'Ben'")).scalar_one()
    workspace = connection.execute(sa.text("SELECT id FROM workspaces")).scalar_one()
    send(
        connection,
        key=key,
        drawing="intros.welcome",
        lane=Lane.NUDGE,
        now=now - timedelta(days=1),
        workspace=workspace,
        person=person,
        due=due,
    )


async def settled(stage: Stage, *, send_missed: bool = False) -> Aftermath:
    """What `drumbeat restore` does to an older state; nobody else may have the database open."""
    url = stage.database.engine.url.render_as_string(hide_password=False)
    await stage.database.close()
    aftermath = restoring.settle(url, stage.clock.now(), send_missed=send_missed)
    stage.database = open_database(url)
    stage.__post_init__()
    return aftermath


async def rows(stage: Stage) -> dict[str, tuple[State, str]]:
    def read(connection: Connection) -> dict[str, tuple[State, str]]:
        found = connection.execute(sa.select(outbox.c.key, outbox.c.state, outbox.c.reason))
        return {key: (State(state), reason) for key, state, reason in found}

    return await stage.run(read)


async def slots(stage: Stage) -> list[datetime]:
    chosen = sa.select(cadences.c.next_due_at).order_by(cadences.c.name)
    return await stage.run(lambda connection: list(connection.execute(chosen).scalars()))


def rename(home: Path, name: str) -> None:
    with closing(sqlite3.connect(home)) as connection, connection:
        connection.execute("UPDATE people SET name = ? WHERE name = 'Anna'", (name,))


def names(home: Path) -> list[str]:
    with closing(sqlite3.connect(home)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM people ORDER BY id")]


def crash_after_renaming(home: Path, name: str) -> None:
    """Somebody writes, and dies before what they wrote is in the file itself."""
    write = f"""
import os, signal, sqlite3
connection = sqlite3.connect({str(home)!r}, isolation_level=None)
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("UPDATE people SET name = {name!r} WHERE name = 'Anna'")
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", write], check=False)
    assert ended.returncode == -signal.SIGKILL


def spoil(backup: Path, what: str) -> None:
    """Make a back-up one that cannot be used."""
    match what:
        case "missing":
            backup.unlink()
        case "text":
            backup.write_text("not a database, " * 1000)
        case "empty":
            backup.write_bytes(b"")
        case "foreign":
            backup.unlink()
            with closing(sqlite3.connect(backup)) as connection:
                connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        case "damaged":
            damage(backup)
        case _:
            with closing(sqlite3.connect(backup)) as connection, connection:
                shape = {"newer": "9999", "moved": migrations.MOVED}.get(what, migrations.head())
                connection.execute("UPDATE alembic_version SET version_num = ?", (shape,))
                connection.execute("UPDATE schema_compatibility SET min_compatible = ?", (shape,))


async def _set_up(path: Path) -> None:
    stage = Stage(open_database(f"sqlite:///{path}"), features())
    await stage.run(migrations.upgrade)
    await stage.set_up()
    await stage.database.close()
