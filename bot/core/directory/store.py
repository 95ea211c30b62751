"""Tables and queries of the directory."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, time
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from bot.core.database import Connection, Id, Instant, Prepared, insert, metadata, one_of
from bot.core.people import Person, Profile, Role
from bot.core.places import Place, PlaceKind, QuietHours, Workspace, WorkspaceSettings
from bot.core.texts import best_locale

_ZONE: Final = "UTC"
"""The zone of a workspace until its people are known."""

organisations = sa.Table(
    "organisations",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
)

workspaces = sa.Table(
    "workspaces",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("organisation_id", Id, sa.ForeignKey("organisations.id"), nullable=False),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("locale", sa.Text, nullable=False, server_default="en"),
    sa.Column("zone", sa.Text, nullable=False, server_default=_ZONE),
    sa.Column("settings", sa.Text, nullable=False, server_default="{}"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("sync_at", Instant),
    sa.UniqueConstraint("platform", "key"),
)
"""`sync_at` is when its people are to be learnt again; NULL means they never were."""

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("organisation_id", Id, sa.ForeignKey("organisations.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("email", sa.Text),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("chosen_locale", sa.Text),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("roles", sa.Text, nullable=False, server_default=""),
    sa.Column("title", sa.Text, nullable=False, server_default=""),
    sa.Column("photo", sa.Text, nullable=False, server_default=""),
    sa.Column("has_photo", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("opted_out_at", Instant),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("bot", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("organisation_id", "email"),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("admin", sa.Boolean, nullable=False, server_default=sa.false()),
)

places = sa.Table(
    "places",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("workspace_id", "key"),
)

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
    people.c.active,
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
_WORKSPACE = Prepared(
    lambda _: sa.select(workspaces).where(
        workspaces.c.platform == sa.bindparam("platform"), workspaces.c.key == sa.bindparam("key")
    )
)
_WORKSPACES = Prepared(lambda connection: sa.select(workspaces).where(one_of(connection, workspaces.c.id, "ids")))
_PLACES = Prepared(lambda connection: sa.select(places).where(one_of(connection, places.c.id, "ids")))


def workspace(connection: Connection, platform: str, key: str) -> Workspace:
    """A workspace by the platform's own id; made, with an organisation of its own, when first seen."""
    found = find_workspace(connection, platform, key)
    if found is None:
        organisation = connection.execute(organisations.insert().values(name="")).inserted_primary_key
        connection.execute(
            insert(connection, workspaces)
            .values(organisation_id=organisation[0] if organisation else None, platform=platform, key=key)
            .on_conflict_do_nothing()
        )
        found = find_workspace(connection, platform, key)
    if found is None:
        raise LookupError(platform)
    return found


def find_workspace(connection: Connection, platform: str, key: str) -> Workspace | None:
    """A workspace by the platform's own id, if it was ever seen."""
    row = _WORKSPACE.row(connection, platform=platform, key=key)
    return _workspace(row) if row else None


def workspace_by_id(connection: Connection, workspace_id: int) -> Workspace:
    """A workspace by our own id."""
    return _workspace(connection.execute(sa.select(workspaces).where(workspaces.c.id == workspace_id)).one())


def workspaces_by_id(connection: Connection, ids: Iterable[int]) -> dict[int, Workspace]:
    """Workspaces by our own ids."""
    return {found.id: found for found in map(_workspace, _WORKSPACES.rows(connection, ids=sorted(set(ids))))}


def all_workspaces(connection: Connection, platform: str = "") -> list[Workspace]:
    """Every active workspace, or those of one platform."""
    rows = connection.execute(sa.select(workspaces).where(workspaces.c.active).order_by(workspaces.c.id))
    return [_workspace(row) for row in rows if platform in ("", row.platform)]


def to_sync(connection: Connection, platforms: Iterable[str], now: datetime, again: datetime) -> list[Workspace]:
    """Workspaces whose people are to be learnt now; no other replica takes them before `again`."""
    waiting = sa.or_(workspaces.c.sync_at.is_(None), workspaces.c.sync_at <= now)
    mine = sa.and_(workspaces.c.active, workspaces.c.platform.in_(platforms), waiting)
    taken = workspaces.update().where(mine).values(sync_at=again).returning(workspaces)
    return sorted(map(_workspace, connection.execute(taken)), key=lambda each: each.id)


