"""Procrastinate as its documentation has it for calls to others: asynchronous tasks, one worker, `concurrency`."""

import logging
import sys

import aiohttp
import procrastinate
import uvloop

from benchmarks import call


async def _run(verb: str, url: str, port: int, jobs: int, in_flight: int) -> None:
    """The pool has a connection for every job in flight, and one that listens."""
    connector = procrastinate.PsycopgConnector(conninfo=url.replace("+psycopg", ""), max_size=in_flight + 1)
    app = procrastinate.App(connector=connector)
    async with app.open_async(), aiohttp.ClientSession() as client:

        async def send(account: str, key: str) -> None:
            await call.plainly(client, port, account, key)

        task = app.task(name="send")(send)
        if verb == "work":
            await app.run_worker_async(concurrency=in_flight)
        else:
            await app.schema_manager.apply_schema_async()
            await task.batch_defer_async(*({"account": f"U{job}", "key": f"job:{job}"} for job in range(jobs)))


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    uvloop.run(_run(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])))
