"""A bot on a fresh database, beside Emulate's Slack."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import structlog
from starlette.applications import Starlette
from structlog.testing import LogCapture

from adapters.slack.app import SlackAdapter
from bot.config import Settings
from bot.core.database import Database, metadata, open_database
from bot.core.engine import Engine
from bot.core.ports import Platform
from bot.features import features
from scheduler.clock import SystemClock
from tests.adapters.slack.sender import Sender
from tests.parts import emulate
from tests.parts.emulate import Slack
from tests.parts.served import served


@dataclass
class Bot:
    """A bot that is reached over HTTP, and somebody who sends it what Slack would."""

    adapter: SlackAdapter
    engine: Engine
    database: Database
    sender: Sender


@pytest.fixture
async def bot(slack: Slack, sqlite_url: str) -> AsyncIterator[Bot]:
    """Give a bot with one token, on an embedded database."""
    async with running(slack, sqlite_url, SLACK_BOT_TOKEN=emulate.TOKEN) as started:
        yield started


@asynccontextmanager
async def running(slack: Slack, database_url: str, **settings: str) -> AsyncIterator[Bot]:
    """Run a bot with these settings beside the usual ones."""
    database = open_database(database_url)
    await database.run(metadata.create_all)
    platforms: dict[str, Platform] = {}
    engine = Engine(database, SystemClock(), features(), otherwise="drumbeat", platforms=platforms)
    known = {
        "DRUMBEAT_SECRET_KEY": "a-secret-key-of-a-test",
        "SLACK_SIGNING_SECRET": emulate.SECRET,
        "SLACK_API_URL": slack.api_url,
        **settings,
    }
    adapter = SlackAdapter(Settings.model_validate(known), engine, database)
    platforms[adapter.platform.name] = adapter.platform
    await adapter.start()
    async with served(Starlette(routes=[*adapter.routes])) as port:
        url = f"http://127.0.0.1:{port}/slack/events"
        slack.events_to = url
        sender = Sender(url, slack.api_url.replace("/api/", "/reply"), slack)
        yield Bot(adapter, engine, database, sender)
        await sender.client.aclose()
    await adapter.stop()
    await database.close()


@pytest.fixture
def logged() -> Iterator[LogCapture]:
    """Give every line that is logged."""
    capture = LogCapture()
    before = structlog.get_config()
    structlog.configure(processors=[capture])
    yield capture
    structlog.configure(**before)
