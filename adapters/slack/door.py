"""The HTTP door: a POST from Slack straight to Bolt, with no framework in between, since every click passes here."""

import binascii
from typing import Any, Final
from urllib.parse import parse_qsl

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.request.async_internals import build_async_context
from starlette.types import Receive, Scope, Send

log = structlog.get_logger()

LONGEST_BODY: Final = 1_000_000
"""Bytes; Slack's own requests stay far below."""

HEADERS: Final = frozenset({b"content-type", b"x-slack-signature", b"x-slack-request-timestamp"})
"""The headers Bolt reads."""

PAYLOAD: Final = b"payload="

BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404


class Door:
    """An ASGI application for one path. Whoever sends nonsense hears 400, whoever cannot sign hears 401."""

    def __init__(self, bolt: AsyncApp) -> None:
        self._bolt = bolt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the request, let Bolt answer it."""
        raw = await _body(receive)
        request = None if raw is None else _request(scope, raw)
        if request is None:
            status, content_type, body = BAD_REQUEST, b"text/plain", b""
        else:
            response = await self._bolt.async_dispatch(request)
            # What no listener takes is nothing that Slack sends to this app.
            status = BAD_REQUEST if response.status == NOT_FOUND else response.status
            body = response.body.encode() if status < BAD_REQUEST else b""
            content_type = response.first_headers().get("content-type", "text/plain").encode()
        if status >= BAD_REQUEST:
            log.warning("slack_request_refused", status=status)
        head = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive) -> bytes | None:
    chunks: bytes = b""
    while True:
        message = await receive()
        chunks += message.get("body", b"")
        if len(chunks) > LONGEST_BODY or message["type"] == "http.disconnect":
            return None
        if not message.get("more_body"):
            return chunks


def _request(scope: Scope, raw: bytes) -> AsyncBoltRequest | None:
    headers: dict[str, Any] = {
        name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"] if name in HEADERS
    }
    try:
        body = raw.decode()
        request = AsyncBoltRequest(body=_payload(raw) or body, headers=headers)
        request.raw_body = body  # what the signature is of
        if not request.body and body:
            _read_again(request, body)
    except (ValueError, TypeError, AttributeError, KeyError):
        return None
    return request


def _payload(raw: bytes) -> str:
    """The JSON of a click or a form, which Bolt also reads as it is.

    `parse_qsl` takes as long over a form of this length as Bolt over all the rest. Quoted-printable differs from
    percent encoding only in its sign, and is read in C. What could be read in two ways is left to Bolt.
    """
    value = raw[len(PAYLOAD) :]
    if not raw.startswith(PAYLOAD) or b"&" in value or b"=" in value:
        return ""
    return binascii.a2b_qp(value.replace(b"+", b" ").replace(b"%", b"=")).decode()


def _read_again(request: AsyncBoltRequest, body: str) -> None:
    """Bolt looks for a payload in any form that holds the word, and so loses a command in which somebody typed it."""
    request.body = dict(parse_qsl(body, keep_blank_values=True))
    request.context = build_async_context(request.context, request.body)
