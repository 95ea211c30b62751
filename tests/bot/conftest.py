"""The stage on which features are tried."""

from collections.abc import AsyncIterator

import pytest

from bot.core.database import metadata, open_database
from bot.features import features
from tests.bot.stage import Stage


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    """Give a company of four on SQLite and on PostgreSQL, with every feature."""
    database = open_database(database_url)
    await database.run(metadata.create_all)
    stage = Stage(database, features())
    await stage.set_up()
    yield stage
    await database.close()
