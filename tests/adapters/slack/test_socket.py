import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from adapters.slack.app import SlackAdapter
from bot.config import Settings
from tests.adapters.slack.conftest import Bot
from tests.parts import emulate
from tests.parts.emulate import GENERAL, TEAM, Slack
from tests.parts.served import served


class Socket:
    """Slack's end of a socket: sends envelopes, keeps what comes back."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []
        self.peer: WebSocket | None = None

    async def accept(self, peer: WebSocket) -> None:
        await peer.accept()
        self.peer = peer
        await peer.send_json({"type": "hello"})
        async for text in peer.iter_text():
            self.answers.append(json.loads(text))

    async def send(self, number: int, kind: str, payload: dict[str, Any]) -> None:
        assert self.peer
        await self.peer.send_json({"envelope_id": f"e{number}", "type": kind, "payload": payload})


def adapter_of(bot: Bot, slack: Slack, **more: str) -> SlackAdapter:
    """Give an adapter that has an app token and no signing secret."""
    settings = {
        "SLACK_BOT_TOKEN": emulate.TOKEN,
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_SIGNING_SECRET": "",
        "SLACK_API_URL": slack.api_url,
        "DRUMBEAT_SECRET_KEY": "k",
        **more,
    }
    return SlackAdapter(Settings.model_validate(settings), bot.engine, bot.database)


@asynccontextmanager
async def connected(bot: Bot, slack: Slack) -> AsyncIterator[Socket]:
    """Run an adapter beside Slack's end of its socket."""
    socket = Socket()
    async with served(Starlette(routes=[WebSocketRoute("/", socket.accept)])) as port:
        slack.faults["apps.connections.open"] = [JSONResponse({"ok": True, "url": f"ws://127.0.0.1:{port}/"})]
        adapter = adapter_of(bot, slack)
        assert adapter.routes == ()
        await adapter.start()
        await slack.seen(lambda: socket.peer)
        yield socket
        await adapter.stop()


async def test_what_comes_through_the_socket_is_answered_there(bot: Bot, slack: Slack) -> None:
    anna = slack.users["anna"]
    async with connected(bot, slack) as socket:
        form = {
            "command": "/poll",
            "text": "",
            "team_id": TEAM,
            "user_id": anna,
            "channel_id": GENERAL,
            "trigger_id": await bot.sender.trigger(anna),
        }
        await socket.send(1, "slash_commands", form)
        await slack.seen(lambda: slack.made("views.open"))
        event = {"type": "app_home_opened", "user": anna, "tab": "home"}
        body = {"type": "event_callback", "team_id": TEAM, "event_id": "EvSocket", "event": event}
        await socket.send(2, "events_api", body)
        await slack.seen(lambda: slack.made("views.publish"))
        await slack.seen(lambda: len(socket.answers) == 2)
    assert [answer["envelope_id"] for answer in socket.answers] == ["e1", "e2"]


async def test_a_worker_opens_no_socket(bot: Bot, slack: Slack) -> None:
    slack.faults["apps.connections.open"] = [JSONResponse({"ok": False, "error": "nobody_may_ask"})]
    adapter = adapter_of(bot, slack, DRUMBEAT_ROLE="worker")
    await adapter.start()
    await adapter.stop()
    assert len(slack.faults["apps.connections.open"]) == 1
