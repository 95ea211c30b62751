"""What SQLite and PostgreSQL promise alike: the whole of `Database`, on both, for real."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa

from bot.core.database import Connection, Database, Instant, Prepared, Work, open_database, ping
from tests.contracts.notes import ADD, add, names, notes, tables

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Verbs:
    """A database whose `run` does its work in another thread or (`briefly`) at once, in the event loop's own."""

    run: Callable[[Work[Any]], Awaitable[Any]]
    read: Callable[[Work[Any]], Awaitable[Any]]


@pytest.fixture(params=["run", "briefly"])
def either(request: pytest.FixtureRequest, database: Database) -> Verbs:
    return Verbs(getattr(database, request.param), database.read)


async def test_what_was_run_is_read(either: Verbs) -> None:
    await either.run(add("a"))
    assert await either.read(names) == ["a"]


async def test_the_answer_of_the_work_is_the_answer_of_run(either: Verbs) -> None:
    assert await either.run(lambda _: 42) == 42


async def test_what_work_raises_is_raised_and_undoes_it(either: Verbs) -> None:
    def fails(connection: Connection) -> None:
        add("undone")(connection)
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        await either.run(fails)
    assert await either.read(names) == []


async def test_a_failure_leaves_its_neighbours_alone(either: Verbs) -> None:
    def fails(connection: Connection) -> None:
        add("undone")(connection)
        raise LookupError

    works = [fails if number % 3 == 0 else add(f"{number:02}") for number in range(60)]
    results = await asyncio.gather(*map(either.run, works), return_exceptions=True)
    assert [isinstance(result, LookupError) for result in results] == [number % 3 == 0 for number in range(60)]
    assert await either.read(names) == [f"{number:02}" for number in range(60) if number % 3]


async def test_a_violated_constraint_fails_its_own_work_only(either: Verbs) -> None:
    results = await asyncio.gather(*(either.run(add("same")) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(result, sa.exc.IntegrityError) for result in results) == 9
    assert await either.read(names) == ["same"]


async def test_work_that_ends_an_iteration_by_mistake_is_an_error_like_any_other(either: Verbs) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await asyncio.wait_for(either.run(lambda _: next(iter(()))), 5)


async def test_a_nested_savepoint_is_undone_alone(either: Verbs) -> None:
    def fails(connection: Connection) -> None:
        add("undone")(connection)
        raise LookupError

    def work(connection: Connection) -> None:
        add("kept")(connection)
        with pytest.raises(LookupError), connection.begin_nested():
            fails(connection)

    await either.run(work)
    assert await either.read(names) == ["kept"]


async def test_a_reader_cannot_write(either: Verbs) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        await either.read(add("sneaked in"))
    await either.run(add("written"))
    assert await either.read(names) == ["written"]


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


async def test_many_event_loops_share_a_database(either: Verbs) -> None:
    def loop(number: int) -> None:
        async def both() -> None:
            await asyncio.gather(*(either.run(add(f"{number}-{each}")) for each in range(20)))

        asyncio.run(both())

    await asyncio.gather(*(asyncio.to_thread(loop, number) for number in range(4)))
    assert len(await either.read(names)) == 80


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


@pytest.mark.parametrize("verb", ["run", "briefly"])
async def test_closing_finishes_what_was_accepted(database_url: str, verb: str) -> None:
    database = open_database(database_url)
    await database.run(tables.create_all)
    run = getattr(database, verb)
    running = [asyncio.create_task(run(add(f"{number:03}"))) for number in range(300)]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*running)
    for late in (run(add("too late")), database.read(names)):
        with pytest.raises(RuntimeError):
            await late
    again = open_database(database_url)
    assert len(await again.read(names)) == 300
    await again.close()


async def test_brief_and_long_work_take_turns(database: Database) -> None:
    works = [(database.run if number % 3 else database.briefly)(add(f"{number:03}")) for number in range(300)]
    await asyncio.gather(*works)
    assert await database.read(names) == [f"{number:03}" for number in range(300)]


async def test_brief_work_waits_for_long_work_without_holding_up_its_loop(database: Database) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        add("long")(connection)
        begun.set()
        assert go.wait(10)

    running = asyncio.create_task(database.run(slow))
    await asyncio.to_thread(begun.wait, 10)
    brief = asyncio.create_task(database.briefly(add("brief")))
    await asyncio.sleep(0)
    go.set()
    await asyncio.gather(running, brief)
    assert await database.read(names) == ["brief", "long"]


async def test_closing_twice_or_unused_is_no_mistake(database_url: str) -> None:
    database = open_database(database_url)
    await database.close()
    await database.close()


async def test_signals_cost_nothing_where_nobody_listens(database_url: str) -> None:
    database = open_database(database_url)
    async with database.listen(lambda: None):
        for _ in range(100):
            database.notify()
        await database.run(ping)
    await database.close()


async def test_a_time_comes_back_aware_and_in_utc(either: Verbs) -> None:
    abroad = NOON.astimezone(timezone(timedelta(hours=9)))
    await either.run(lambda c: c.execute(notes.insert().values(name="a", at=abroad)))
    found = await either.read(lambda c: c.execute(sa.select(notes.c.at)).scalar_one())
    assert (found, found.tzinfo) == (NOON, UTC)


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(sa.exc.StatementError, match="zone"):
        await database.run(lambda c: c.execute(notes.insert().values(name="a", at=naive)))


async def test_errors_hide_the_values_of_a_statement(either: Verbs) -> None:
    await either.run(add("a secret answer"))
    with pytest.raises(sa.exc.IntegrityError) as told:
        await either.run(add("a secret answer"))
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


async def test_a_prepared_statement_is_part_of_its_transaction(either: Verbs) -> None:
    def fails(connection: Connection) -> None:
        ADD.run(connection, name="undone", at=NOON)
        raise LookupError

    with pytest.raises(LookupError):
        await either.run(fails)
    assert await either.read(names) == []


async def _until(database: Database, wanted: list[str]) -> bool:
    deadline = time.monotonic() + 10
    while await database.read(names) != wanted:
        if time.monotonic() > deadline:
            return False
    return True
