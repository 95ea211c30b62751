"""Which token opens which workspace: one from the settings, or those that installs have left in the database."""

from dataclasses import dataclass
from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.clients import Web, taken
from bot.core.errors import PlatformError


@dataclass(frozen=True, slots=True)
class Access:
    """A bot's token and who it is with it. `team` is empty for an install in a whole organisation."""

    token: str
    bot_user: str
    bot: str = ""
    team: str = ""
    enterprise: str = ""


class Tokens(Protocol):
    """Finds the access to a workspace."""

    async def of(self, team: str, enterprise: str = "") -> Access | None:
        """The access to a team (or to the organisation it belongs to); None where we are not installed."""
        ...

    def forget(self, team: str) -> None:
        """Look it up anew next time: Slack refused the token, or the app was removed."""
        ...


class OneToken:
    """The token from the settings: one workspace, known after the first look."""

    def __init__(self, web: Web, token: str) -> None:
        self._web = web
        self._token = token
        self._known: Access | None = None

    async def of(self, team: str, enterprise: str = "") -> Access | None:
        """The access, if the token belongs to that team. An empty team asks for whichever it is."""
        known = self._known or await self._look()
        mine = (
            not team or team == known.team or (bool(enterprise) and enterprise == known.enterprise and not known.team)
        )
        return known if mine else None

    def forget(self, team: str) -> None:  # noqa: ARG002 -- there is one
        """Look again next time."""
        self._known = None

    async def _look(self) -> Access:
        told = await taken(self._web.client(self._token).auth_test())
        whole = bool(told.get("is_enterprise_install"))
        self._known = Access(
            token=self._token,
            bot_user=str(told.get("user_id") or ""),
            bot=str(told.get("bot_id") or ""),
            team="" if whole else str(told.get("team_id") or ""),
            enterprise=str(told.get("enterprise_id") or ""),
        )
        return self._known


async def client_for(web: Web, tokens: Tokens, team: str, enterprise: str = "") -> tuple[AsyncWebClient, Access]:
    """A client that speaks in a workspace; `PlatformError` where we are not installed."""
    access = await tokens.of(team, enterprise)
    if access is None:
        raise PlatformError("not_installed")
    return web.client(access.token), access
