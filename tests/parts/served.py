"""Serve an ASGI application on a loopback port for the length of a `with` block, in the test's own event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import uvicorn


class _Guest(uvicorn.Server):
    """A server that leaves the process's signals alone."""

    def capture_signals(self) -> Any:  # noqa: ANN401 -- a context manager that does nothing
        return nullcontext()


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[int]:  # noqa: ANN401 -- whatever uvicorn takes
    """Give the port on which `app` is served."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = _Guest(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=2))
    running = asyncio.create_task(server.serve([listener]))
    while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
        await asyncio.sleep(0.005)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await running
