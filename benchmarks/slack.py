"""A pretend Slack with a ledger: as much of its Web API as benchmarks need, which answers at once.

Runs as a process of its own, `python -m benchmarks.slack PORT PEOPLE A_MINUTE`: it knows so many people, every channel
has as many members (those of a `crowd`), and it takes so many messages in any minute and refuses the rest (0: takes all
of them). It speaks just enough HTTP for the clients at hand, so that it is never what a benchmark measures.
"""

import asyncio
import json
import sys
import time
import urllib.request
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import uvloop

from tests.parts.process import free_port, running

MINUTE: Final = 60.0


@dataclass(frozen=True)
class Call:
    """A message that came: when (seconds since 1970), the key it carried (if any), and whether it was taken."""

    at: float
    key: str
    taken: bool


@dataclass(frozen=True)
class Redraw:
    """A message that was drawn anew: when (seconds since 1970), the message's `ts`, and its words, a block a line."""

    at: float
    message: str
    words: str


class Slack:
    """What it knows and what it has seen. A minute slides, which is the strictest way to read `N a minute`."""

    def __init__(self, people: int, a_minute: int) -> None:
        self._people = people
        self._a_minute = a_minute
        self._recent: deque[float] = deque()
        self._calls: list[tuple[float, bytes, bool]] = []
        self._redraws: list[tuple[float, bytes]] = []

    def answer(self, method: bytes, path: bytes, body: bytes) -> bytes:  # noqa: C901 -- one branch a method
        """The whole answer to a request."""
        match path.partition(b"?")[0].rpartition(b"/")[2]:
            case b"chat.postMessage":
                return self._post(body)
            case b"chat.update":
                self._redraws.append((time.time(), body))
                told: Any = {"channel": "C1", "ts": json.loads(body)["ts"]}
            case b"auth.test":
                told = {"team_id": "T1", "team": "Bench", "user_id": "UBOT", "bot_id": "BBOT", "user": "drumbeat"}
            case b"users.list":
                told = {"members": [_member(number) for number in range(self._people)]}
            case b"conversations.members":
                told = {"members": [f"U1x{number}" for number in range(self._people)]}
            case b"conversations.open":
                told = {"channel": {"id": "D1"}}
            case b"ledger" if method == b"DELETE":
                self._calls.clear()
                self._redraws.clear()
                told = {}
            case b"ledger":
                return _http(
                    b"200 OK", json.dumps([(at, _key(sent), taken) for at, sent, taken in self._calls]).encode()
                )
            case b"redraws":
                return _http(b"200 OK", json.dumps([_drawn(at, sent) for at, sent in self._redraws]).encode())
            case b"count":
                return _http(b"200 OK", str(len(self._calls)).encode())
            case _:
                told = {"channel": "C1", "ts": "1.000001"}
        return _http(b"200 OK", json.dumps({"ok": True, **told}).encode())

    def _post(self, body: bytes) -> bytes:
        now = time.time()
        while self._recent and self._recent[0] <= now - MINUTE:
            self._recent.popleft()
        taken = not self._a_minute or len(self._recent) < self._a_minute
        self._calls.append((now, body, taken))
        if not taken:
            pause = f"Retry-After: {self._recent[0] + MINUTE - now:.2f}\r\n"
            return _http(b"429 Too Many Requests", b'{"ok":false,"error":"ratelimited"}', pause.encode())
        if self._a_minute:
            self._recent.append(now)
        return _http(b"200 OK", b'{"ok":true,"channel":"C1","ts":"1.%06d"}' % len(self._calls))


def _member(number: int) -> dict[str, Any]:
    """One person as `users.list` tells of them."""
    return {
        "id": f"U{number:06}",
        "team_id": "T1",
        "name": f"person{number}",
        "tz": "Europe/Berlin",
        "profile": {"real_name": f"Person {number}", "email": f"p{number}@example.com", "title": "Engineer"},
    }


def _key(body: bytes) -> str:
    sent = json.loads(body) if body.startswith(b"{") else {}
    return str(sent.get("metadata", {}).get("event_payload", {}).get("key", ""))


def _drawn(at: float, body: bytes) -> tuple[float, str, str]:
    sent = json.loads(body)
    return at, sent["ts"], "\n".join(_words(sent["blocks"]))


def _words(part: Any) -> Iterator[str]:  # noqa: ANN401 -- any JSON
    """Every text in some blocks, in reading order."""
    if isinstance(part, list):
        for each in part:
            yield from _words(each)
    elif isinstance(part, dict):
        text = part.get("text")
        yield from (text,) if isinstance(text, str) else ()
        yield from _words(list(part.values()))


class _Connection(asyncio.Protocol):
    """One client's connection, kept alive; its requests come one after another."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is one, but does not inherit it

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._received = b""
        method, path, _ = head.split(b" ", 2)
        self._transport.write(self._slack.answer(method, path, body))


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


def _http(status: bytes, body: bytes, headers: bytes = b"") -> bytes:
    kind = b"Content-Type: application/json\r\n"
    return b"HTTP/1.1 %b\r\n%b%bContent-Length: %d\r\n\r\n%b" % (status, headers, kind, len(body), body)


@contextmanager
def serving(folder: Path, *, people: int = 0, a_minute: int = 0) -> Iterator[int]:
    """Run one for the length of the block; its port."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.slack", *map(str, (port, people, a_minute))]
    with running(command, log=folder / f"slack{port}.log", port=port):
        yield port


def count(port: int) -> int:
    """How many messages came."""
    return int(_ask(port, "GET", "count"))


def calls(port: int) -> list[Call]:
    """Every message that came, the first first."""
    return [Call(*each) for each in json.loads(_ask(port, "GET", "ledger"))]


def redraws(port: int) -> list[Redraw]:
    """Every redraw that came, the first first."""
    return [Redraw(*each) for each in json.loads(_ask(port, "GET", "redraws"))]


def forget(port: int) -> None:
    """Begin a new ledger."""
    _ask(port, "DELETE", "ledger")


def twice(made: Sequence[Call]) -> list[str]:
    """Keys that were taken more than once."""
    return [key for key, times in Counter(call.key for call in made if call.taken and call.key).items() if times > 1]


def _ask(port: int, method: str, what: str) -> bytes:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{what}", method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        said: bytes = answer.read()
    return said


async def _serve(port: int, people: int, a_minute: int) -> None:
    slack = Slack(people, a_minute)
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(slack), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(*map(int, sys.argv[1:])))
