"""People as they are known, and what they and the admins decide about them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.database import Connection, Prepared, one_of
from bot.core.directory.tables import accounts, former, people
from bot.core.people import Person, Role
from bot.core.places import Workspace

_PERSON = (
    people.c.id,
    people.c.organisation_id,
    people.c.name,
    sa.func.coalesce(people.c.chosen_locale, people.c.locale).label("locale"),
    people.c.zone,
    people.c.roles,
    people.c.opted_out_at,
    people.c.title,
    people.c.photo,
    people.c.has_photo,
    sa.func.coalesce(accounts.c.active, people.c.active).label("active"),
    people.c.bot,
    accounts.c.key.label("account"),
    accounts.c.admin,
)

_KNOWN = sa.select(*_PERSON).join(people, people.c.id == accounts.c.person_id)

_BY_ACCOUNT = Prepared(
    lambda _: _KNOWN.where(
        accounts.c.workspace_id == sa.bindparam("workspace"), accounts.c.key == sa.bindparam("account")
    )
)

_BY_ACCOUNTS = Prepared(
    lambda connection: _KNOWN.where(
        accounts.c.workspace_id == sa.bindparam("workspace"), one_of(connection, accounts.c.key, "keys", sa.Text)
    )
)

_HERE = people.outerjoin(
    accounts,
    sa.and_(accounts.c.person_id == people.c.id, accounts.c.workspace_id == sa.bindparam("workspace")),
)

_BY_ID = sa.select(*_PERSON).select_from(_HERE).where(people.c.id == sa.bindparam("person")).limit(1)

_ANYWHERE = Prepared(
    lambda connection: (
        sa.select(*_PERSON, accounts.c.workspace_id)
        .select_from(people.outerjoin(accounts, accounts.c.person_id == people.c.id))
        .where(one_of(connection, people.c.id, "people"))
    )
)

_FORMER = Prepared(
    lambda connection: sa.select(former.c.id, former.c.person_id).where(one_of(connection, former.c.id, "lost"))
)


def known(connection: Connection, workspace: Workspace, key: str) -> Person | None:
    """The person behind an account, if it was ever seen."""
    row = _BY_ACCOUNT.row(connection, workspace=workspace.id, account=key)
    return _person(row) if row else None


def known_of(connection: Connection, workspace: Workspace, keys: Collection[str]) -> dict[str, Person]:
    """The people behind accounts, by account; without those never seen."""
    rows = _BY_ACCOUNTS.rows(connection, workspace=workspace.id, keys=sorted(set(keys)))
    return {someone.account: someone for someone in map(_person, rows)}


def named(connection: Connection, workspace: Workspace, who: str) -> Person | None:
    """The person whom an admin names by account id or by e-mail address, if there is one in a workspace."""
    mine = sa.and_(accounts.c.workspace_id == workspace.id, people.c.email == who.lower())
    return known(connection, workspace, who) or next(map(_person, connection.execute(_KNOWN.where(mine))), None)


def person(connection: Connection, workspace: Workspace, person_id: int) -> Person:
    """A person by our own id, with the account they have in `workspace` (empty if none)."""
    found = connection.execute(_BY_ID, {"workspace": workspace.id, "person": person_id}).one_or_none()
    return _person(found) if found else person(connection, workspace, _now(connection, person_id))


def current(connection: Connection, person_id: int) -> int:
    """Whose number it is by now: another's, where it was a person's who became one with them."""
    known = sa.select(former.c.person_id).where(former.c.id == person_id)
    return connection.execute(known).scalar_one_or_none() or person_id


def readers(connection: Connection, here: Collection[tuple[int, int]]) -> dict[tuple[int, int], Person]:
    """People by pairs of workspace and person (our own ids), each with the account they have there (empty if none).

    `KeyError` if there never was such a person.
    """
    rows = _ANYWHERE.rows(connection, people=sorted({person for _, person in here}))
    found = {(workspace, row[0]): _person(row) for *row, workspace in rows}
    anywhere = {row[0]: (*row[:-2], "", False) for *row, _ in rows}
    if lost := {person for _, person in here} - anywhere.keys():
        return _readers_by_now(connection, here, sorted(lost))
    return {each: found.get(each) or _person(anywhere[each[1]]) for each in here}


def everybody(connection: Connection, workspace: Workspace, role: Role | None = None) -> list[Person]:
    """Every human active in a workspace, or those who hold a role there."""
    here = sa.and_(accounts.c.workspace_id == workspace.id, accounts.c.active, ~people.c.bot)
    # Most people hold no role: they need not come out of the database.
    likely = sa.true() if role is None else sa.or_(people.c.roles.contains(role.value), accounts.c.admin)
    rows = connection.execute(_KNOWN.where(here, likely).order_by(people.c.name, people.c.id))
    return [someone for someone in map(_person, rows) if role is None or role in someone.roles]


def grant(connection: Connection, person: Person, role: Role) -> bool:
    """Give a role; False if the person has it."""
    held = _held(connection, person.id)
    _set_roles(connection, person.id, {*held, role})
    return role not in held


def revoke(connection: Connection, person: Person, role: Role) -> bool:
    """Take a role away; False if the person has not got it."""
    held = _held(connection, person.id)
    _set_roles(connection, person.id, held - {role})
    return role in held


def opt_out(connection: Connection, person: Person, at: datetime | None) -> None:
    """Opt a person out of everything, or (None) back in."""
    _change(connection, person.id, opted_out_at=at)


def speak(connection: Connection, person: Person, locale: str) -> None:
    """Remember the language a person chose."""
    _change(connection, person.id, chosen_locale=locale)


def email(connection: Connection, person: Person) -> str:
    """The e-mail address a person's accounts were joined by; empty if none is known."""
    return connection.execute(sa.select(people.c.email).where(people.c.id == person.id)).scalar_one_or_none() or ""


