"""What an admin has to mend, in one sentence each: the settings, the database, the address, the channels."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Final

from bot import migrations
from bot.config import Settings, misplaced
from bot.core import outbox
from bot.core.database import Away, Connection, Database
from bot.core.directory import store as directory

SHORTEST_KEY: Final = 32
"""Characters; what `drumbeat secret` makes has 43."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence. `needed` says that something does not work before it is mended."""

    sentence: str
    needed: bool = True


async def examine(settings: Settings, database: Database) -> AsyncIterator[Finding]:
    """What is wrong, or could be better, as far as it can be told without asking a platform."""
    for finding in (*_of_the_key(settings), *_of_the_role(settings), *_of_the_platforms(settings)):
        yield finding
    try:
        shape = await database.read(migrations.shape)
    except Away as away:
        yield Finding(f"The database of DRUMBEAT_DATABASE_URL cannot be reached: {away}.")
        return
    if shape.too_new:
        yield Finding(str(shape.hindrance))
    elif not shape.fits:
        now = f"at {shape.current}, not at {migrations.head()}" if shape.current else "empty"
        yield Finding(f"The database is {now}: `drumbeat serve` or `drumbeat migrate` brings it into shape.")
    else:
        for finding in (*await database.read(_of_the_workspaces), *await database.read(_of_the_outbox)):
            yield finding


async def in_shape(database: Database) -> bool:
    """Whether the database can be reached and is as this version needs it."""
    try:
        return (await database.read(migrations.shape)).fits
    except Away:
        return False


def _of_the_key(settings: Settings) -> Iterator[Finding]:
    key = settings.secret_key.get_secret_value()
    if not key:
        yield Finding("DRUMBEAT_SECRET_KEY is missing: put there what `drumbeat secret` prints.")
    elif len(key) < SHORTEST_KEY:
        yield Finding("DRUMBEAT_SECRET_KEY is short enough to be guessed: put there what `drumbeat secret` prints.")


def _of_the_role(settings: Settings) -> Iterator[Finding]:
    if sentence := misplaced(settings):
        yield Finding(sentence)


def _of_the_platforms(settings: Settings) -> Iterator[Finding]:
    if not settings.slack and not settings.teams:
        yield Finding("No chat is connected: set SLACK_BOT_TOKEN for Slack, MICROSOFT_APP_ID for Teams, or both.")
    if settings.microsoft_app_id and not settings.public_url.startswith("https://"):
        yield Finding("Teams reaches Drumbeat only at an https address: set DRUMBEAT_PUBLIC_URL.")
    if (settings.slack or settings.teams) and not settings.public_url:
        yield Finding("Nobody can download results without an address: set DRUMBEAT_PUBLIC_URL.", needed=False)
    if settings.local and settings.public_url.startswith("https://"):
        yield Finding(
            f"Drumbeat listens at {settings.host} only: a proxy on this machine must hand on {settings.public_url}.",
            needed=False,
        )


def _of_the_workspaces(connection: Connection) -> list[Finding]:
    found = []
    for workspace in directory.all_workspaces(connection):
        name = f"{workspace.platform} workspace {workspace.name or workspace.key}"
        if workspace.settings.introductions is None:
            found.append(Finding(f"The {name} has no channel for introductions: `/drumbeat settings`.", needed=False))
        if workspace.settings.praise is None:
            sentence = f"The {name} has no channel for praise, so it appears where it is given: `/drumbeat settings`."
            found.append(Finding(sentence, needed=False))
    return found


def _of_the_outbox(connection: Connection) -> list[Finding]:
    doubtful = outbox.doubtful(connection)
    if not doubtful:
        return []
    sentence = (
        f"Nobody can tell whether {doubtful:,} messages arrived, so they are not sent again: "
        "`drumbeat outbox unknown` lists them, and so does `/drumbeat unsent` in the chat."
    )
    return [Finding(sentence, needed=False)]
