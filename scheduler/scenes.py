"""Where a row's message plays, who reads it, and what it looks like at this moment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.core.cards import Card
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.feature import View, Withdrawn
from bot.core.outbox import messages
from bot.core.people import Person
from bot.core.places import Workspace
from bot.core.ports import Destination, Platform, Posted
from bot.core.texts import Texts
from scheduler.notices import Row


class Undrawable(Exception):
    """A drawing broke: a bug, to be told loudly, and the end of its row."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A row with everything it names. `reader` is None in a shared place, `message` is what an update redraws."""

    row: Row
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

    def scene(self, connection: Connection, row: Row) -> Scene:
        """Everything an outbox row names."""
        workspace = directory.workspace_by_id(connection, row.workspace_id)
        reader = None if row.person_id is None else directory.person(connection, workspace, row.person_id)
        if row.message_id is not None:
            message = connection.execute(sa.select(messages).where(messages.c.id == row.message_id)).one()
            to = Destination(workspace, place=message.place_key)
            return Scene(row, workspace, reader, to, Posted(message.place_key, message.message_key))
        if reader is not None:
            return Scene(row, workspace, reader, Destination(workspace, account=reader.account))
        place = directory.place(connection, row.place_id)
        return Scene(row, workspace, None, Destination(workspace, place=place.key if place else ""))

    def draw(self, connection: Connection, scene: Scene, now: datetime) -> Card | Withdrawn:
        """The card as it should look now, in the reader's language or, in a shared place, the workspace's.

        Raises `Undrawable` where the drawing has a bug; a database that is away is not one.
        """
        reader, workspace = scene.reader, scene.workspace
        view = View(
            connection=connection,
            workspace=workspace,
            now=now,
            t=Texts(reader.locale, reader.zone) if reader else Texts(workspace.locale, workspace.zone),
            reader=reader,
            arguments=json.loads(scene.row.arguments),
        )
        try:
            return self._engine.draw(view, scene.row.drawing)
        except (OperationalError, InterfaceError, connection.dialect.loaded_dbapi.OperationalError):
            raise
        except Exception as error:
            raise Undrawable(scene.row.drawing) from error
