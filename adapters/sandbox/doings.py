"""What the page may ask for, each a POST with a JSON body, answered with data or with a sentence that says why not."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.sandbox import page, render, words
from adapters.sandbox.acts import Actor, Acts
from adapters.sandbox.asked import Asked, BadRequest
from adapters.sandbox.chat import BOT, Message
from adapters.sandbox.colleagues import Colleagues
from adapters.sandbox.hours import Hours
from adapters.sandbox.page import Data, Scenery
from bot.core.interactions import Answer
from bot.core.outbox import planned
from bot.core.places import PlaceKind
from bot.core.texts import Texts, later

STEPS: Final = ("hour", "day", "week", "morning", "due")
WISHES: Final = ("answer", "post", "join")

Doing = Callable[[Asked], Awaitable[Data]]
Serve = Callable[[Request], Awaitable[Response]]


class Doings:
    """One method for each thing the page may ask for."""

    def __init__(self, scenery: Scenery, acts: Acts, colleagues: Colleagues, hours: Hours) -> None:
        self._scenery = scenery
        self._chat = scenery.chat
        self._acts = acts
        self._colleagues = colleagues
        self._hours = hours
        self._told = 0

    def served(self) -> Mapping[str, Serve]:
        """Each by the name of its route."""
        doings: Mapping[str, Doing] = {
            "say": self._say,
            "click": self._click,
            "submit": self._submit,
            "home": self._home,
            "read": self._read,
            "react": self._react,
            "delete": self._delete,
            "rename": self._rename,
            "archive": self._archive,
            "direct": self._direct,
            "clock": self._move,
            "colleagues": self._let_colleagues,
        }
        return {name: self._serve(doing) for name, doing in doings.items()}

    async def settle(self) -> None:
        """Send what is due, and tell what was written down for later."""
        now = self._scenery.clock.now()
        read = self._scenery.engine.database.read
        plans = await read(lambda connection: planned(connection, self._told, now))
        self._told = max((plan.id for plan in plans), default=self._told)
        self._scenery.strip.planned(plans, now)
        await self._hours.settle()

    def _serve(self, doing: Doing) -> Serve:
        async def serve(request: Request) -> Response:
            t = words.stranger(request.headers.get("accept-language", ""))
            try:
                asked = await Asked.of(request, self._chat)
                t = await self._scenery.speak_to(asked.account)
                return JSONResponse(await doing(asked))
            except BadRequest as bad:
                return refusal(bad, t)

        return serve

    async def _say(self, asked: Asked) -> Data:
        if asked.room().archived:
            raise BadRequest(later("This channel is archived: nobody can write in it any more."))
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
        self._chat.read(asked.account, asked.room().key)
        return {}

    async def _react(self, asked: Asked) -> Data:
        await self._acts.react(asked.actor(), self._message(asked), asked.choice("emoji", page.EMOJI))
        return {}

    async def _delete(self, asked: Asked) -> Data:
        message = self._message(asked)
        if message.author not in (BOT, asked.account):
            raise BadRequest(later("You can delete your own messages and those of Drumbeat."))
        await self._acts.delete(asked.actor(), message)
        await self.settle()
        return {}

    async def _rename(self, asked: Asked) -> Data:
        name = "-".join(asked.text("name", 40).lower().lstrip("# ").split())
        if not name:
            raise BadRequest(later("A channel needs a name."))
        await self._acts.rename(_in_channel(asked), name)
        await self.settle()
        return {}

    async def _archive(self, asked: Asked) -> Data:
        await self._acts.archive(_in_channel(asked))
        await self.settle()
        return {}

    async def _direct(self, asked: Asked) -> Data:
        return {"room": asked.pair().key}

    async def _move(self, asked: Asked) -> Data:
        step = asked.choice("step", STEPS)
        await self._hours.move(step, self._chat.members[asked.account].zone)
        return {}

    async def _let_colleagues(self, asked: Asked) -> Data:
        wish = asked.choice("wish", WISHES)
        joined = None
        if wish == "answer":
            await self._colleagues.answer(but=asked.account)
        elif wish == "post":
            await self._colleagues.post()
        else:
            joined = await self._join()
        await self.settle()
        return {"joined": joined}

    async def _join(self) -> str:
        member = await self._colleagues.join()
        if member is None:
            raise BadRequest(later("Everybody who wanted to join has joined."))
        person = await self._scenery.reader(member.account)
        self._scenery.strip.names.people[person.id] = member.account
        return member.account

    def _message(self, asked: Asked) -> Message:
        message = self._chat.message(asked.room().key, asked.text("message", 40))
        if message is None or not message.visible_to(asked.account):
            raise BadRequest(later("That message is not there any more."))
        return message

    async def _answered(self, asked: Asked, answer: Answer) -> Data:
        await self.settle()
        return page.answer(answer, await self._scenery.speak_to(asked.account))


def _in_channel(asked: Asked) -> Actor:
    actor = asked.actor()
    if actor.room.kind is not PlaceKind.CHANNEL:
        raise BadRequest(later("This is no channel."))
    return actor


def refusal(bad: BadRequest, t: Texts) -> Response:
    """Why not."""
    return JSONResponse({"sentence": bad.said(t)}, status_code=400)
