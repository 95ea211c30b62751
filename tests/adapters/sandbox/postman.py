"""The plainest way from the outbox into the chat, for tests that look at the sandbox and not at the scheduler."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from adapters.sandbox.platform import SandboxPlatform
from bot.core.cards import Card
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.feature import View
from bot.core.outbox import State, messages, outbox
from bot.core.ports import Destination, Posted
from bot.core.texts import Texts


@dataclass
class Postman:
    """Brings what is due at once; knows no limits, leases or quiet hours."""

    engine: Engine
    platform: SandboxPlatform | None = None
    one_round: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run_due(self) -> None:
        """Settle, send and redraw until nothing is due any more."""
        async with self.one_round:
            while row := await self.engine.database.run(self._next):
                await self._bring(row)

    async def next_due(self, before: datetime) -> datetime | None:
        """The due time of the first row that waits."""
        waiting = sa.select(sa.func.min(outbox.c.due_at)).where(outbox.c.state == State.READY.value)
        due: datetime | None = await self.engine.database.read(lambda c: c.execute(waiting).scalar_one())
        return due if due is not None and due <= before else None

    def _next(self, connection: Connection) -> Any:
        now = self.engine.clock.now()
        for feature in self.engine.features.values():
            for tick in feature.ticks.values():
                tick(connection, now)
        due = sa.select(outbox).where(outbox.c.state == State.READY.value, outbox.c.due_at <= now)
        return connection.execute(due.order_by(outbox.c.due_at, outbox.c.id)).first()

    async def _bring(self, row: Any) -> None:
        to, card, message = await self.engine.database.run(lambda c: self._drawn(c, row))
        assert self.platform is not None
        posted = message
        if card is not None and message is not None:
            await self.platform.update(to.workspace, message, card)
        elif card is not None:
            posted = await self.platform.send(to, card, row.key)
        await self.engine.database.run(lambda c: self._settle(c, row, posted))

    def _drawn(self, connection: Connection, row: Any) -> tuple[Destination, Card | None, Posted | None]:
        workspace = directory.workspace_by_id(connection, row.workspace_id)
        reader = directory.person(connection, workspace, row.person_id) if row.person_id else None
        place = directory.place(connection, row.place_id) if row.place_id else None
        t = Texts(reader.locale, reader.zone) if reader else Texts(workspace.locale, workspace.zone)
        now = self.engine.clock.now()
        arguments = json.loads(row.arguments)
        view = View(connection=connection, workspace=workspace, now=now, t=t, reader=reader, arguments=arguments)
        card = self.engine.draw(view, row.drawing)
        there = connection.execute(sa.select(messages).where(messages.c.id == row.message_id)).first()
        to = Destination(workspace, place.key if place else "", reader.account if reader and not place else "")
        posted = Posted(there.place_key, there.message_key) if there else None
        return to, card if isinstance(card, Card) else None, posted

    def _settle(self, connection: Connection, row: Any, posted: Posted | None) -> None:
        now = self.engine.clock.now()
        done = outbox.update().where(outbox.c.id == row.id)
        connection.execute(done.values(state=State.SENT.value, settled_at=now))
        after = now + timedelta(seconds=1)
        if row.message_id:
            connection.execute(messages.update().where(messages.c.id == row.message_id).values(redraw_after=after))
        elif row.subject and posted:
            kept = {name: getattr(row, name) for name in ("workspace_id", "subject", "drawing", "arguments")}
            kept |= {"person_id": row.person_id, "place_id": row.place_id}
            connection.execute(
                messages.insert().values(**kept, place_key=posted.place, message_key=posted.message, redraw_after=after)
            )
