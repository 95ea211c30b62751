"""Where a poll stands to be seen."""

import sqlalchemy as sa

from bot.core import outbox
from bot.core.database import Connection


def stands(connection: Connection, subject: str, place: int) -> bool:
    """Whether a message of a subject is in a place, or on its way there."""
    messages, rows = outbox.messages, outbox.outbox
    there = sa.select(messages.c.id).where(
        messages.c.subject == subject, messages.c.place_id == place, ~messages.c.gone
    )
    coming = sa.select(rows.c.id).where(
        rows.c.subject == subject, rows.c.place_id == place, rows.c.verb == "send", rows.c.state.in_(outbox.OPEN)
    )
    return any(connection.execute(each.limit(1)).first() for each in (there, coming))
