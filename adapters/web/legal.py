"""The two pages that an app's listing must point to: what is kept of people, and on what terms it runs."""

from collections.abc import Awaitable, Callable, Sequence
from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.core.texts import Texts, best_locale, later

PRIVACY: Final = (
    later("What Drumbeat keeps about you"),
    later("Your name, e-mail address, title, picture address, language and time zone, as your chat tells them."),
    later("Which channels and groups you are in, while something is asked there."),
    later("What you give it: your introduction, polls you ask, your votes, praise, and the moments of your rhythm."),
    later("How often somebody posts in a channel on a day, for 92 days. Never what anybody writes in the chat."),
    later("In the chat, /drumbeat my data shows what is kept and erases it; /drumbeat stop ends all private messages."),
    later("Your company runs Drumbeat and is responsible for what it keeps. Nothing is passed on to anybody else."),
)
TERMS: Final = (
    later("Terms of use"),
    later("Your company runs Drumbeat for you. What is right in your chat is right here, too."),
    later("The program is free software under the MIT licence and comes without warranty of any kind."),
)


def routes() -> list[BaseRoute]:
    """`/privacy` and `/terms`, in the browser's language."""
    return [Route("/privacy", _page(PRIVACY)), Route("/terms", _page(TERMS))]


def _page(sentences: Sequence[str]) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        t = Texts(best_locale(request.headers.get("accept-language", "")))
        title, *rest = (escape(t(sentence)) for sentence in sentences)
        body = "".join(f"<p>{sentence}</p>" for sentence in rest)
        return HTMLResponse(
            f'<!doctype html><html lang="{t.locale}"><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{title}</title><h1>{title}</h1>{body}</html>'
        )

    return page
