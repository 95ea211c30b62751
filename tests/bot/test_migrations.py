"""What an admin who upgrades relies on: every table is there, from nothing and from any release."""

import asyncio
from functools import partial

import pytest
from sqlalchemy import text

from bot import migrations
from bot.core.database import Connection, open_database
from bot.features import features
from bot.migrations import draft


@pytest.fixture(autouse=True)
def _all_tables() -> None:
    features()


async def test_the_migrations_make_exactly_the_tables(database_url: str) -> None:
    database = open_database(database_url)
    await database.run(migrations.upgrade)
    left = await database.read(lambda connection: draft.missing(draft.context_of(connection)).as_diffs())
    await database.close()
    assert left == []


async def test_every_step_leads_to_the_next_and_keeps_what_is_there(database_url: str) -> None:
    database = open_database(database_url)
    steps = migrations.steps()
    await database.run(partial(migrations.upgrade, to=steps[0]))
    await database.run(_make_an_organisation)
    for step in steps[1:]:
        assert await database.run(partial(migrations.upgrade, to=step)) == step
    assert await database.read(_organisations) == ["Acme"]
    await database.close()


async def test_an_empty_database_has_no_shape_and_migrating_twice_changes_nothing(database_url: str) -> None:
    database = open_database(database_url)
    assert await database.read(migrations.current) == ""
    assert await database.run(migrations.upgrade) == migrations.head()
    await database.run(_make_an_organisation)
    assert await database.run(migrations.upgrade) == migrations.head()
    assert await database.read(_organisations) == ["Acme"]
    await database.close()


async def test_replicas_that_start_together_migrate_once(postgres_url: str) -> None:
    replicas = [open_database(postgres_url) for _ in range(4)]
    shapes = await asyncio.gather(*(replica.run(migrations.upgrade) for replica in replicas))
    assert shapes == [migrations.head()] * 4
    await asyncio.gather(*(replica.close() for replica in replicas))


async def test_a_database_from_a_newer_version_is_left_alone(database_url: str) -> None:
    database = open_database(database_url)
    await database.run(migrations.upgrade)
    await database.run(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(migrations.TooNew):
        await database.run(migrations.upgrade)
    assert await database.read(migrations.current) == "9999"
    await database.close()


def _make_an_organisation(connection: Connection) -> None:
    connection.execute(text("INSERT INTO organisations (name) VALUES ('Acme')"))


def _organisations(connection: Connection) -> list[str]:
    return list(connection.execute(text("SELECT name FROM organisations")).scalars())
