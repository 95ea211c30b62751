"""A bounded HTTP load: prepared requests over kept-alive connections, each answered before the next is sent.

Runs as a process of its own (`python -m benchmarks.load PORT CONNECTIONS RATE FILE`), so that it does not share the
server's interpreter. FILE holds whole requests, each after its length in four bytes. With a RATE of 0 they go as fast
as they are answered; else so many a second, and each is late from the moment at which it should have gone. Prints one
line of JSON (`Figures`).
"""

import asyncio
import json
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import uvloop


@dataclass(frozen=True)
class Figures:
    """What came of a load: requests a second, latency in milliseconds, how many answers were not 200.

    `ended` is when the last answer came, in seconds since 1970.
    """

    rate: float
    p50: float
    p99: float
    refused: int
    ended: float


def write(requests: Iterable[bytes], file: Path) -> None:
    """Prepare requests, so that making them costs nothing while the load runs."""
    with file.open("wb") as out:
        for request in requests:
            out.write(struct.pack("!I", len(request)) + request)


def run(port: int, connections: int, file: Path, *, rate: float = 0.0) -> Figures:
    """Run the load in a process of its own, as fast as it goes or at `rate` requests a second."""
    command = [sys.executable, "-m", "benchmarks.load", str(port), str(connections), str(rate), str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    return Figures(**json.loads(done.stdout))


def ask(port: int, request: bytes) -> tuple[float, bytes]:
    """One request over a connection of its own: the milliseconds to the end of its answer, and the answer's body."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        begun = time.perf_counter()
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer or len(answer.partition(b"\r\n\r\n")[2]) < _length(answer):
            received = connection.recv(65536)
            if not received:
                raise ConnectionError("the server hung up")
            answer += received
        took = (time.perf_counter() - begun) * 1000
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head[:16]:
        raise SystemExit(f"refused: {head[:100]!r}")
    return took, body


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class _Connection(asyncio.Protocol):
    """One connection that takes the next request as soon as the last is answered."""

    def __init__(self, requests: Iterator[tuple[float, bytes]], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._done = done
        self._answer = b""
        self._sent = 0.0
        self.latencies: list[float] = []
        self.refused = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is one, but does not inherit it
        self._next()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self.latencies.append((time.perf_counter() - self._sent) * 1000)
        self.refused += b" 200 " not in head[:16]
        self._answer = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server hung up"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._done.set_result(None)
            self._transport.close()
            return
        at, words = request
        wait = at - time.perf_counter() if at else 0.0
        self._sent = at or time.perf_counter()
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self._transport.write, words)
        else:
            self._transport.write(words)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _read(file: Path) -> list[bytes]:
    data = file.read_bytes()
    requests: list[bytes] = []
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("!I", data, at)
        requests.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return requests


async def _load(port: int, connections: int, rate: float, requests: list[bytes]) -> Figures:
    loop = asyncio.get_running_loop()
    ends = [loop.create_future() for _ in range(connections)]
    begun = time.perf_counter()
    waiting = ((begun + number / rate if rate else 0.0, request) for number, request in enumerate(requests))
    made = [
        await loop.create_connection(lambda end=end: _Connection(waiting, end), "127.0.0.1", port)  # type: ignore[misc]
        for end in ends
    ]
    await asyncio.gather(*ends)
    seconds, ended = time.perf_counter() - begun, time.time()
    latencies = [latency for _, connection in made for latency in connection.latencies]
    refused = sum(connection.refused for _, connection in made)
    return Figures(len(latencies) / seconds, percentile(latencies, 0.5), percentile(latencies, 0.99), refused, ended)


if __name__ == "__main__":
    figures = uvloop.run(_load(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), _read(Path(sys.argv[4]))))
    print(json.dumps(asdict(figures)))
