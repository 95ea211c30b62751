"""What an admin who moves house relies on: every row arrives, wherever it is cut off, and nobody works on both."""

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import migrations
from bot.config import Unusable
from bot.core.database import metadata, open_database, postgresql
from bot.features import features
from bot.keeping import ids
from bot.keeping.alone import alone
from bot.keeping.moving import move
from bot.polls.store.tables import audiences, polls
from tests.bot.keeping import house
from tests.bot.stage import Stage
from tests.parts import postgres

PAIRS = [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite"), ("postgresql", "postgresql")]


@pytest.fixture
def address(tmp_path: Path, postgres_server: postgres.Server) -> Callable[[str], str]:
    """Give the address of another fresh, empty database at each call."""
    made: list[str] = []

    def address(kind: str) -> str:
        made.append(kind)
        if kind == "sqlite":
            return f"sqlite:///{tmp_path}/house{len(made)}.sqlite"
        return postgres_server.url(postgres_server.create())

    return address


def quiet(_: str) -> None:
    """Nobody listens to how far it is."""


@pytest.mark.parametrize(("before", "after"), PAIRS)
async def test_every_row_of_every_table_arrives_as_it_was(
    address: Callable[[str], str], before: str, after: str
) -> None:
    old, new = address(before), address(after)
    await house.build(old)
    there = await house.contents(old)
    compared = move(old, new, quiet)
    assert all(each.same for each in compared)
    assert {each.name: each.new.rows for each in compared} == dict.fromkeys(metadata.tables, 12)
    assert await house.contents(new) == there
    database = open_database(new)
    assert await database.run(migrations.upgrade) == migrations.head()
    await database.close()


async def test_every_table_of_the_house_is_one_that_moves(sqlite_url: str) -> None:
    await house.build(sqlite_url)
    engine = sa.create_engine(sqlite_url)
    assert set(sa.inspect(engine).get_table_names()) == {"alembic_version", "schema_compatibility", *metadata.tables}
    engine.dispose()


@pytest.mark.parametrize(("before", "after"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
@pytest.mark.parametrize("seed", range(2))
async def test_a_move_that_is_killed_anywhere_goes_on(
    address: Callable[[str], str], before: str, after: str, seed: int
) -> None:
    old, new = address(before), address(after)
    await house.build(old, count=17)
    there = await house.contents(old)
    worker = [sys.executable, "-m", "tests.bot.keeping.mortal", "10", str(seed), "330", "move", old, new]
    ended = await asyncio.to_thread(subprocess.run, worker, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "killed" in ended.stdout
    assert await house.contents(new) == there
    assert await shape(old) == migrations.MOVED
    assert await shape(new) == migrations.head()


async def test_a_move_that_is_killed_before_its_last_step_ends_it(sqlite_url: str, postgres_url: str) -> None:
    await house.build(sqlite_url)
    await house.half(sqlite_url, postgres_url)
    database = open_database(sqlite_url)
    await database.run(lambda connection: migrations.mark(connection, migrations.MOVED))
    await database.close()
    assert all(each.same for each in move(sqlite_url, postgres_url, quiet))
    assert await shape(postgres_url) == migrations.head()


@pytest.mark.parametrize(("before", "after"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
async def test_whoever_moved_goes_on_where_they_were(address: Callable[[str], str], before: str, after: str) -> None:
    old, new = address(before), address(after)
    stage = await opened(old)
    await stage.set_up()
    await stage.type("U-anna", '/poll "Lunch?" "Pizza" "Sushi"')
    newest = await stage.run(lambda connection: ids.newest(connection, polls))
    for table in (audiences, polls):
        await stage.run(lambda connection, table=table: connection.execute(table.delete()))  # type: ignore[misc]
    await stage.database.close()
    move(old, new, quiet)
    stage = await opened(new)
    await stage.type("U-ben", '/poll "Dinner?" "Pizza" "Sushi"')
    assert await stage.run(lambda connection: ids.newest(connection, polls)) == newest + 1
    assert (await stage.person("U-dora")).name == "Dora"
    await stage.database.close()


async def test_an_old_database_is_closed_for_good(sqlite_url: str, postgres_url: str) -> None:
    await house.build(sqlite_url)
    move(sqlite_url, postgres_url, quiet)
    database = open_database(sqlite_url)
    with pytest.raises(migrations.Elsewhere, match="was moved: set DRUMBEAT_DATABASE_URL"):
        await database.run(migrations.upgrade)
    await database.close()
    with pytest.raises(Unusable, match="was moved"):
        move(sqlite_url, f"{sqlite_url}.other", quiet)


async def test_nobody_can_work_on_a_database_that_is_half_there(sqlite_url: str, postgres_url: str) -> None:
    await house.build(sqlite_url)
    await house.half(sqlite_url, postgres_url)
    database = open_database(postgres_url)
    with pytest.raises(migrations.Elsewhere, match="has not ended"):
        await database.run(migrations.upgrade)
    await database.close()


async def test_a_move_does_not_go_on_from_a_house_that_has_changed(sqlite_url: str, postgres_url: str) -> None:
    await house.build(sqlite_url)
    await house.half(sqlite_url, postgres_url)
    await house.rename_somebody(sqlite_url)
    with pytest.raises(Unusable, match="has changed since this move began"):
        move(sqlite_url, postgres_url, quiet)
    assert await shape(sqlite_url) == migrations.head()


async def test_what_differs_in_the_end_is_said_and_the_old_house_stays_open(sqlite_url: str, postgres_url: str) -> None:
    await house.build(sqlite_url)
    await house.half(sqlite_url, postgres_url)
    await house.rename_somebody(postgres_url)
    compared = move(sqlite_url, postgres_url, quiet)
    assert [each.name for each in compared if not each.same] == ["people"]
    assert await shape(sqlite_url) == migrations.head()
    assert await shape(postgres_url) == migrations.MOVING


async def test_only_an_empty_database_is_moved_to(address: Callable[[str], str]) -> None:
    old, new = address("sqlite"), address("postgresql")
    await house.build(old)
    await house.build(new)
    with pytest.raises(Unusable, match="not empty"):
        move(old, new, quiet)
    assert await house.contents(new) == await house.contents(old)


async def test_a_database_that_was_only_migrated_is_empty(sqlite_url: str, postgres_url: str) -> None:
    await house.build(sqlite_url)
    await house.build(postgres_url, count=0)
    assert all(each.same for each in move(sqlite_url, postgres_url, quiet))


@pytest.mark.parametrize("busy", ["old", "new"])
@pytest.mark.parametrize(("before", "after"), PAIRS[:2])
async def test_a_house_in_use_is_not_moved(address: Callable[[str], str], before: str, after: str, busy: str) -> None:
    old, new = address(before), address(after)
    await house.build(old)
    used = open_database(old if busy == "old" else new)
    await used.run(migrations.upgrade)
    with pytest.raises(Unusable, match="in use"):
        move(old, new, quiet)
    await used.close()
    assert all(each.same for each in move(old, new, quiet))


def test_who_moves_may_leave_one_side_idle_for_as_long_as_the_other_needs(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "ASLEEP", "50ms")
    with alone(postgres_url) as connection, connection.begin():
        for _ in range(2):
            connection.execute(sa.select(1))
            time.sleep(0.3)


async def test_a_nul_arrives_as_the_sign_for_what_cannot_be_shown(sqlite_url: str, postgres_url: str) -> None:
    await house.build(sqlite_url)
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE polls SET answer = ? WHERE id = 1", ("a\0b\0",))
    connection.close()
    compared = {each.name: each for each in move(sqlite_url, postgres_url, quiet)}
    assert (compared["polls"].same, compared["polls"].old.mended) == (True, 1)
    assert "a\ufffdb\ufffd" in str((await house.contents(postgres_url))["polls"])


def test_there_must_be_something_to_move_and_another_place(tmp_path: Path, sqlite_url: str) -> None:
    with pytest.raises(Unusable, match="nothing to move"):
        move(sqlite_url, f"sqlite:///{tmp_path}/new.sqlite", quiet)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Unusable, match="same one"):
        move(sqlite_url, sqlite_url, quiet)


async def opened(url: str) -> Stage:
    database = open_database(url)
    stage = Stage(database, features())
    await stage.run(migrations.upgrade)
    return stage


async def shape(url: str) -> str:
    database = open_database(url)
    found = await database.read(migrations.current)
    await database.close()
    return found
