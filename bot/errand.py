"""One thing done with the database, brought into shape, by a command that then ends."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bot import config, migrations
from bot.config import Unusable
from bot.core.database import Away, Database, open_database

T = TypeVar("T")


def with_database(do: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
    """Do it with the database of the settings; what hinders it is `Unusable`, in one sentence."""
    settings = config.read_settings()

    async def done() -> T:
        database = open_database(settings.database_url)
        try:
            await database.run(migrations.upgrade)
            return await do(database)
        except Away as away:
            raise Unusable(f"The database of DRUMBEAT_DATABASE_URL cannot be reached: {away}.") from None
        except migrations.TooNew as hindrance:
            raise Unusable(str(hindrance)) from None
        except migrations.Busy:
            raise Unusable("Somebody holds a table of the database that has to be changed: try again.") from None
        finally:
            await database.close()

    return asyncio.run(done())
