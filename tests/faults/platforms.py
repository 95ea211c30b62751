"""The product's own adapters on the pretend Slack and Teams, with limits that a campaign of minutes can live with."""

from collections.abc import Mapping, Sequence
from typing import Final

import httpx2

from adapters.slack.clients import Web
from adapters.slack.platform import SlackPlatform
from adapters.slack.tokens import Access
from adapters.teams.connector import Connector
from adapters.teams.platform import TeamsPlatform
from adapters.teams.routes import Routes
from bot.core.cards import Card
from bot.core.database import Database
from bot.core.places import Workspace
from bot.core.ports import Destination, Limit, Platform, Posted
from scheduler.notices import Checkpoint

RATE: Final = 200.0
BURST: Final = 20
CALLING: Final = "before the call"
ACCEPTED: Final = "the platform accepted"


class AnyTokens:
    """Opens every workspace."""

    async def of(self, team: str, enterprise: str = "") -> Access | None:  # noqa: ARG002 -- the pretend one has none
        return Access(f"xoxb-{team}", "UBOT", team=team)

    def forget(self, team: str) -> None:
        """There is nothing to forget."""


class Slack(SlackPlatform):
    """The real adapter, with checkpoints where the dispatcher has let go of a call, and where nobody knows of it."""

    def __init__(self, web: Web, checkpoint: Checkpoint) -> None:
        super().__init__(web, AnyTokens())
        self._checkpoint = checkpoint

    async def send(self, to: Destination, card: Card, key: str) -> Posted:
        self._checkpoint(CALLING)
        posted = await super().send(to, card, key)
        self._checkpoint(ACCEPTED)
        return posted

    async def update(self, workspace: Workspace, message: Posted, card: Card) -> None:
        await super().update(workspace, message, card)
        self._checkpoint(ACCEPTED)

    def limits(self, to: Destination, verb: str) -> Sequence[Limit]:
        return (Limit(f"slack:{to.workspace.key}:{verb}", RATE, BURST),)


class Teams(TeamsPlatform):
    """The same, for Teams."""

    def __init__(self, connector: Connector, routes: Routes, checkpoint: Checkpoint) -> None:
        super().__init__(connector, routes)
        self._checkpoint = checkpoint

    async def send(self, to: Destination, card: Card, key: str) -> Posted:
        self._checkpoint(CALLING)
        posted = await super().send(to, card, key)
        self._checkpoint(ACCEPTED)
        return posted

    async def update(self, workspace: Workspace, message: Posted, card: Card) -> None:
        await super().update(workspace, message, card)
        self._checkpoint(ACCEPTED)

    def limits(self, to: Destination, verb: str) -> Sequence[Limit]:
        del verb
        return (Limit(f"teams:{to.workspace.key}", RATE, BURST),)


class Platforms:
    """Both adapters, with their connections."""

    def __init__(self, chat: str, database: Database, checkpoint: Checkpoint) -> None:
        self._web = Web(f"{chat}/slack/api/")
        self._client = httpx2.AsyncClient()
        slack = Slack(self._web, checkpoint)
        teams = Teams(Connector(self._client, None), Routes(database), checkpoint)
        self.by_name: Mapping[str, Platform] = {"slack": slack, "teams": teams}

    def start(self) -> None:
        """Open the connections."""
        self._web.start()

    async def stop(self) -> None:
        """Close them."""
        await self._web.stop()
        await self._client.aclose()
