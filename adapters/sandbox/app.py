"""The sandbox put together, and its routes: one page, its data, what people do on it, and a live stream."""

import secrets
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from adapters.sandbox import company, live, page, words
from adapters.sandbox.acts import Acts
from adapters.sandbox.asked import BadRequest, member
from adapters.sandbox.chat import Chat, News
from adapters.sandbox.colleagues import Colleagues
from adapters.sandbox.doings import Doings, refusal
from adapters.sandbox.guard import Guard
from adapters.sandbox.hours import Hours, MovableClock, NextDue, RunDue
from adapters.sandbox.page import Scenery
from adapters.sandbox.platform import SandboxPlatform
from adapters.sandbox.strip import Notice, Strip
from bot.core.engine import Engine
from bot.core.places import PlaceKind
from bot.core.texts import Texts

HERE: Final = Path(__file__).parent
PACE: Final = 0.07


class SandboxAdapter:
    """The whole sandbox. Mount `routes`, give `platform` and `notice` to the scheduler, await `start()` once.

    `run_due` plans and sends everything due now; `next_due(before)` is the next instant at which something is.
    `pace` is the seconds between two acts of simulated colleagues.
    """

    def __init__(
        self, engine: Engine, clock: MovableClock, *, run_due: RunDue, next_due: NextDue, pace: float = PACE
    ) -> None:
        self.chat = Chat()
        self.platform = SandboxPlatform(self.chat, clock)
        self._engine = engine
        self._clock = clock
        self._company = company.load()
        self._strip = Strip(self.chat)
        self._scenery = Scenery(engine, self.chat, clock, self._company, self._strip)
        acts = Acts(engine, self.chat, clock, self._strip)
        self._colleagues = Colleagues(self.chat, acts, self._company, Random(7), pace)  # noqa: S311 -- a demo
        self._hours = Hours(clock, self.chat, run_due, next_due)
        self._doings = Doings(self._scenery, acts, self._colleagues, self._hours)
        self._token = secrets.token_urlsafe(24)
        loader = FileSystemLoader(HERE / "templates")
        self._page = Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("page.html")

    @property
    def routes(self) -> list[BaseRoute]:
        """Everything under `/sandbox`."""
        inside = [
            Route("/", self._index),
            Route("/state", self._state),
            Route("/live", self._live),
            *(Route(f"/{name}", serve, methods=["POST"]) for name, serve in self._doings.served().items()),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ]
        return [Mount("/sandbox", routes=inside, middleware=[Middleware(Guard, token=self._token)])]

    async def start(self) -> None:
        """Let the sample company move in, and live the days before the demo begins."""
        begin = self._clock.now()
        company.move_in(self._company, self.chat)
        self._strip.names = await self._engine.database.run(
            lambda connection: company.register(connection, self._company)
        )
        for line in self._company.earlier:
            at = begin - timedelta(hours=line.hours)
            self._clock.move_to(min(at, self._clock.now()))
            await self._hours.advance(at)
            await self._colleagues.play(line)
            await self._doings.settle()
        await self._hours.advance(begin)
        for account in self.chat.members:
            for room in self.chat.rooms_of(account):
                if room.kind is PlaceKind.CHANNEL:
                    self.chat.read(account, room.key)

    def notice(self, told: Notice) -> None:
        """The scheduler tells what happened to a message."""
        self._strip.notice(told)

    def close(self) -> None:
        """End every live stream, which would never end by itself and would keep the server from stopping."""
        self.chat.tell(News("gone"))

    async def stop(self) -> None:
        """Nothing is kept, so there is nothing to put away."""
        self.close()

    async def _index(self, request: Request) -> Response:
        t = _stranger(request)
        facts = {"token": self._token, "company": self._company.name, "lang": t.locale, "words": words.page(t)}
        return HTMLResponse(self._page.render(facts))

    async def _state(self, request: Request) -> Response:
        try:
            return JSONResponse(await page.state(self._scenery, self._visitor(request)))
        except BadRequest as bad:
            return refusal(bad, _stranger(request))

    async def _live(self, request: Request) -> Response:
        try:
            events = live.stream(self._scenery, self._visitor(request))
        except BadRequest as bad:
            return refusal(bad, _stranger(request))
        return StreamingResponse(events, media_type="text/event-stream")

    def _visitor(self, request: Request) -> str:
        return member(self.chat, request.query_params.get("as"))


def _stranger(request: Request) -> Texts:
    return words.stranger(request.headers.get("accept-language", ""))
