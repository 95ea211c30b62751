"""A pretend Slack and a pretend Teams in a process of their own: `python -m tests.faults.chat FOLDER`.

It writes its ledger to FOLDER/ledger, and the port it listens on to FOLDER/port. What it took it took, whatever
becomes of whoever sent it. It decides about a call within `SLOWEST` seconds of its arrival, as platforms do.
"""

import asyncio
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, assert_never

from aiohttp import web

from tests.faults.ledger import Ledger
from tests.faults.weather import FAIR, Fate, parsed

Json = dict[str, Any]

SLOWEST: Final = 0.35
UPLOAD: Final = 0.5
"""Seconds that a request may take to arrive as a whole."""

HANGS: Final = 8.0
"""Seconds for which a call that is never answered is held; its client has left long before."""

SIGN: Final = re.compile(r"mark (\S+) state (\d+)")


class Chat:
    """Decides about calls as the weather has it, and keeps the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.weather = FAIR
        self._since = time.monotonic()
        self._calls = 0
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._numbers = 0

    def change(self, written: Json) -> None:
        """Set the weather."""
        self.weather = parsed(written)
        self._since = time.monotonic()
        self._counts.clear()

    def number(self) -> int:
        """A number nobody had before."""
        self._numbers += 1
        return self._numbers

    def strange(self, verb: str) -> None:
        """Somebody called what this platform does not know."""
        self.ledger.write("strange", self._calls, verb)

    async def call(
        self, request: web.Request, verb: str, facts: Json, take: Callable[[], tuple[Json, Json]]
    ) -> web.StreamResponse:
        """Let a call meet its fate. `take` does what was asked, and gives the answer and facts for the ledger."""
        self._calls += 1
        call, platform = self._calls, request.path.split("/")[1]
        counted = (platform, verb, facts.get("mark") or facts["place"])
        self._counts[counted] += 1
        fate, chance = self.weather.fate(*counted, self._counts[counted], time.monotonic() - self._since)
        self.ledger.write("arrived", call, verb, fate=fate.value, **facts)
        if fate is Fate.SLOW:
            await asyncio.sleep(chance.uniform(0.05, SLOWEST))
        answer: Json = {}
        if fate in (Fate.FINE, Fate.SLOW) or fate.value.endswith("taken"):
            answer, more = take()
            self.ledger.write("accepted" if verb in ("send", "update") else "answered", call, verb, **(facts | more))
        self.ledger.write("left", call, verb, **facts)
        return await _answered(request, fate, answer)


async def _answered(request: web.Request, fate: Fate, answer: Json) -> web.StreamResponse:
    match fate:
        case Fate.FINE | Fate.SLOW:
            return web.json_response(answer)
        case Fate.LIMITED | Fate.LIMITED_BARE:
            pause = {"Retry-After": "1"} if fate is Fate.LIMITED else {}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=pause)
        case Fate.BUSY:
            return web.Response(status=503, text="busy")
        case Fate.BROKEN | Fate.BROKEN_TAKEN:
            return web.Response(status=500, text="broken")
        case Fate.SILENT | Fate.SILENT_TAKEN:
            await _hang(request)
        case Fate.HALF_TAKEN:
            _break_off(request)
        case Fate.RESET | Fate.RESET_TAKEN:
            pass
        case _:
            assert_never(fate)
    if request.transport and not request.transport.is_closing():
        request.transport.abort()
    return web.Response()


def _break_off(request: web.Request) -> None:
    """Half an answer."""
    if request.transport:
        request.transport.write(
            b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"ok": tr'
        )
        request.transport.close()


async def _hang(request: web.Request) -> None:
    """Say nothing until the client leaves."""
    until = time.monotonic() + HANGS
    while request.transport and not request.transport.is_closing() and time.monotonic() < until:  # noqa: ASYNC110 -- aiohttp tells nobody
        await asyncio.sleep(0.05)


async def _body(request: web.Request) -> Json:
    """What was sent, by JSON, form or query; whoever takes too long to send it, or dies meanwhile, is cut off."""
    try:
        async with asyncio.timeout(UPLOAD):
            if "json" in request.content_type:
                body: Json = await request.json()
                return body
            return {**request.query, **await request.post()}
    except (TimeoutError, ConnectionError, ValueError):
        if request.transport:
            request.transport.abort()
        raise web.HTTPRequestTimeout from None


def _sign(text: str) -> Json:
    found = SIGN.search(text)
    return {"mark": found[1], "state": int(found[2])} if found else {"mark": "?"}


class Slack:
    """Four methods of Slack's Web API, for any number of workspaces."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._channels: dict[str, list[Json]] = defaultdict(list)
        self._last = 0.0

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """One call of the Web API."""
        sent = await _body(request)
        match request.match_info["method"]:
            case "chat.postMessage":
                key = sent["metadata"]["event_payload"]["key"]
                place = _channel(sent["channel"])
                facts = {**_sign(sent["text"]), "key": key, "place": place}
                return await self._chat.call(request, "send", facts, lambda: self._post(place, sent))
            case "chat.update":
                facts = {**_sign(sent["text"]), "place": sent["channel"], "message": sent["ts"]}
                return await self._chat.call(request, "update", facts, lambda: ({"ok": True}, {}))
            case "conversations.history":
                place = sent["channel"]
                return await self._chat.call(request, "find", {"place": place}, lambda: (self._history(sent), {}))
            case "conversations.open":
                answer = {"ok": True, "channel": {"id": _channel(sent["users"])}}
                return await self._chat.call(request, "open", {"place": sent["users"]}, lambda: (answer, {}))
            case other:
                self._chat.strange(other)
                return web.json_response({"ok": False, "error": "unknown_method"})

    def _post(self, place: str, sent: Json) -> tuple[Json, Json]:
        self._last = max(self._last + 1e-6, datetime.now(UTC).timestamp())
        message = {"ts": f"{self._last:.6f}", "text": sent["text"], "metadata": sent["metadata"]}
        self._channels[place].append(message)
        return {"ok": True, "channel": place, "ts": message["ts"]}, {"message": message["ts"]}

    def _history(self, asked: Json) -> Json:
        """Newest first, a page at a time."""
        oldest, latest = float(asked.get("oldest") or 0), float(asked.get("latest") or "inf")
        found = [each for each in reversed(self._channels[asked["channel"]]) if oldest < float(each["ts"]) < latest]
        begin, most = int(asked.get("cursor") or 0), int(asked.get("limit") or 100)
        following = str(begin + most) if len(found) > begin + most else ""
        page = found[begin : begin + most]
        return {"ok": True, "messages": page, "response_metadata": {"next_cursor": following}}


