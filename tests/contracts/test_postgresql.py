"""What PostgreSQL promises beyond the contract: cut connections, collisions and a server that comes and goes."""

import asyncio
import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bot.core.database import Away, Connection, Database, open_database, ping, postgresql
from tests.contracts.notes import ADD, add, names, notes
from tests.contracts.outage import away, cut
from tests.parts import postgres


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


async def test_connections_cut_between_works_are_replaced(database: Database, postgres_url: str) -> None:
    await asyncio.gather(*(database.run(lambda c: c.execute(sa.text("SELECT pg_sleep(0.05)"))) for _ in range(8)))
    cut(postgres_url)
    await asyncio.gather(*(database.run(add(f"{number}")) for number in range(20)))
    cut(postgres_url)
    assert len(await database.read(names)) == 20


async def test_work_cut_off_before_its_commit_is_done_again(database: Database, postgres_url: str) -> None:
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        add("once")(connection)
        if len(tries) == 1:
            cut(postgres_url)
        ADD.run(connection, name="prepared", at=None)

    await database.run(work)
    assert len(tries) == 2
    assert await database.read(names) == ["once", "prepared"]


async def test_a_commit_that_was_cut_off_is_not_done_again(database: Database, postgres_url: str) -> None:
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        add("in doubt")(connection)
        cut(postgres_url)

    with pytest.raises(sa.exc.DBAPIError):
        await database.run(work)
    assert len(tries) == 1
    await database.run(add("next"))


async def test_a_deadlock_is_solved_by_trying_again(database: Database) -> None:
    await asyncio.gather(database.run(add("a")), database.run(add("b")))
    both = threading.Barrier(2)
    tries: list[str] = []

    def crosswise(first: str, second: str) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            tries.append(first)
            _mark(connection, first)
            if len(tries) <= 2:
                both.wait(10)
            _mark(connection, second)

        return work

    await asyncio.gather(database.run(crosswise("a", "b")), database.run(crosswise("b", "a")))
    assert len(tries) == 3


@pytest.mark.parametrize("before", ["a statement", "its commit"])
async def test_a_transaction_that_falls_asleep_keeps_nobody_waiting_and_is_done_again(
    database: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    monkeypatch.setattr(postgresql, "ASLEEP", "100ms")
    await database.run(add("a"))
    drowsy = open_database(postgres_url)
    locked, done = threading.Event(), threading.Event()
    tries: list[int] = []

    def sleepy(connection: Connection) -> None:
        tries.append(1)
        _mark(connection, "a")
        locked.set()
        done.wait(10)
        if before == "a statement":
            _mark(connection, "a")

    sleeping = asyncio.create_task(drowsy.run(sleepy))
    await asyncio.to_thread(locked.wait, 10)
    await database.run(lambda connection: _mark(connection, "a"))
    done.set()
    await sleeping
    await drowsy.close()
    assert len(tries) == 2


async def test_a_long_statement_is_not_asleep(
    database: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "ASLEEP", "100ms")
    await database.run(add("a"))
    drowsy = open_database(postgres_url)
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(sa.text("SELECT pg_sleep(0.5)"))

    await drowsy.run(work)
    await drowsy.close()
    assert len(tries) == 1


@pytest.mark.parametrize("verb", ["run", "read"])
async def test_no_connection_of_ours_may_fall_asleep(database: Database, verb: str) -> None:
    asked = sa.text("SELECT current_setting('idle_in_transaction_session_timeout')")
    found = await asyncio.gather(
        *(getattr(database, verb)(lambda connection: connection.execute(asked).scalar_one()) for _ in range(20))
    )
    assert set(found) == {postgresql.ASLEEP}


async def test_trying_again_has_an_end(database: Database) -> None:
    tries = []

    def collides(connection: Connection) -> None:
        tries.append(1)
        connection.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$")

    with pytest.raises(sa.exc.DBAPIError):
        await database.run(collides)
    assert len(tries) == 4


async def test_a_server_that_was_away_is_used_again_without_a_restart(
    database: Database, postgres_url: str, postgres_server: postgres.Server
) -> None:
    with away(postgres_url, postgres_server):
        for verb in (database.run, database.read):
            with pytest.raises(Away):
                await asyncio.wait_for(verb(ping), 10)
    await database.run(add("back"))
    assert await database.read(names) == ["back"]


def _mark(connection: Connection, name: str) -> None:
    connection.execute(notes.update().where(notes.c.name == name).values(done=True))
