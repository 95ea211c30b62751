"""What the database contracts share."""

from collections.abc import AsyncIterator

import pytest

from bot.core.database import Database, open_database
from tests.contracts.notes import tables


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    await opened.run(tables.create_all)
    yield opened
    await opened.close()