def _channel(target: str) -> str:
    """Whoever posts to a person posts to their direct chat."""
    return f"D-{target}" if target.startswith("U") else target


class Teams:
    """The calls of the Bot Connector that send, redraw and open chats."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def open(self, request: web.Request) -> web.StreamResponse:
        """A personal chat, or a new thread in a channel with its first message."""
        sent = await _body(request)
        if "activity" not in sent:
            account = sent["members"][0]["id"]
            return await self._chat.call(request, "open", {"place": account}, lambda: ({"id": f"a-{account}"}, {}))
        channel = sent["channelData"]["channel"]["id"]

        def take() -> tuple[Json, Json]:
            message = str(self._chat.number())
            thread = f"{channel};messageid={message}"
            return {"id": thread, "activityId": message}, {"place": thread, "message": message}

        facts = {**_sign(sent["activity"]["summary"]), "place": channel}
        return await self._chat.call(request, "send", facts, take)

    async def post(self, request: web.Request) -> web.StreamResponse:
        """A message in a chat."""
        sent = await _body(request)
        place = request.match_info["conversation"]

        def take() -> tuple[Json, Json]:
            message = str(self._chat.number())
            return {"id": message}, {"message": message}

        return await self._chat.call(request, "send", {**_sign(sent["summary"]), "place": place}, take)

    async def put(self, request: web.Request) -> web.StreamResponse:
        """A message drawn anew."""
        sent = await _body(request)
        place, message = request.match_info["conversation"], request.match_info["message"]
        facts = {**_sign(sent["summary"]), "place": place, "message": message}
        return await self._chat.call(request, "update", facts, lambda: ({"id": message}, {}))


def application(chat: Chat) -> web.Application:
    """Both platforms, and the campaign's own door at `/control`."""

    async def change(request: web.Request) -> web.Response:
        chat.change(await request.json())
        return web.Response()

    slack, teams = Slack(chat), Teams(chat)
    app = web.Application()
    app.router.add_route("*", "/slack/api/{method}", slack)
    app.router.add_post("/teams/v3/conversations", teams.open)
    app.router.add_post("/teams/v3/conversations/{conversation}/activities", teams.post)
    app.router.add_put("/teams/v3/conversations/{conversation}/activities/{message}", teams.put)
    app.router.add_post("/control/weather", change)
    return app


async def serve(folder: Path) -> None:
    """Take messages for ever."""
    runner = web.AppRunner(application(Chat(Ledger(folder / "ledger"))), access_log=None, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    (folder / "port.new").write_text(str(port))
    (folder / "port.new").rename(folder / "port")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
