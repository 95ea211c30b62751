"""What goes back at once: in the response itself where Slack lets us, by a call right after it otherwise."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import forms, render
from adapters.slack.clients import Web, taken
from bot.core.cards import Card, note
from bot.core.errors import PlatformError
from bot.core.forms import Form
from bot.core.interactions import Answer, Origin
from bot.core.places import PlaceKind
from bot.core.texts import Texts

log = structlog.get_logger()

MOST_ERRANDS: Final = 500
LONGEST_ERRAND: Final = 20.0
"""Seconds after which an errand is given up; a form's trigger lives 3."""


class Errands:
    """Calls that follow an answer, so that Slack need not wait for them: best effort, bounded, ended with us."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def go(self, errand: Coroutine[Any, Any, None]) -> None:
        """Begin an errand now; what goes wrong with it is one line in the log."""
        if len(self._running) >= MOST_ERRANDS:
            errand.close()
            log.warning("slack_errand_dropped", running=len(self._running))
            return
        task = asyncio.create_task(self._run(errand))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def finish(self, seconds: float = 5) -> None:
        """Let what is under way end, for a few seconds."""
        if running := set(self._running):
            _, late = await asyncio.wait(running, timeout=seconds)
            for task in late:
                task.cancel()

    async def _run(self, errand: Coroutine[Any, Any, None]) -> None:
        try:
            await asyncio.wait_for(errand, LONGEST_ERRAND)
        except PlatformError as error:
            log.warning("slack_errand_failed", reason=error.reason)
        except TimeoutError:
            log.warning("slack_errand_failed", reason="too_slow")


@dataclass(frozen=True, slots=True)
class Reach:
    """How the person who acted can be reached: the client for their workspace, a trigger for forms, a response URL."""

    client: AsyncWebClient
    origin: Origin
    trigger: str = ""
    reply_to: str = ""
    blocks: list[render.Json] = field(default_factory=list)
    """The blocks of the form that was sent."""


class Answers:
    """Turns an `Answer` into the body of a response, and into errands for what does not fit there."""

    def __init__(self, web: Web, errands: Errands) -> None:
        self._web = web
        self._errands = errands

    def to_command(self, reach: Reach, answer: Answer) -> render.Json | None:
        """The ephemeral reply, in the response to the command itself."""
        self._form(reach, answer.form)
        return _private(answer.whisper) if answer.whisper else None

    def to_click(self, reach: Reach, answer: Answer) -> None:
        """Through the response URL of the click: Slack shows nothing from the response itself."""
        self._form(reach, answer.form)
        self._home(reach, answer.home)
        if answer.replace:
            self._errands.go(self._replace(reach, answer.replace))
        if answer.whisper:
            self._errands.go(self._whisper(reach, answer.whisper))

    def to_submission(self, reach: Reach, answer: Answer) -> render.Json | None:
        """Problems beside their fields, another form in the place of the one sent, or nothing: the form closes."""
        self._home(reach, answer.home)
        if answer.whisper:
            self._errands.go(self._whisper(reach, answer.whisper))
        if answer.problems:
            return {"response_action": "errors", "errors": forms.problems(answer.problems, reach.blocks)}
        if answer.form:
            return {"response_action": "update", "view": forms.view(answer.form, reach.reply_to)}
        return None

    def to_event(self, reach: Reach, answer: Answer) -> None:
        """A home page, or a private reply where somebody mentioned us."""
        self._home(reach, answer.home)
        if answer.form:
            self._errands.go(self._whisper(reach, _ask_for_command(answer.form)))
        if answer.whisper:
            self._errands.go(self._whisper(reach, answer.whisper))

    def _form(self, reach: Reach, form: Form | None) -> None:
        if form:
            self._errands.go(self._open(reach, form))

    def _home(self, reach: Reach, card: Card | None) -> None:
        if card:
            self._errands.go(self._publish(reach, card))

    async def _open(self, reach: Reach, form: Form) -> None:
        try:
            await taken(reach.client.views_open(trigger_id=reach.trigger, view=forms.view(form, reach.reply_to)))
        except PlatformError as error:
            log.warning("slack_form_not_opened", reason=error.reason, form=form.address)
            t = Texts(form.locale)
            await self._whisper(reach, note(t("Slack was too slow to open the form. Please try once more.")))

    async def _publish(self, reach: Reach, card: Card) -> None:
        await taken(reach.client.views_publish(user_id=reach.origin.account, view=render.home(card)))

    async def _replace(self, reach: Reach, card: Card) -> None:
        """In the place of what was clicked, where it can be; a click on the home page has nothing to replace."""
        if reach.reply_to:
            await self._web.post(reach.reply_to, {"replace_original": True, **render.message(card)})
        else:
            await self._whisper(reach, card)

    async def _whisper(self, reach: Reach, card: Card) -> None:
        """Privately, as near as possible to where they acted: there, or else in their direct chat with us."""
        origin = reach.origin
        if reach.reply_to:
            await self._web.post(reach.reply_to, {**_private(card), "replace_original": False})
        elif origin.place and origin.place_kind is not PlaceKind.DIRECT:
            shown = render.message(card)
            await taken(reach.client.chat_postEphemeral(channel=origin.place, user=origin.account, **shown))
        else:
            await taken(reach.client.chat_postMessage(channel=origin.place or origin.account, **render.message(card)))


def _private(card: Card) -> render.Json:
    return {"response_type": "ephemeral", **render.message(card)}


def _ask_for_command(form: Form) -> Card:
    """Slack opens a form only for a command or a click, not for a mention."""
    t = Texts(form.locale)
    return note(t.rich("I can open “{form}” only from a command: type `/` and my command's name.", form=form.title))
