import json
import struct
import zipfile
from pathlib import Path

import pytest

from adapters.teams.manifest import MOST_COMMANDS, build, package
from bot.features import features
from tests.adapters.teams.microsoft import APP
from tests.adapters.teams.schemas import MANIFEST, check_manifest
from tests.parts import npm

ADDRESS = "https://drumbeat.example.com"
COMMANDS = {name: command for feature in features() for name, command in feature.commands.items()}


@pytest.fixture
def archive(tmp_path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(package(APP, ADDRESS, COMMANDS, tmp_path / "dist" / "drumbeat.zip"))


@pytest.mark.skipif(bool(npm.missing(MANIFEST)), reason=npm.missing(MANIFEST))
def test_the_manifest_is_valid_by_microsofts_schema(archive: zipfile.ZipFile) -> None:
    check_manifest(json.loads(archive.read("manifest.json")))


@pytest.mark.skipif(bool(npm.missing(MANIFEST)), reason=npm.missing(MANIFEST))
def test_the_german_words_are_valid_by_microsofts_schema(archive: zipfile.ZipFile) -> None:
    check_manifest(json.loads(archive.read("de.json")), "MicrosoftTeams.Localization.schema.json")


def test_every_command_is_in_the_command_lists() -> None:
    lists = build(APP, ADDRESS, COMMANDS)["bots"][0]["commandLists"]
    assert [each["scopes"] for each in lists] == [["personal"], ["team", "groupChat"]]
    for each in lists:
        assert [command["title"] for command in each["commands"]] == list(COMMANDS)[:MOST_COMMANDS]


@pytest.mark.parametrize(("name", "side"), [("color.png", 192), ("outline.png", 32)])
def test_an_icon_has_the_size_that_teams_asks_for(archive: zipfile.ZipFile, name: str, side: int) -> None:
    picture = archive.read(name)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", picture[16:24]) == (side, side)