def forget(connection: Connection, person: Person) -> None:
    """Erase the copy of a person's profile, their roles and the language they chose.

    An opt-out stays: whoever asked for silence and then to be forgotten still wants silence.
    """
    _change(connection, person.id, name="", email=None, title="", photo="", roles="", chosen_locale=None)


def read_roles(written: str) -> set[Role]:
    """Roles from the column that holds them."""
    return {Role(role) for role in written.split(",") if role}


def write_roles(roles: Iterable[Role]) -> str:
    """Roles as their column holds them."""
    return ",".join(sorted(roles))


def _held(connection: Connection, person_id: int) -> set[Role]:
    mine = sa.select(people.c.roles).where(people.c.id == person_id).with_for_update(key_share=True)
    written = connection.execute(mine).scalar_one_or_none()
    return _held(connection, _now(connection, person_id)) if written is None else read_roles(written)


def _set_roles(connection: Connection, person_id: int, roles: Iterable[Role]) -> None:
    _change(connection, person_id, roles=write_roles(roles))


def _change(connection: Connection, person_id: int, **columns: object) -> None:
    """Change somebody, also where they have become one with somebody else since they were read."""
    changed = connection.execute(people.update().where(people.c.id == person_id).values(columns))
    if not changed.rowcount:
        _change(connection, _now(connection, person_id), **columns)


def _readers_by_now(
    connection: Connection, here: Collection[tuple[int, int]], lost: Sequence[int]
) -> dict[tuple[int, int], Person]:
    """`readers`, where some of the people have become one with others."""
    now = dict(_FORMER.rows(connection, lost=lost))
    whose = {(workspace, person): (workspace, now[person] if person in lost else person) for workspace, person in here}
    known = readers(connection, set(whose.values()))
    return {each: known[one] for each, one in whose.items()}


def _now(connection: Connection, person_id: int) -> int:
    now = current(connection, person_id)
    if now == person_id:
        raise LookupError(person_id)
    return now


def _person(row: Sequence[Any]) -> Person:
    """A person from the columns of `_PERSON`."""
    number, organisation, name, locale, zone, roles, opted_out_at, title, photo, has_photo, active, bot, key, admin = (
        row
    )
    return Person(
        id=number,
        organisation=organisation,
        name=name or key or "",
        account=key or "",
        locale=locale,
        zone=zone,
        roles=frozenset(read_roles(roles) | ({Role.ADMIN} if admin else set())),
        opted_out=opted_out_at is not None,
        title=title,
        photo=photo,
        has_photo=has_photo,
        active=active,
        bot=bot,
    )
