"""Messages that are not there any more, by whoever's doing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from bot.core.database import Connection
from bot.core.outbox.tables import messages


@dataclass(frozen=True, slots=True)
class Lost:
    """A message that was there and can be redrawn no more. `arguments` are those of its drawing."""

    workspace: int
    drawing: str
    arguments: Mapping[str, str]
    person: int | None
    place: int | None


def lose(connection: Connection, message: int) -> list[Lost]:
    """Mark a message as gone; nothing if it was."""
    return _gone(connection, messages.c.id == message)


def lose_at(connection: Connection, workspace: int, place: int, place_key: str, message_key: str = "") -> list[Lost]:
    """Mark what the platform knows by a key in a place as gone; without one, everything there."""
    here = sa.or_(messages.c.place_id == place, messages.c.place_key == place_key)
    which = [messages.c.message_key == message_key] if message_key else []
    return _gone(connection, messages.c.workspace_id == workspace, here, *which)


def _gone(connection: Connection, *which: sa.ColumnElement[bool]) -> list[Lost]:
    found = (
        messages.c.workspace_id,
        messages.c.drawing,
        messages.c.arguments,
        messages.c.person_id,
        messages.c.place_id,
    )
    gone = messages.update().where(*which, ~messages.c.gone).values(gone=True).returning(*found)
    return [
        Lost(workspace, drawing, json.loads(arguments), person, place)
        for workspace, drawing, arguments, person, place in connection.execute(gone)
    ]
