"""Where a row's message plays, who reads it, and what it looks like at this moment."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import structlog

from bot.core.cards import Card
from bot.core.database import Connection, Faulty, apart
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.feature import View, Withdrawn
from bot.core.outbox import Entry, Lost, messages
from bot.core.people import Person
from bot.core.places import Workspace
from bot.core.ports import Destination, Platform, Posted
from bot.core.texts import Texts
from scheduler.failures import where

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Scene:
    """A row with everything it names. `reader` is None in a shared place, `message` is what an update redraws."""

    entry: Entry
    workspace: Workspace
    reader: Person | None
    to: Destination
    message: Posted | None = None


class Stage:
    """Sets scenes and draws them; knows which platforms this process speaks."""

    def __init__(self, engine: Engine, platforms: Mapping[str, Platform]) -> None:
        self._engine = engine
        self._platforms = platforms

    def platform(self, scene: Scene) -> Platform | None:
        """The platform a scene plays on, if this process speaks it."""
        return self._platforms.get(scene.workspace.platform)

    def scenes(self, connection: Connection, entries: Sequence[Entry]) -> list[Scene]:
        """Everything that outbox rows name, in a few queries for all of them."""
        workspaces = directory.workspaces_by_id(connection, (entry.workspace_id for entry in entries))
        here = {(entry.workspace_id, entry.person_id) for entry in entries if entry.person_id}
        readers = directory.readers(connection, here) if here else {}
        named = [entry.place_id for entry in entries if entry.place_id]
        places = directory.places_by_id(connection, named) if named else {}

        def scene(entry: Entry) -> Scene:
            workspace = workspaces[entry.workspace_id]
            reader = readers[workspace.id, entry.person_id] if entry.person_id else None
            if entry.message_id is not None:
                message = _message(connection, entry.message_id)
                return Scene(entry, workspace, reader, Destination(workspace, place=message.place), message)
            if entry.under and (above := _above(connection, entry)):
                to = Destination(workspace, place=above.place, under=above.message)
                return Scene(entry, workspace, reader, to)
            if reader is not None:
                return Scene(entry, workspace, reader, Destination(workspace, account=reader.account))
            place = places[entry.place_id].key if entry.place_id else ""
            return Scene(entry, workspace, None, Destination(workspace, place=place))

        return [scene(entry) for entry in entries]

    def draw(self, connection: Connection, scene: Scene, now: datetime) -> Card | Withdrawn:
        """The card as it should look now, in the reader's language or, in a shared place, the workspace's."""
        reader, workspace = scene.reader, scene.workspace
        view = View(
            connection=connection,
            workspace=workspace,
            now=now,
            t=Texts(reader.locale, reader.zone) if reader else Texts(workspace.locale, workspace.zone),
            reader=reader,
            arguments=json.loads(scene.entry.arguments),
        )
        return self._engine.draw(view, scene.entry.drawing)

    def lost(self, connection: Connection, lost: Lost, reason: str, now: datetime) -> None:
        """Tell the feature whose message is gone; a bug there is told, and changes nothing else."""
        try:
            with apart(connection):
                self._engine.tell_lost(connection, lost, reason, now)
        except Faulty as fault:
            log.error("loss_broke", drawing=lost.drawing, where=where(fault.__cause__ or fault))  # noqa: TRY400 -- an error's own words may hold what people wrote


def _above(connection: Connection, entry: Entry) -> Posted | None:
    """The newest message of the subject that a row goes under, in the same place."""
    here = messages.c.place_id.is_not_distinct_from(entry.place_id)
    theirs = messages.c.person_id.is_not_distinct_from(entry.person_id)
    mine = sa.and_(messages.c.workspace_id == entry.workspace_id, here, theirs, ~messages.c.gone)
    found = sa.select(messages.c.place_key, messages.c.message_key).where(messages.c.subject == entry.under, mine)
    row = connection.execute(found.order_by(messages.c.id.desc()).limit(1)).first()
    return Posted(row.place_key, row.message_key) if row else None


def _message(connection: Connection, message: int) -> Posted:
    row = connection.execute(
        sa.select(messages.c.place_key, messages.c.message_key).where(messages.c.id == message)
    ).one()
    return Posted(row.place_key, row.message_key)
