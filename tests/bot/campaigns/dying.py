"""A process that plans some bites of a campaign and dies in the middle of the next, its rows written and not kept."""

import asyncio
import os
import signal
import sys

from bot.core.database import Connection, open_database
from bot.features import features
from tests.bot.stage import MONDAY


async def main(url: str, bites: int) -> None:
    """Plan on a database until death."""
    tick = next(feature for feature in features() if feature.name == "campaigns").ticks["plan"]
    database = open_database(url)

    def die(connection: Connection) -> None:
        tick(connection, MONDAY)
        os.kill(os.getpid(), signal.SIGKILL)

    for _ in range(bites):
        await database.run(lambda connection: tick(connection, MONDAY))
    await database.run(die)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
