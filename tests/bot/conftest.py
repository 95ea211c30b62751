"""The stage on which features are tried."""

from collections.abc import AsyncIterator

import pytest

from bot.core.database import open_database
from bot.features import features
from tests.bot.stage import Stage


@pytest.fixture
async def stage(house_url: str) -> AsyncIterator[Stage]:
    """Give a company of four on SQLite and on PostgreSQL, with every feature."""
    database = open_database(house_url)
    stage = Stage(database, features())
    await stage.set_up()
    yield stage
    await database.close()
