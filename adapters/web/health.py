"""Whether the process is alive, and whether it can do its work."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

Probe = Callable[[], Awaitable[str]]
"""Looks at one thing the program needs: empty if it is well, otherwise what is wrong in one sentence."""

PATIENCE: Final = 2.0
"""Seconds a probe may take; load balancers commonly wait five."""


def routes(probes: Mapping[str, Probe]) -> list[BaseRoute]:
    """`/healthz` says that the process answers; `/readyz` asks every probe and answers 503 with what is wrong."""

    async def ready(_request: Request) -> Response:
        sentences = await asyncio.gather(*map(_ask, probes.values()))
        wrong = {name: sentence for name, sentence in zip(probes, sentences, strict=True) if sentence}
        status = {"status": "not ready", "reasons": wrong} if wrong else {"status": "ready"}
        return JSONResponse(status, status_code=503 if wrong else 200, headers={"cache-control": "no-store"})

    return [Route("/healthz", _alive), Route("/readyz", ready)]


async def _alive(_request: Request) -> Response:
    return JSONResponse({"status": "alive"}, headers={"cache-control": "no-store"})


async def _ask(probe: Probe) -> str:
    try:
        return await asyncio.wait_for(probe(), PATIENCE)
    except TimeoutError:
        return f"No answer within {PATIENCE:.0f} seconds."
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is why we are not ready
        return f"It cannot be reached ({type(error).__name__})."
