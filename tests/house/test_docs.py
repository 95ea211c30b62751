import ast
import importlib.util
import re
from collections.abc import AsyncIterator, Iterator
from itertools import dropwhile, takewhile
from pathlib import Path

import pytest
import typer

from adapters.web.metrics import Metrics
from bot.__main__ import cli
from bot.config import Settings, listing
from bot.core.database import metadata, open_database
from bot.core.outbox import Lane
from bot.core.places import PlaceKind
from bot.features import features
from bot.home.service import COMMAND, Home
from scheduler import SystemClock
from scheduler.notices import Happening
from tests.bot.stage import Stage, read_aloud
from tests.gallery.polls import ASKED
from tests.gallery.walls import WALLS
from tests.house.tree import ROOT, tracked

PAGES = [path for path in tracked() if path.suffix == ".md" and path.parts[0] != "tests"]
DOCS = ROOT / "docs"
COMMANDS = {name for feature in features() for name in feature.commands}
PLATFORMS = ("Slack", "Teams", "Sandbox")

PICTURES = DOCS / "images" / "polls"
LARGEST_PICTURE = 100_000
"""Bytes: a page of thirty still opens at once."""

LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^ *```\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
MISUNDERSTOOD = re.compile(r"I do not know|^Try |^Name a channel|^Nobody is", re.MULTILINE)


def read(*path: str) -> str:
    return ROOT.joinpath(*path).read_text()


def code(page: str) -> Iterator[str]:
    """Every line of code in a page: in fenced and indented blocks, and within sentences."""
    for block in FENCE.findall(page):
        yield from map(str.strip, block.splitlines())
    rest = FENCE.sub("", page)
    yield from re.findall(r"^ {4,}(\S.*)$", rest, re.MULTILINE)
    yield from SPAN.findall(rest)


def table(page: str, heading: str) -> dict[str, list[str]]:
    """The first table below a heading: its rows by their first cell."""
    below = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = dropwhile(lambda line: not line.startswith("|"), below.splitlines())
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in takewhile(lambda line: line, lines)]
    return {row[0].strip("`"): row[1:] for row in rows[2:]}


