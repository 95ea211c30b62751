"""What SQLite and PostgreSQL promise alike: the whole of `Database`, on both, for real."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from bot.core.database import Away, Connection, Database, Id, Instant, Prepared, insert, open_database, ping
from tests.parts import postgres

tables = sa.MetaData()
notes = sa.Table(
    "notes",
    tables,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.Text, unique=True),
    sa.Column("at", Instant),
    sa.Column("done", sa.Boolean, nullable=False, server_default=sa.false()),
)

ADD = Prepared(lambda c: insert(c, notes).values(name=sa.bindparam("name"), at=sa.bindparam("at")))
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    await opened.run(tables.create_all)
    yield opened
    await opened.close()


def add(name: str) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        connection.execute(notes.insert().values(name=name))

    return work


def names(connection: Connection) -> list[str]:
    return list(connection.execute(sa.select(notes.c.name).order_by(notes.c.name)).scalars())


async def test_what_was_run_is_read(database: Database) -> None:
    await database.run(add("a"))
    assert await database.read(names) == ["a"]


async def test_the_answer_of_the_work_is_the_answer_of_run(database: Database) -> None:
    assert await database.run(lambda _: 42) == 42


async def test_what_work_raises_is_raised_and_undoes_it(database: Database) -> None:
    def fails(connection: Connection) -> None:
        add("undone")(connection)
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        await database.run(fails)
    assert await database.read(names) == []


async def test_a_failure_leaves_its_neighbours_alone(database: Database) -> None:
    def fails(connection: Connection) -> None:
        add("undone")(connection)
        raise LookupError

    works = [fails if number % 3 == 0 else add(f"{number:02}") for number in range(60)]
    results = await asyncio.gather(*map(database.run, works), return_exceptions=True)
    assert [isinstance(result, LookupError) for result in results] == [number % 3 == 0 for number in range(60)]
    assert await database.read(names) == [f"{number:02}" for number in range(60) if number % 3]


async def test_a_violated_constraint_fails_its_own_work_only(database: Database) -> None:
    results = await asyncio.gather(*(database.run(add("same")) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(result, sa.exc.IntegrityError) for result in results) == 9
    assert await database.read(names) == ["same"]


async def test_work_that_ends_an_iteration_by_mistake_is_an_error_like_any_other(database: Database) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await asyncio.wait_for(database.run(lambda _: next(iter(()))), 5)


async def test_a_nested_savepoint_is_undone_alone(database: Database) -> None:
    def fails(connection: Connection) -> None:
        add("undone")(connection)
        raise LookupError

    def work(connection: Connection) -> None:
        add("kept")(connection)
        with pytest.raises(LookupError), connection.begin_nested():
            fails(connection)

    await database.run(work)
    assert await database.read(names) == ["kept"]


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        await database.read(add("sneaked in"))
    await database.run(add("written"))
    assert await database.read(names) == ["written"]


async def test_a_reader_sees_one_committed_state_and_waits_for_nobody(database: Database) -> None:
    writing, read = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        add("slow")(connection)
        writing.set()
        assert read.wait(10)

    running = asyncio.create_task(database.run(slow))
    await asyncio.to_thread(writing.wait, 10)
    assert await asyncio.wait_for(database.read(names), 5) == []
    read.set()
    await running
    assert await database.read(names) == ["slow"]


async def test_a_reader_keeps_its_state_while_others_write(database: Database) -> None:
    looked, written = threading.Event(), threading.Event()

    def twice(connection: Connection) -> tuple[list[str], list[str]]:
        first = names(connection)
        looked.set()
        assert written.wait(10)
        return first, names(connection)

    reading = asyncio.create_task(database.read(twice))
    await asyncio.to_thread(looked.wait, 10)
    await database.run(add("later"))
    written.set()
    assert await reading == ([], [])


async def test_many_event_loops_share_a_database(database: Database) -> None:
    def loop(number: int) -> None:
        async def both() -> None:
            await asyncio.gather(*(database.run(add(f"{number}-{each}")) for each in range(20)))

        asyncio.run(both())

    await asyncio.gather(*(asyncio.to_thread(loop, number) for number in range(4)))
    assert len(await database.read(names)) == 80


async def test_an_event_loop_that_went_away_disturbs_nobody(database: Database) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        add("left behind")(connection)
        begun.set()
        assert go.wait(10)

    def abandoned() -> None:
        loop = asyncio.new_event_loop()
        task = loop.create_task(database.run(slow))
        loop.run_until_complete(asyncio.to_thread(begun.wait, 10))
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    await asyncio.to_thread(abandoned)
    go.set()
    await database.run(add("next"))
    assert await _until(database, ["left behind", "next"])


async def test_closing_finishes_what_was_accepted(database_url: str) -> None:
    database = open_database(database_url)
    await database.run(tables.create_all)
    running = [asyncio.create_task(database.run(add(f"{number:03}"))) for number in range(300)]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*running)
    with pytest.raises(RuntimeError):
        await database.run(add("too late"))
    with pytest.raises(RuntimeError):
        await database.read(names)
    again = open_database(database_url)
    assert len(await again.read(names)) == 300
    await again.close()


async def test_closing_twice_or_unused_is_no_mistake(database_url: str) -> None:
    database = open_database(database_url)
    await database.close()
    await database.close()


async def test_a_time_comes_back_aware_and_in_utc(database: Database) -> None:
    abroad = NOON.astimezone(timezone(timedelta(hours=9)))
    await database.run(lambda c: c.execute(notes.insert().values(name="a", at=abroad)))
    found = await database.read(lambda c: c.execute(sa.select(notes.c.at)).scalar_one())
    assert (found, found.tzinfo) == (NOON, UTC)


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(sa.exc.StatementError, match="zone"):
        await database.run(lambda c: c.execute(notes.insert().values(name="a", at=naive)))


async def test_errors_do_not_tell_values(database: Database) -> None:
    await database.run(add("a secret answer"))
    with pytest.raises(sa.exc.IntegrityError) as told:
        await database.run(add("a secret answer"))
    assert "parameters" in str(told.value)
    assert "'a secret answer'" not in str(told.value)


async def test_a_prepared_statement_gives_rows_as_the_types_say(database: Database) -> None:
    find = Prepared(
        lambda _: sa.select(notes.c.name, notes.c.at, notes.c.done).where(
            notes.c.at <= sa.bindparam("until", type_=Instant), notes.c.name.in_(["a", "b"])
        )
    )
    assert await database.run(lambda c: ADD.run(c, name="a", at=NOON)) == 1
    await database.run(lambda c: ADD.run(c, name="b", at=None))
    abroad = NOON.astimezone(timezone(timedelta(hours=-5)))
    assert await database.read(lambda c: find.rows(c, until=abroad)) == [("a", NOON, False)]
    assert await database.read(lambda c: find.row(c, until=NOON - timedelta(seconds=1))) is None
    assert await database.read(lambda c: find.row(c, until=NOON)) == ("a", NOON, False)


async def test_a_prepared_statement_may_return_what_it_wrote(database: Database) -> None:
    mark = Prepared(
        lambda _: notes.update().where(notes.c.name == sa.bindparam("who")).values(done=True).returning(notes.c.done)
    )
    await database.run(add("a"))
    assert await database.run(lambda c: mark.rows(c, who="a")) == [(True,)]


async def test_a_prepared_statement_refuses_missing_and_unknown_values(database: Database) -> None:
    with pytest.raises(TypeError, match="name"):
        await database.run(lambda c: ADD.run(c, at=NOON))
    with pytest.raises(TypeError, match="nobody"):
        await database.run(lambda c: ADD.run(c, name="a", at=NOON, nobody=1))


async def test_a_prepared_statement_is_part_of_its_transaction(database: Database) -> None:
    def fails(connection: Connection) -> None:
        ADD.run(connection, name="undone", at=NOON)
        raise LookupError

    with pytest.raises(LookupError):
        await database.run(fails)
    assert await database.read(names) == []


class TestSQLite:
    @pytest.fixture
    def database_url(self, sqlite_url: str) -> str:
        return sqlite_url

    async def test_what_was_answered_survives_a_kill(self, sqlite_url: str) -> None:
        answered = await asyncio.to_thread(_answered_until_killed, sqlite_url)
        database = open_database(sqlite_url)
        kept = set(await database.read(names))
        await database.close()
        assert len(answered) >= 200
        assert answered <= kept

    async def test_a_failed_commit_fails_everybody_in_it_and_the_writer_lives(self, database: Database) -> None:
        await database.run(lambda c: c.exec_driver_sql(CHILDREN))
        begun, queued = threading.Event(), threading.Event()

        def slow(_connection: Connection) -> None:
            begun.set()
            assert queued.wait(10)

        first = asyncio.create_task(database.run(slow))
        await asyncio.to_thread(begun.wait, 10)
        orphan = "INSERT INTO children (parent) VALUES (7)"  # the constraint is looked at when committing
        together = [
            asyncio.create_task(database.run(work))
            for work in (add("a"), lambda c: c.exec_driver_sql(orphan), add("b"))
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
        self, database: Database, ending: str
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

    async def test_a_file_that_cannot_be_opened_is_away_until_it_can(self, tmp_path: Path) -> None:
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

    async def test_two_processes_share_a_file(self, database: Database, sqlite_url: str) -> None:
        other = open_database(sqlite_url)
        await asyncio.gather(
            *(database.run(add(f"a{number}")) for number in range(50)),
            *(other.run(add(f"b{number}")) for number in range(50)),
        )
        await other.close()
        assert len(await database.read(names)) == 100


class TestPostgreSQL:
    @pytest.fixture
    def database_url(self, postgres_url: str) -> str:
        return postgres_url

    async def test_connections_cut_between_works_are_replaced(self, database: Database, postgres_url: str) -> None:
        await asyncio.gather(*(database.run(lambda c: c.execute(sa.text("SELECT pg_sleep(0.05)"))) for _ in range(8)))
        _cut(postgres_url)
        await asyncio.gather(*(database.run(add(f"{number}")) for number in range(20)))
        _cut(postgres_url)
        assert len(await database.read(names)) == 20

    async def test_work_cut_off_before_its_commit_is_done_again(self, database: Database, postgres_url: str) -> None:
        tries = []

        def work(connection: Connection) -> None:
            tries.append(1)
            add("once")(connection)
            if len(tries) == 1:
                _cut(postgres_url)
            ADD.run(connection, name="prepared", at=None)

        await database.run(work)
        assert len(tries) == 2
        assert await database.read(names) == ["once", "prepared"]

    async def test_a_commit_that_was_cut_off_is_not_done_again(self, database: Database, postgres_url: str) -> None:
        tries = []

        def work(connection: Connection) -> None:
            tries.append(1)
            add("in doubt")(connection)
            _cut(postgres_url)

        with pytest.raises(sa.exc.DBAPIError):
            await database.run(work)
        assert len(tries) == 1
        await database.run(add("next"))

    async def test_a_deadlock_is_solved_by_trying_again(self, database: Database) -> None:
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

    async def test_trying_again_has_an_end(self, database: Database) -> None:
        tries = []

        def collides(connection: Connection) -> None:
            tries.append(1)
            connection.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$")

        with pytest.raises(sa.exc.DBAPIError):
            await database.run(collides)
        assert len(tries) == 4

    async def test_a_server_that_was_away_is_used_again_without_a_restart(
        self, database: Database, postgres_url: str, postgres_server: postgres.Server
    ) -> None:
        with _away(postgres_url, postgres_server):
            for verb in (database.run, database.read):
                with pytest.raises(Away):
                    await asyncio.wait_for(verb(ping), 10)
        await database.run(add("back"))
        assert await database.read(names) == ["back"]


@contextmanager
def _away(url: str, server: postgres.Server) -> Iterator[None]:
    """Cut everybody off and take the server's socket out of reach."""
    door = server.folder / ".s.PGSQL.5432"
    _cut(url)
    hidden = door.rename(door.with_suffix(".hidden"))
    yield
    hidden.rename(door)


def _answered_until_killed(url: str) -> set[str]:
    """What another process was told is written, up to the moment it is killed."""
    command = [sys.executable, "-c", WRITER, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        answered = [writer.stdout.readline() for _ in range(200)]
        writer.kill()
        answered += writer.stdout.readlines()
    return {line.strip() for line in answered if line.endswith("\n")}


def _mark(connection: Connection, name: str) -> None:
    connection.execute(notes.update().where(notes.c.name == name).values(done=True))


def _cut(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def _until(database: Database, wanted: list[str]) -> bool:
    deadline = time.monotonic() + 10
    while await database.read(names) != wanted:
        if time.monotonic() > deadline:
            return False
    return True


CHILDREN = "CREATE TABLE children (parent INTEGER REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)"

WRITER = """
import asyncio, itertools, sys
from bot.core.database import open_database
from tests.contracts.test_database import add, tables

async def main():
    database = open_database(sys.argv[1])
    await database.run(tables.create_all)
    numbers = itertools.count()

    async def write():
        for number in numbers:
            await database.run(add(f"n{number}"))
            print(f"n{number}", flush=True)

    await asyncio.gather(*(write() for _ in range(8)))

asyncio.run(main())
"""
