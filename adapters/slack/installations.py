"""The tokens that installs have left in the database, encrypted, and changed before they expire."""

import base64
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from adapters.slack.clients import Web
from adapters.slack.platform import NAME
from adapters.slack.tokens import Access
from bot.config import Settings
from bot.core.database import Connection, Database
from bot.core.directory import store as directory
from bot.core.routes import store as known_ways

log = structlog.get_logger()

ROUTE: Final = "slack-installation"
REMEMBERED: Final = 120.0
"""Seconds until a token is looked up again: another replica may have changed it."""


class Seal:
    """Encrypts with the first of the secret keys (comma-separated) and decrypts with any, so that keys can change."""

    def __init__(self, secret_keys: str) -> None:
        keys = [key for key in map(str.strip, secret_keys.split(",")) if key]
        self._fernet = MultiFernet([Fernet(_fernet_key(key)) for key in keys])

    def close(self, value: Mapping[str, Any]) -> str:
        """A JSON object, encrypted."""
        return self._fernet.encrypt(json.dumps(value).encode()).decode()

    def open(self, sealed: str) -> dict[str, Any] | None:
        """The object again; None where none of the keys fits."""
        try:
            opened: dict[str, Any] = json.loads(self._fernet.decrypt(sealed.encode()))
        except InvalidToken:
            return None
        return opened


@dataclass(frozen=True, slots=True)
class _Known:
    access: Access | None
    until: float


class Installations(AsyncInstallationStore):
    """Where Bolt's OAuth flow leaves an install, and the `Tokens` that everybody else asks.

    An install lies with its workspace, or with its organisation: then the organisation is kept like a workspace in
    which nobody is, and each of its teams remembers who lends it the token. `installed` hears of each.
    """

    def __init__(
        self, settings: Settings, web: Web, database: Database, installed: Callable[[Installation], Awaitable[None]]
    ) -> None:
        self._web = web
        self._database = database
        self._seal = Seal(settings.secret_key.get_secret_value())
        self._client_id = settings.slack_client_id
        self._client_secret = settings.slack_client_secret.get_secret_value()
        self._installed = installed
        self._known: dict[str, _Known] = {}

    async def async_save(self, installation: Installation) -> None:
        """Keep a new install."""
        bot = installation.to_bot()
        await self._database.run(lambda c: self._keep(c, bot))
        self._known.clear()
        log.info("slack_installed", team=installation.team_id, enterprise=installation.enterprise_id)
        await self._installed(installation)

    async def of(self, team: str, enterprise: str = "") -> Access | None:
        """The access to a team, remembered for two minutes."""
        known = self._known.get(team)
        if known is None or known.until < time.monotonic():
            bot = await self._look(team, enterprise)
            access = _access(await self._fresh(bot)) if bot else None
            known = self._known[team] = _Known(access, time.monotonic() + REMEMBERED)
        return known.access

    def forget(self, team: str) -> None:
        """Look it up anew next time."""
        self._known.pop(team, None)

    async def remove(self, team: str) -> None:
        """Forget the token of a team, or of an organisation with all its teams."""
        self._known.clear()

        def work(connection: Connection) -> None:
            if workspace := directory.find_workspace(connection, NAME, team):
                known_ways.keep_route(connection, workspace, ROUTE, {})

        await self._database.run(work)

    def _keep(self, connection: Connection, bot: Bot) -> None:
        whole = bool(bot.is_enterprise_install)
        key = (bot.enterprise_id if whole else bot.team_id) or ""
        name = (bot.enterprise_name if whole else bot.team_name) or ""
        workspace = directory.workspace(connection, NAME, key)
        directory.describe_workspace(connection, workspace.id, name=name, active=not whole)
        known_ways.keep_route(connection, workspace, ROUTE, {"sealed": self._seal.close(vars(bot))})

    async def _look(self, team: str, enterprise: str) -> Bot | None:
        for key in filter(None, (team, enterprise)):
            if found := await self._database.read(lambda c, key=key: self._find(c, key)):  # type: ignore[misc]
                bot = Bot(**found)
                if key != team:
                    await self._database.run(lambda c, key=key: _lend(c, team, key))  # type: ignore[misc]
                return bot
        return None

    def _find(self, connection: Connection, key: str) -> dict[str, Any] | None:
        workspace = directory.find_workspace(connection, NAME, key)
        kept = known_ways.routes_of(connection, workspace, ROUTE).get(ROUTE, {}) if workspace else {}
        if lender := kept.get("lender"):
            return self._find(connection, lender)
        opened = self._seal.open(kept["sealed"]) if "sealed" in kept else None
        if "sealed" in kept and opened is None:
            log.error("slack_installation_sealed", workspace=key)
        return opened

    async def _fresh(self, bot: Bot) -> Bot:
        """The same, with a token that lives for two hours more, where the app's tokens expire at all."""
        if not bot.bot_refresh_token:
            return bot
        rotator = AsyncTokenRotator(
            client_id=self._client_id, client_secret=self._client_secret, client=self._web.client("")
        )
        try:
            changed = await rotator.perform_bot_token_rotation(bot=bot)
        except SlackTokenRotationError:
            log.warning("slack_token_not_rotated", team=bot.team_id, enterprise=bot.enterprise_id)
            return bot  # another replica may just have done it: what it keeps is looked up next time
        if changed:
            await self._database.run(lambda c: self._keep(c, changed))
        return changed or bot


def _lend(connection: Connection, team: str, lender: str) -> None:
    workspace = directory.workspace(connection, NAME, team)
    known_ways.keep_route(connection, workspace, ROUTE, {"lender": lender})


def _access(bot: Bot) -> Access:
    whole = bool(bot.is_enterprise_install)
    return Access(
        token=bot.bot_token,
        bot_user=bot.bot_user_id,
        bot=bot.bot_id,
        team="" if whole else bot.team_id or "",
        enterprise=bot.enterprise_id or "",
    )


def _fernet_key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"drumbeat-tokens:" + secret.encode()).digest())