def anchors(page: str) -> set[str]:
    """The headings of a page as the ends of links, in the way of GitHub."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_its_section_in_the_guide(command: str) -> None:
    assert f"\n## `/{command}`\n" in read("docs", "guide.md")


@pytest.mark.parametrize("word", sorted(Home(features()).words))
def test_every_word_behind_drumbeat_is_in_the_guide(word: str) -> None:
    assert re.search(rf"/{COMMAND} {word}\b", read("docs", "guide.md"))


@pytest.fixture
async def company(sqlite_url: str) -> AsyncIterator[Stage]:
    """Give the company of four that features are tried in."""
    database = open_database(sqlite_url)
    await database.run(metadata.create_all)
    stage = Stage(database, features())
    await stage.set_up()
    yield stage
    await database.close()


def lines_to_type() -> list[str]:
    """Every line of the guide, the README and the page about polls that somebody may type."""
    pages = read("docs", "guide.md") + read("README.md") + read("docs", "polls.md")
    typed = [line for line in code(pages) if re.match(rf"/({'|'.join(COMMANDS)})\b", line)]
    return sorted({line for line in typed if "..." not in line})


@pytest.mark.parametrize("line", lines_to_type())
async def test_every_line_that_people_are_told_to_type_works(company: Stage, line: str) -> None:
    said = re.sub(r"@(\w+)", lambda name: f"<@U-{name[1]}>", line).replace("#general", "<#C-general>")
    for name in ("ben", "chen", "ana", "li"):
        await company.person(f"U-{name}")
    answer = await company.type("U-anna", said)
    assert not answer.form or not answer.form.problems
    assert not answer.whisper or not MISUNDERSTOOD.search(read_aloud(answer.whisper))


def test_every_setting_has_its_line_and_its_default() -> None:
    told = {name: cells[0].strip("`") for name, cells in table(read("docs", "running.md"), "Settings").items()}
    assert told == {setting.name: setting.default for setting in listing(Settings.model_construct())}


def test_every_figure_has_its_line(tmp_path: Path) -> None:
    registry = Metrics(open_database(f"sqlite:///{tmp_path}/none.sqlite"), SystemClock()).registry
    ours = [family for family in registry.collect() if family.name.startswith("drumbeat_")]
    names = {f"{family.name}_total" if family.type == "counter" else family.name for family in ours}
    assert set(table(read("docs", "running.md"), "Metrics")) == names


@pytest.mark.parametrize("value", [*Happening, *Lane])
def test_every_label_of_a_figure_is_explained(value: str) -> None:
    below = read("docs", "running.md").partition("\n## Metrics\n")[2].partition("\n## ")[0]
    assert f"`{value}`" in below


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_no_page_names_a_setting_that_does_not_exist(page: Path) -> None:
    known = {setting.name for setting in listing(Settings.model_construct())}
    named = re.findall(r"\b(?:DRUMBEAT|SLACK|MICROSOFT)_[A-Z_]+\b", read(str(page)))
    assert set(named) <= known


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = []
    for _, target in LINK.findall(FENCE.sub("", read(str(page)))):
        if target.startswith(("https://", "http://")):
            continue
        name, _, anchor = target.partition("#")
        there = (ROOT / page).parent / name if name else ROOT / page
        if not there.exists() or (anchor and anchor not in anchors(there.read_text())):
            dead.append(target)
    assert dead == []


def test_every_kind_of_poll_has_its_picture_on_each_platform() -> None:
    walls = {wall.__name__ for wall in WALLS}
    wanted = {f"{kind}-{wall}.png" for kind in (*ASKED, "survey") for wall in walls}
    assert {path.name for path in PICTURES.iterdir()} == wanted
    assert wanted <= set(re.findall(r"images/polls/([\w-]+\.png)", read("docs", "polls.md")))
    assert max(path.stat().st_size for path in PICTURES.iterdir()) < LARGEST_PICTURE


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_command_of_the_shell_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    for line in code(read(str(page))):
        if found := re.match(r"make ([a-z]+)", line):
            assert found[1] in targets
        if found := re.search(r"python -m ([\w.]+)", line):
            assert importlib.util.find_spec(found[1])
        if found := re.match(r"(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\S*/bin/)?drumbeat ((?:[a-z]+ ?)+)", line):
            _walk(found[1].split())


def _walk(words: list[str]) -> None:
    """Follow a command line into the groups of commands, as far as there are any."""
    at = typer.main.get_command(cli)
    for word in words:
        inside = getattr(at, "commands", {})
        if not inside:
            return
        assert word in inside, words
        at = inside[word]


def test_what_works_where_has_a_test_for_each_platform() -> None:
    page = read("docs", "parity.md")
    done, proven = table(page, "How it is done"), table(page, "What proves it")
    assert list(done) == list(proven)
    assert [row for row, cells in proven.items() if [bool(LINK.search(cell)) for cell in cells] != [True] * 3] == []
    assert [row for row, cells in done.items() if len(list(filter(None, cells))) != len(PLATFORMS)] == []


def test_every_test_that_what_works_where_names_exists() -> None:
    missing = []
    for sentence, target in LINK.findall(read("docs", "parity.md").partition("## What proves it")[2]):
        tree = ast.parse((DOCS / target).read_text())
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        if "test_" + sentence.replace(" ", "_") not in names:
            missing.append(sentence)
    assert missing == []


@pytest.mark.parametrize("kind", [PlaceKind.DIRECT, PlaceKind.CHANNEL])
async def test_a_bare_command_opens_a_form_as_the_guide_says(company: Stage, kind: PlaceKind) -> None:
    place = "D-anna" if kind is PlaceKind.DIRECT else "C-general"
    for command in sorted(COMMANDS - {COMMAND}):
        assert (await company.type("U-anna", f"/{command}", place)).form is not None
