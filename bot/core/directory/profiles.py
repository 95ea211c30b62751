"""What platforms tell of accounts, and whose they are."""

from collections.abc import Mapping

import sqlalchemy as sa

from bot.core.database import Connection, insert
from bot.core.directory.people import known, person
from bot.core.directory.tables import accounts, people
from bot.core.people import Person, Profile
from bot.core.places import Workspace
from bot.core.texts import best_locale


def account(connection: Connection, workspace: Workspace, key: str, name: str = "") -> Person:
    """The person behind an account; made when first seen, to be completed by the directory sync."""
    return known(connection, workspace, key) or learn(connection, workspace, Profile(account=key, name=name))


def learn(connection: Connection, workspace: Workspace, profile: Profile) -> Person:
    """Take over what the platform tells of an account.

    A verified e-mail joins accounts of one organisation in one person.
    """
    someone = known(connection, workspace, profile.account)
    person_id = someone.id if someone else _admit(connection, workspace, profile)
    if profile.admin is not None:
        mine = sa.and_(accounts.c.workspace_id == workspace.id, accounts.c.key == profile.account)
        connection.execute(accounts.update().where(mine).values(admin=profile.admin))
    connection.execute(people.update().where(people.c.id == person_id).values(**_told(connection, person_id, profile)))
    return person(connection, workspace, person_id)


def _namesake(connection: Connection, workspace: Workspace, profile: Profile) -> int | None:
    if not profile.email or not profile.email_verified:
        return None
    return connection.execute(
        sa.select(people.c.id).where(
            people.c.organisation_id == workspace.organisation, people.c.email == profile.email.lower()
        )
    ).scalar_one_or_none()


def _admit(connection: Connection, workspace: Workspace, profile: Profile) -> int:
    """Open an account; somebody else may be doing the same, then theirs is the one."""
    namesake = _namesake(connection, workspace, profile)
    person_id = namesake or _stranger(connection, workspace)
    opened = (
        insert(connection, accounts)
        .values(workspace_id=workspace.id, key=profile.account, person_id=person_id)
        .on_conflict_do_nothing()
        .returning(accounts.c.person_id)
    )
    if connection.execute(opened).first() is None:
        if namesake is None:
            connection.execute(people.delete().where(people.c.id == person_id))
        return account(connection, workspace, profile.account).id
    return person_id


def _stranger(connection: Connection, workspace: Workspace) -> int:
    made = connection.execute(
        people.insert()
        .values(organisation_id=workspace.organisation, locale=workspace.locale, zone=workspace.zone)
        .returning(people.c.id)
    )
    return int(made.scalar_one())


def _told(connection: Connection, person_id: int, profile: Profile) -> Mapping[str, object]:
    told: dict[str, object] = {"active": profile.active, "bot": profile.bot}
    for column in ("name", "title", "photo", "zone"):
        if value := getattr(profile, column):
            told[column] = value
    if profile.locale:
        told["locale"] = best_locale(profile.locale)
    if profile.has_photo is not None:
        told["has_photo"] = profile.has_photo
    if profile.email and profile.email_verified and _free(connection, person_id, profile.email.lower()):
        told["email"] = profile.email.lower()
    return told


def _free(connection: Connection, person_id: int, email: str) -> bool:
    taken = sa.select(people.c.id).where(people.c.email == email, people.c.id != person_id)
    return connection.execute(taken).first() is None
