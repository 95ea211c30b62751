"""Codes by which an admin of one workspace lets an admin of another join the two."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.core.database import Connection
from bot.core.directory.tables import join_codes
from bot.core.people import Person
from bot.core.places import Workspace

VALID: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a code stands for: where and by whom it was made (our own ids). `digest` is all that is kept of it."""

    digest: str
    workspace: int
    person: int


def invite(connection: Connection, workspace: Workspace, person: Person, code: str, now: datetime) -> None:
    """Keep a code, unreadable, for as long as it is valid."""
    connection.execute(join_codes.delete().where(join_codes.c.expires_at <= now))
    connection.execute(
        join_codes.insert().values(
            digest=_digest(code), workspace_id=workspace.id, person_id=person.id, expires_at=now + VALID
        )
    )


def take(connection: Connection, code: str, workspace: Workspace, now: datetime) -> Invitation | None:
    """What a code stands for, which from now on is good for `workspace` alone; None if it is not good there."""
    unbound = sa.or_(join_codes.c.other_id.is_(None), join_codes.c.other_id == workspace.id)
    mine = sa.and_(join_codes.c.digest == _digest(code), join_codes.c.expires_at > now, unbound)
    taken = join_codes.update().where(mine).values(other_id=workspace.id).returning(*_COLUMNS)
    row = connection.execute(taken).one_or_none()
    return Invitation(*row) if row else None


def use(connection: Connection, digest: str, workspace: Workspace, now: datetime) -> Invitation | None:
    """Use up a code that was taken in `workspace`; None if it is not good any more."""
    mine = sa.and_(join_codes.c.digest == digest, join_codes.c.expires_at > now, join_codes.c.other_id == workspace.id)
    row = connection.execute(join_codes.delete().where(mine).returning(*_COLUMNS)).one_or_none()
    return Invitation(*row) if row else None


_COLUMNS: Final = (join_codes.c.digest, join_codes.c.workspace_id, join_codes.c.person_id)


def _digest(code: str) -> str:
    """Codes are as people type them: small or large letters, with or without what stands between."""
    return hashlib.sha256("".join(filter(str.isalnum, code)).upper().encode()).hexdigest()
