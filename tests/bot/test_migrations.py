"""What an admin who upgrades relies on: every table is there, from nothing and from any release."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import migrations
from bot.core.database import Connection, open_database
from bot.features import features
from bot.migrations import draft

STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{0:04}", "{1:04}"
{2}
def upgrade():
    {3}
"""
EXPAND = 'op.add_column("organisations", sa.Column("motto", sa.Text()))'
CONTRACT = 'op.drop_column("organisations", "motto")'

Version = Callable[..., None]


@pytest.fixture
def version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Version]:
    """Give what makes this program one that has taken more steps: what each does, and its `min_compatible`."""

    def become(*steps: tuple[str, str]) -> None:
        folder = tmp_path / f"version{len(steps)}" / "versions"
        folder.mkdir(parents=True)
        taken = migrations.steps()
        for number, (does, compatible) in enumerate(steps, len(taken) + 1):
            says = f'min_compatible = "{compatible}"' if compatible else ""
            (folder / f"{number:04}.py").write_text(STEP.format(number, number - 1, says, does))
        for path in (migrations.FOLDER / "versions").glob("*.py"):
            (folder / path.name).write_text(path.read_text())
        monkeypatch.setattr(migrations, "FOLDER", folder.parent)
        migrations.head.cache_clear()

    yield become
    monkeypatch.undo()
    migrations.head.cache_clear()


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


async def test_a_database_that_a_newer_version_expanded_is_worked_with_and_left_as_it_is(database_url: str) -> None:
    database = open_database(database_url)
    await database.run(migrations.upgrade)
    await database.run(partial(_say, current="9999", min_compatible=migrations.head()))
    assert await database.run(migrations.upgrade) == "9999"
    assert (await database.read(migrations.shape)).fits
    await database.close()


async def test_a_database_that_a_newer_version_contracted_is_left_alone(database_url: str) -> None:
    database = open_database(database_url)
    await database.run(migrations.upgrade)
    await database.run(partial(_say, current="9999", min_compatible="9998"))
    with pytest.raises(migrations.TooNew, match="newer version"):
        await database.run(migrations.upgrade)
    shape = await database.read(migrations.shape)
    assert (shape.current, shape.too_new, shape.fits) == ("9999", True, False)
    await database.close()


async def test_a_database_knows_who_may_go_on_with_it(database_url: str) -> None:
    database = open_database(database_url)
    await database.run(migrations.upgrade)
    shape = await database.read(migrations.shape)
    assert shape.min_compatible == migrations.oldest_compatible(migrations.head())
    assert await database.read(migrations.glance) == shape
    await database.close()


async def test_who_may_go_on_is_kept_step_by_step(database_url: str, version: Version) -> None:
    database, first = open_database(database_url), migrations.head()
    await database.run(migrations.upgrade)
    version((EXPAND, ""), (CONTRACT, f"{int(first) + 1:04}"))
    newest, middle = migrations.head(), migrations.steps()[-2]
    assert await database.run(partial(migrations.upgrade, to=middle)) == middle
    assert (await database.read(migrations.shape)).min_compatible == migrations.oldest_compatible(first)
    assert await database.run(migrations.upgrade) == newest
    assert (await database.read(migrations.shape)).min_compatible == middle
    await database.close()


async def test_a_table_that_somebody_holds_is_not_waited_for_until_everybody_waits(
    postgres_url: str, version: Version
) -> None:
    database, other = open_database(postgres_url), open_database(postgres_url)
    before = await database.run(migrations.upgrade)
    version((EXPAND, ""))
    held, go = threading.Event(), threading.Event()

    def hold(connection: Connection) -> None:
        _organisations(connection)
        held.set()
        assert go.wait(20)

    holding = asyncio.create_task(other.run(hold))
    await asyncio.to_thread(held.wait, 20)
    with pytest.raises(migrations.Busy):
        await database.run(migrations.upgrade)
    assert await database.read(migrations.current) == before
    go.set()
    await holding
    assert await database.run(migrations.upgrade) == migrations.head()
    await database.close()
    await other.close()


def _say(connection: Connection, current: str, min_compatible: str) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": current})
    connection.execute(migrations.COMPATIBILITY.update().values(min_compatible=min_compatible))


def _make_an_organisation(connection: Connection) -> None:
    connection.execute(text("INSERT INTO organisations (name) VALUES ('Acme')"))


def _organisations(connection: Connection) -> list[str]:
    return list(connection.execute(text("SELECT name FROM organisations")).scalars())
