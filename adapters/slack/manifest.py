"""What the app asks Slack for: exactly the commands, events and scopes that the code needs.

`manifest.json` at the root is `build(...)` with an example address; a test holds the two together.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from bot.core.feature import CommandHelp
from bot.core.texts import Texts
from bot.features import features

EXAMPLE: Final = "https://drumbeat.example.com"
EVENTS_PATH: Final = "/slack/events"
REDIRECT_PATH: Final = "/slack/oauth_redirect"

LONGEST_HINT: Final = 1000
LONGEST_ABOUT: Final = 2000

EVENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "channel_archive": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_left": ("channels:read",),
    "channel_rename": ("channels:read",),
    "group_archive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_left": ("groups:read",),
    "group_rename": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "reaction_added": ("reactions:read",),
    "subteam_created": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "team_join": ("users:read",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}
"""Every event we listen to, with the scopes it needs (docs.slack.dev/reference/events)."""

METHODS: Final[Mapping[str, tuple[str, ...]]] = {
    "apps.connections.open": (),
    "auth.test": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write", "chat:write.public"),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.members": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "oauth.v2.access": (),
    "usergroups.list": ("usergroups:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.conversations": ("channels:read", "groups:read"),
    "users.info": ("users:read",),
    "users.list": ("users:read", "users:read.email"),
    "views.open": (),
    "views.publish": (),
}
"""Every method we call, with the scopes it needs (docs.slack.dev/reference/methods). `chat:write.public` spares an
invitation to every public channel, `users:read.email` is what joins one person's accounts."""


def scopes() -> list[str]:
    """Every scope the bot's token needs."""
    return sorted({"commands"}.union(*EVENTS.values(), *METHODS.values()))


def build(commands: Mapping[str, CommandHelp], public_url: str = EXAMPLE) -> dict[str, Any]:
    """The app manifest for a bot that is reached at `public_url` (https, without a slash at the end)."""
    t = Texts("en")
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Drumbeat",
            "description": t("Introductions, polls, praise and a personal rhythm."),
            "long_description": _LONG,
            "background_color": "#3d1f5c",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Drumbeat", "always_online": True},
            "slash_commands": [_command(name, command, t, public_url) for name, command in sorted(commands.items())],
        },
        "oauth_config": {"redirect_urls": [public_url + REDIRECT_PATH], "scopes": {"bot": scopes()}},
        "settings": {
            "event_subscriptions": {"request_url": public_url + EVENTS_PATH, "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, "request_url": public_url + EVENTS_PATH},
            "org_deploy_enabled": True,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }


_LONG: Final = (
    "Drumbeat brings a workspace to life. People introduce themselves and hear back, ask polls that everybody can "
    "follow, praise one another with one command, and keep a personal rhythm of two or three small moments a week to "
    "read, post or answer. Leaders get a weekly reminder with something worth saying. Nothing anybody writes is read: "
    "Drumbeat counts who posted where and when, and everyone can stop it for themselves with one command."
)


def _command(name: str, command: CommandHelp, t: Texts, public_url: str) -> dict[str, Any]:
    hint = {"usage_hint": t(command.hint)[:LONGEST_HINT]} if command.hint else {}
    return {
        "command": f"/{name}",
        "url": public_url + EVENTS_PATH,
        "description": t(command.about)[:LONGEST_ABOUT],
        **hint,
        "should_escape": True,
    }


def main(arguments: list[str]) -> None:
    """Write the manifest for the address given: `python -m adapters.slack.manifest https://drumbeat.example.com`."""
    commands = {name: command for feature in features() for name, command in feature.commands.items()}
    written = build(commands, *(address.rstrip("/") for address in arguments))
    sys.stdout.write(json.dumps(written, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:2])
