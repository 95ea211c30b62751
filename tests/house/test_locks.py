import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT, tracked
from tests.parts import npm

RUNTIME = ROOT / ".ci" / "requirements.txt"
EVERYTHING = ROOT / ".ci" / "requirements-dev.txt"
RIVALS = ROOT / ".ci" / "requirements-rivals.txt"
# In pieces, so that this file does not name them either.
REGISTRIES = [
    ".".join(pieces)
    for pieces in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
    ]
]


def pins(lock: str) -> dict[str, str]:
    """Return the version of each package in the text of a lock."""
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==([^ ;\\]+)", lock, re.MULTILINE))


def wishes() -> dict[Path, list[Requirement]]:
    """Return what pyproject.toml asks for: to run, to work on it, and to measure others beside it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    run = [*project["project"]["dependencies"], *groups["build"]]
    asked = {RUNTIME: run, EVERYTHING: run + groups["dev"], RIVALS: groups["rivals"]}
    return {lock: list(map(Requirement, each)) for lock, each in asked.items()}


@pytest.mark.parametrize("lock", [RUNTIME, EVERYTHING, RIVALS], ids=["runtime", "everything", "rivals"])
def test_every_pinned_package_has_its_hashes(lock: Path) -> None:
    _, *packages = re.split(r"\n(?=[a-z0-9])", lock.read_text())
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_the_locks_fulfil_what_the_project_asks_for() -> None:
    for lock, wanted in wishes().items():
        found = pins(lock.read_text())
        unmet = [each for each in wanted if found.get(canonicalize_name(each.name), "") not in each.specifier]
        assert [str(each) for each in unmet] == []


def test_the_tests_run_on_what_is_shipped() -> None:
    assert pins(RUNTIME.read_text()).items() <= pins(EVERYTHING.read_text()).items()


def test_others_are_measured_on_the_same_versions_of_what_both_use() -> None:
    shipped, theirs = pins(RUNTIME.read_text()), pins(RIVALS.read_text())
    both = theirs.keys() & shipped.keys()
    assert {name: theirs[name] for name in both} == {name: shipped[name] for name in both}


def test_every_npm_package_has_its_hash_and_no_address() -> None:
    packages = json.loads(npm.LOCK.read_text())["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert [name for name, package in installed.items() if "integrity" not in package] == []
    assert [name for name, package in installed.items() if "resolved" in package] == []


@pytest.mark.parametrize("registry", REGISTRIES)
def test_where_packages_come_from_is_the_business_of_whoever_installs(registry: str) -> None:
    assert [str(path) for path in tracked() if registry.encode() in (ROOT / path).read_bytes()] == []
