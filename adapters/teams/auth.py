"""Who may knock: only the Bot Framework, with a token for this bot, this channel and this service address.

The SDK checks the token; around it stand guards for what it leaves open or gets wrong.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

import httpx2
import jwt
import structlog
from botbuilder.schema import Activity
from botframework.connector.auth import (
    AuthenticateRequestResult,
    AuthenticationConstants,
    BotFrameworkAuthentication,
    ChannelValidation,
    ClaimsIdentity,
    SimpleCredentialProvider,
    VerifyOptions,
)
from botframework.connector.auth.jwt_token_extractor import JwtTokenExtractor
from jwt.algorithms import RSAAlgorithm

from bot.core.ports import Clock

CHANNEL: Final = "msteams"
METADATA_URL: Final[str] = AuthenticationConstants.TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL
TOLERANCE: Final = 5 * 60
"""Seconds that our clock and Microsoft's may differ, as in the SDK."""

FRESH: Final = 24 * 3600
"""Seconds after which signing keys are read again."""

PATIENCE: Final = 30
"""Seconds between two looks for a key that is not there: forged key ids must not become requests of ours."""

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


log = structlog.get_logger()


class Unauthorized(Exception):
    """The request is not from Teams, or not for this bot. `reason` is safe to log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SigningKeys:
    """The Bot Framework's public keys. Stands in for the SDK's own key store, whose faults it avoids.

    That one raises IndexError for an unknown key id, asks again only once a day, and blocks the event loop meanwhile.
    """

    def __init__(self, client: httpx2.AsyncClient, clock: Clock, url: str = METADATA_URL) -> None:
        self._client = client
        self._clock = clock
        self._url = url
        self._keys: Mapping[str, Mapping[str, Any]] = {}
        self._read_at = self._asked_at = float("-inf")

    async def get(self, key_id: str) -> "SigningKey":
        """The key with an id. One that is not known yet may be new: the keys are read again, then it is refused."""
        now = self._clock.now().timestamp()
        stale = now - self._read_at > FRESH
        if stale or (key_id not in self._keys and now - self._asked_at > PATIENCE):
            self._asked_at = now
            await self._refresh(now)
        if key_id not in self._keys:
            raise Unauthorized("unknown_signing_key")
        return SigningKey(self._keys[key_id])

    async def reachable(self) -> bool:
        """Whether Microsoft's keys can be read at all."""
        await self._refresh(self._clock.now().timestamp())
        return bool(self._keys)

    async def _refresh(self, now: float) -> None:
        try:
            address = (await self._read(self._url))["jwks_uri"]
            self._keys = {key["kid"]: key for key in (await self._read(address))["keys"] if "kid" in key}
        except (httpx2.HTTPError, LookupError, TypeError, ValueError) as error:
            log.warning("teams_signing_keys_unavailable", error=type(error).__name__)
        else:
            self._read_at = now

    async def _read(self, url: str) -> Any:  # noqa: ANN401 -- JSON
        response = await self._client.get(url)
        response.raise_for_status()
        return response.json()


class SigningKey:
    """One key, in the shape that the SDK's token extractor wants."""

    def __init__(self, key: Mapping[str, Any]) -> None:
        self.public_key = RSAAlgorithm.from_jwk(json.dumps(key))
        self.endorsements = key.get("endorsements", [])


class Authentication(BotFrameworkAuthentication):  # type: ignore[misc]  # the SDK has no types
    """Accepts Teams' own tokens and nothing else: the SDK would also take those of emulators and of other bots."""

    def __init__(self, app_id: str, tenant: str, keys: SigningKeys, *, anonymous: bool) -> None:
        self._credentials = SimpleCredentialProvider(app_id, "")
        self._tenant = tenant
        self._keys = keys
        self._anonymous = anonymous

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        """Check who sent an activity. `Unauthorized` says what is wrong."""
        if activity.channel_id != CHANNEL:
            raise Unauthorized("not_from_teams")
        if self._tenant and activity.conversation.tenant_id != self._tenant:
            raise Unauthorized("other_tenant")
        result = AuthenticateRequestResult()
        check = self._stranger if self._anonymous else self._known
        result.claims_identity = await check(activity, auth_header)
        result.connector_factory = _NoConnector()
        return result

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> NoReturn:
        """Refuse: Teams does not stream."""
        del auth_header, channel_id_header
        raise Unauthorized("streaming")

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> "_NoConnector":
        """What the SDK takes for a way out."""
        del claims_identity
        return _NoConnector()

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        """Nobody signs in through the bot, so there is no client for it."""

    async def _stranger(self, activity: Activity, _header: str) -> ClaimsIdentity:
        if urlsplit(activity.service_url).hostname not in LOOPBACK:
            raise Unauthorized("service_not_local")
        return ClaimsIdentity({}, True)  # noqa: FBT003 -- the SDK's signature

    async def _known(self, activity: Activity, header: str) -> ClaimsIdentity:
        try:
            identity = await self._extractor().get_identity_from_auth_header(header, CHANNEL)
            identity = await ChannelValidation.validate_identity(identity, self._credentials)
        except (jwt.PyJWTError, PermissionError) as error:
            raise Unauthorized(type(error).__name__) from error
        except Unauthorized:
            raise
        except Exception as error:  # the SDK raises bare `Exception` for endorsements and algorithms
            raise Unauthorized("token_refused") from error
        if identity.get_claim_value(AuthenticationConstants.SERVICE_URL_CLAIM) != activity.service_url:
            raise Unauthorized("service_url_differs")
        return identity

    def _extractor(self) -> JwtTokenExtractor:
        options = VerifyOptions(
            issuer=[AuthenticationConstants.TO_BOT_FROM_CHANNEL_TOKEN_ISSUER],
            audience=None,  # compared with our app id by `validate_identity`
            clock_tolerance=TOLERANCE,
            ignore_expiration=False,
        )
        extractor = JwtTokenExtractor(options, METADATA_URL, AuthenticationConstants.ALLOWED_SIGNING_ALGORITHMS)
        extractor.open_id_metadata = self._keys
        return extractor


class _NoConnector:
    """Messages go out through our own connector; the SDK only insists that there is one."""

    async def create(self, service_url: str, audience: str) -> object:
        del service_url, audience
        return self
