"""What is missing between Drumbeat and Slack, each in one sentence, for `drumbeat doctor`."""

from collections.abc import AsyncIterator, Sequence

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import manifest
from adapters.slack.clients import Web, taken
from adapters.slack.platform import NAME
from adapters.slack.tokens import Tokens
from bot.config import Settings
from bot.core.database import Connection, Database
from bot.core.directory import store as directory
from bot.core.errors import PlatformError, Unavailable, Unknown
from bot.core.places import Place, Workspace


async def findings(settings: Settings, web: Web, tokens: Tokens, database: Database) -> Sequence[str]:
    """One sentence for each thing that is wrong; none where all is well. Calls Slack, changes nothing."""
    return [*_reach(settings), *[line async for line in _workspaces(settings, web, tokens, database)]]


def _reach(settings: Settings) -> Sequence[str]:
    heard = settings.slack_signing_secret or settings.slack_app_token
    if heard and not settings.slack_app_token and not settings.public_url.startswith("https://"):
        return ["Slack can reach Drumbeat only at an https address: set DRUMBEAT_PUBLIC_URL, or use SLACK_APP_TOKEN."]
    return []


async def _workspaces(settings: Settings, web: Web, tokens: Tokens, database: Database) -> AsyncIterator[str]:
    known = await database.read(lambda c: directory.all_workspaces(c, NAME))
    if settings.slack_client_id and not known:
        yield f"Slack: nobody has installed Drumbeat yet; open {settings.address}/slack/install to do it."
    teams = [workspace.key for workspace in known] if settings.slack_client_id else [""]
    for team in teams:
        async for line in _workspace(web, tokens, team):
            yield line
    for workspace in known:
        async for line in _places(web, tokens, database, workspace):
            yield line


async def _workspace(web: Web, tokens: Tokens, team: str) -> AsyncIterator[str]:
    called = f"Slack workspace {team}" if team else "Slack"
    try:
        access = await tokens.of(team)
        told = await taken(web.client(access.token).auth_test()) if access else None
    except (Unavailable, Unknown):
        yield f"{called}: {web.address} cannot be reached from here."
        return
    except PlatformError as error:
        yield f"{called} refuses the token ({error.reason}): copy it again from OAuth & Permissions."
        return
    if told is None:
        yield f"{called}: Drumbeat is not installed there any more."
        return
    granted = {scope.strip() for scope in str(told.headers.get("x-oauth-scopes", "")).split(",") if scope.strip()}
    missing = [scope for scope in manifest.scopes() if scope not in granted]
    if granted and missing:
        yield f"{called}: the token lacks {', '.join(missing)}; update the app from manifest.json and install it again."


async def _places(web: Web, tokens: Tokens, database: Database, workspace: Workspace) -> AsyncIterator[str]:
    settings = workspace.settings
    chosen = {settings.introductions, settings.praise, *settings.watched} - {None}
    places = await database.read(lambda c: _known(c, chosen))
    access = await tokens.of(workspace.key) if places else None
    for place in places:
        if access and (line := await _place(web.client(access.token), place)):
            yield line


def _known(connection: Connection, chosen: set[int | None]) -> list[Place]:
    return [place for each in chosen if each is not None and (place := directory.place(connection, each))]


async def _place(client: AsyncWebClient, place: Place) -> str:
    name = f"#{place.name}" if place.name else place.key
    try:
        told = await taken(client.conversations_info(channel=place.key))
    except PlatformError as error:
        return f"Slack: the channel {name} cannot be used ({error.reason}): invite @Drumbeat or choose another."
    channel = told["channel"]
    if channel.get("is_archived"):
        return f"Slack: the channel {name} is archived; choose another with /drumbeat."
    if not channel.get("is_member"):
        return f"Slack: Drumbeat is not in {name} and sees nothing that happens there: type /invite @Drumbeat in it."
    return ""
