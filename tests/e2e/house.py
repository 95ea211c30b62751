"""A running bot and the Slack it serves, as somebody else wrote it."""

from dataclasses import dataclass
from typing import Any

from tests.adapters.slack.sender import Sender
from tests.parts.emulate import Call, Slack
from tests.parts.process import Program


@dataclass
class House:
    """A running bot and the Slack it serves."""

    program: Program
    slack: Slack
    sender: Sender

    def user(self, name: str) -> str:
        return self.slack.users[name]

    async def posted(self, words: str, place: str = "") -> Call:
        """The message that says `words`, as soon as it is posted."""

        def found() -> Call | None:
            calls = self.slack.made("chat.postMessage")
            return next((call for call in calls if words in repr(call.arguments) and place in _where(call)), None)

        call: Call = await self.slack.seen(found, seconds=20)
        return call

    async def told(self, words: str) -> dict[str, Any]:
        """The newest private answer, as soon as it says `words`."""

        def found() -> dict[str, Any] | None:
            replies = self.slack.replies
            return replies[-1] if replies and words in repr(replies[-1]) else None

        reply: dict[str, Any] = await self.slack.seen(found, seconds=20)
        return reply

    async def drawn(self, words: str) -> Call:
        """The newest redrawing, as soon as it says `words`."""

        def found() -> Call | None:
            updates = self.slack.made("chat.update")
            return updates[-1] if updates and words in repr(updates[-1].arguments["blocks"]) else None

        call: Call = await self.slack.seen(found, seconds=20)
        return call


def _where(call: Call) -> str:
    return str(call.arguments["channel"])


def blocks(call: Call) -> list[dict[str, Any]]:
    drawn: list[dict[str, Any]] = call.arguments["blocks"]
    return drawn
