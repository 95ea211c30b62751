"""The dashboard shows every figure there is, and none that is not; Grafana can import it anywhere."""

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from adapters.web.metrics import Metrics
from bot.core.database import open_database
from scheduler import Happening, SystemClock
from tests.house.tree import ROOT

DASHBOARD: dict[str, Any] = json.loads((ROOT / "docs" / "grafana.json").read_text())
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}


def expressions() -> list[str]:
    return [target["expr"] for panel in PANELS for target in panel["targets"]]


def named() -> set[str]:
    """Every figure that an expression reads, by the name it has at `/metrics`."""
    return {name for each in expressions() for name in re.findall(r"\b(?:drumbeat|process)_\w+", each)}


@pytest.fixture
def figures(tmp_path: Path) -> dict[str, set[str]]:
    """Give every figure we tell, with the names that it has at `/metrics`."""
    registry = Metrics(open_database(f"sqlite:///{tmp_path}/none.sqlite"), SystemClock()).registry
    return {
        family.name: {family.name + suffix for suffix in SUFFIXES.get(family.type, ("",))}
        for family in registry.collect()
    }


def test_every_figure_that_is_shown_exists(figures: dict[str, set[str]]) -> None:
    assert named() <= set().union(*figures.values())


def test_every_figure_of_ours_is_shown(figures: dict[str, set[str]]) -> None:
    shown = named()
    assert [name for name, told in figures.items() if name.startswith("drumbeat_") and not told & shown] == []


def test_everything_that_can_happen_to_a_message_is_shown() -> None:
    happening = [words.split("|") for each in expressions() for words in re.findall(r'happening=~?"([^"]+)"', each)]
    assert {word for words in happening for word in words} == set(Happening)


def test_grafana_can_import_it() -> None:
    assert DASHBOARD["id"] is None
    assert DASHBOARD["title"]
    assert re.fullmatch(r"[\w-]{1,40}", DASHBOARD["uid"])
    assert DASHBOARD["schemaVersion"] >= 36
    assert DASHBOARD["time"].keys() == {"from", "to"}
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    variables = {each["name"]: each for each in DASHBOARD["templating"]["list"]}
    assert (variables["datasource"]["type"], variables["datasource"]["query"]) == ("datasource", "prometheus")
    used = {name for each in expressions() for name in re.findall(r"\$(\w+)", each)}
    assert used <= {*variables, "__rate_interval"}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_every_panel_says_what_it_shows_in_which_unit_and_where_from(panel: dict[str, Any]) -> None:
    defaults = panel["fieldConfig"]["defaults"]
    assert panel["description"].endswith(".")
    assert defaults["unit"]
    assert defaults["thresholds"]["steps"][0]["value"] is None
    assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert all(target["datasource"] == panel["datasource"] for target in panel["targets"])
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
    for target in panel["targets"]:
        assert 'job=~"$job"' in target["expr"]
        assert all(target["expr"].count(open_) == target["expr"].count(shut) for open_, shut in ("()", "[]", "{}"))


def test_no_panel_lies_on_another() -> None:
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    assert all(at["x"] >= 0 and at["x"] + at["w"] <= 24 for at in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below


def test_every_panel_has_its_line_in_the_docs() -> None:
    page = (ROOT / "docs" / "running.md").read_text().partition("\n### Dashboard\n")[2].partition("\n## ")[0]
    assert {panel["title"] for panel in PANELS} == set(re.findall(r"\*\*(.+?)\*\*", page))
