"""The sandbox put together, and its routes: one page, its data, what people do on it, and a live stream."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
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

from adapters.sandbox import company, live, page, render
from adapters.sandbox.acts import Acts
from adapters.sandbox.asked import Asked, BadRequest
from adapters.sandbox.chat import Chat, News
from adapters.sandbox.colleagues import Colleagues
from adapters.sandbox.guard import Guard
from adapters.sandbox.hours import Hours, MovableClock, NextDue, RunDue
from adapters.sandbox.page import Data, Scenery
from adapters.sandbox.platform import SandboxPlatform
from adapters.sandbox.strip import Notice, Strip
from bot.core.engine import Engine
from bot.core.interactions import Answer
from bot.core.outbox import planned
from bot.core.places import PlaceKind

HERE: Final = Path(__file__).parent
PACE: Final = 0.07

Doing = Callable[[Asked], Awaitable[Data]]
Serve = Callable[[Request], Awaitable[Response]]


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
        self._acts = Acts(engine, self.chat, clock, self._strip)
        self._colleagues = Colleagues(self.chat, self._acts, self._company, Random(7), pace)  # noqa: S311 -- a demo
        self._hours = Hours(clock, self.chat, run_due, next_due)
        self._told = 0
        self._token = secrets.token_urlsafe(24)
        loader = FileSystemLoader(HERE / "templates")
        self._page = Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("page.html")

    @property
    def routes(self) -> list[BaseRoute]:
        """Everything under `/sandbox`."""
        doings: Mapping[str, Doing] = {
            "say": self._say,
            "click": self._click,
            "submit": self._submit,
            "home": self._home,
            "read": self._read,
            "react": self._react,
            "direct": self._direct,
            "clock": self._move,
            "colleagues": self._let_colleagues,
        }
        inside = [
            Route("/", self._index),
            Route("/state", self._state),
            Route("/live", self._live),
            *(Route(f"/{name}", _serve(doing, self.chat), methods=["POST"]) for name, doing in doings.items()),
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
            await self._settle()
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

    async def _index(self, _request: Request) -> Response:
        return HTMLResponse(self._page.render(token=self._token, company=self._company.name))

    async def _state(self, request: Request) -> Response:
        account = request.query_params.get("as", "")
        if account not in self.chat.members:
            return _refusal("Nobody here has that account.")
        return JSONResponse(await page.state(self._scenery, account))

    async def _live(self, request: Request) -> Response:
        account = request.query_params.get("as", "")
        if account not in self.chat.members:
            return _refusal("Nobody here has that account.")
        return StreamingResponse(live.stream(self._scenery, account), media_type="text/event-stream")

    async def _say(self, asked: Asked) -> Data:
        return await self._answered(asked, await self._acts.say(asked.actor(), asked.text("text", 12_000)))

    async def _click(self, asked: Asked) -> Data:
        message, address, value = asked.text("message", 40), asked.text("address", 200), asked.text("value", 2_000)
        return await self._answered(asked, await self._acts.click(asked.actor(), message, address, value))

    async def _submit(self, asked: Asked) -> Data:
        address, state = asked.text("address", 200), asked.text("state", 2_500)
        return await self._answered(asked, await self._acts.submit(asked.actor(), address, asked.values(), state))

    async def _home(self, asked: Asked) -> Data:
        return {"home": render.card(await self._acts.home(asked.actor()))}

    async def _read(self, asked: Asked) -> Data:
        self.chat.read(asked.account, asked.room().key)
        return {}

    async def _react(self, asked: Asked) -> Data:
        actor = asked.actor()
        message = self.chat.message(actor.room.key, asked.text("message", 40))
        if message is None or not message.visible_to(actor.account):
            raise BadRequest("That message is not there any more.")
        await self._acts.react(actor, message, asked.choice("emoji", page.EMOJI))
        return {}

    async def _direct(self, asked: Asked) -> Data:
        return {"room": asked.pair().key}

    async def _move(self, asked: Asked) -> Data:
        step = asked.choice("step", ("hour", "day", "week", "morning", "due"))
        await self._hours.move(step, self.chat.members[asked.account].zone)
        return {}

    async def _let_colleagues(self, asked: Asked) -> Data:
        wish = asked.choice("wish", ("answer", "post", "join"))
        joined = None
        if wish == "answer":
            await self._colleagues.answer(but=asked.account)
        elif wish == "post":
            await self._colleagues.post()
        else:
            joined = await self._join()
        await self._settle()
        return {"joined": joined}

    async def _join(self) -> str:
        member = await self._colleagues.join()
        if member is None:
            raise BadRequest("Everybody who wanted to join has joined.")
        self._strip.names.people[await self._engine.database.read(company.number_of(member))] = member.account
        return member.account

    async def _settle(self) -> None:
        """Send what is due, and tell what was written down for later."""
        now = self._clock.now()
        plans = await self._engine.database.read(lambda connection: planned(connection, self._told, now))
        self._told = max((plan.id for plan in plans), default=self._told)
        self._strip.planned(plans, now)
        await self._hours.settle()

    async def _answered(self, asked: Asked, answer: Answer) -> Data:
        await self._settle()
        return page.answer(answer, self.chat.members[asked.account].zone)


def _serve(doing: Doing, chat: Chat) -> Serve:
    async def serve(request: Request) -> Response:
        try:
            return JSONResponse(await doing(await Asked.of(request, chat)))
        except BadRequest as bad:
            return _refusal(str(bad))

    return serve


def _refusal(sentence: str) -> Response:
    return JSONResponse({"sentence": sentence}, status_code=400)
