"""Where people, chats and channels are reached: conversation references, learned from every activity and kept.

Keys of the kept rows: `bot` (the newest service address, and who we are), `account:ID` (their personal chat),
`entra:ID` (the account of an Entra id), `place:ID` (a chat or channel), `team:ID`. A team is a named group of people by
the same key, for its id alone is that of its first channel.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from zoneinfo import available_timezones

from adapters.teams.activity import Account, Activity
from bot.core.database import Connection, Database
from bot.core.directory import store as directory
from bot.core.people import Profile
from bot.core.places import PlaceKind, Workspace
from bot.core.routes import store as known_ways

PLATFORM: Final = "teams"
CHANNEL: Final = "channel"
"""Teams' own word for a channel among conversation types."""

TEAM: Final = "team:"
"""What the key of a team begins with."""

CONVERSATION: Final = "19:"
"""What the ids of teams, channels and group chats begin with."""

NOBODY: Final = ("28:", CONVERSATION)
"""What the ids of bots, and of whatever else is no person, begin with."""

REMEMBERED: Final = 50_000
"""Facts kept in memory, so that a known person's message costs no write."""

Way = Mapping[str, str]


class Routes:
    """Reads and keeps the ways."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[str, str], object] = {}

    async def meet(self, activity: Activity) -> bool:
        """Keep what an activity tells; True if the sender's time zone or language changed."""
        told: dict[str, object] = dict(ways(activity))
        profile = profile_of(activity)
        if profile:
            told[f"profile:{profile.account}"] = profile
        told |= {f"named:{each.account}": each for each in named(activity)}
        news = {key: fact for key, fact in told.items() if self._known.get((activity.tenant, key)) != fact}
        if not news:
            return False
        moved = await self._database.run(lambda connection: _keep(connection, activity.tenant, news))
        if len(self._known) > REMEMBERED:
            self._known.clear()
        self._known |= {(activity.tenant, key): fact for key, fact in news.items()}
        return moved

    async def workspace(self, tenant: str) -> Workspace:
        """The workspace of a tenant."""
        return await self._database.run(lambda connection: directory.workspace(connection, PLATFORM, tenant))

    async def any_workspace(self) -> bool:
        """Whether Teams ever wrote."""
        return bool(await self._database.read(lambda connection: directory.all_workspaces(connection, PLATFORM)))

    async def find(self, workspace: Workspace, *keys: str) -> list[Way]:
        """The kept ways by their keys; an empty one where there is none."""
        return await self._database.read(
            lambda connection: [known_ways.route(connection, workspace, key) for key in keys]
        )

    async def all(self, workspace: Workspace, prefix: str) -> dict[str, Way]:
        """The ways whose keys begin with `prefix`, by the rest of their keys."""
        found = await self._database.read(lambda connection: known_ways.routes_of(connection, workspace, prefix))
        return {key.removeprefix(prefix): way for key, way in found.items()}

    async def keep(self, workspace: Workspace, key: str, way: Way) -> None:
        """Keep one way."""
        await self._database.run(lambda connection: known_ways.keep_route(connection, workspace, key, way))

    async def learn(self, workspace: Workspace, profile: Profile) -> None:
        """Take over what Teams told of an account."""
        await self._database.run(lambda connection: directory.learn(connection, workspace, profile))

    async def introduce(self, workspace: Workspace, profiles: Sequence[Profile]) -> None:
        """Learn those whom nobody told us of yet."""

        def strangers(connection: Connection) -> list[Profile]:
            return [each for each in profiles if directory.known(connection, workspace, each.account) is None]

        for each in await self._database.read(strangers):
            await self.learn(workspace, each)

    async def teams_named(self, tenant: str) -> dict[str, str]:
        """The keys of the teams, by their names."""

        def work(connection: Connection) -> dict[str, str]:
            workspace = directory.find_workspace(connection, PLATFORM, tenant)
            found = directory.places_of(connection, workspace, PlaceKind.PEOPLE) if workspace else ()
            return {team.name: team.key for team in found}

        return await self._database.read(work)

    async def chart(self, workspace: Workspace, service: str, channels: Mapping[str, str]) -> None:
        """Take over the names of channels, and how they are reached."""

        def kept(connection: Connection) -> None:
            for key, name in channels.items():
                directory.place_at(connection, workspace, key, PlaceKind.CHANNEL, name)
                known_ways.keep_route(connection, workspace, f"place:{key}", {"service": service, "kind": CHANNEL})

        await self._database.run(kept)


def ways(activity: Activity) -> Iterator[tuple[str, Way]]:
    """What an activity tells of how to reach whom."""
    service = activity.service_url
    yield "bot", {"service": service, "id": activity.recipient.id, "name": activity.recipient.name}
    kind = activity.conversation.conversation_type or ("groupChat" if activity.conversation.is_group else "personal")
    yield f"place:{activity.place}", {"service": service, "kind": kind}
    if team := activity.channel_data.team.id:
        yield f"{TEAM}{team}", {"service": service}
    sender = activity.sender
    if sender.id and sender.id != activity.recipient.id:
        if activity.personal:
            yield f"account:{sender.id}", {"service": service, "conversation": activity.conversation.id}
        if sender.aad_object_id:
            yield f"entra:{sender.aad_object_id}", {"account": sender.id}


def profile_of(activity: Activity) -> Profile | None:
    """What an activity tells of its sender."""
    sender = activity.sender
    if not sender.id or not sender.name or sender.id == activity.recipient.id or sender.role == "bot":
        return None
    zone = activity.zone if activity.zone in available_timezones() else ""
    return Profile(account=sender.id, name=sender.name, locale=activity.language, zone=zone)


def named(activity: Activity) -> Iterator[Profile]:
    """The people an activity mentions: Teams vouches for who they are, though they may never have written."""
    for entity in activity.entities:
        account = entity.mentioned
        if entity.type == "mention" and account.id and not account.id.startswith(NOBODY):
            yield Profile(account=account.id, name=account.name)


def profile(member: Account, tenant: str) -> Profile:
    """What a member list tells. A guest's e-mail is not the tenant's to vouch for."""
    guest = member.user_role.lower() in {"guest", "anonymous"} or (member.tenant_id or tenant) != tenant
    return Profile(
        account=member.id,
        name=member.name,
        email=member.email or member.user_principal_name,
        email_verified=not guest,
    )


def _keep(connection: Connection, tenant: str, news: Mapping[str, object]) -> bool:
    workspace = directory.workspace(connection, PLATFORM, tenant)
    moved = False
    for key, fact in news.items():
        if isinstance(fact, Profile):
            before = directory.known(connection, workspace, fact.account)
            if before and key.startswith("named:"):
                continue
            after = directory.learn(connection, workspace, fact)
            moved |= before is not None and (before.zone, before.locale) != (after.zone, after.locale)
        elif isinstance(fact, Mapping):
            known_ways.keep_route(connection, workspace, key, fact)
    return moved
