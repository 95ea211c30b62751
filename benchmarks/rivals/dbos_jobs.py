"""DBOS as its documentation has it for calls to others: a queue with `worker_concurrency`, and the call is a step."""

import signal
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import aiohttp
import uvloop
from dbos import DBOS

from benchmarks import call

QUEUE: Final = "calls"
ENQUEUERS: Final = 8
OFTEN: Final = 0.01
"""Seconds between two looks for jobs. By default it is one, and then so many jobs a second as may be in flight."""


def _workflow(port: int) -> Callable[[str, str], Coroutine[Any, Any, None]]:
    clients: list[aiohttp.ClientSession] = []

    async def post(account: str, key: str) -> None:
        if not clients:  # opened in the event loop that DBOS runs workflows in
            clients.append(aiohttp.ClientSession())
        await call.plainly(clients[0], port, account, key)

    step = DBOS.step(name="post")(post)

    async def send(account: str, key: str) -> None:
        await step(account, key)

    workflow: Callable[[str, str], Coroutine[Any, Any, None]] = DBOS.workflow(name="send")(send)
    return workflow


def _run(verb: str, url: str, port: int, jobs: int, in_flight: int) -> None:
    DBOS(config={"name": "bench", "system_database_url": url, "application_version": "1", "log_level": "ERROR"})
    send = _workflow(port)
    if verb == "work":
        DBOS.launch()
        signal.sigwait([signal.SIGTERM])
        return
    DBOS.listen_queues([])
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=in_flight, polling_interval_sec=OFTEN)
    with ThreadPoolExecutor(ENQUEUERS) as threads:
        list(threads.map(lambda job: DBOS.enqueue_workflow(QUEUE, send, f"U{job}", f"job:{job}"), range(jobs)))
    DBOS.destroy()


if __name__ == "__main__":
    uvloop.install()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    _run(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
