"""`/files/{token}`: a private download, by a signed link that ends by itself."""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.core.errors import Refused
from bot.core.links import PATH, File
from bot.core.rich import plain, spoken
from bot.core.texts import Texts, best_locale

Fetch = Callable[[str], Awaitable[File | None]]
"""Gives the file behind a token; None if there is none (any more), `Refused` if it may not be had (any more)."""

UNCACHED: Final = {"cache-control": "no-store", "x-robots-tag": "noindex"}
UNSAFE: Final = frozenset('\\/:*?"<>|')
"""What no file name may hold in some system or other."""


def routes(fetch: Fetch) -> list[BaseRoute]:
    """The one door to files."""

    async def serve(request: Request) -> Response:
        t = Texts(best_locale(request.headers.get("accept-language", "")))
        try:
            file = await fetch(request.path_params["token"])
        except Refused as refusal:
            sentence = refusal.sentence
            return _page(403, refusal.locale, spoken(plain(sentence) if isinstance(sentence, str) else sentence))
        if file is None:
            return _page(404, t.locale, t("This link has ended, or its file is gone. Ask for a new one in the chat."))
        return Response(file.content, media_type=file.media_type, headers={**UNCACHED, **_named(file.name)})

    return [Route(f"{PATH}{{token}}", serve, methods=["GET"])]


def _named(name: str) -> dict[str, str]:
    """Saved, never shown in the page's own place, under its name: RFC 6266, with RFC 5987 for what is not ASCII."""
    safe = "".join("_" if letter in UNSAFE or not letter.isprintable() else letter for letter in name)
    ascii_only = "".join(letter if letter.isascii() else "_" for letter in safe)
    return {"content-disposition": f"attachment; filename=\"{ascii_only}\"; filename*=UTF-8''{quote(safe, safe='')}"}


def _page(status: int, locale: str, sentence: str) -> Response:
    said = escape(sentence)
    return HTMLResponse(
        f'<!doctype html><html lang="{locale}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>Drumbeat</title><p>{said}</p></html>',
        status,
        UNCACHED,
    )
