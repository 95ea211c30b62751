import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.core import outbox as core
from bot.core.database import Connection, Database, open_database
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.outbox import Entry, Lane, outbox
from bot.core.people import Profile
from bot.core.places import QuietHours, Workspace, WorkspaceSettings
from scheduler import MovableClock, Notice, Patience, Scheduler, leases
from scheduler.delivery import Delivery
from scheduler.notices import Checkpoint, onward
from scheduler.outcomes import Outcomes
from scheduler.scenes import Stage
from tests.scheduler.pretend import Board, Pretend

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@dataclass
class World:
    """A company of one channel and two people, a platform, and a scheduler with a clock moved by hand."""

    database: Database
    clock: MovableClock
    platform: Pretend = field(default_factory=Pretend)
    board: Board = field(default_factory=Board)
    told: list[Notice] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    workspace: int = 0
    channel: int = 0
    ada: int = 0
    ben: int = 0

    def __post_init__(self) -> None:
        self.engine = Engine(self.database, self.clock, [self.board.feature()])
        self.scheduler = self.another()

    def another(self, checkpoint: Checkpoint = onward) -> Scheduler:
        """One more replica on the same database."""
        return Scheduler(
            self.database,
            self.engine,
            {"pretend": self.platform},
            self.clock,
            tell=self.hear,
            patience=Patience(chance=lambda: 1.0),
            checkpoint=checkpoint,
        )

    def hear(self, notice: Notice) -> None:
        self.told.append(notice)
        self.heard.set()

    async def settle_in(self) -> None:
        def make(connection: Connection) -> None:
            workspace = directory.workspace(connection, "pretend", "T1")
            directory.describe_workspace(connection, workspace.id, name="Acme", locale="en", zone="UTC")
            self.workspace = workspace.id
            self.channel = directory.place_at(connection, workspace, "C1", name="general").id
            self.ada = directory.learn(
                connection, workspace, Profile(account="ada", name="Ada", zone="Europe/Berlin", locale="de")
            ).id
            self.ben = directory.learn(connection, workspace, Profile(account="ben", name="Ben", zone="UTC")).id

        await self.database.run(make)

    async def hire(self, count: int) -> list[int]:
        """More people; their ids."""

        def learn(connection: Connection) -> list[int]:
            workspace = directory.workspace_by_id(connection, self.workspace)
            return [directory.learn(connection, workspace, Profile(account=f"p{each}")).id for each in range(count)]

        return await self.database.run(learn)

    async def choose(self, settings: WorkspaceSettings) -> None:
        await self.database.run(lambda c: directory.choose(c, directory.workspace_by_id(c, self.workspace), settings))

    async def send(self, key: str, lane: Lane = Lane.ANSWER, **facts: Any) -> bool:  # noqa: ANN401 -- as `outbox.send`
        """Plan a message; to Ada unless `place` or `person` is named."""
        if "place" not in facts:
            facts.setdefault("person", self.ada)
        facts.setdefault("drawing", "board.card")
        return await self.database.run(
            lambda c: core.send(c, key=key, lane=lane, now=self.clock.now(), workspace=self.workspace, **facts)
        )

    async def redraw(self, subject: str) -> None:
        await self.database.run(lambda c: core.redraw(c, subject, self.clock.now()))

    async def workspace_now(self) -> Workspace:
        return await self.database.read(lambda c: directory.workspace_by_id(c, self.workspace))

    async def take(self, most: int = 100) -> list[Entry]:
        """What a worker does that vanishes before its calls: the rows whose intents it wrote."""
        delivery = Delivery(Stage(self.engine, {"pretend": self.platform}))
        now = self.clock.now()
        taken = await self.database.run(
            lambda c: delivery.take(c, now, lambda heads: [(each, most) for each, at in heads.items() if at <= now])
        )
        return [ready.entry for ready in taken.ready]

    async def take_over(self) -> None:
        """Take over everything that is in somebody's hands."""
        outcomes = Outcomes(Stage(self.engine, {"pretend": self.platform}), Patience())
        now = self.clock.now()
        await self.database.run(lambda c: outcomes.take_over(c, leases.look(c, now).held, now))

    async def rows(self) -> list[Any]:
        return list(await self.database.read(lambda c: c.execute(sa.select(outbox).order_by(outbox.c.id)).all()))

    async def states(self) -> dict[str, str]:
        return {row.key: row.state for row in await self.rows()}

    async def run(self, **later: float) -> None:
        """Put the clock forward, if asked, and do everything that is due."""
        self.clock.move_by(timedelta(**later))
        await self.scheduler.run_due()

    def happenings(self, key: str) -> list[str]:
        return [notice.happening.value for notice in self.told if notice.key == key]


@pytest.fixture
async def world(house_url: str) -> AsyncIterator[World]:
    database = open_database(house_url)
    world = World(database, MovableClock(MONDAY))
    await world.settle_in()
    yield world
    await database.close()


NEVER_QUIET = WorkspaceSettings(quiet=QuietHours(MONDAY.time(), MONDAY.time(), weekends=False))