def sync_again(connection: Connection, workspace: Workspace, at: datetime) -> None:
    """Learn a workspace's people at another time than planned."""
    connection.execute(workspaces.update().where(workspaces.c.id == workspace.id).values(sync_at=at))


def settle_zone(connection: Connection, workspace: Workspace) -> None:
    """A workspace whose zone nobody told lives where most of its people do."""
    if workspace.zone != _ZONE:
        return
    lived = (
        sa.select(people.c.zone)
        .join(accounts, accounts.c.person_id == people.c.id)
        .where(accounts.c.workspace_id == workspace.id, people.c.active, ~people.c.bot, people.c.zone != _ZONE)
        .group_by(people.c.zone)
        .order_by(sa.func.count().desc(), people.c.zone)
        .limit(1)
    )
    if zone := connection.execute(lived).scalar_one_or_none():
        describe_workspace(connection, workspace.id, zone=zone)


def describe_workspace(connection: Connection, workspace_id: int, **columns: str | bool) -> None:
    """Set a workspace's name, locale, zone or whether it is active."""
    connection.execute(workspaces.update().where(workspaces.c.id == workspace_id).values(**columns))


def choose(connection: Connection, workspace: Workspace, settings: WorkspaceSettings) -> None:
    """Store what the communicator chose."""
    written = json.dumps(asdict(settings), default=str)
    connection.execute(workspaces.update().where(workspaces.c.id == workspace.id).values(settings=written))


def account(connection: Connection, workspace: Workspace, key: str, name: str = "") -> Person:
    """The person behind an account; made when first seen, to be completed by the directory sync."""
    return known(connection, workspace, key) or learn(connection, workspace, Profile(account=key, name=name))


def known(connection: Connection, workspace: Workspace, key: str) -> Person | None:
    """The person behind an account, if it was ever seen."""
    row = _BY_ACCOUNT.row(connection, workspace=workspace.id, account=key)
    return _person(row) if row else None


def named(connection: Connection, workspace: Workspace, who: str) -> Person | None:
    """The person whom an admin names by account id or by e-mail address, if there is one in a workspace."""
    mine = sa.and_(accounts.c.workspace_id == workspace.id, people.c.email == who.lower())
    return known(connection, workspace, who) or next(map(_person, connection.execute(_KNOWN.where(mine))), None)


def person(connection: Connection, workspace: Workspace, person_id: int) -> Person:
    """A person by our own id, with the account they have in `workspace` (empty if none)."""
    return _person(connection.execute(_BY_ID, {"workspace": workspace.id, "person": person_id}).one())


def readers(connection: Connection, here: Collection[tuple[int, int]]) -> dict[tuple[int, int], Person]:
    """People by pairs of workspace and person (our own ids), each with the account they have there (empty if none)."""
    rows = _ANYWHERE.rows(connection, people=sorted({person for _, person in here}))
    found = {(workspace, row[0]): _person(row) for *row, workspace in rows}
    anywhere = {row[0]: (*row[:-2], "", False) for *row, _ in rows}
    return {each: found.get(each) or _person(anywhere[each[1]]) for each in here}


def everybody(connection: Connection, workspace: Workspace, role: Role | None = None) -> list[Person]:
    """Every human active in a workspace, or those who hold a role there."""
    here = sa.and_(accounts.c.workspace_id == workspace.id, people.c.active, ~people.c.bot)
    # Most people hold no role: they need not come out of the database.
    likely = sa.true() if role is None else sa.or_(people.c.roles.contains(role.value), accounts.c.admin)
    rows = connection.execute(_KNOWN.where(here, likely).order_by(people.c.name, people.c.id))
    return [someone for someone in map(_person, rows) if role is None or role in someone.roles]


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


def place(connection: Connection, place_id: int) -> Place | None:
    """A place by our own id."""
    row = connection.execute(sa.select(places).where(places.c.id == place_id)).one_or_none()
    return _place(row) if row else None


def places_by_id(connection: Connection, ids: Iterable[int]) -> dict[int, Place]:
    """Places by our own ids."""
    return {found.id: found for found in map(_place, _PLACES.rows(connection, ids=sorted(set(ids))))}


