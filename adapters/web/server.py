"""Listens, and stops in order: no new requests, streams end, requests finish, then everything behind them."""

import asyncio
import signal
import socket
from collections.abc import Callable, Sequence
from typing import Final

import uvicorn
from starlette.types import ASGIApp

GRACE: Final = 10
"""Seconds that open requests get to finish; orchestrators commonly kill after 30."""


def listen(host: str, port: int) -> socket.socket:
    """The socket to serve from. `OSError` if the port is taken or the address is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=512)


def serve(app: ASGIApp, door: socket.socket, *on_stop: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT. `on_stop` ends what would never finish by itself."""
    config = uvicorn.Config(
        app,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACE,
        proxy_headers=False,
    )
    server = _Server(config, on_stop)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.run_until_told(door))


class _Server(uvicorn.Server):
    """uvicorn's server, which ends by itself when told to, instead of by the signal that told it."""

    def __init__(self, config: uvicorn.Config, on_stop: Sequence[Callable[[], None]]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    async def run_until_told(self, door: socket.socket) -> None:
        for told in (signal.SIGTERM, signal.SIGINT):
            signal.signal(told, lambda *_: self._stop())
        await self._serve([door])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what would never finish by itself, then as usual."""
        for end in self._on_stop:
            end()
        await super().shutdown(sockets)

    def _stop(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True
