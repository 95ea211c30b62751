"""What SQLite promises beyond the contract: one file, one writer, many works in one commit."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.core.database import Away, Connection, Database, open_database, ping
from tests.contracts.notes import add, names

CHILDREN = "CREATE TABLE children (parent INTEGER REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.mark.parametrize("verb", ["run", "briefly"])
async def test_what_was_answered_survives_a_kill(sqlite_url: str, verb: str) -> None:
    answered = await asyncio.to_thread(_answered_until_killed, sqlite_url, verb)
    database = open_database(sqlite_url)
    kept = set(await database.read(names))
    await database.close()
    assert len(answered) >= 200
    assert answered <= kept


async def test_a_failed_commit_fails_everybody_in_it_and_the_writer_lives(database: Database) -> None:
    await database.run(lambda c: c.exec_driver_sql(CHILDREN))
    begun, queued = threading.Event(), threading.Event()

    def slow(_connection: Connection) -> None:
        begun.set()
        assert queued.wait(10)

    first = asyncio.create_task(database.run(slow))
    await asyncio.to_thread(begun.wait, 10)
    orphan = "INSERT INTO children (parent) VALUES (7)"  # the constraint is looked at when committing
    together = [
        asyncio.create_task(database.run(work)) for work in (add("a"), lambda c: c.exec_driver_sql(orphan), add("b"))
    ]
    await asyncio.sleep(0)
    queued.set()
    await first
    results = await asyncio.gather(*together, return_exceptions=True)
    assert [type(result) for result in results] == [sa.exc.IntegrityError] * 3
    await database.run(add("after"))
    assert await database.read(names) == ["after"]


@pytest.mark.parametrize("ending", ["ROLLBACK", "COMMIT"])
async def test_a_transaction_that_ended_early_fails_who_was_in_it_and_spares_the_rest(
    database: Database, ending: str
) -> None:
    begun, queued = threading.Event(), threading.Event()

    def slow(_connection: Connection) -> None:
        begun.set()
        assert queued.wait(10)

    first = asyncio.create_task(database.run(slow))
    await asyncio.to_thread(begun.wait, 10)
    together = [
        asyncio.create_task(database.run(work))
        for work in (add("before"), lambda c: c.exec_driver_sql(ending), add("behind"))
    ]
    await asyncio.sleep(0)
    queued.set()
    await first
    before, culprit, behind = await asyncio.gather(*together, return_exceptions=True)
    assert isinstance(before, RuntimeError)
    assert isinstance(culprit, RuntimeError)
    assert behind is None
    assert "behind" in await database.read(names)


async def test_a_failed_commit_of_brief_work_fails_everybody_in_it(database: Database) -> None:
    await database.run(lambda c: c.exec_driver_sql(CHILDREN))
    orphan = "INSERT INTO children (parent) VALUES (7)"
    works = [add("a"), lambda c: c.exec_driver_sql(orphan), add("b")]
    results = await asyncio.gather(*map(database.briefly, works), return_exceptions=True)
    assert [type(result) for result in results] == [sa.exc.IntegrityError] * 3
    await database.briefly(add("after"))
    assert await database.read(names) == ["after"]


async def test_a_brief_transaction_that_ended_early_spares_the_rest(database: Database) -> None:
    works = [add("before"), lambda c: c.exec_driver_sql("ROLLBACK"), add("behind")]
    before, culprit, behind = await asyncio.gather(*map(database.briefly, works), return_exceptions=True)
    assert isinstance(before, RuntimeError)
    assert isinstance(culprit, RuntimeError)
    assert behind is None
    assert await database.read(names) == ["behind"]


async def test_a_file_that_cannot_be_opened_is_away_until_it_can(tmp_path: Path) -> None:
    folder = tmp_path / "not a folder"
    folder.write_text("")
    database = open_database(f"sqlite:///{folder}/drumbeat.sqlite")
    for verb in (database.run, database.read):
        with pytest.raises(Away):
            await verb(ping)
    folder.unlink()
    await database.run(ping)
    await database.read(ping)
    await database.close()


async def test_two_processes_share_a_file(database: Database, sqlite_url: str) -> None:
    other = open_database(sqlite_url)
    await asyncio.gather(
        *(database.run(add(f"a{number}")) for number in range(50)),
        *(other.run(add(f"b{number}")) for number in range(50)),
        *(other.briefly(add(f"c{number}")) for number in range(50)),
        *(database.briefly(add(f"d{number}")) for number in range(50)),
    )
    await other.close()
    assert len(await database.read(names)) == 200


def _answered_until_killed(url: str, verb: str) -> set[str]:
    """What another process was told is written, up to the moment it is killed."""
    command = [sys.executable, "-c", WRITER, url, verb]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        answered = [writer.stdout.readline() for _ in range(200)]
        writer.kill()
        answered += writer.stdout.readlines()
    return {line.strip() for line in answered if line.endswith("\n")}


WRITER = """
import asyncio, itertools, sys
from bot.core.database import open_database
from tests.contracts.notes import add, tables

async def main():
    database = open_database(sys.argv[1])
    await database.run(tables.create_all)
    numbers = itertools.count()

    async def write():
        for number in numbers:
            await getattr(database, sys.argv[2])(add(f"n{number}"))
            print(f"n{number}", flush=True)

    await asyncio.gather(*(write() for _ in range(8)))

asyncio.run(main())
"""
