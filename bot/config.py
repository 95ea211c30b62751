"""The settings: read once, from the environment or a `.env` file, and handed to whoever needs them.

Drumbeat lives in the folder it is started in: `.env` is read there, and `data/` keeps what it stores.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DATA_FOLDER: Final = Path("data")
"""Where the embedded database lies unless `DRUMBEAT_DATABASE_URL` says otherwise."""

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

_NO_SECRET: Final = SecretStr("")


class Unusable(Exception):
    """The settings do not allow to start; the message is one sentence that names the setting."""


class ProcessRole(StrEnum):
    """What a process of `drumbeat serve` does. `web` hears the platforms, `worker` plans and sends."""

    WEB = "web"
    WORKER = "worker"
    ALL = "all"

    @property
    def hears(self) -> bool:
        """Whether the platforms reach this process."""
        return self is not ProcessRole.WORKER

    @property
    def sends(self) -> bool:
        """Whether this process plans and dispatches."""
        return self is not ProcessRole.WEB


class Settings(BaseSettings):
    """Everything an admin can set. Empty text means not set; secrets do not show when printed."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    database_url: Annotated[
        str,
        Field(alias="DRUMBEAT_DATABASE_URL", description="the database, `sqlite:///FILE` or `postgresql://...`"),
    ] = f"sqlite:///{DATA_FOLDER}/drumbeat.sqlite"
    public_url: Annotated[
        str,
        Field(
            alias="DRUMBEAT_PUBLIC_URL",
            description="the https address at which browsers and platforms reach us",
        ),
    ] = ""
    secret_key: Annotated[
        SecretStr,
        Field(alias="DRUMBEAT_SECRET_KEY", description="signs links and encrypts stored tokens; long and random"),
    ] = _NO_SECRET
    host: Annotated[str, Field(alias="DRUMBEAT_HOST", description="the address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(alias="DRUMBEAT_PORT", description="the port to listen on", ge=1, le=65535)] = 8080
    role: Annotated[
        ProcessRole,
        Field(
            alias="DRUMBEAT_ROLE",
            description="what `drumbeat serve` does: `web` hears the platforms, `worker` sends, `all` does both",
        ),
    ] = ProcessRole.ALL

    slack_bot_token: Annotated[
        SecretStr,
        Field(alias="SLACK_BOT_TOKEN", description="Slack: the bot's token (xoxb-...) for one workspace"),
    ] = _NO_SECRET
    slack_signing_secret: Annotated[
        SecretStr,
        Field(alias="SLACK_SIGNING_SECRET", description="Slack: proves that a request comes from Slack"),
    ] = _NO_SECRET
    slack_app_token: Annotated[
        SecretStr,
        Field(alias="SLACK_APP_TOKEN", description="Slack: the app's token (xapp-...), switches Socket Mode on"),
    ] = _NO_SECRET
    slack_client_id: Annotated[
        str,
        Field(alias="SLACK_CLIENT_ID", description="Slack: for installing into several workspaces (OAuth)"),
    ] = ""
    slack_client_secret: Annotated[
        SecretStr, Field(alias="SLACK_CLIENT_SECRET", description="Slack: goes with SLACK_CLIENT_ID")
    ] = _NO_SECRET
    slack_api_url: Annotated[str, Field(alias="SLACK_API_URL", description="Slack: base address of the Web API")] = (
        "https://slack.com/api/"
    )
    slack_rate: Annotated[
        int,
        Field(alias="DRUMBEAT_SLACK_RATE", description="Slack: messages a minute and workspace", ge=1),
    ] = 300

    microsoft_app_id: Annotated[
        str, Field(alias="MICROSOFT_APP_ID", description="Teams: the bot's app id (a GUID)")
    ] = ""
    microsoft_app_password: Annotated[
        SecretStr, Field(alias="MICROSOFT_APP_PASSWORD", description="Teams: the app's client secret")
    ] = _NO_SECRET
    microsoft_app_tenant_id: Annotated[
        str,
        Field(alias="MICROSOFT_APP_TENANT_ID", description="Teams: the tenant of a single-tenant bot (a GUID)"),
    ] = ""
    teams_anonymous: Annotated[
        bool,
        Field(
            alias="DRUMBEAT_TEAMS_ANONYMOUS",
            description="Teams: accept unsigned requests, for local play only",
        ),
    ] = False
    teams_rate: Annotated[
        int, Field(alias="DRUMBEAT_TEAMS_RATE", description="Teams: calls a second and tenant", ge=1, le=40)
    ] = 25

    @property
    def address(self) -> str:
        """Where browsers find us, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def embedded(self) -> bool:
        """Whether the database is a SQLite file, which belongs to one process."""
        return self.database_url.startswith("sqlite")

    @property
    def slack(self) -> bool:
        """Whether Slack is connected, by a token or by installs."""
        return bool(self.slack_bot_token or self.slack_client_id)

    @property
    def teams(self) -> bool:
        """Whether Teams is connected."""
        return bool(self.microsoft_app_id or self.teams_anonymous)

    @property
    def local(self) -> bool:
        """Whether only this machine can reach us."""
        return self.host in LOOPBACK

    @model_validator(mode="after")
    def _agree(self) -> Self:
        for wrong, sentence in self._contradictions():
            if wrong:
                raise ValueError(sentence)
        return self

    def _contradictions(self) -> Iterator[tuple[bool, str]]:
        yield (
            not DATABASE.match(self.database_url),
            "DRUMBEAT_DATABASE_URL must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
        )
        yield (
            bool(self.public_url) and not self.public_url.startswith(("https://", "http://")),
            "DRUMBEAT_PUBLIC_URL must be a whole address, such as https://drumbeat.example.com.",
        )
        yield from self._slack_contradictions()
        yield from self._teams_contradictions()

    def _slack_contradictions(self) -> Iterator[tuple[bool, str]]:
        heard = self.slack_signing_secret or self.slack_app_token
        yield (
            bool(self.slack_bot_token) and not heard,
            "SLACK_BOT_TOKEN needs SLACK_SIGNING_SECRET (for HTTP) or SLACK_APP_TOKEN (for Socket Mode).",
        )
        yield (
            bool(heard) and not self.slack,
            "SLACK_BOT_TOKEN is missing: there are other Slack settings, but nothing to speak to Slack with.",
        )
        yield (
            bool(self.slack_client_id) != bool(self.slack_client_secret),
            "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET go together; one of them is missing.",
        )
        yield (
            bool(self.slack_client_id) and not self.slack_signing_secret,
            "SLACK_CLIENT_ID needs SLACK_SIGNING_SECRET: installs come over HTTP.",
        )
        yield (
            bool(self.slack_client_id) and not self.public_url,
            "SLACK_CLIENT_ID needs DRUMBEAT_PUBLIC_URL: Slack sends people back there after an install.",
        )

    def _teams_contradictions(self) -> Iterator[tuple[bool, str]]:
        yield (
            bool(self.microsoft_app_id) and not (self.microsoft_app_password or self.teams_anonymous),
            "MICROSOFT_APP_ID needs MICROSOFT_APP_PASSWORD.",
        )
        yield (
            bool(self.microsoft_app_password) and not self.microsoft_app_id,
            "MICROSOFT_APP_PASSWORD needs MICROSOFT_APP_ID.",
        )
        yield (
            self.teams_anonymous and not self.local,
            "DRUMBEAT_TEAMS_ANONYMOUS accepts anybody's requests, so DRUMBEAT_HOST must be 127.0.0.1.",
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of `drumbeat settings`; a secret's `value` is masked."""

    name: str
    meaning: str
    default: str
    value: str
    given: bool


def read_settings() -> Settings:
    """The settings of this process. `Unusable` if one is wrong or two contradict each other."""
    try:
        return Settings()
    except ValidationError as error:
        raise Unusable(_sentence(error)) from None


def for_serving(settings: Settings, role: ProcessRole | None = None) -> Settings:
    """The settings, if `drumbeat serve` can start with them; a `role` given there goes before the one set."""
    if role:
        settings = settings.model_copy(update={"role": role})
    if not settings.secret_key:
        raise Unusable(
            "DRUMBEAT_SECRET_KEY is missing: it signs links and encrypts stored tokens; "
            "`drumbeat secret` makes a good one."
        )
    if sentence := misplaced(settings):
        raise Unusable(sentence)
    return settings


def misplaced(settings: Settings) -> str:
    """Why the role does not go with the database, in one sentence; empty if it does."""
    if settings.role is ProcessRole.ALL or not settings.embedded:
        return ""
    return (
        f"The role {settings.role} needs PostgreSQL in DRUMBEAT_DATABASE_URL: on SQLite there is one process, which "
        "does everything."
    )


def for_the_demo(settings: Settings) -> Settings:
    """The settings, if the sandbox may run with them: not beside a real platform, not for other machines."""
    if settings.slack or settings.teams:
        name = next(each.name for each in listing(settings) if each.given and each.name.startswith(_PLATFORMS))
        raise Unusable(f"{name} is set, and the demo does not run beside a real platform: start it in another folder.")
    if not settings.local:
        raise Unusable("DRUMBEAT_HOST must be 127.0.0.1 for the demo: it signs nobody in.")
    return settings


def secrets_of(settings: Settings) -> list[str]:
    """The secrets themselves, for those who must hide them."""
    values = (getattr(settings, name) for name in Settings.model_fields)
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr) and value]


def listing(settings: Settings) -> list[Setting]:
    """Every setting with its meaning, its default and what it is now."""
    return [
        Setting(
            name=str(field.alias),
            meaning=str(field.description),
            default=_written(field.default),
            value=_written(getattr(settings, name)),
            given=name in settings.model_fields_set,
        )
        for name, field in Settings.model_fields.items()
    ]


def masked(url: str) -> str:
    """An URL without its password."""
    return _PASSWORD.sub("********", url)


DATABASE: Final = re.compile(r"sqlite:///(?!:memory:).|postgresql(\+psycopg)?://")
_PASSWORD: Final = re.compile(r"(?<=:)[^:@/]+(?=@)")
_PLATFORMS: Final = ("SLACK_BOT", "SLACK_CLIENT", "MICROSOFT", "DRUMBEAT_TEAMS")


def _written(value: Any) -> str:  # noqa: ANN401 -- whatever type a setting has
    match value:
        case SecretStr():
            return "********" if value else ""
        case bool():
            return "yes" if value else "no"
        case _:
            return masked(str(value))


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_input=False)[0]
    said = first["msg"].removeprefix("Value error, ")
    return said if not first["loc"] else f"{first['loc'][0]} is wrong: {said[0].lower()}{said[1:]}."
