"""Named groups of people in what people type, and in what they read."""

from dataclasses import replace

import pytest

from bot.core.directory import store as directory
from bot.core.interactions import Event
from bot.core.places import PlaceKind
from bot.core.rich import Plain
from bot.core.words import grouped, groups
from tests.bot.stage import Stage

KEYS = {"design": "G-1", "Design team": "G-2", "C++ (all)": "G-3", "": "G-4"}


@pytest.mark.parametrize(
    ("typed", "tokens"),
    [
        ("--audience @design --multi", "--audience <&G-1> --multi"),
        ('--audience @"Design team"', "--audience <&G-2>"),
        ("--audience @\u201eDesign team\u201c", "--audience <&G-2>"),
        ("@DESIGN, @Design Team!", "<&G-1>, <&G-2>!"),
        ("@C++ (all) or @\u00abC++ (all)\u00bb", "<&G-3> or <&G-3>"),
        ("@designers", "@designers"),
        ("ana@design.example", "ana@design.example"),
        ('@"design', '@"design'),
        ("@ @everyone @nobody", "@ @everyone @nobody"),
    ],
)
def test_a_group_is_named_by_its_name(typed: str, tokens: str) -> None:
    assert grouped(typed, KEYS) == tokens


def test_where_there_are_no_groups_nothing_changes() -> None:
    assert grouped("@design", {}) == "@design"


def test_groups_are_read_once_each_in_order() -> None:
    assert groups("<&7> or <&3> <@5> <#4> <&7> <&x>") == (7, 3)


async def test_a_group_that_somebody_types_becomes_its_name_and_rings_for_nobody(stage: Stage) -> None:
    workspace = await stage.workspace()
    await stage.run(lambda c: directory.place_at(c, workspace, "G-design", PlaceKind.PEOPLE, "design"))
    await stage.type("U-ben", '/poll "Who of <&G-design> helps?" "Me" "You"')
    (said,) = await stage.planned()
    assert "Who of @design helps?" in said.text


async def test_a_group_that_is_not_known_yet_is_one_from_then_on(stage: Stage) -> None:
    await stage.type("U-ben", '/poll "Who of <&G-new> helps?" "Me" "You"')
    workspace = await stage.workspace()
    [group] = await stage.run(lambda c: directory.places_of(c, workspace, PlaceKind.PEOPLE))
    assert group.key == "G-new"
    (said,) = await stage.planned()
    assert "Who of @G-new helps?" in said.text


async def test_what_people_wrote_shows_people_channels_and_groups(stage: Stage) -> None:
    workspace = await stage.workspace()
    group = await stage.run(lambda c: directory.place_at(c, workspace, "G-design", PlaceKind.PEOPLE, "design"))
    anna = await stage.person("U-anna")
    written = f"<@{anna.id}>: <&{group.id}> <&999> <&x> <# 1>"
    said = await stage.run(lambda c: stage.view(c, "U-ben").prose(written))
    assert said[1:] == (Plain(": "), Plain("@design"), Plain(" "), Plain("<&999>"), Plain(" <&x> <# 1>"))


async def test_a_group_that_is_named_is_known_by_that_name_at_once(stage: Stage) -> None:
    for name in ("design", "design-crew"):
        origin = replace(stage.origin("U-anna", "G-design"), place_kind=PlaceKind.PEOPLE, place_name=name)
        await stage.engine.handle(Event(origin, "named"))
    workspace = await stage.workspace()
    [group] = await stage.run(lambda c: directory.places_of(c, workspace, PlaceKind.PEOPLE))
    assert (group.key, group.name) == ("G-design", "design-crew")
