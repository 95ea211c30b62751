"""What platforms tell of accounts, and whose they are."""

from collections.abc import Mapping

import sqlalchemy as sa

from bot.core.database import Connection, insert
from bot.core.directory.joining import hold, unite
from bot.core.directory.people import known, person
from bot.core.directory.tables import UNKNOWN_ZONE, accounts, people, workspaces
from bot.core.people import Person, Profile
from bot.core.places import Workspace
from bot.core.texts import best_locale


def account(connection: Connection, workspace: Workspace, key: str, name: str = "") -> Person:
    """The person behind an account; made when first seen, to be completed by the directory sync."""
    return known(connection, workspace, key) or learn(connection, workspace, Profile(account=key, name=name))


def learn(connection: Connection, workspace: Workspace, profile: Profile) -> Person:
    """Take over what the platform tells of an account.

    A verified e-mail address makes all accounts of one organisation that have it those of one person. Where somebody
    has accounts in several workspaces, the first of these is believed, and the others fill in what it leaves open.
    """
    email = profile.email.lower() if profile.email_verified else ""
    person_id = _whose(connection, workspace, profile.account, email)
    if email:
        person_id = _settle(connection, workspace, person_id, email)
    mine = sa.and_(accounts.c.workspace_id == workspace.id, accounts.c.key == profile.account)
    admin = {} if profile.admin is None else {"admin": profile.admin}
    connection.execute(accounts.update().where(mine).values(active=profile.active, **admin))
    told = _told(connection, workspace, person_id, profile, email)
    connection.execute(people.update().where(people.c.id == person_id).values(**told))
    return person(connection, workspace, person_id)


def _whose(connection: Connection, workspace: Workspace, key: str, email: str) -> int:
    """Who has an account, opened if need be; nobody makes them one with somebody else until this transaction ends."""
    while True:
        someone = known(connection, workspace, key)
        number = someone.id if someone else _admit(connection, workspace, key, email)
        mine = sa.select(people.c.id).where(people.c.id == number)
        if connection.execute(mine.with_for_update(key_share=True)).first():
            return number


def _settle(connection: Connection, workspace: Workspace, person_id: int, email: str) -> int:
    """Whose an account is by its e-mail address: if that is somebody else's, the two are one."""
    has = connection.execute(sa.select(people.c.email).where(people.c.id == person_id)).scalar_one()
    if has == email:
        return person_id
    hold(connection, workspace.id)
    namesake = _namesake(connection, workspace, email)
    if namesake in (None, person_id):
        return person_id
    pair = min(namesake, person_id), max(namesake, person_id)
    unite(connection, [pair])
    return pair[0]


def _namesake(connection: Connection, workspace: Workspace, email: str) -> int | None:
    mine = sa.and_(people.c.organisation_id == _organisation(workspace), people.c.email == email)
    return connection.execute(sa.select(people.c.id).where(mine)).scalar_one_or_none()


def _admit(connection: Connection, workspace: Workspace, key: str, email: str) -> int:
    """Open an account; somebody else may be doing the same, then theirs is the one."""
    namesake = _namesake(connection, workspace, email) if email else None
    person_id = namesake or _stranger(connection, workspace)
    opened = (
        insert(connection, accounts)
        .values(workspace_id=workspace.id, key=key, person_id=person_id)
        .on_conflict_do_nothing()
        .returning(accounts.c.person_id)
    )
    if connection.execute(opened).first() is None:
        if namesake is None:
            connection.execute(people.delete().where(people.c.id == person_id))
        return account(connection, workspace, key).id
    return person_id


def _stranger(connection: Connection, workspace: Workspace) -> int:
    made = connection.execute(
        people.insert()
        .values(organisation_id=_organisation(workspace), locale=workspace.locale, zone=workspace.zone)
        .returning(people.c.id)
    )
    return int(made.scalar_one())


def _organisation(workspace: Workspace) -> sa.ScalarSelect[int]:
    """The organisation a workspace is of now: it may have been joined to another since it was read."""
    return sa.select(workspaces.c.organisation_id).where(workspaces.c.id == workspace.id).scalar_subquery()


def _told(
    connection: Connection, workspace: Workspace, person_id: int, profile: Profile, email: str
) -> Mapping[str, object]:
    """What a profile changes about its person."""
    others = sa.select(accounts.c.key).where(accounts.c.person_id == person_id, accounts.c.active)
    first = ~others.where(accounts.c.workspace_id < workspace.id).exists()
    active = others.exists()
    row = connection.execute(
        sa.select(people, first.label("first"), active.label("here")).where(people.c.id == person_id)
    ).one()
    told: dict[str, object] = {
        column: value
        for column in ("name", "title", "photo", "zone")
        if (value := getattr(profile, column)) and (row.first or getattr(row, column) in ("", UNKNOWN_ZONE))
    }
    if profile.locale and row.first:
        told["locale"] = best_locale(profile.locale)
    if profile.has_photo is not None and row.first:
        told["has_photo"] = profile.has_photo
    if email and (row.first or not row.email):
        told["email"] = email
    return {"active": row.here, "bot": profile.bot, **told}