def place_at(
    connection: Connection,
    workspace: Workspace,
    key: str,
    kind: PlaceKind = PlaceKind.CHANNEL,
    name: str = "",
) -> Place:
    """A place by the platform's own id; made when first seen, renamed when its name is new."""
    mine = sa.and_(places.c.workspace_id == workspace.id, places.c.key == key)
    row = connection.execute(sa.select(places).where(mine)).one_or_none()
    if row is None:
        connection.execute(
            insert(connection, places)
            .values(workspace_id=workspace.id, key=key, kind=kind.value, name=name)
            .on_conflict_do_nothing()
        )
    elif name and row.name != name:
        connection.execute(places.update().where(mine).values(name=name))
    else:
        return _place(row)
    return _place(connection.execute(sa.select(places).where(mine)).one())


def places_of(connection: Connection, workspace: Workspace, kind: PlaceKind) -> list[Place]:
    """Every known place of a kind in a workspace, by name."""
    rows = connection.execute(
        sa.select(places)
        .where(places.c.workspace_id == workspace.id, places.c.kind == kind.value)
        .order_by(places.c.name, places.c.id)
    )
    return [_place(row) for row in rows]


def grant(connection: Connection, person: Person, role: Role) -> None:
    """Give a role."""
    _set_roles(connection, person.id, {*_held(connection, person.id), role})


def revoke(connection: Connection, person: Person, role: Role) -> None:
    """Take a role away."""
    _set_roles(connection, person.id, _held(connection, person.id) - {role})


def opt_out(connection: Connection, person: Person, at: datetime | None) -> None:
    """Opt a person out of everything, or (None) back in."""
    connection.execute(people.update().where(people.c.id == person.id).values(opted_out_at=at))


def speak(connection: Connection, person: Person, locale: str) -> None:
    """Remember the language a person chose."""
    connection.execute(people.update().where(people.c.id == person.id).values(chosen_locale=locale))


def email(connection: Connection, person: Person) -> str:
    """The e-mail address a person's accounts were joined by; empty if none is known."""
    return connection.execute(sa.select(people.c.email).where(people.c.id == person.id)).scalar_one() or ""


def forget(connection: Connection, person: Person) -> None:
    """Erase the copy of a person's profile, their roles and the language they chose.

    An opt-out stays: whoever asked for silence and then to be forgotten still wants silence.
    """
    blank = {"name": "", "email": None, "title": "", "photo": "", "roles": "", "chosen_locale": None}
    connection.execute(people.update().where(people.c.id == person.id).values(blank))


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


def _held(connection: Connection, person_id: int) -> set[Role]:
    written = connection.execute(sa.select(people.c.roles).where(people.c.id == person_id)).scalar_one()
    return _roles(written)


def _set_roles(connection: Connection, person_id: int, roles: Iterable[Role]) -> None:
    written = ",".join(sorted(roles))
    connection.execute(people.update().where(people.c.id == person_id).values(roles=written))


def _roles(written: str) -> set[Role]:
    return {Role(role) for role in written.split(",") if role}


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
        roles=frozenset(_roles(roles) | ({Role.ADMIN} if admin else set())),
        opted_out=opted_out_at is not None,
        title=title,
        photo=photo,
        has_photo=has_photo,
        active=active,
        bot=bot,
    )


def _place(row: Sequence[Any]) -> Place:
    """A place from the columns of `places`."""
    number, workspace, key, kind, name = row
    return Place(number, workspace, key, PlaceKind(kind), name)


def _workspace(row: Sequence[Any]) -> Workspace:
    """A workspace from the columns of `workspaces`."""
    number, organisation, platform, key, name, locale, zone, settings, active, *_ = row
    return Workspace(number, organisation, platform, key, name, locale, zone, _settings(settings), active)


@lru_cache(maxsize=256)
def _settings(written: str) -> WorkspaceSettings:
    chosen = json.loads(written)
    if not chosen:
        return WorkspaceSettings()
    quiet = chosen.pop("quiet")
    begin, end = time.fromisoformat(quiet["begin"]), time.fromisoformat(quiet["end"])
    watched = tuple(chosen.pop("watched"))
    return WorkspaceSettings(**chosen, watched=watched, quiet=QuietHours(begin, end, weekends=quiet["weekends"]))
