from importlib.metadata import packages_distributions

import pytest

from tests.house.tree import tracked

TOP = {
    "adapters",
    "benchmarks",
    "bot",
    "CHANGELOG.md",
    "docs",
    "LICENSE",
    "Makefile",
    "manifest.json",
    "pyproject.toml",
    "README.md",
    "scheduler",
    "tests",
}


def test_the_top_of_the_tree_is_its_table_of_contents() -> None:
    names = {path.parts[0] for path in tracked()}
    assert {name for name in names if not name.startswith(".")} <= TOP


@pytest.mark.parametrize("vague", ["common", "helpers", "manager", "utils"])
def test_a_file_is_named_for_its_concern(vague: str) -> None:
    assert [path for path in tracked() if vague in {path.stem, *path.parent.parts}] == []


@pytest.mark.parametrize("package", ["adapters", "bot", "scheduler"])
def test_no_other_distribution_owns_our_names(package: str) -> None:
    """All three exist as public packages, which would silently stand before ours."""
    assert set(packages_distributions().get(package, [])) <= {"drumbeat"}
