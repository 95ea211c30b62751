import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from adapters.slack import changes, manifest, payloads
from bot.features import features

ROOT = Path(__file__).parents[3]
CONTRACTS = ROOT / "tests" / "contracts" / "slack"


@pytest.fixture
def written() -> dict[str, Any]:
    """Give the manifest that people paste into Slack."""
    told: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text())
    return told


@pytest.fixture
def reference() -> dict[str, Any]:
    """Give Slack's own reference of the methods we call."""
    told: dict[str, Any] = json.loads((CONTRACTS / "web_api_methods.json").read_text())
    return told


def test_the_manifest_is_what_the_code_needs(written: dict[str, Any]) -> None:
    commands = {name: command for feature in features() for name, command in feature.commands.items()}
    assert written == manifest.build(commands), "write it anew: python -m adapters.slack.manifest > manifest.json"


def test_the_manifest_keeps_to_slack_s_schema(written: dict[str, Any]) -> None:
    schema = json.loads((CONTRACTS / "manifest.schema.2.0.0.json").read_text())
    jsonschema.validate(written, schema)


def test_every_command_asks_for_mentions_as_ids(written: dict[str, Any]) -> None:
    assert all(command["should_escape"] for command in written["features"]["slash_commands"])


def test_we_listen_to_the_events_we_can_read() -> None:
    removed = {"app_uninstalled", "tokens_revoked"}
    assert {
        name.partition(".")[0] for name in manifest.EVENTS
    } == payloads.EVENTS.keys() | changes.CHANNELS.keys() | removed


def test_every_method_has_a_scope_that_slack_wants_for_it(reference: dict[str, Any]) -> None:
    for method, scopes in manifest.METHODS.items():
        wanted = reference["methods"][method]["bot_scopes"]
        assert bool(set(scopes) & set(wanted)) == bool(wanted), method


def test_no_scope_is_asked_for_nothing() -> None:
    needed = {"commands"}.union(*manifest.EVENTS.values(), *manifest.METHODS.values())
    assert set(manifest.scopes()) == needed
