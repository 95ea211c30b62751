"""Listens, and stops in order: others are told, no new requests, streams end, requests finish, then all behind them."""

import asyncio
import signal
import socket
import time
from collections.abc import Callable, Sequence
from typing import Final

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GRACE: Final = 10
"""Seconds that open requests get to finish; orchestrators commonly kill after 30."""

CLOSE: Final = (b"connection", b"close")


def listen(host: str, port: int) -> socket.socket:
    """The socket to serve from. `OSError` if the port is taken or the address is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=512)


def at_once() -> float:
    """Nobody has to be told that this process stops."""
    return 0


def serve(
    app: ASGIApp, door: socket.socket, *on_stop: Callable[[], None], leave: Callable[[], float] = at_once
) -> None:
    """Serve until SIGTERM or SIGINT; a second one cuts short what the first began.

    `leave` is called at the first signal, and gives the seconds for which to go on answering, so that whoever sends
    requests can turn to another process. `on_stop` ends what would never finish by itself.
    """
    parting = _Parting(app)
    config = uvicorn.Config(
        parting,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACE,
        proxy_headers=False,
    )
    server = _Server(config, parting, on_stop, leave)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.run_until_told(door))


class _Parting:
    """From `until` being set on, each answer ends its connection: none is cut when the next request is on its way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.until: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def last(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], CLOSE]}
            await send(message)

        await self._app(scope, receive, send if self.until is None or scope["type"] != "http" else last)


class _Server(uvicorn.Server):
    """uvicorn's server, which ends by itself when told to, instead of by the signal that told it."""

    def __init__(
        self,
        config: uvicorn.Config,
        parting: _Parting,
        on_stop: Sequence[Callable[[], None]],
        leave: Callable[[], float],
    ) -> None:
        super().__init__(config)
        self._parting = parting
        self._on_stop = on_stop
        self._leave = leave

    async def run_until_told(self, door: socket.socket) -> None:
        for told in (signal.SIGTERM, signal.SIGINT):
            signal.signal(told, lambda *_: self._stop())
        await self._serve([door])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what would never finish by itself, then as usual."""
        for end in self._on_stop:
            end()
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        """End when those who send requests have had the time to turn to others; called ten times a second."""
        if self._parting.until is not None and time.monotonic() >= self._parting.until:
            self.should_exit = True
        return await super().on_tick(counter)

    def _stop(self) -> None:
        if self._parting.until is None:
            self._parting.until = time.monotonic() + self._leave()
        else:
            self.force_exit = self.should_exit
            self.should_exit = True
