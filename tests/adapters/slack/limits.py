"""The limits of docs.slack.dev/reference/block-kit, for whatever is drawn."""

import re
from collections.abc import Iterator
from typing import Any

from adapters.slack.mrkdwn import size

_LONGEST = {"header": 150, "button": 75, "hint": 2000, "label": 2000}


def fit(blocks: list[dict[str, Any]]) -> None:
    """Every limit of docs.slack.dev/reference/block-kit that the library does not already hold."""
    for text in texts(blocks):
        assert 1 <= size(text) <= 3000
    assert sum(block["type"] == "data_visualization" for block in blocks) <= 2
    for block in blocks:
        assert re.fullmatch(r"\w+", block["type"])
        assert len(block.get("fields", [])) <= 10
        assert len(block.get("elements", [])) <= (25 if block["type"] == "actions" else 10)
        for element in [*block.get("elements", []), block.get("accessory") or {}, block.get("element") or {}]:
            assert len(element.get("options", [])) <= 100
            assert len(element.get("value", "")) <= 2000
            assert len(element.get("initial_value", "")) <= element.get("max_length", 3000) <= 3000
            assert all(size(option["text"]["text"]) <= 75 for option in element.get("options", []))
            if element.get("type") == "button":
                assert size(element["text"]["text"]) <= _LONGEST["button"]
                assert size(element.get("accessibility_label", "")) <= _LONGEST["button"]
        for name in ("label", "hint"):
            assert size((block.get(name) or {}).get("text", "")) <= _LONGEST[name]
        if block["type"] == "data_visualization":
            chart_fits(block)
        if block["type"] == "header":
            assert size(block["text"]["text"]) <= _LONGEST["header"]


def chart_fits(block: dict[str, Any]) -> None:
    """Every limit of a `data_visualization` block."""
    categories = block["chart"]["axis_config"]["categories"]
    assert 1 <= size(block["title"]) <= 50
    assert 1 <= len(categories) == len(set(categories)) <= 20
    assert all(1 <= size(category) <= 20 for category in categories)
    for series in block["chart"]["series"]:
        assert 1 <= size(series["name"]) <= 20
        assert [point["label"] for point in series["data"]] == categories


def texts(value: Any) -> Iterator[str]:  # noqa: ANN401 -- any JSON value
    """Every text object's words."""
    if isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "plain_text"):
            yield value["text"]
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
