"""The Teams app package: a zip of the manifest, its German words and two icons, which an admin uploads.

Source: the app manifest schema 1.22.
"""

import json
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from adapters.teams.png import INDIGO, colour_icon, outline_icon
from bot.core.feature import CommandHelp
from bot.core.texts import LOCALES, Texts, later

SCHEMA_VERSION: Final = "1.22"
SCHEMA: Final = "https://developer.microsoft.com/json-schemas/teams/v1.22/MicrosoftTeams.schema.json"
MOST_COMMANDS: Final = 12
LONGEST_ABOUT: Final = 128
PERMISSIONS: Final = ("ChannelMessage.Read.Group",)
"""Lets the bot see that somebody posted where nobody speaks to it, for the figures. It never keeps the words."""

SHORT: Final = later("Polls, praise, introductions and a personal rhythm for your company's chat.")
FULL: Final = later(
    "Drumbeat brings a quiet chat to life. People introduce themselves, polls ask what they want, praise is one line "
    "away, and two or three small moments a week remind everybody to read, post or answer. Type `help` to begin."
)
SCOPES: Final = (("personal",), ("team", "groupChat"))


def package(app_id: str, address: str, commands: Mapping[str, CommandHelp], path: Path) -> Path:
    """Write the package for the bot with an app id, served at an https address, and return its path."""
    manifest = build(app_id, address, commands)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", _json(manifest))
        for locale in LOCALES[1:]:
            archive.writestr(f"{locale}.json", _json(translation(locale, commands)))
        archive.writestr("color.png", colour_icon())
        archive.writestr("outline.png", outline_icon())
    return path


def build(app_id: str, address: str, commands: Mapping[str, CommandHelp]) -> dict[str, Any]:
    """The manifest, in English."""
    t = Texts("en")
    home = address.rstrip("/")
    return {
        "$schema": SCHEMA,
        "manifestVersion": SCHEMA_VERSION,
        "version": version("drumbeat"),
        "id": app_id,
        "developer": {
            "name": "Drumbeat",
            "websiteUrl": home,
            "privacyUrl": f"{home}/privacy",
            "termsOfUseUrl": f"{home}/terms",
        },
        "name": {"short": "Drumbeat", "full": "Drumbeat"},
        "description": {"short": t(SHORT), "full": t(FULL)},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#{:02X}{:02X}{:02X}".format(*INDIGO),
        "localizationInfo": {
            "defaultLanguageTag": LOCALES[0],
            "additionalLanguages": [{"languageTag": each, "file": f"{each}.json"} for each in LOCALES[1:]],
        },
        "bots": [
            {
                "botId": app_id,
                "scopes": [scope for scopes in SCOPES for scope in scopes],
                "supportsFiles": False,
                "isNotificationOnly": False,
                "commandLists": [{"scopes": list(scopes), "commands": _commands(commands, t)} for scopes in SCOPES],
            }
        ],
        "validDomains": [urlsplit(home).hostname or "localhost"],
        "webApplicationInfo": {"id": app_id, "resource": home},
        "authorization": {
            "permissions": {"resourceSpecific": [{"name": each, "type": "Application"} for each in PERMISSIONS]}
        },
    }


def translation(locale: str, commands: Mapping[str, CommandHelp]) -> dict[str, str]:
    """The manifest's words in another language."""
    t = Texts(locale)
    words = {
        "name.short": "Drumbeat",
        "name.full": "Drumbeat",
        "description.short": t(SHORT),
        "description.full": t(FULL),
    }
    for number in range(len(SCOPES)):
        for place, command in enumerate(_commands(commands, t)):
            words[f"bots[0].commandLists[{number}].commands[{place}].title"] = command["title"]
            words[f"bots[0].commandLists[{number}].commands[{place}].description"] = command["description"]
    return {"$schema": SCHEMA.replace("MicrosoftTeams.", "MicrosoftTeams.Localization."), **words}


def _commands(commands: Mapping[str, CommandHelp], t: Texts) -> list[dict[str, str]]:
    return [
        {"title": name, "description": t(command.about)[:LONGEST_ABOUT]}
        for name, command in list(commands.items())[:MOST_COMMANDS]
    ]


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)
