"""Microsoft's own schemas, to hold what we draw against."""

import importlib.resources
import json
from functools import cache
from typing import Any

import jsonschema

from adapters.teams.manifest import SCHEMA_VERSION
from tests.parts import npm

MANIFEST = "@microsoft/app-manifest"
PEOPLE_SEARCH = "choices.data"
"""Teams' own addition to Input.ChoiceSet, which the schema does not know."""


CHART = {
    "type": "object",
    "properties": {
        "type": {"const": "Chart.HorizontalBar"},
        "title": {"type": "string"},
        "displayMode": {"enum": ["AbsoluteWithAxis", "AbsoluteNoAxis", "PartToWhole"]},
        "data": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"x": {"type": "string"}, "y": {"type": "number"}},
                "required": ["x", "y"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "data"],
    "additionalProperties": False,
}
"""Of learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/charts-in-adaptive-cards, what we use."""


@cache
def _cards() -> jsonschema.protocols.Validator:
    path = importlib.resources.files("adaptive_cards") / "schemas" / "schema-1.5.json"
    schema = json.loads(path.read_text())
    return jsonschema.validators.validator_for(schema)(schema)


def check_card(card: dict[str, Any]) -> None:
    """Raise unless a card is a valid Adaptive Card 1.5."""
    _cards().validate(_without(card))


def check_chart(chart: dict[str, Any]) -> None:
    """Raise unless a chart is as Microsoft's page on charts has it; the schema of Adaptive Cards has none."""
    jsonschema.Draft202012Validator(CHART).validate({key: each for key, each in chart.items() if key != "fallback"})
    check_card({"type": "AdaptiveCard", "version": "1.5", "body": [chart["fallback"]]})


def check_manifest(manifest: dict[str, Any], name: str = "MicrosoftTeams.schema.json") -> None:
    """Raise unless a manifest, or its words in another language, is valid by Microsoft's schema."""
    path = npm.MODULES / MANIFEST / "build/json-schemas/teams" / f"v{SCHEMA_VERSION}" / name
    jsonschema.Draft4Validator(json.loads(path.read_text())).validate(manifest)


def _without(value: Any) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(value, dict) and str(value.get("type")).startswith("Chart."):
        check_chart(value)
        return _without(value["fallback"])
    if isinstance(value, dict):
        return {key: _without(each) for key, each in value.items() if key not in {PEOPLE_SEARCH, "msteams"}}
    return [_without(each) for each in value] if isinstance(value, list) else value
