"""A platform that allows N calls in any minute and answers 429 beyond: `python -m benchmarks.allowance PORT N`."""

import sys
import time
from collections import deque

from aiohttp import web

MINUTE = 60.0


class Allowance:
    """Counts calls in a window that slides, which is the strictest way to read `N a minute`."""

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute
        self._recent: deque[float] = deque()
        self._calls: list[tuple[float, bool]] = []

    async def send(self, request: web.Request) -> web.Response:
        """Take a message, or ask for a pause."""
        await request.json()
        now = time.monotonic()
        while self._recent and self._recent[0] <= now - MINUTE:
            self._recent.popleft()
        allowed = len(self._recent) < self._a_minute
        self._calls.append((now, allowed))
        if not allowed:
            return web.Response(status=429, headers={"Retry-After": f"{self._recent[0] + MINUTE - now:.2f}"})
        self._recent.append(now)
        return web.Response(text=str(len(self._calls)))

    async def calls(self, _request: web.Request) -> web.Response:
        """Every call so far: when, and whether it was allowed."""
        return web.json_response(self._calls)


def main(port: int, a_minute: int) -> None:
    """Serve on loopback."""
    allowance = Allowance(a_minute)
    application = web.Application()
    application.add_routes([web.post("/send", allowance.send), web.get("/calls", allowance.calls)])
    web.run_app(application, host="127.0.0.1", port=port, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
