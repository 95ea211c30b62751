"""Figures for Prometheus: requests, the engine's work, what waits in the outbox and what became of it."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from bot.core import outbox
from bot.core.database import Database
from bot.core.interactions import Interaction
from bot.core.outbox import Lane
from bot.core.ports import Clock

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)
"""Up to the three seconds in which Slack wants its answer."""

LAGS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
"""Seconds: from an answer that nobody waits for to a campaign that takes its time."""

COUNTED: Final = 15.0
"""Seconds for which what was counted in the outbox is good enough."""

SHARE: Final = 50
"""At most a fiftieth of the time goes into counting, however much waits."""

DOORS: Final = ("calendar", "desk", "files", "healthz", "metrics", "readyz", "sandbox", "slack", "api")


class Metrics:
    """The figures of one process; `happenings` from the start, for Prometheus notices no first step from nothing."""

    def __init__(self, database: Database, clock: Clock, happenings: Iterable[str] = ()) -> None:
        self._database = database
        self._clock = clock
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._requests = Histogram(
            "drumbeat_http_request_seconds",
            "HTTP requests",
            ("door", "status"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._handled = Histogram(
            "drumbeat_interaction_seconds",
            "Interactions, from the engine's door to the commit",
            ("platform", "kind"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._messages = Counter(
            "drumbeat_messages", "What happened to messages", ("happening", "lane"), registry=self.registry
        )
        self._lag = Histogram(
            "drumbeat_message_lag_seconds",
            "From when a message was due until the platform had taken it",
            ("lane",),
            buckets=LAGS,
            registry=self.registry,
        )
        self._waiting = Gauge("drumbeat_outbox_rows", "Messages by state", ("state",), registry=self.registry)
        self._due = Gauge("drumbeat_outbox_due_rows", "Messages that should be on their way", registry=self.registry)
        self._lateness = Gauge(
            "drumbeat_outbox_lateness_seconds",
            "For how long the longest waiting message is due",
            registry=self.registry,
        )
        self._doubtful = Gauge(
            "drumbeat_outbox_doubtful_rows",
            "Messages of which nobody can tell whether they arrived, for an admin to decide about",
            registry=self.registry,
        )
        self._halted = Gauge("drumbeat_halted_campaigns", "Campaigns that were stopped", registry=self.registry)
        self._count_at = 0.0
        for lane in Lane:
            self._lag.labels(lane.value)
            for happening in happenings:
                self._messages.labels(str(happening), lane.value)

    @property
    def routes(self) -> list[BaseRoute]:
        """`/metrics`."""
        return [Route("/metrics", self._page)]

    def door(self, scope: Scope) -> str:
        """Which door a request came through: the first part of its path, for the rest may hold a secret or a name."""
        first = scope["path"].split("/", 2)[1]
        return first if first in DOORS else "other"

    @contextmanager
    def request(self, scope: Scope, status: Callable[[], int]) -> Iterator[None]:
        """Time one request; `status` tells the answer's status afterwards."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._requests.labels(self.door(scope), status()).observe(time.perf_counter() - began)

    def handled(self, act: Interaction, seconds: float) -> None:
        """Count an interaction that the engine handled in `seconds`."""
        self._handled.labels(act.origin.platform, type(act).__name__.lower()).observe(seconds)

    def message(self, happening: str, lane: str, lag: float | None = None) -> None:
        """Count what happened to a message: `sent`, `cancelled`, `unknown`, `paused` (after a 429) and so on.

        `lag` is how many seconds after it was due it was sent.
        """
        self._messages.labels(happening, lane).inc()
        if lag is not None:
            self._lag.labels(lane).observe(max(lag, 0.0))

    async def _page(self, _request: Request) -> Response:
        began = self._clock.elapsed()
        if began >= self._count_at:
            await self._count()
            self._count_at = began + max(COUNTED, SHARE * (self._clock.elapsed() - began))
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

    async def _count(self) -> None:
        now = self._clock.now()
        backlog, doubtful, halted = await self._database.read(
            lambda connection: (
                outbox.backlog(connection, now),
                outbox.doubtful(connection),
                outbox.halted(connection),
            )
        )
        self._waiting.clear()
        for state, rows in backlog.rows.items():
            self._waiting.labels(state.value).set(rows)
        self._due.set(backlog.due)
        self._lateness.set((now - backlog.oldest).total_seconds() if backlog.oldest else 0)
        self._doubtful.set(doubtful)
        self._halted.set(len(halted))
