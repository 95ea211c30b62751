"""Each chat as people use it, beside a running bot."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Browser

from tests.adapters.slack.sender import Sender
from tests.e2e.desk import Desk, sitting
from tests.e2e.house import House
from tests.e2e.office import Office, working
from tests.parts import emulate, playground
from tests.parts.emulate import Slack
from tests.parts.process import free_port, running


@pytest.fixture
async def office(chromium: Browser, sqlite_url: str) -> AsyncIterator[Office]:
    """Give a sandbox on a port of its own; at the end the browser must have had nothing to complain of."""
    async with working(chromium, sqlite_url) as office:
        yield office
    assert office.complaints == []


@pytest.fixture
async def house(slack: Slack, tmp_path: Path) -> AsyncIterator[House]:
    """Give `drumbeat serve` with one token, listening to Slack's events."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DRUMBEAT_DATABASE_URL": f"sqlite:///{tmp_path / 'drumbeat.sqlite'}",
        "DRUMBEAT_SECRET_KEY": "a-secret-key-of-a-test-that-is-long",
        "DRUMBEAT_HOST": "127.0.0.1",
        "DRUMBEAT_PORT": str(port),
        "SLACK_BOT_TOKEN": emulate.TOKEN,
        "SLACK_SIGNING_SECRET": emulate.SECRET,
        "SLACK_API_URL": slack.api_url,
    }
    command = [sys.executable, "-m", "bot", "serve"]
    log = tmp_path / "serve.log"
    with running(command, log=log, port=port, cwd=tmp_path, env=environment) as program:
        async with httpx2.AsyncClient(timeout=30) as client:
            await slack.seen(lambda: slack.made("users.list"), seconds=30)
            slack.events_to = f"{url}/slack/events"
            sender = Sender(slack.events_to, slack.api_url.replace("/api/", "/reply"), slack, client)
            yield House(program, slack, sender)
        slack.events_to = ""
        await asyncio.to_thread(program.end)  # it finishes calls that this loop answers


@pytest.fixture(scope="session")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("playground")


@pytest.fixture
async def desk(chromium: Browser, sqlite_url: str, _folder: Path) -> AsyncIterator[Desk]:
    """Give a bot, the Playground that talks to it, and a window on the Playground."""
    if reason := playground.missing():
        pytest.skip(reason)
    async with sitting(chromium, sqlite_url, _folder) as desk:
        yield desk
