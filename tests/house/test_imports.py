import tomllib

from tests.house.tree import ROOT, tracked


def test_every_feature_is_held_to_its_layers() -> None:
    """import-linter notices a new folder in bot, but not whether somebody placed its files."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    placed = {name for contract in linter["contracts"] for name in contract.get("containers", [])}
    services = [path for path in tracked() if path.parts[0] == "bot" and path.name == "service.py"]
    assert {".".join(path.parent.parts) for path in services} <= placed
